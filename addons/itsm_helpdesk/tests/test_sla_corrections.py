from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form

from .sla_common import SlaCase, moment


class TestSlaCorrections(SlaCase):
    """Correct Times: what was recorded wrongly is replaced, and both stay."""

    @classmethod
    def _make_policies(cls):
        cls.sla = cls._policy(("response", 2), ("resolution", 8))
        cls.ola = cls._policy(("resolution", 4), kind="ola")

    def _wizard(self, ticket, user=None):
        return (
            self.env["itsm.sla.correction"]
            .with_user(user or self.manager)
            .with_context(active_model=ticket._name, active_id=ticket.id)
        )

    def _correct(self, ticket, changes, user=None, reason="Clock was wrong"):
        """Use the form.

        :param changes: ``{kind: moment}``, None to take the first one out
        """
        with Form(self._wizard(ticket, user)) as form:
            form.reason = reason
            for index in range(len(form.line_ids)):
                with form.line_ids.edit(index) as line:
                    if line.kind not in changes:
                        continue
                    when = changes.pop(line.kind)
                    if when is None:
                        line.void = True
                    else:
                        line.at = moment(when)
        self.assertFalse(changes, "no such event")
        form.record.action_apply()

    def _solved(self):
        """Return a ticket that was answered at 11 and solved on Tuesday at 15."""
        ticket = self._register()
        self._at("Mon 11")
        self._say(ticket, self.agent)
        self._at("Mon 14")
        ticket.with_user(self.agent).set_pending("requester")
        self._at("Mon 16")
        ticket.with_user(self.agent).resume()
        self._at("Tue 15")
        ticket.with_user(self.agent).resolve("solved", "Done.")
        self._at("Wed 10")
        return ticket

    def test_time_moved(self):
        """Clock, ticket and note follow; the old event is still there."""
        ticket = self._solved()
        self._shows(self._clocks(ticket), "breached", deadline="Tue 12", elapsed=10)
        events, notes = self._events(ticket), len(ticket.message_ids)
        self._correct(ticket, {"resolved": "Tue 11:30"})
        self._shows(
            self._clocks(ticket), "met", stopped_at="Tue 11:30", elapsed=7.5, paused=2
        )
        self.assertEqual(ticket.resolved_at, moment("Tue 11:30"))
        self.assertEqual(len(self._events(ticket)), len(events) + 1)
        self.assertEqual(len(ticket.message_ids), notes + 1)
        note = ticket.message_ids[0]
        self.assertIn("Clock was wrong", note.body)
        self.assertEqual(note.author_id, self.manager.partner_id)
        self.assertEqual(ticket.sla_state, "met")

    def test_moved_twice(self):
        """The last correction counts."""
        ticket = self._solved()
        self._correct(ticket, {"resolved": "Tue 11:30"})
        self._correct(ticket, {"resolved": "Tue 13:30"})
        self._shows(self._clocks(ticket), "breached", stopped_at="Tue 13:30")
        self._correct(ticket, {"resolved": "Tue 9:30"}, self.admin)
        self._shows(self._clocks(ticket), "met", stopped_at="Tue 9:30")

    def test_pause_taken_out(self):
        """A pause that was none counts as work."""
        ticket = self._solved()
        self._correct(ticket, {"paused": None})
        self._shows(self._clocks(ticket), "breached", elapsed=12, paused=0)

    def test_pause_made_longer(self):
        ticket = self._solved()
        self._correct(ticket, {"resumed": "Tue 10"})
        self._shows(self._clocks(ticket), "met", elapsed=7, paused=5)

    def test_opening_moved(self):
        ticket = self._solved()
        self._correct(ticket, {"opened": "Mon 9"})
        self._shows(self._clocks(ticket), "breached", started_at="Mon 9", elapsed=11)
        self.assertEqual(ticket.opened_at, moment("Mon 9"))

    def test_answer_taken_out(self):
        """It was no answer: the requester still waits for one."""
        ticket = self._register()
        self._at("Mon 11")
        self._say(ticket, self.agent)
        self._correct(ticket, {"responded": None})
        self._shows(self._clocks(ticket, "response"), "running", deadline="Mon 12")
        self.assertFalse(ticket.first_response_at)
        self._at("Mon 11:30")
        self._say(ticket, self.agent)
        self._shows(self._clocks(ticket, "response"), "met", stopped_at="Mon 11:30")

    def test_hand_over_that_never_was(self):
        """Taken out with its return, the first team's turn is whole again."""
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).escalate(reason="Hard.")
        self._at("Mon 14")
        ticket.with_user(self.engineer).return_to_previous("No.")
        self._at("Mon 14:30")
        events = self.env["itsm.sla.event"].search([("res_id", "=", ticket.id)])
        handed = events.filtered(lambda e: e.kind == "handed")
        self._wizard(ticket).create(
            {
                "reason": "By mistake",
                "line_ids": [
                    Command.create({"event_id": e.id, "at": e.at, "void": True})
                    for e in handed
                ],
            }
        ).action_apply()
        whole, *gone = self._clocks(ticket, kind="ola")
        self._shows(
            whole, "running", started_at="Mon 10", deadline="Mon 15", elapsed=3.5
        )
        self.assertEqual({clock.state for clock in gone}, {"cancelled"})
        self._sweep("Mon 16")
        self._shows(whole, "breached")
        for clock in gone:
            self.assertTrue(clock.with_user(self.agent).explain()["words"])
        self.assertTrue(
            self.Clock.with_user(self.agent).timeline(ticket._name, ticket.id)
        )

    def test_priority_corrected_afterwards(self):
        """A manager corrects a closed ticket's priority; its clocks are replayed."""
        self.sla.target_ids = [
            Command.create({"metric": "resolution", "hours": 20, "priority": "4"})
        ]
        ticket = self._solved()
        ticket.with_user(self.agent).close()
        ticket.with_user(self.manager).write(
            {"priority_override": "4", "priority_override_reason": "Was never urgent."}
        )
        self._shows(self._clocks(ticket), "met", priority="4", stopped_at="Tue 15")

    # ------------------------------------------------------------------
    # What is refused
    # ------------------------------------------------------------------

    def test_who_may(self):
        """The managers of the desk and of service levels; nobody else."""
        ticket = self._solved()
        other_manager = self._make_user(
            "manager2", "Other Manager", "itsm_helpdesk.group_itsm_manager"
        )
        self._make_desk("third", "Third", manager_ids=other_manager.ids)
        self.team1.member_ids |= other_manager
        for user in (
            self.portal,
            self.requester,
            self.agent,
            self.leader,
            self.auditor,
            self.stranger,
            other_manager,
        ):
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    self._wizard(ticket, user).default_get(["line_ids", "res_id"])
                with self.assertRaises(AccessError):
                    self._wizard(ticket, user).create({"reason": "x"}).action_apply()
        self.assertTrue(self._wizard(ticket, self.admin).default_get(["line_ids"]))

    def _line(self, event, user=None, record=None, **vals):
        return (
            self._wizard(record or self.Ticket.browse(event.res_id), user)
            .create(
                {
                    "reason": "x",
                    "line_ids": [
                        Command.create({"event_id": event.id, "at": event.at, **vals})
                    ],
                }
            )
            .action_apply()
        )

    def _event(self, ticket, kind):
        return self.env["itsm.sla.event"].search(
            [("res_id", "=", ticket.id), ("kind", "=", kind)], limit=1
        )

    def test_impossible_times(self):
        """Times ahead, an opening after what followed, no change, no reason."""
        ticket = self._solved()
        for changes in (
            {"resolved": "Wed 11"},
            {"opened": "Mon 11:30"},
            {"responded": "Mon 9"},
            {},
        ):
            with self.subTest(changes=changes), self.assertRaises(UserError):
                self._correct(ticket, dict(changes))
        with self.assertRaises(UserError):
            self._correct(ticket, {"resolved": "Tue 12"}, reason="  ")
        with self.assertRaises(UserError):
            self._line(self._event(ticket, "opened"), void=True)
        self._shows(self._clocks(ticket), "breached", elapsed=10)

    def test_the_present_cannot_be_corrected_away(self):
        """The events lead to how the ticket stands; to change that, change it."""
        ticket = self._solved()
        for changes in (
            {"resolved": None},
            {"resolved": "Mon 10:30"} | {"paused": "Wed 9"},
        ):
            with self.subTest(changes=changes), self.assertRaises(UserError):
                self._correct(ticket, dict(changes))
        going = self._register()
        self._at("Wed 11")
        going.with_user(self.agent).escalate(reason="Hard.")
        going.with_user(self.engineer).set_pending("requester")
        self._at("Wed 13")
        going.with_user(self.engineer).resume()
        for kind in ("handed", "resumed"):
            with self.subTest(kind=kind), self.assertRaises(UserError):
                self._correct(going, {kind: None})

    def test_other_records_events(self):
        ticket, other = self._solved(), self._register()
        with self.assertRaises(AccessError):
            self._line(self._event(other, "opened"), record=ticket, at=moment("Mon 8"))
        foreign = self._register(self.stranger, desk_id=self.desk_other.id)
        with self.assertRaises(AccessError):
            self._line(self._event(foreign, "opened"), at=moment("Mon 8"))

    def test_which_policies_apply_is_no_time(self):
        ticket = self._register()
        self._at("Mon 11")
        self._policy(("resolution", 1), sequence=1, ticket_type="complaint")
        ticket.with_user(self.agent).type = "complaint"
        with self.assertRaises(UserError):
            self._line(self._event(ticket, "detached"), void=True)

    def test_records_without_clocks(self):
        with self.assertRaises(AccessError):
            self._wizard(self.env.user.partner_id).default_get(["res_id"])
