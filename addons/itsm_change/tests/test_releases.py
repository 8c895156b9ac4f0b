from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .release_common import ReleaseCase


@tagged("post_install", "-at_install")
class TestReleaseLife(ReleaseCase):
    """Built, tested by another person, put into use by changes, taken back."""

    def test_from_plan_to_use(self):
        old = self._used("5.1", self.host1, self.host2)
        release = self._release(rollback_release_id=old.id)
        changes = [self._bundle(release, host) for host in (self.host1, self.host2)]
        changes.append(self._bundle(release))
        self._test(release)
        self.assertEqual(release.state, "ready")
        for change in changes[:2]:
            self._make(change)
            self.assertEqual(release.state, "ready", "One is still to be made.")
        self.assertEqual(
            self._running(self.host1, self.host2),
            {self.host1: release, self.host2: release},
        )
        self._make(changes[2], "with_issues")
        self.assertEqual(release.state, "deployed")
        self.assertTrue(release.deployed_at)
        self.assertEqual(self.his.attributes["version"], "5.2")

    def test_what_runs_where_since_when_and_by_what(self):
        old = self._used("5.1", self.host1)
        release = self._release(rollback_release_id=old.id)
        change = self._bundle(release, self.host1)
        self._test(release)
        self._make(change)
        past = old.deployment_ids
        row = release.deployment_ids
        self.assertEqual(past.until, row.since)
        self.assertEqual(past.ended_by_id, change)
        self.assertEqual(row.change_id, change)
        self.assertEqual(row.since, change.actual_end)
        self.assertTrue(row.is_current)
        self.assertFalse(past.is_current)
        self.assertEqual(self.his.running_count, 1)
        self.assertEqual(self.host1.running_count, 1)
        action = self.his.action_what_runs_where()
        found = self.Deployment.search(action["domain"])
        self.assertEqual(found, past | row)

    def test_one_version_on_an_item_at_a_time(self):
        self._used("5.1", self.host1)
        release = self._release("5.9")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.Deployment._as_system().create(
                {
                    "release_id": release.id,
                    "ci_id": self.host1.id,
                    "since": fields.Datetime.now(),
                }
            )
            self.env.flush_all()

    def test_builder_does_not_sign_off(self):
        release = self._release(tester_id=self.implementer.id)
        release.with_user(self.implementer).start_building()
        release.with_user(self.implementer).hand_to_test()
        release.test_file_ids = self._file("report.txt")
        with self.assertRaises(UserError):
            release.with_user(self.implementer).sign_off("Mine is fine.")
        # Nor after somebody else was written down as the builder.
        release.builder_id = self.coordinator
        with self.assertRaises(UserError):
            release.with_user(self.implementer).sign_off("Mine is fine.")
        self.assertEqual(release.state, "testing")
        release.with_user(self.coordinator2).sign_off("It is fine.")
        self.assertEqual(release.signed_off_by_id, self.coordinator2)

    def test_build_and_report_are_needed(self):
        release = self._release(build_reference=False)
        release.start_building()
        with self.assertRaises(UserError):
            release.hand_to_test()
        release.build_reference = "abc"
        release.hand_to_test()
        with self.assertRaises(UserError):
            release.with_user(self.implementer2).sign_off("No report.")
        release.test_file_ids = self._file("report.txt")
        with self.assertRaises(UserError):
            release.with_user(self.implementer2).sign_off("  ")
        release.with_user(self.implementer2).sign_off("Fine.")

    def test_rollback_version_is_named_before(self):
        old = self._used("5.1")
        release = self._release()
        release.start_building()
        release.with_user(self.implementer).hand_to_test()
        release.test_file_ids = self._file("report.txt")
        with self.assertRaises(UserError):
            release.with_user(self.implementer2).sign_off("Fine.")
        release.rollback_release_id = old
        release.with_user(self.implementer2).sign_off("Fine.")

    def test_rollback_version_is_one_that_was_used(self):
        with self.assertRaises(ValidationError):
            self._release(rollback_release_id=self._release("5.0").id)
        other = self._used("1.0")
        lab = self._ci("Laboratory", self.class_application)
        with self.assertRaises(ValidationError):
            self._release("2.0", application_id=lab.id, rollback_release_id=other.id)

    def test_changes_wait_for_the_test(self):
        release = self._release()
        change = self._bundle(release, self.host1)
        change._write_system({"state": "scheduled"})
        with self.assertRaises(UserError):
            change.with_user(self.implementer).start()
        self._test(release)
        change.with_user(self.implementer).start()

    def test_what_was_tested_stays(self):
        release = self._release()
        change = self._bundle(release, self.host1)
        late = self._change()
        self._test(release)
        for record, vals in (
            (release, {"build_reference": "other"}),
            (release, {"version": "6"}),
            (release, {"test_file_ids": [Command.clear()]}),
            (late, {"release_id": release.id}),
            (change, {"release_id": False}),
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                record.write(vals)
        with self.assertRaises(UserError):
            self._bundle(release, self.host2)
        release.with_user(self.implementer2).reject("One more thing.")
        self.assertFalse(release.signed_off_by_id)
        late.release_id = release

    def test_not_given_back_while_a_change_is_made(self):
        release = self._release()
        change = self._bundle(release, self.host1)
        self._test(release)
        change._write_system({"state": "implement"})
        for verb in ("reject", "cancel"):
            with self.subTest(verb=verb), self.assertRaises(UserError):
                getattr(release, verb)("Stop.")

    # ------------------------------------------------------------------
    # Not as planned
    # ------------------------------------------------------------------

    def test_all_rolled_back(self):
        old = self._used("5.1", self.host1)
        release = self._release(rollback_release_id=old.id)
        change = self._bundle(release, self.host1)
        self._test(release)
        self._make(change, "rolled_back")
        self.assertEqual(release.state, "rolled_back")
        self.assertEqual(release.rollback_change_id, change)
        self.assertEqual(self._running(self.host1), {self.host1: old})
        self.assertEqual(self.his.attributes["version"], "5.1")

    def test_a_part_only(self):
        release = self._release()
        first, second = (
            self._bundle(release, self.host1),
            self._bundle(release, self.host2),
        )
        self._test(release)
        self._make(first)
        self._make(second, "failed")
        self.assertEqual(release.state, "ready")
        self.assertEqual(release.activity_ids.user_id, self.coordinator)
        release.with_user(self.coordinator).roll_back("Only a part works.", second)
        self.assertEqual(release.state, "rolled_back")
        self.assertFalse(self._running(self.host1, self.host2))

    def test_rolled_back_after_use(self):
        old = self._used("5.1", self.host1)
        release = self._release(rollback_release_id=old.id)
        change = self._bundle(release, self.host1, self.instance)
        self._test(release)
        self._make(change)
        self.assertEqual(self.instance.attributes["version"], "5.2")
        undo = self._change("Undo it")
        with self.assertRaises(UserError):
            release.with_user(self.coordinator).roll_back("It is slow.", undo)
        undo._write_system({"state": "closed", "close_code": "successful"})
        with self.assertRaises(AccessError):
            release.with_user(self.implementer).roll_back("It is slow.", undo)
        release.with_user(self.coordinator).roll_back("It is slow.", undo)
        self.assertEqual(release.rollback_change_id, undo)
        self.assertEqual(
            self._running(self.host1, self.instance),
            {self.host1: old, self.instance: old},
        )
        self.assertEqual(self.his.attributes["version"], "5.1")
        self.assertEqual(self.instance.attributes["version"], "5.1")
        revision = self.env["itsm.ci.history"].search(
            [("ci_id", "=", self.his.id), ("res_model", "=", "itsm.change")], limit=1
        )
        self.assertEqual(revision.res_id, undo.id)

    def test_cancelled_change_does_not_hold_it_up(self):
        release = self._release()
        first, second = (
            self._bundle(release, self.host1),
            self._bundle(release, self.host2),
        )
        self._test(release)
        self._make(first)
        second.with_user(self.implementer).cancel("That host is gone.")
        self.assertEqual(release.state, "deployed")

    # ------------------------------------------------------------------
    # Versions of items
    # ------------------------------------------------------------------

    def test_version_is_planned_on_the_change(self):
        release = self._release()
        change = self._bundle(release, self.instance, self.host1)
        delta = change.delta_ids
        self.assertEqual(delta.ci_id, self.instance, "A host has no such attribute.")
        self.assertEqual((delta.key, delta.new), ("attributes.version", "5.2"))
        self._test(release)
        self._make(change)
        self.assertEqual(delta.state, "applied")
        self.assertEqual(self.instance.attributes["version"], "5.2")

    def test_version_of_a_failed_change_stays(self):
        release = self._release()
        change = self._bundle(release, self.instance)
        self._test(release)
        self._make(change, "failed")
        self.assertEqual(self.instance.attributes["version"], "5.1")

    # ------------------------------------------------------------------
    # Notes
    # ------------------------------------------------------------------

    def test_notes_are_drafted_from_the_changes(self):
        release = self._release(goal="Faster pictures.")
        self._bundle(release, self.host1, public_title="New <b>viewer</b>")
        self._bundle(release, self.host2, name="Firewall rules")
        release.start_building()
        release.hand_to_test()
        notes = str(release.notes)
        for part in ("Faster pictures.", "&lt;b&gt;viewer", "Firewall rules"):
            self.assertIn(part, notes)

    def test_what_somebody_wrote_is_kept(self):
        release = self._release(notes="<p>By hand</p>")
        release.start_building()
        release.hand_to_test()
        self.assertIn("By hand", str(release.notes))

    def test_notes_go_to_those_affected_once(self):
        release = self._release(notes="<p>What is new</p>")
        change = self._bundle(
            release,
            self.host1,
            ci_link_ids=[Command.create({"ci_id": self.imaging.id})],
        )
        self._test(release)
        self._make(change)
        readers = release.reader_ids.partner_id
        self.assertIn(self.portal.partner_id, readers)
        self.assertNotIn(self.stranger.partner_id, readers)
        mails = self._mails(self.portal.partner_id, "HIS 5.2")
        self.assertEqual(len(mails), 1)
        self.assertIn("What is new", str(mails.body_html))
        self.employee_stranger.department_id = self.ward
        action = release.with_user(self.coordinator).action_send_notes()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.to_send_count, 1)
        wizard.with_user(self.coordinator).action_send()
        self.assertEqual(len(self._mails(self.portal.partner_id, "HIS 5.2")), 1)
        self.assertEqual(len(self._mails(self.stranger.partner_id, "HIS 5.2")), 1)

    def test_notes_are_sent_by_hand_only_where_wanted(self):
        release = self._release(notes="<p>News</p>", send_notes=False)
        change = self._bundle(
            release,
            self.host1,
            ci_link_ids=[Command.create({"ci_id": self.imaging.id})],
        )
        self._test(release)
        self._make(change)
        self.assertFalse(release.reader_ids)

    def test_empty_notes_are_not_sent(self):
        with self.assertRaises(UserError):
            self._release().action_send_notes()


