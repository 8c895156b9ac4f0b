from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ChangeCase


@tagged("post_install", "-at_install")
class TestChangeDuties(ChangeCase):
    """Nobody judges what they asked for or did themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._only_gates("duties_accept", "duties_approve", "duties_review")

    def _change_in(self, state, **vals):
        change = self._make_ready(self._change(**vals))
        change._write_system({"state": state})
        return change

    def test_requester_does_not_accept(self):
        change = self._change_in("assess", requester_id=self.coordinator.partner_id.id)
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).accept()
        self.assertEqual(change.state, "assess")
        change.with_user(self.coordinator2).accept()
        self.assertNotEqual(change.state, "assess")

    def test_asking_in_another_name_does_not_help(self):
        change = self._make_ready(self._change())
        change.with_user(self.coordinator).submit()
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).accept()
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).write(
                {"requester_id": self.agent.partner_id.id}
            )

    def test_implementer_does_not_review(self):
        change = self._change_in("review", implementer_id=self.coordinator.id)
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).close("successful")
        change.with_user(self.coordinator2).close("successful")
        self.assertEqual(change.state, "closed")

    def test_whoever_started_it_counts_as_implementer(self):
        change = self._change_in("scheduled")
        change.with_user(self.change_manager).start()
        change.with_user(self.implementer).finish()
        self._write_review(change)
        with self.assertRaises(UserError):
            change.with_user(self.change_manager).close("successful")
        change.with_user(self.coordinator).close("successful")

    def test_implementer_is_not_replaced_before_the_review(self):
        change = self._change_in("review", implementer_id=self.coordinator.id)
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).implementer_id = self.implementer

    def test_gates_decide_for_which_changes(self):
        gates = self.env["itsm.change.gate"].search([("key", "=", "duties_review")])
        gates.for_normal = False
        change = self._change_in("review")
        change.with_user(self.implementer).close("successful")
        self.assertEqual(change.state, "closed")

    def _approved_by(self, user, **vals):
        """Return a change in state “authorize” that a user approves just now."""
        policy = self.env["itsm.approval.policy"].create(
            {
                "name": "Of the test",
                "res_model": "itsm.change",
                "step_ids": [
                    Command.create(
                        {
                            "name": "Decide",
                            "line_ids": [
                                Command.create(
                                    {
                                        "approver_type": "user",
                                        "user_ids": [Command.set(user.ids)],
                                        "rule": "any",
                                    }
                                )
                            ],
                        }
                    )
                ],
                **vals,
            }
        )
        change = self._change_in("authorize", implementer_id=self.implementer2.id)
        approval = change._approval_request(policy)
        approval.with_user(user).vote("approve", "Fine.")
        change.invalidate_recordset()
        self.assertEqual(change.approval_state, "granted")
        return change

    def test_approver_does_not_carry_out(self):
        change = self._approved_by(self.coordinator)
        if change.state == "authorize":
            change.with_user(self.coordinator).proceed()
        change._write_system({"implementer_id": self.coordinator.id})
        with self.assertRaisesRegex(UserError, self.coordinator.name):
            change.with_user(self.coordinator).start()
        change._write_system({"implementer_id": self.implementer.id})
        change.with_user(self.implementer).start()
        with self.assertRaises(ValidationError):
            change.with_user(self.change_manager).write(
                {"implementer_id": self.coordinator.id}
            )

    def test_policy_may_allow_it(self):
        change = self._approved_by(self.coordinator, allow_implementer=True)
        if change.state == "authorize":
            change.with_user(self.coordinator).proceed()
        change._write_system({"implementer_id": self.coordinator.id})
        change.with_user(self.coordinator).start()
        self.assertEqual(change.state, "implement")
