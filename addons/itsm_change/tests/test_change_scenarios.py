from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .database_scenario import DatabaseCase


@tagged("post_install", "-at_install")
class TestDatabaseUpgrade(DatabaseCase):
    """It is approved, begun, fails, is undone in order, reviewed and archived."""

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
        step = self._step(change, self.implementer, "Stop the application")
        self.assertEqual(
            step.get_formview_id(),
            self.env.ref("itsm_change.itsm_change_step_view_form").id,
            "also from the mail that says it is one's turn",
        )
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
        policy = change.sudo().approval_id.policy_id
        # The auditor may search by what decided, like all who have the list of votes.
        self.assertTrue(self._by(policy, self.auditor).name)
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
