from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .cab_common import CabCase


@tagged("post_install", "-at_install")
class TestCabMeeting(CabCase):
    """Meetings of boards: invitation, agenda, votes, outcomes, minutes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._board_policy()

    def _meeting(self, days=1, **vals):
        start = fields.Datetime.now() + timedelta(days=days)
        return (
            self._as(self.coordinator)["itsm.cab.meeting"]
            .create({"cab_id": self.cab.id, "start": start, **vals})
            .with_context(tracking_disable=True)
        )

    def _row(self, meeting, change):
        return meeting.agenda_ids.filtered(lambda row: row.change_id == change)

    def _close(self, meeting):
        meeting.present_ids = self.board1.partner_id | self.coordinator.partner_id
        meeting.close()

    # ------------------------------------------------------------------
    # Invitation
    # ------------------------------------------------------------------

    def test_invitation_is_a_calendar_entry(self):
        meeting = self._meeting(location="Room 4")
        people = (self.board1 | self.board2 | self.board3).partner_id
        self.assertEqual(meeting.partner_ids, people)
        meeting.invite()
        event = meeting.event_id
        self.assertEqual(event.partner_ids, people)
        self.assertEqual(event.attendee_ids.partner_id, people)
        self.assertEqual((event.start, event.stop), (meeting.start, meeting.stop))
        meeting.invite()
        self.assertEqual(meeting.event_id, event)

    def test_meeting_and_calendar_say_the_same(self):
        meeting = self._meeting()
        meeting.invite()
        later = meeting.start + timedelta(hours=3)
        meeting.write({"start": later, "location": "Room 5"})
        self.assertEqual(meeting.event_id.start, later)
        self.assertEqual(meeting.event_id.location, "Room 5")
        meeting.partner_ids -= self.board2.partner_id
        self.assertNotIn(self.board2.partner_id, meeting.event_id.partner_ids)
        even_later = later + timedelta(hours=1)
        meeting.event_id.write(
            {"start": even_later, "stop": even_later + timedelta(hours=2)}
        )
        self.assertEqual(meeting.start, even_later)
        self.assertEqual(meeting.duration, 2)

    def test_nobody_invited(self):
        with self.assertRaises(UserError):
            self._meeting(partner_ids=[Command.clear()]).invite()

    def test_called_off(self):
        meeting = self._meeting()
        meeting.invite()
        event = meeting.event_id
        with self.assertRaises(UserError):
            meeting.cancel(" ")
        meeting.cancel("Everybody is ill.")
        self.assertEqual(meeting.state, "cancelled")
        self.assertFalse(event.active)
        with self.assertRaises(UserError):
            meeting.start += timedelta(days=1)

    # ------------------------------------------------------------------
    # Agenda
    # ------------------------------------------------------------------

    def test_agenda_is_what_waits_in_the_order_of_risk(self):
        low, high = self._asked("low"), self._asked("high")
        medium = self._asked("medium")
        draft = self._change()
        decided = self._asked()
        self._vote(decided, self.board1)
        self._vote(decided, self.board3)
        meeting = self._meeting()
        meeting.fill_agenda()
        mine = meeting.agenda_ids.change_id & (low | high | medium | draft | decided)
        rows = meeting.agenda_ids.filtered(lambda row: row.change_id in mine)
        self.assertEqual(
            rows.sorted("sequence").mapped("change_id"), high | medium | low
        )
        self.assertEqual(
            list(rows.sorted("sequence").change_id.ids), [high.id, medium.id, low.id]
        )

    def test_agenda_grows_and_does_not_repeat(self):
        first = self._asked()
        meeting = self._meeting()
        meeting.fill_agenda()
        second = self._asked()
        meeting.fill_agenda()
        meeting.fill_agenda()
        changes = meeting.agenda_ids.mapped("change_id.id")
        self.assertEqual(len(changes), len(set(changes)))
        self.assertLessEqual({first.id, second.id}, set(changes))
        other = self._meeting(days=2)
        with self.assertRaises(UserError):
            other.fill_agenda()

    def test_order_by_hand_and_by_risk_again(self):
        low, high = self._asked("low"), self._asked("high")
        meeting = self._meeting()
        meeting.fill_agenda()
        self._row(meeting, low).sequence = 0
        self.assertEqual(meeting.agenda_ids.sorted()[0].change_id, low)
        meeting.action_sort_agenda()
        order = meeting.agenda_ids.sorted().change_id.ids
        self.assertLess(order.index(high.id), order.index(low.id))

    def test_agenda_of_another_board(self):
        """Each board treats what waits for its own members."""
        other = self.cab.copy(
            {"member_ids": [Command.create({"user_id": self.agent.id})]}
        )
        self.cab.active = False
        change = self._asked()
        self.cab.active = True
        mine = self._meeting()
        with self.assertRaises(UserError):
            mine.fill_agenda()
        theirs = self._meeting(cab_id=other.id)
        theirs.fill_agenda()
        self.assertEqual(theirs.agenda_ids.change_id, change)

    def test_emergency_board_has_the_late_ones(self):
        change = self._change(type="emergency")
        change.with_user(self.implementer).start_now("It burns.")
        meeting = self._meeting(cab_id=self.ecab.id)
        meeting.fill_agenda()
        self.assertEqual(meeting.agenda_ids.change_id, change)

    # ------------------------------------------------------------------
    # Votes
    # ------------------------------------------------------------------

    def test_everybody_votes_in_their_own_name(self):
        change = self._asked()
        meeting = self._meeting()
        meeting.fill_agenda()
        row = self._row(meeting, change)
        self.assertTrue(row.with_user(self.board1).my_turn)
        self.assertFalse(row.with_user(self.coordinator).my_turn)
        action = row.with_user(self.board1).action_vote_approve()
        decision = (
            self._as(self.board1)[action["res_model"]]
            .with_context(**action["context"])
            .create({})
        )
        decision.action_confirm()
        row.invalidate_recordset()
        self.assertFalse(row.with_user(self.board1).my_turn)
        vote = change.approval_id.vote_ids.filtered(lambda vote: vote.state == "cast")
        self.assertEqual(vote.decided_by_id, self.board1.partner_id)
        self.assertIn(self.board1.name, row.vote_text)
        self.assertIn(self.board3.name, row.vote_text)

    def test_outcome_does_not_replace_votes(self):
        change = self._asked()
        meeting = self._meeting()
        meeting.fill_agenda()
        row = self._row(meeting, change)
        for outcome in ("approved", "rejected"):
            with self.subTest(outcome=outcome), self.assertRaises(UserError):
                row.outcome = outcome
        self._vote(change, self.board1)
        self._vote(change, self.board3)
        row.outcome = "approved"
        with self.assertRaises(UserError):
            row.outcome = "rejected"

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    def test_closing_notes_outcomes_and_moves_the_rest(self):
        approved, rejected, open_ = self._asked(), self._asked(), self._asked("low")
        talked = self._asked()
        meeting, following = self._meeting(), self._meeting(days=8)
        meeting.fill_agenda()
        self._row(meeting, talked).write({"outcome": "noted", "note": "For Anna."})
        self._vote(approved, self.board1)
        self._vote(approved, self.board3)
        self._vote(rejected, self.board1, "reject", "Not like this.")
        self._close(meeting)
        outcomes = {row.change_id: row.outcome for row in meeting.agenda_ids}
        self.assertEqual(outcomes[approved], "approved")
        self.assertEqual(outcomes[rejected], "rejected")
        self.assertEqual(outcomes[open_], "deferred")
        self.assertEqual(outcomes[talked], "noted")
        self.assertEqual(self._row(meeting, open_).moved_to_id, following)
        moved = self._row(following, open_)
        self.assertEqual(moved.moved_from_id, meeting)
        self.assertFalse(moved.outcome)
        self.assertFalse(self._row(following, approved | rejected))
        self.assertTrue(any("For Anna." in (m.body or "") for m in talked.message_ids))

    def test_next_meeting_is_made_where_there_is_none(self):
        self._asked()
        self.cab.interval_days = 14
        meeting = self._meeting(days=-20)
        meeting.fill_agenda()
        self._close(meeting)
        following = meeting.agenda_ids.moved_to_id
        self.assertEqual(following.start, meeting.start + timedelta(days=28))
        self.assertEqual(following.state, "planned")

    def test_closing_needs_people(self):
        self._asked()
        meeting = self._meeting()
        meeting.fill_agenda()
        with self.assertRaises(UserError):
            meeting.close()

    def test_minutes_stay_as_they_are(self):
        change = self._asked()
        meeting = self._meeting()
        meeting.fill_agenda()
        self._vote(change, self.board1)
        self._close(meeting)
        row = self._row(meeting, change)
        said = row.vote_text
        self._vote(change, self.board3)
        row.invalidate_recordset()
        self.assertEqual(row.vote_text, said)
        for attempt in (
            lambda: row.write({"note": "I said no."}),
            lambda: meeting.write({"location": "Elsewhere"}),
            lambda: meeting.close(),
            lambda: row.unlink(),
            lambda: meeting.unlink(),
            lambda: meeting.write({"agenda_ids": [Command.clear()]}),
            lambda: self.env["itsm.cab.agenda"].create(
                {"meeting_id": meeting.id, "change_id": self._change().id}
            ),
        ):
            with self.subTest(), self.assertRaises(UserError):
                attempt()

    def test_minutes_are_mailed_and_printed(self):
        change = self._asked(name="Replace the <core> switch")
        meeting = self._meeting()
        meeting.fill_agenda()
        self._row(meeting, change).note = "Only after the night shift."
        with self.assertRaises(UserError):
            meeting.send_minutes()
        self._close(meeting)
        meeting.send_minutes()
        message = meeting.message_ids[:1]
        self.assertEqual(message.partner_ids, meeting.partner_ids | meeting.present_ids)
        self.assertIn("Only after the night shift.", message.body)
        self.assertIn("&lt;core&gt;", message.body)
        self.assertTrue(meeting.minutes_sent_at)
        report = self.env["ir.actions.report"].with_user(self.coordinator)
        html, _kind = report._render_qweb_html(
            "itsm_change.itsm_cab_minutes", meeting.ids
        )
        self.assertIn(change.number, html.decode())
        self.assertIn(self.board1.name, html.decode())

    def test_record_of_the_change_names_the_meeting(self):
        change = self._asked()
        meeting = self._meeting()
        meeting.fill_agenda()
        self._row(meeting, change).note = "Only after the night shift."
        self._close(meeting)
        report = self.env["ir.actions.report"].with_user(self.coordinator)
        html, _kind = report._render_qweb_html(
            "itsm_change.itsm_change_record", change.ids
        )
        self.assertIn("Only after the night shift.", html.decode())

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_states_are_not_written(self):
        meeting = self._meeting()
        for vals in ({"state": "held"}, {"event_id": False}, {"held_at": False}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                meeting.with_user(self.change_manager).write(vals)

    def test_members_read_and_others_plan(self):
        meeting = self._meeting()
        for verb in ("fill_agenda", "invite", "close", "send_minutes"):
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                getattr(meeting.with_user(self.board1), verb)()
        with self.assertRaises(AccessError):
            meeting.with_user(self.board1).cancel("No.")
        self.assertTrue(meeting.with_user(self.board1).has_access("read"))

    def test_companies(self):
        change = self._asked()
        meeting = self._meeting()
        meeting.fill_agenda()
        records = (self.cab, self.cab.member_ids, meeting, self._row(meeting, change))
        for record in records:
            with self.subTest(model=record._name):
                other = record.with_user(self.change_other)
                self.assertFalse(other._filtered_access("read"))
                mine = record.with_user(self.change_manager)
                self.assertTrue(mine._filtered_access("read"))

    def test_one_seat_for_each(self):
        quiet = mute_logger("odoo.sql_db")
        with quiet, self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env["itsm.cab.member"].create(
                {"cab_id": self.cab.id, "user_id": self.board1.id}
            )