@tagged("post_install", "-at_install")
class TestReleaseRights(ReleaseCase):
    """Who may do what with releases."""

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_those_who_have_nothing_to_do_with_it(self):
        release = self._release(tester_id=False)
        for user in (self.agent, self.auditor, self.implementer2):
            for verb in ("start_building", "hand_to_test"):
                with (
                    self.subTest(user=user.name, verb=verb),
                    self.assertRaises(AccessError),
                ):
                    getattr(release.with_user(user), verb)()

    def test_no_writing_past_the_verbs(self):
        release = self._used("5.1")
        for vals in (
            {"state": "ready"},
            {"signed_off_by_id": self.implementer.id},
            {"deployed_at": False},
            {"built_by_ids": [Command.clear()]},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                release.with_user(self.change_manager).write(vals)
        with self.assertRaises(AccessError):
            release.deployment_ids.write({"until": fields.Datetime.now()})
        with self.assertRaises(AccessError):
            self._release("7", state="deployed")

    def test_companies_and_hidden_classes(self):
        release = self._used("5.1")
        row = release.deployment_ids
        for record in (release, row):
            self.assertTrue(record.with_user(self.agent)._filtered_access("read"))
            self.assertFalse(
                record.with_user(self.change_other)._filtered_access("read")
            )
        self.class_application.group_ids = self.env.ref("itsm_cmdb.group_cmdb_manager")
        for record in (release, row):
            self.assertFalse(record.with_user(self.agent)._filtered_access("read"))

    def test_used_ones_are_kept(self):
        release = self._release()
        self._release("6").unlink()
        release.start_building()
        with self.assertRaises(UserError):
            release.unlink()

    def test_one_release_of_a_version(self):
        self._release()
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self._release()
            self.env.flush_all()
