from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestScreens(ApprovalCase):
    """What the back office counts, offers and says in words."""

    def setUp(self):
        super().setUp()
        self.policy = self._policy(self._step("Step", self._line(self.ann)))

    def _group(self, user):
        groups = self.env["res.users"].with_user(user)._get_activity_groups()
        return [group for group in groups if group["model"] == "itsm.approval"]

    def test_activity_menu_counts(self):
        first, _second = self._ask(self.policy), self._ask(self.policy)
        self.assertEqual(self._group(self.ann)[0]["total_count"], 2)
        self.assertEqual(self._group(self.bob), [])
        self._vote(self.ann, first)
        self.assertEqual(self._group(self.ann)[0]["total_count"], 1)

    def _dialog(self, user, approvals, kind):
        action = approvals.with_user(user).action_decide(kind)
        Dialog = self.env[action["res_model"]].with_user(user)
        return Form(Dialog.with_context(**action["context"]))

    def test_dialog_takes_those_that_wait(self):
        """Of a selection it decides on what waits for the user, and counts the rest."""
        approvals = self._ask(self.policy) | self._ask(self.policy)
        self._vote(self.ann, approvals[0])
        dialog = self._dialog(self.ann, approvals, "approve")
        self.assertEqual(dialog.skipped_count, 1)
        dialog.save().action_confirm()
        self.assertEqual(approvals.mapped("state"), ["granted", "granted"])

    def test_dialog_refuses_where_nothing_waits(self):
        with self.assertRaises(UserError):
            self._dialog(self.bob, self._ask(self.policy), "approve")

    def test_dialog_reject(self):
        approval = self._ask(self.policy)
        dialog = self._dialog(self.ann, approval, "reject")
        with self.assertRaises(AssertionError):
            dialog.save()  # the reason is required
        dialog.text = "Too dear"
        dialog.save().action_confirm()
        self.assertEqual(approval.state, "refused")
        self.assertIn("Too dear", approval.reason)

    def test_dialog_question_answer_withdraw(self):
        approval = self._ask(self.policy)
        for user, kind, state in (
            (self.ann, "ask", "question"),
            (self.asker, "answer", "waiting"),
            (self.asker, "withdraw", "withdrawn"),
        ):
            dialog = self._dialog(user, approval, kind)
            dialog.text = "Because"
            dialog.save().action_confirm()
            self.assertEqual(approval.state, state)

    def test_buttons_know_who_may(self):
        approval = self._ask(self.policy)
        approval.with_user(self.ann).ask("Why?")
        for user, answer, withdraw in (
            (self.asker, True, True),
            (self.ann, False, False),
        ):
            mine = approval.with_user(user)
            self.assertEqual((mine.may_answer, mine.may_withdraw), (answer, withdraw))

    def test_policy_in_words(self):
        """Each line says whom it asks; each step what happens to those who wait."""
        policy = self._policy(
            self._step(
                "Both",
                self._line(self.ann, self.bob, rule="at_least", minimum=2),
                self._line(approver_type="role", role="owner"),
                timeout_after=36,
                timeout_action="reject",
            )
        )
        step = policy.step_ids
        for part in ("2", self.ann.name, self.bob.name, "Owner"):
            self.assertIn(part, step.sentence)
        self.assertIn("36", step.time_sentence)
        self.assertFalse(step.has_condition)

    def test_policy_form(self):
        """A policy is made in the form, without knowing a field's name."""
        with Form(self.env["itsm.approval.policy"].with_user(self.manager)) as form:
            form.name = "Made by hand"
            form.res_model = "itsm.approval.test.thing"
            with form.step_ids.new() as step:
                step.name = "First"
                with step.line_ids.new() as line:
                    line.approver_type = "requester_manager"
                    line.levels = 2
        step = form.record.step_ids
        self.assertEqual(step.line_ids.levels, 2)
        self.assertIn("2", step.sentence)
