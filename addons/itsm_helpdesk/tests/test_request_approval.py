from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MockEmail

from .request_common import RequestCase, question


@tagged("standard", "post_install", "-at_install")
class TestApprovalOfRequests(RequestCase, MockEmail):
    """A request waits for those who decide."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._approval_policy(cls.head)
        cls.service = cls._service(
            questions=[question("what", required=True), question("cost", "money")],
            approval_policy_id=cls.policy.id,
        )

    def test_waits_and_goes_on(self):
        ticket = self._submit(self.service, what="Chair")
        self.assertEqual(ticket.state, "approval")
        self.assertEqual(ticket.pending_reason_id.code, "approval")
        self.assertFalse(ticket.user_id)
        self._vote(ticket, self.head)
        self.assertEqual(ticket.state, "in_progress")
        self.assertFalse(ticket.pending_reason_id)

    def test_refused(self):
        ticket = self._submit(self.service, what="Chair")
        self._vote(ticket, self.head, "reject", "Too dear.")
        self.assertEqual(ticket.state, "cancelled")
        self.assertEqual(ticket.closure_code_id.code, "refused")
        self.assertEqual(ticket.approval_state, "refused")

    def test_cancelling_the_request_withdraws_the_approval(self):
        ticket = self._submit(self.service, what="Chair")
        ticket.with_user(self.portal).cancel("Found one.")
        self.assertEqual(ticket.state, "cancelled")
        self.assertEqual(ticket.approval_state, "withdrawn")
        with self.assertRaises(UserError):
            self._vote(ticket, self.head)

    def test_clocks_stand_still_as_the_reason_says(self):
        events = self.env["itsm.sla.event"]
        ticket = self._submit(self.service, what="Chair")
        paused = events._events_of("itsm.ticket", ticket.ids)[ticket.id][-1]
        self.assertEqual(paused.kind, "paused")
        self.assertTrue(paused.data["stops"])
        self._vote(ticket, self.head)
        kinds = [
            e.kind for e in events._events_of("itsm.ticket", ticket.ids)[ticket.id]
        ]
        self.assertIn("resumed", kinds)

    def test_condition_on_an_answer(self):
        self.policy.step_ids.condition = "[('answers.cost', '>', 100)]"
        cheap = self._submit(self.service, what="Pen", cost="5")
        dear = self._submit(self.service, what="Desk", cost="500")
        self.assertEqual(cheap.state, "new")
        self.assertFalse(cheap.approval_id)
        self.assertEqual(dear.state, "approval")

    def test_the_subject_is_what_was_answered(self):
        ticket = self._submit(self.service, what="Chair")
        texts = {row["label"]: row["text"] for row in ticket.approval_id.subject}
        self.assertEqual(texts["What"], "Chair")

    def test_nobody_grants_by_hand(self):
        ticket = self._submit(self.service, what="Chair")
        stage = self.env["itsm.stage"]._for_state(self.desk, "in_progress")
        with self.assertRaises(UserError):
            ticket.with_user(self.manager).write({"stage_id": stage.id})
        for name in ("approval_state", "approval_id"):
            with self.subTest(name), self.assertRaises(AccessError):
                ticket.with_user(self.manager).write({name: False})

    def test_corrected_answers_are_approved_anew(self):
        ticket = self._submit(self.service, what="Chair")
        self._vote(ticket, self.head)
        first = ticket.approval_id
        ticket.with_user(self.agent).reopen_form("Which chair?")
        self.assertEqual(ticket.state, "pending")
        self._as(self.portal)["itsm.ticket"].browse(ticket.id)._request_update(
            {"what": "Armchair"}
        )
        self.env.invalidate_all()
        self.assertEqual(first.state, "void")
        self.assertEqual(ticket.state, "approval")
        self.assertEqual(ticket.approval_id.previous_id, first)
        self.assertEqual(ticket._answers_raw()["what"], "Armchair")

    def test_the_same_answers_keep_the_approval(self):
        ticket = self._submit(self.service, what="Chair")
        self._vote(ticket, self.head)
        ticket.with_user(self.agent).reopen_form("Which chair?")
        self._as(self.portal)["itsm.ticket"].browse(ticket.id)._request_update(
            {"what": "Chair"}
        )
        self.env.invalidate_all()
        self.assertEqual(ticket.approval_state, "granted")
        self.assertEqual(ticket.state, "in_progress")

    def test_the_subject_follows_the_correction(self):
        """Unless an agent gave the request another one."""
        self.service.subject_pattern = "{service}: {what}"
        for renamed in (False, True):
            ticket = self._submit(self.service, what="Chair")
            if renamed:
                ticket.name = "Ergonomics"
            ticket.with_user(self.agent).reopen_form("Which chair?")
            self._as(self.portal)["itsm.ticket"].browse(ticket.id)._request_update(
                {"what": "Armchair"}
            )
            self.env.invalidate_all()
            expected = "Ergonomics" if renamed else f"{self.service.name}: Armchair"
            self.assertEqual(ticket.name, expected)

    def test_only_the_requester_corrects_and_only_when_asked(self):
        ticket = self._submit(self.service, what="Chair")
        with self.assertRaises(UserError):
            self._as(self.portal)["itsm.ticket"].browse(ticket.id)._request_update({})
        ticket.with_user(self.agent).reopen_form("Which chair?")
        with self.assertRaises(AccessError):
            self._as(self.requester)["itsm.ticket"].browse(ticket.id)._request_update(
                {"what": "Bench"}
            )

    def test_an_agent_asks_on_any_ticket(self):
        ticket = self._create_ticket()
        ticket.with_user(self.agent).ask_approval(self.policy.id)
        self.assertEqual(ticket.state, "approval")
        self._vote(ticket, self.head)
        self.assertEqual(ticket.state, "in_progress")

    def test_an_agent_starts_what_came_without_a_form(self):
        ticket = self._create_ticket(type="request")
        ticket.service_id = self.service
        mine = ticket.with_user(self.agent)
        self.assertTrue(mine.may_begin_request)
        mine.action_request_begin()
        self.assertEqual(ticket.state, "approval")
        with self.assertRaises(UserError):
            mine.action_request_begin()

    def test_the_requester_gets_a_receipt_that_says_who_is_asked(self):
        with self.mock_mail_gateway():
            ticket = self._submit(self.service, what="Chair")
            self._flush_tracking()
        mine = self._new_mails.filtered(
            lambda mail: self.portal.partner_id in mail.recipient_ids
        )
        self.assertEqual(len(mine), 1)
        self.assertIn(ticket.number, mine.subject)
        self.assertIn(self.head.name, mine.body_html)

    def test_a_policy_in_use_is_not_archived(self):
        """Requests would go through unapproved, and nobody would notice."""
        with self.assertRaises(UserError):
            self.policy.active = False
        self.service.approval_policy_id = False
        self.service.action_publish()
        self.policy.active = False
        self.assertFalse(self.policy.active)
