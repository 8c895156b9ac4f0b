from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .scenario_common import ScenarioCase

STEPS = (
    {"name": "Stop the application", "rolls_back": True, "duration": 10},
    {"name": "Migrate the data", "rolls_back": True, "duration": 60},
    {"name": "Look at ten patients", "phase": "verify", "rolls_back": True},
    {"name": "Restore the backup", "phase": "backout", "duration": 30},
    {"name": "Start the old version", "phase": "backout", "duration": 10},
)


@tagged("post_install", "-at_install")
class TestDatabaseUpgrade(ScenarioCase):
    """A normal change of high risk that fails, and is undone in order.

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

    def _approve(self, change):
        """A manager, the owner of the service, and the board in its meeting."""
        self._shows(change, self.coordinator, "approval")
        self._vote(change, self.change_manager)
        self.assertEqual(change.state, "authorize")
        self._vote(change, self.head)
        self.assertEqual(change.state, "authorize")
        form = Form(self._as(self.coordinator)["itsm.cab.meeting"])
        form.cab_id = self.env.ref("itsm_change.cab")
        form.start = fields.Datetime.now() + timedelta(days=1)
        meeting = form.save()
        meeting.action_invite()
        self.assertIn(self.board1.partner_id, meeting.event_id.partner_ids)
        meeting.action_fill_agenda()
        self.assertIn(change, meeting.agenda_ids.change_id)
        row = meeting.agenda_ids.filtered(lambda row: row.change_id == change)
        self.assertTrue(self._by(row, self.board1).my_turn)
        action = self._by(row, self.board1).action_vote_approve()
        self._form_of(action, self.board1, text="With care.").action_confirm()
        self.env.invalidate_all()
        self.assertEqual(change.approval_state, "granted")
        self.assertEqual(change.state, "scheduled")
        with Form(self._by(meeting, self.coordinator)) as form:
            form.present_ids.add(self.board1.partner_id)
        self._by(meeting, self.coordinator).action_close()
        self.assertEqual(row.outcome, "approved")
        self.assertIn(self.board1.name, row.vote_text)

    def _carry_out(self, change):
        """The migration fails; what was begun is undone."""
        self._shows(change, self.implementer, "evidence_restore")
        self._refused(change, self.implementer, "action_start", change.number)
        self._prove(change, self.implementer, "restore")
        self._shows(change, self.implementer)
        self._refused(change, self.coordinator, "action_start", error=AccessError)
        self._do(change, self.implementer, "action_start")
        self.assertEqual(change.state, "implement")
        self.assertEqual(self._tell(change), ["planned", "started"])
        self._opens(change)
        self._finish_step(change, self.implementer, "Stop the application")
        self._fail_step(change, self.implementer, "Migrate the data", "Disk is full.")
        self.assertEqual(
            self._step_states(change),
            {
                "Stop the application": "done",
                "Migrate the data": "failed",
                "Look at ten patients": "cancelled",
                "Restore the backup": "todo",
                "Start the old version": "waiting",
            },
        )
        self.assertTrue(change.rolled_back_at)
        self.assertIn("Disk is full.", change.rollback_reason)
        self._shows(change, self.implementer, "steps")
        self._refused(
            change, self.implementer, "action_finish", "Start the old version"
        )
        self._finish_step(change, self.implementer, "Restore the backup")
        self._finish_step(change, self.implementer, "Start the old version")
        self._shows(change, self.implementer)
        self._do(change, self.implementer, "action_finish")
        self.assertEqual(change.state, "review")

    def _report_incident(self, change):
        """A ward reports what the change has caused."""
        return self._as(self.agent)["itsm.ticket"].create(
            self._ticket_vals(
                name="No report can be opened",
                type="incident",
                ci_ids=[Command.set(self.reports.ids)],
            )
        )

    def _review(self, change, ticket):
        """The coordinator says what came of it; nobody judges their own work."""
        self._by(change, self.coordinator).action_suggest_incidents()
        incident = self._by(change, self.coordinator).incident_ids
        self.assertEqual(incident.sudo().ticket_id, ticket)
        self._shows(change, self.coordinator, "review")
        self._shows(change, self.implementer, "review", "duties_review")
        incident.action_accept()
        with Form(self._by(change, self.coordinator)) as form:
            form.review_outcome = "missed"
            form.review_note = "The disk was too small."
            form.lessons = "Look at the disk before."
            form.actual_risk = "high"
        self._shows(change, self.coordinator)
        self.assertEqual(self._by(ticket, self.agent).caused_by_change_id, change)
        self._refused(
            change, self.coordinator, "close", change.number, args=("successful",)
        )
        self._do(
            change,
            self.coordinator,
            "action_close",
            close_code="rolled_back",
            note="Undone after the migration failed.",
        )
        self.assertEqual((change.state, change.close_code), ("closed", "rolled_back"))
        self.assertEqual(change.risk_gap, "as_predicted")
        self.assertEqual(change.reviewer_id, self.coordinator)
        self.assertEqual(self.node1.attributes["os_name"], "DB 14")
        self.assertEqual(change.delta_ids.state, "refused")

    def _archive(self, change, ticket):
        """The record tells the whole story to the auditor; nothing is altered."""
        self._refused(change, self.coordinator, "write", args=({"name": "Other"},))
        text = self._record_of(change, self.auditor)
        for piece in (
            change.number,
            self.node1.name,
            "Migrate the data",
            "Disk is full.",
            "DB 16",
            "With care.",
            "Plans, please.",
            "The whole house works with it.",
            "Year-End Closing",
            "The disk was too small.",
            "Look at the disk before.",
            "Undone after the migration failed.",
            self.head.name,
            self.change_manager.name,
            self.board1.name,
            ticket.number,
        ):
            with self.subTest(piece=piece):
                self.assertTrue(piece in text)
        self._by(change, self.coordinator).action_archive()
        self.assertFalse(change.active)
        self.env.flush_all()
        row = self._as(self.change_manager)["itsm.change.success"].search(
            [("change_id", "=", change.id)]
        )
        self.assertEqual((row.failure_count, row.caused_count), (1, 1))
        self.assertEqual(row.avoided_count, 2, "the freeze, and the network")

    def _move_it(self, change):
        """An hour later is another date: it is asked again, and the steps follow."""
        row = self._as(self.coordinator)["itsm.change.calendar"].search(
            [("change_id", "=", change.id), ("kind", "=", "change")]
        )
        start = change.planned_start + timedelta(hours=1)
        told = row.move(start, change.planned_end + timedelta(hours=1))
        self.assertIn(change.number, " ".join(told))
        self.env.invalidate_all()
        self.assertEqual(change.state, "authorize")
        self.assertEqual(change.planned_start, start)
        self.assertEqual(change.step_ids[:1].planned_start, start)
        self._shows(change, self.coordinator, "approval")
        self._refused(change, self.implementer, "action_start", change.number)
        for user in (self.change_manager, self.head, self.board1):
            self._vote(change, user)
        self.assertEqual(change.state, "scheduled")
        self.assertIn("void", change.sudo().approval_ids.mapped("state"))

    def _tell_before(self, change):
        """Radiology hears of it the day before, and sees it on the portal."""
        with freeze_time(change.planned_start - timedelta(days=20)):
            self.assertFalse(self._tell(change))
        with freeze_time(change.planned_start - timedelta(hours=12)):
            self.assertEqual(self._tell(change), ["planned"])
            self.assertTrue(self._on_portal(change, self.portal))
            self.assertFalse(self._on_portal(change, self.board1))

    def _follow_up(self, change):
        """The coordinator plans a better one from the review."""
        action = self._by(change, self.coordinator).action_follow_up_change()
        following = self._form_of(action, self.coordinator, name="A larger disk")
        self.assertEqual(following.follow_up_of_id.id, change.id)
        self.assertEqual(following.state, "draft")
        self.assertEqual(self._by(change, self.auditor).follow_up_ids, following)

    def test_the_story(self):
        change = self._ask()
        self._opens(change)
        self._complete(change)
        self._meet_the_freeze(change)
        self._meet_the_network(change)
        self._find_a_slot(change)
        self._opens(change)
        self._approve(change)
        self._move_it(change)
        self._tell_before(change)
        with self._at_night(change):
            self._carry_out(change)
            self.assertEqual(self._tell(change), ["planned", "started", "ended"])
            ticket = self._report_incident(change)
            self._opens(change)
            self._review(change, ticket)
            self._follow_up(change)
        self._opens(change)
        self._archive(change, ticket)
