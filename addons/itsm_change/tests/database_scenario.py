from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form

from .scenario_common import ScenarioCase

STEPS = (
    {"name": "Stop the application", "rolls_back": True, "duration": 10},
    {"name": "Migrate the data", "rolls_back": True, "duration": 60},
    {"name": "Look at ten patients", "phase": "verify", "rolls_back": True},
    {"name": "Restore the backup", "phase": "backout", "duration": 30},
    {"name": "Start the old version", "phase": "backout", "duration": 10},
)


class DatabaseCase(ScenarioCase):
    """A normal change of high risk, from its draft to the date that suits everybody.

    The hospital's system needs one of two nodes; the second one hangs on a switch that
    the network team replaces. For it each work alone is harmless.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.node1, cls.node2, cls.switch = cls._items("Node1 Node2 Switch")
        cls.database, cls.his = cls._items("Database HIS", criticality="1")
        cls.node1.criticality = "1"
        cls.node1.attributes = {"os_name": "DB 14"}
        cls._group(cls.database, [cls.node1, cls.node2])
        cls._link(cls.node2, "needs", cls.switch)
        cls._link(cls.his, "needs", cls.database)
        (cls.reports,) = cls._items(
            "Reports", user_department_ids=[Command.set(cls.department.ids)]
        )
        cls._link(cls.reports, "needs", cls.node1)
        cls.service, cls.report_service = cls.env["itsm.service"].create(
            [
                {
                    "name": name,
                    "desk_id": cls.desk.id,
                    "owner_id": cls.head.id,
                    "ci_ids": [Command.set(item.ids)],
                    # Not offered to those who make the change.
                    "available_department_ids": [Command.set(cls.department.ids)],
                    "description": "<p>For the wards.</p>",
                }
                for name, item in (
                    ("Patient Records", cls.his),
                    ("Reports", cls.reports),
                )
            ]
        )
        (cls.service | cls.report_service).action_publish()
        cls.first, cls.second = (
            fields.Datetime.today() + timedelta(days=days, hours=22)
            for days in (20, 27)
        )

    # ------------------------------------------------------------------
    # The steps of the story
    # ------------------------------------------------------------------

    def _ask(self):
        """The implementer writes the change down, and hands it on."""
        form = Form(self._as(self.implementer)["itsm.change"])
        form.name = "Upgrade the database"
        form.reason = "The version is not supported any more."
        form.requester_id = self.requester.partner_id
        form.implementer_id = self.implementer
        form.team_id = self.team2
        form.has_outage = True
        change = form.save()
        change.write(self._from(self.first))
        self.assertEqual(change.state, "draft")
        self._shows(change, self.implementer, "items")
        self._refused(change, self.implementer, "action_submit", change.number)
        form = Form(self._by(change, self.implementer))
        with form.chosen_link_ids.new() as line:
            line.ci_id = self.node1
        form.save()
        self._answer(change, self.implementer, -1)
        self._do(change, self.implementer, "action_submit")
        self.assertEqual((change.state, change.risk), ("assess", "medium"))
        self.assertTrue(change.assessment_id.line_ids)
        self.assertIn(self.reports, change.touched_ci_ids)
        return change

    def _from(self, start, hours=3):
        return {"planned_start": start, "planned_end": start + timedelta(hours=hours)}

    def _complete(self, change):
        """The coordinator misses the plans; the implementer writes them."""
        self._shows(
            change,
            self.coordinator,
            "plan_implementation",
            "plan_test",
            "plan_communication",
            "plan_backout",
        )
        self._refused(change, self.implementer, "action_accept", error=AccessError)
        self._refused(change, self.coordinator, "action_accept", change.number)
        self._do(change, self.coordinator, "action_send_back", reason="Plans, please.")
        self.assertEqual(change.state, "draft")
        self._write_plans(change, self.implementer)
        self._add_steps(change, self.implementer, *STEPS)
        self._by(change, self.implementer).action_lay_out_steps()
        self.assertEqual(change.step_ids[:1].planned_start, self.first)
        self._prove(change, self.implementer, "backup", "test")
        self._plan_difference(change)
        self._do(change, self.implementer, "action_submit")

    def _plan_difference(self, change):
        """The node will run another version."""
        self._as(self.implementer)["itsm.change.delta"].create(
            {
                "change_id": change.id,
                "ci_id": self.node1.id,
                "key": "attributes.os_name",
                "new": "DB 16",
            }
        )

    def _meet_the_freeze(self, change):
        """The year-end closing is announced for the first date."""
        form = Form(self._as(self.change_manager)["itsm.change.window"])
        form.name = "Year-End Closing"
        form.kind = "freeze"
        form.reason = "The accounts are closed."
        form.start = self.first - timedelta(days=1)
        form.end = self.first + timedelta(days=2)
        form.scope = "all"
        form.save()
        self.env["itsm.change"]._refresh_stale(1000)
        self._shows(change, self.coordinator, "freeze")
        self._refused(change, self.coordinator, "action_accept", "Year-End Closing")
        self.assertEqual(change.state, "assess")

    def _meet_the_network(self, change):
        """On the second date the switch is replaced: together that is too much."""
        other = self._change(
            "Replace the switch",
            implementer_id=self.implementer2.id,
            team_id=self.network_team.id,
            has_outage=True,
            ci_link_ids=[Command.create({"ci_id": self.switch.id})],
            **self._from(self.second),
        )
        self._bring_others(other)
        coordinator = self._by(change, self.coordinator)
        coordinator.write(self._from(self.second))
        steps = self._by(change, self.coordinator).step_ids
        self.assertEqual(steps[:1].planned_start, self.second)
        self._shows(change, self.coordinator, "window")
        seen = self._by(change, self.coordinator)
        (row,) = seen.conflict_ids.filtered(lambda row: row.severity == "block")
        self.assertEqual(row.kind, "redundancy")
        self.assertEqual(row.sudo().other_id, other)
        for word in (other.number, self.database.name, self.service.name):
            self.assertIn(word, row.text)
        for item in (self.node1, self.node2, self.switch):
            self.assertIn(item.name, row.path)
        self._refused(
            change,
            self.coordinator,
            "action_accept",
            other.number,
            self.database.name,
        )

    def _bring_others(self, other):
        """Bring the change of another team on the calendar."""
        self._make_ready(other)
        other.with_user(self.implementer2).submit()
        other.with_user(self.coordinator2).accept()
        self._grant(other)

    def _find_a_slot(self, change):
        """The coordinator lets the program suggest a time, and takes the best."""
        action = self._by(change, self.coordinator).action_find_slot()
        wizard = self._form_of(
            action,
            self.coordinator,
            earliest=self.second - timedelta(hours=2),
            latest=self.second + timedelta(days=3),
        )
        wizard.action_search()
        line = wizard.line_ids[:1]
        self.assertFalse(line.is_blocked)
        self.assertTrue(line.reasons)
        line.action_take()
        self._shows(change, self.coordinator)
        self.assertNotEqual(change.conflict_state, "block")
        self._do(
            change,
            self.coordinator,
            "action_override_risk",
            risk="high",
            reason="The whole house works with it.",
        )
        self.assertEqual(change.risk, "high")
        self._do(change, self.coordinator, "action_accept")
        self.assertEqual(change.state, "authorize")
