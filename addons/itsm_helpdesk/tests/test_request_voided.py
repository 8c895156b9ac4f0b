from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron

from .request_common import RequestCase, question


@tagged("standard", "post_install", "-at_install")
class TestVoidedRequest(RequestCase):
    """Work is under way when what was approved changes, or who may decide does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._approval_policy(cls.head)
        cls.service = cls._service(
            questions=[question("what")], approval_policy_id=cls.policy.id
        )

    def _granted(self):
        ticket = self._submit(self.service, what="Chair")
        self._vote(ticket, self.head)
        return ticket

    def _change(self, ticket):
        ticket.requested_for_id = self.colleague.partner_id
        self.assertEqual(ticket.state, "approval")

    def test_refusal_ends_what_had_begun(self):
        """Nobody works on for a request that was refused after all."""
        self._plan(
            self.service, {"name": "Order"}, {"name": "Fetch", "after": ["Order"]}
        )
        ticket = self._granted()
        task = ticket.task_ids.filtered(lambda task: task.name == "Order")
        task.with_user(self.agent).action_start()
        self._change(ticket)
        self._vote(ticket, self.head, "reject", "Too dear.")
        self.assertEqual(ticket.state, "cancelled")
        self.assertEqual(set(ticket.task_ids.mapped("state")), {"cancelled"})

    def test_nothing_runs_by_itself_meanwhile(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "By itself",
                "model_id": self.env["ir.model"]._get_id("itsm.task"),
                "state": "code",
                "code": "record.ticket_id.message_post(body='It ran')",
            }
        )
        self._plan(
            self.service,
            {"name": "Account", "server_action_id": action.id},
            {"name": "Check", "after": ["Account"]},
        )
        ticket = self._granted()
        task = ticket.task_ids.filtered("is_automatic")
        self._change(ticket)
        self._run_job()
        self.assertEqual(task.state, "todo")
        cron = self.env.ref("itsm_helpdesk.ir_cron_run_tasks")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self._vote(ticket, self.head)
        after = triggers.search_count([("cron_id", "=", cron.id)])
        self.assertGreater(after, before, "nobody else sets it going again")
        self._run_job()
        self.assertEqual(task.state, "done")

    def _run_job(self):
        with patch.object(IrCron, "_commit_progress", lambda *_a, **_k: True):
            self.env["itsm.task"]._cron_run_automatic()

    # ------------------------------------------------------------------
    # Approval that an agent asked for
    # ------------------------------------------------------------------

    def test_chosen_policy_is_asked_again(self):
        """No service has it; the change does not make the approval needless."""
        ticket = self._create_ticket()
        ticket.ask_approval(self.policy)
        first = ticket.approval_id
        ticket.name = "Something else"
        self.assertEqual(first.state, "void")
        self.assertEqual(ticket.state, "approval")
        self.assertEqual(ticket.approval_id.previous_id, first)
        self.assertEqual(ticket.approval_id.policy_id, self.policy)

    def test_ended_ticket_is_corrected_without_asking(self):
        ticket = self._create_ticket()
        ticket.ask_approval(self.policy)
        self._vote(ticket, self.head)
        ticket.resolve("solved", "Done.")
        ticket.name = "Corrected"
        self.assertEqual((ticket.state, ticket.approval_state), ("resolved", "granted"))
        ticket.reopen("Not done.")
        self.assertEqual((ticket.state, ticket.approval_state), ("approval", "waiting"))

    def test_who_gets_the_work_is_replaced(self):
        """By the ticket or by a task of it."""
        policy = self._approval_policy(self.agent)
        policy.fallback_user_ids = self.head
        for give in (
            lambda ticket: ticket.write({"user_id": self.agent.id}),
            lambda ticket: self.env["itsm.task"].create(
                {"name": "X", "ticket_id": ticket.id, "user_id": self.agent.id}
            ),
        ):
            ticket = self._create_ticket()
            ticket.ask_approval(policy)
            self.assertEqual(ticket.approval_id._waiting_names(), [self.agent.name])
            give(ticket)
            self.assertEqual(ticket.approval_id._waiting_names(), [self.head.name])
