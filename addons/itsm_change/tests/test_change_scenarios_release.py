from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .scenario_common import ScenarioCase


@tagged("post_install", "-at_install")
class TestRelease(ScenarioCase):
    """A version of the hospital's system is put into use by three changes.

    The system hangs on its database, its servers and its engine; Radiology works with
    it. Version 5.1 is in use.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        versioned = {"version": "char"}
        cls.class_app = cls._class("test_application", attributes=versioned)
        cls.his = cls._ci(
            "HIS",
            cls.class_app,
            attributes={"version": "5.1"},
            user_department_ids=[Command.set(cls.department.ids)],
        )
        cls.engine = cls._ci("Engine", cls.class_app, attributes={"version": "5.1"})
        cls.database, cls.host1, cls.host2 = cls._items("Database Host1 Host2")
        for item in (cls.database, cls.host1, cls.engine):
            cls._link(cls.his, "needs", item)
        cls.env["itsm.service"].create(
            {
                "name": "Patient Records",
                "desk_id": cls.desk.id,
                "ci_ids": [Command.set(cls.his.ids)],
            }
        )
        cls.old = (
            cls.env["itsm.release"]
            ._as_system()
            .create(
                {
                    "application_id": cls.his.id,
                    "version": "5.1",
                    "state": "deployed",
                    "deployed_at": fields.Datetime.today() - timedelta(days=90),
                    "company_id": cls.company.id,
                }
            )
        )
        cls.env["itsm.release.deployment"]._put(
            cls.old,
            cls.host1 | cls.host2,
            cls.env["itsm.change"],
            cls.old.deployed_at,
        )

    # ------------------------------------------------------------------
    # The steps of the story
    # ------------------------------------------------------------------

    def _plan(self):
        """The coordinator plans the release; the implementer its three changes."""
        form = Form(self._as(self.coordinator)["itsm.release"])
        form.application_id = self.his
        form.version = "5.2"
        form.goal = "Faster pictures."
        form.builder_id = self.implementer
        form.tester_id = self.implementer2
        release = form.save()
        self.assertEqual(release.manager_id, self.coordinator)
        changes = [
            self._plan_change(release, name, days, items, deploys)
            for name, days, items, deploys in (
                ("Migrate the tables", 20, self.database, None),
                ("Install on the servers", 21, None, self.host1 | self.host2),
                ("Update the engine", 22, self.engine, self.engine),
            )
        ]
        self.assertEqual(release.change_count, 3)
        return release, changes

    def _plan_change(self, release, name, days, items, deploys):
        form = Form(self._as(self.implementer)["itsm.change"])
        form.name = name
        form.reason = "Version 5.2."
        form.requester_id = self.requester.partner_id
        form.implementer_id = self.implementer
        form.team_id = self.team2
        form.release_id = release
        for item in deploys or ():
            form.deploy_ci_ids.add(item)
        for item in (items or deploys) - self.env["itsm.ci"]:
            with form.chosen_link_ids.new() as line:
                line.ci_id = item
        change = form.save()
        start = fields.Datetime.today() + timedelta(days=days, hours=22)
        change.write(
            {"planned_start": start, "planned_end": start + timedelta(hours=1)}
        )
        self._answer(change, self.implementer, 0)
        self._write_plans(change, self.implementer)
        self._prove(change, self.implementer, "backup", "restore", "test")
        return change

    def _build_and_test(self, release, change):
        """Built by one, tested by another, with a report and a way back."""
        self._refused(release, self.implementer, "action_hand_to_test")
        self._do(release, self.implementer, "action_start_building")
        self._refused(release, self.implementer, "action_hand_to_test", "5.2")
        with Form(self._by(release, self.implementer)) as form:
            form.build_reference = "build 4711"
        self._do(release, self.implementer, "action_hand_to_test")
        self.assertEqual(release.state, "testing")
        self.assertFalse(self._by(release, self.implementer).can_sign_off)
        tester = self._by(release, self.implementer2)
        self.assertTrue(tester.can_sign_off)
        self.assertEqual(len(tester.missing.split("\n")), 2)
        self._refused(release, self.implementer2, "sign_off", args=("Fine.",))
        tester = self._by(release, self.implementer2)
        with self.assertNoLogs("odoo.domains", "WARNING"), Form(tester) as form:
            form.test_file_ids.add(self._file_of(self.implementer2, "cases.txt"))
            form.rollback_release_id = self.old
        self.assertFalse(self._by(release, self.implementer2).missing)
        self._refused(release, self.implementer, "sign_off", args=("Fine.",))
        self._shows(change, self.implementer, "release")
        with self._at_night(change):
            self._refused(change, self.implementer, "action_start", "5.2")
        self._do(release, self.implementer2, "action_sign_off", note="90 of 90 passed.")
        self.assertEqual(release.state, "ready")
        with self.assertRaises(UserError):
            self._change(release_id=release.id)

    def _make(self, change):
        """Make a change in its night, and review it."""
        with self._at_night(change):
            self._shows(change, self.implementer)
            self._do(change, self.implementer, "action_start")
            self._do(change, self.implementer, "action_finish")
            with Form(self._by(change, self.coordinator)) as form:
                form.review_outcome = "reached"
                form.actual_risk = "low"
            self._do(change, self.coordinator, "action_close", close_code="successful")
        self.assertEqual(change.state, "closed")

    def _runs_on(self, item):
        """Return the versions that the screen of an item shows, with their start."""
        action = self._by(item, self.engineer).action_what_runs_where()
        rows = self._as(self.engineer)["itsm.release.deployment"].search(
            [*action["domain"], ("is_current", "=", True), ("ci_id", "=", item.id)]
        )
        return [(row.release_id.version, row.since, row.change_id) for row in rows]

    def _check_in_use(self, release, changes):
        """It runs where it was put, since it was put there; people are told."""
        self.assertEqual(release.state, "deployed")
        for item in (self.host1, self.host2):
            self.assertEqual(
                self._runs_on(item), [("5.2", changes[1].actual_end, changes[1])]
            )
        self.assertEqual(
            set(self.old.deployment_ids.mapped("until")), {changes[1].actual_end}
        )
        for item in (self.his, self.engine):
            self.assertEqual(item.attributes["version"], "5.2")
        row = self.env["itsm.ci.history"].search(
            [("ci_id", "=", self.his.id), ("res_model", "=", "itsm.change")], limit=1
        )
        self.assertEqual(row.res_id, changes[2].id)
        readers = release.reader_ids.partner_id
        self.assertIn(self.colleague.partner_id, readers)
        self.assertNotIn(self.stranger.partner_id, readers)
        mail = (
            self.env["mail.mail"]
            .search([("recipient_ids", "in", self.colleague.partner_id.ids)])
            .filtered(lambda mail: "5.2" in (mail.subject or ""))
        )
        self.assertEqual(len(mail), 1)
        for piece in ("Faster pictures.", *(change.name for change in changes)):
            self.assertIn(piece, mail.body_html)

    def test_the_story(self):
        release, changes = self._plan()
        for change in changes:
            self._bring_to(change, "scheduled")
        self._build_and_test(release, changes[0])
        for change in changes:
            self.assertEqual(release.state, "ready")
            self._make(change)
        self._check_in_use(release, changes)
