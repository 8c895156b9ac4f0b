from odoo.exceptions import AccessError, UserError, ValidationError

from ..models.itsm_ticket import SYSTEM_FIELDS
from .common import ItsmCase


class TestSystemFields(ItsmCase):
    """Facts that only the verbs set, and what stays frozen."""

    def test_system_fields_refused(self):
        ticket = self._create_ticket()
        key = "itsm_system.itsm.ticket"
        forged = ({}, {key: True}, {key: "object"})
        for name in sorted(SYSTEM_FIELDS):
            value = ticket[name].id if ticket._fields[name].relational else ticket[name]
            for context in forged:
                mine = ticket.with_user(self.manager).with_context(**context)
                with self.subTest(name=name, context=context):
                    with self.assertRaises(AccessError):
                        mine.write({name: value})
                    with self.assertRaises(AccessError):
                        mine.create(self._ticket_vals(**{name: value}))

    def test_facts_that_follow_from_others_are_system_fields(self):
        """Stored figures that RPC could otherwise overwrite."""
        ticket = self._create_ticket().with_user(self.agent)
        for vals in (
            {"priority": "1"},
            {"company_id": self.branch.id},
            {"escalated_from_id": self.team3.id},
            {"line": "3"},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                ticket.write(vals)

    def test_new_ticket_begins_at_the_beginning(self):
        Ticket = self.Ticket.with_user(self.agent)
        for state in ("approval", "pending", "resolved", "closed", "cancelled"):
            stage = self.env["itsm.stage"]._for_state(self.desk, state)
            with self.subTest(state=state), self.assertRaises(UserError):
                Ticket.create(self._ticket_vals(stage_id=stage.id))
        started = self.env["itsm.stage"]._for_state(self.desk, "in_progress")
        ticket = Ticket.create(self._ticket_vals(stage_id=started.id))
        self.assertEqual(ticket.state, "in_progress")

    def test_copy_starts_anew(self):
        ticket = self._in_state("closed", user_id=self.agent.id)
        copy = ticket.with_user(self.manager).copy()
        self.assertEqual(copy.state, "new")
        self.assertNotEqual(copy.number, ticket.number)
        for name in ("resolved_at", "closed_at", "resolution", "user_id"):
            self.assertFalse(copy[name], name)

    def test_closed_ticket_is_frozen(self):
        ticket = self._in_state("closed")
        vals = {"name": "Something else", "impact": "1"}
        for user in (self.agent, self.leader):
            with self.assertRaises(UserError):
                ticket.with_user(user).write(vals)
        ticket.with_user(self.agent).write({"tag_ids": []})
        ticket.with_user(self.manager).write(vals)
        self.assertEqual(ticket.name, "Something else")

    def test_deleting_is_for_drafts(self):
        draft, worked_on = self._create_ticket(), self._in_state("in_progress")
        with self.assertRaises(AccessError):
            draft.with_user(self.agent).unlink()
        with self.assertRaises(UserError):
            worked_on.with_user(self.manager).unlink()
        draft.with_user(self.manager).unlink()
        self.assertTrue(worked_on.exists())
        self.assertFalse(draft.exists())

    def test_stage_of_another_desk(self):
        stage = self.env["itsm.stage"].create(
            {"name": "Ours", "state": "new", "desk_ids": self.desk_other.ids}
        )
        with self.assertRaises(ValidationError):
            self._create_ticket().with_user(self.agent).write({"stage_id": stage.id})

    def test_own_stage_is_kept_when_chosen(self):
        stage = self.env["itsm.stage"].create(
            {"name": "On site", "state": "in_progress", "sequence": 99}
        )
        ticket = self._create_ticket().with_user(self.agent)
        ticket.write({"stage_id": stage.id})
        self.assertEqual(ticket.stage_id, stage)
        self.assertEqual(ticket.state, "in_progress")

    def test_stage_in_use_keeps_its_state(self):
        ticket = self._create_ticket()
        with self.assertRaises(ValidationError):
            ticket.stage_id.write({"state": "closed"})
        with self.assertRaises(UserError):
            ticket.stage_id.unlink()

    def test_form_freezes_what_cannot_be_saved(self):
        closed = self._in_state("closed")
        still_open = self._create_ticket()
        for user, frozen in ((self.agent, True), (self.manager, False)):
            with self.subTest(user=user.name):
                self.assertEqual(closed.with_user(user).is_frozen, frozen)
                self.assertFalse(still_open.with_user(user).is_frozen)
