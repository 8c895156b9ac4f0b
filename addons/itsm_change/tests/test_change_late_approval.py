from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron

from .cab_common import CabCase


@tagged("post_install", "-at_install")
class TestLateApproval(CabCase):
    """Emergencies that begin before they are decided on."""

    def _begun(self, state="draft", **vals):
        change = self._change(type="emergency", **vals)
        if state != "draft":
            change._write_system({"state": state})
        self.began_at = fields.Datetime.now()
        change.with_user(self.implementer).start_now("The clinic stands still.")
        change.invalidate_recordset()
        return change

    def _in_review(self, change):
        change.with_user(self.implementer).finish()
        self._write_review(change)
        return change

    def _run_at(self, hours):
        commit = patch.object(IrCron, "_commit_progress", lambda *_a, **_kw: 1)
        with commit, freeze_time(self.began_at + timedelta(hours=hours)):
            self.env["itsm.change"]._cron_late_approvals()

    def test_board_is_asked_with_a_deadline(self):
        change = self._begun()
        self.assertEqual(change.state, "implement")
        self.assertEqual(change.late_approval_state, "waiting")
        self.assertEqual(self._asked_people(change), self.urgent)
        hours = (change.late_approval_deadline - self.began_at).total_seconds() / 3600
        self.assertAlmostEqual(hours, 8, delta=0.01)

    def test_it_is_not_closed_without_the_decision(self):
        change = self._in_review(self._begun())
        coordinator = change.with_user(self.coordinator)
        with self.assertRaisesRegex(UserError, self.urgent.name):
            coordinator.close("successful")
        self._vote(change, self.urgent)
        self.assertEqual(change.late_approval_state, "granted")
        self.assertEqual(change.state, "review")
        coordinator.close("successful")
        self.assertEqual(change.state, "closed")

    def test_rejection_stands_and_needs_an_answer(self):
        change = self._begun()
        self._vote(change, self.urgent, "reject", "It could have waited.")
        self.assertEqual(change.state, "implement")
        self.assertEqual(change.late_approval_state, "refused")
        self.assertIn(self.implementer, change.activity_ids.user_id)
        self._in_review(change)
        coordinator = change.with_user(self.coordinator)
        with self.assertRaises(UserError):
            coordinator.close("successful")
        coordinator.late_refusal_note = "We ask by telephone from now on."
        coordinator.close("successful")
        self.assertEqual(change.state, "closed")
        with self.assertRaises(UserError):
            coordinator.late_refusal_note = "Nothing."

    def test_withdrawing_does_not_get_around_it(self):
        change = self._begun()
        first = change.approval_id
        first.with_user(self.requester).withdraw("It works again.")
        change.invalidate_recordset()
        self.assertNotEqual(change.approval_id, first)
        self.assertEqual(change.late_approval_state, "waiting")
        self.assertEqual(change.state, "implement")

    def test_reminder_halfway_and_managers_at_the_deadline(self):
        change = self._begun()
        nonce = change.approval_id.vote_ids.sudo().link_nonce
        self._run_at(3)
        self.assertEqual(change.approval_id.vote_ids.sudo().link_nonce, nonce)
        self._run_at(5)
        self.assertNotEqual(change.approval_id.vote_ids.sudo().link_nonce, nonce)
        self.assertNotIn(self.change_manager, self._asked_people(change))
        self._run_at(9)
        change.invalidate_recordset()
        self.assertIn(self.change_manager, self._asked_people(change))
        self.assertIn(self.change_manager, change.activity_ids.user_id)
        told = len(change.activity_ids)
        self._run_at(10)
        self.assertEqual(len(change.activity_ids), told)
        self._vote(change, self.change_manager)
        self.assertEqual(change.late_approval_state, "granted")

    def test_decided_in_time_nobody_is_told(self):
        change = self._begun()
        self._vote(change, self.urgent)
        self._run_at(9)
        self.assertFalse(change.activity_ids)

    def test_decision_before_it_began_counts(self):
        change = self._asked(type="emergency")
        change.env["itsm.change.gate"].create(
            {"key": "implementer", "verb": "authorize", "for_emergency": True}
        )
        change._write_system({"implementer_id": False})
        self._vote(change, self.urgent)
        self.assertEqual(change.state, "authorize")
        change._write_system({"implementer_id": self.implementer.id})
        change.with_user(self.implementer).start_now("Now.")
        self.assertFalse(change.is_late_approval)

    def test_decision_of_an_earlier_round_does_not(self):
        change = self._asked(type="emergency")
        self._vote(change, self.urgent)
        self.assertEqual(change.state, "scheduled")
        change.with_user(self.coordinator).send_back("Another server.")
        change.with_user(self.implementer).start_now("Now.")
        self.assertEqual(change.late_approval_state, "waiting")

    def test_open_question_is_gone_on_with(self):
        change = self._asked(type="emergency")
        approval = change.approval_id
        change.with_user(self.implementer).start_now("Now.")
        self.assertEqual(change.approval_id, approval)
        self.assertEqual(change.late_approval_state, "waiting")

    def test_without_a_policy_it_stays_open(self):
        policy = self.env.ref("itsm_change.approval_policy_emergency")
        policy.active = False
        change = self._begun()
        self.assertEqual(change.late_approval_state, "missing")
        self._in_review(change)
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).close("successful")
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).ask_late_approval()
        policy.active = True
        change.with_user(self.coordinator).ask_late_approval()
        self.assertEqual(change.late_approval_state, "waiting")
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).ask_late_approval()

    def test_whoever_began_it_does_not_decide(self):
        self.ecab.member_ids.create(
            {"cab_id": self.ecab.id, "user_id": self.implementer.id}
        )
        change = self._begun()
        with self.assertRaises(UserError):
            self._vote(change, self.implementer)

    def test_strictest_board_counts(self):
        self.ecab.copy({"late_hours": 2, "company_id": False})
        change = self._begun()
        hours = (change.late_approval_deadline - self.began_at).total_seconds() / 3600
        self.assertAlmostEqual(hours, 2, delta=0.01)
