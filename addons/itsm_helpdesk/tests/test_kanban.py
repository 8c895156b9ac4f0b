from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ItsmCase


@tagged("post_install", "-at_install")
class TestKanban(ItsmCase):
    """Which form a card needs before it enters a column."""

    def _asked(self, ticket, state):
        """Return the verb whose form is asked for on the way to a state."""
        stage = self.env["itsm.stage"]._for_state(self.desk, state)
        action = ticket.with_user(self.agent).action_before_stage(stage.id)
        return action and action["context"]["default_verb"]

    def test_form_for_verbs_that_need_words(self):
        for source, target, verb in (
            ("in_progress", "pending", "set_pending"),
            ("new", "resolved", "resolve"),
            ("resolved", "in_progress", "reopen"),
            ("pending", "cancelled", "cancel"),
        ):
            with self.subTest(source=source, target=target):
                self.assertEqual(self._asked(self._in_state(source), target), verb)

    def test_no_form_where_the_move_says_it_all(self):
        for source, target in (
            ("new", "in_progress"),
            ("pending", "in_progress"),
            ("resolved", "closed"),
            # The server refuses these with a sentence when the card is dropped.
            ("closed", "pending"),
            ("new", "closed"),
        ):
            with self.subTest(source=source, target=target):
                self.assertFalse(self._asked(self._in_state(source), target))

    def test_no_form_for_a_solution_written_before(self):
        ticket = self._in_state("in_progress")
        ticket.resolution_code_id = self.env.ref("itsm_helpdesk.resolution_code_solved")
        ticket.resolution = "Toner replaced."
        self.assertFalse(self._asked(ticket, "resolved"))

    def test_form_leads_to_the_column_that_was_meant(self):
        ticket = self._in_state("in_progress")
        stage = self.env["itsm.stage"].create(
            {"name": "At the supplier", "state": "pending", "sequence": 99}
        )
        ticket = ticket.with_user(self.agent)
        context = ticket.action_before_stage(stage.id)["context"]
        form = (
            self.env["itsm.ticket.action"]
            .with_user(self.agent)
            .with_context(**context)
            .create({"pending_reason_id": self._supplier().id})
        )
        form.action_apply()
        self.assertEqual(ticket.stage_id, stage)

    def _supplier(self):
        return self.env.ref("itsm_helpdesk.pending_reason_supplier")

    def test_only_who_may_write(self):
        ticket = self._in_state("in_progress")
        stage = self.env["itsm.stage"]._for_state(self.desk, "pending")
        for user in (self.portal, self.requester, self.auditor, self.stranger):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                ticket.with_user(user).action_before_stage(stage.id)
