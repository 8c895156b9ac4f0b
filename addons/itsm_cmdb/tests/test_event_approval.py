from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .life_common import LifeCase


@tagged("post_install", "-at_install")
class TestDisposalApproval(LifeCase):
    """Nothing is disposed of before it was approved as it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env.ref("itsm_cmdb.approval_policy_disposal")
        cls.old = cls._laptop(
            "Old", "retired", purchase_value=100, department_id=cls.department.id
        )

    def _disposal(self, items, **vals):
        return self._event(
            "disposal",
            items,
            **{"disposal_method": "recycled", "reason": "Worn out", **vals},
        )

    def _vote(self, event, user, decision="approve"):
        event.invalidate_recordset()
        event.sudo().approval_id.with_user(user).vote(decision, "Because.")
        event.invalidate_recordset()

    def test_not_without_approval(self):
        event = self._disposal(self.old)
        with self.assertRaisesRegex(UserError, "needs approval"):
            event.action_done()
        event.action_submit()
        self.assertEqual(event.state, "waiting")
        with self.assertRaisesRegex(UserError, "needs approval"):
            event.action_done()
        self.assertEqual(self.old.status, "retired")

    def test_approved_and_disposed(self):
        event = self._disposal(self.old)
        event.action_submit()
        self._vote(event, self.cmdb_manager)
        self.assertEqual(event.approval_state, "granted")
        self.assertEqual(self.old.status, "retired")
        event.action_done()
        self.assertEqual(self.old.status, "disposed")
        self.assertEqual(event.state, "done")

    def test_value_asks_the_department_too(self):
        dear = self._laptop(
            "Dear", "retired", purchase_value=9000, department_id=self.department.id
        )
        event = self._disposal(dear)
        self.assertEqual(event.value, 9000)
        event.action_submit()
        self._vote(event, self.cmdb_manager)
        self.assertEqual(event.approval_state, "waiting")
        self._vote(event, self.head)
        self.assertEqual(event.approval_state, "granted")

    def test_rejected_goes_back_to_draft(self):
        event = self._disposal(self.old)
        event.action_submit()
        self._vote(event, self.cmdb_manager, "reject")
        self.assertEqual(event.state, "draft")
        with self.assertRaises(UserError):
            event.action_done()

    def test_changed_after_approval_is_void(self):
        changes = {
            "method": lambda event: event.write({"disposal_method": "sold"}),
            "proceeds": lambda event: event.write({"proceeds": 5}),
            "items": lambda event: event.write(
                {"line_ids": [Command.create({"ci_id": self._laptop("More").id})]}
            ),
            "item": lambda event: event.line_ids.write(
                {"ci_id": self._laptop("Instead").id}
            ),
        }
        for name, change in changes.items():
            old = self._laptop(f"Old {name}", "retired")
            event = self._disposal(old)
            event.action_submit()
            self._vote(event, self.cmdb_manager)
            change(event)
            event.invalidate_recordset()
            with self.subTest(change=name):
                self.assertNotEqual(event.approval_state, "granted")
                with self.assertRaisesRegex(UserError, "needs approval"):
                    event.action_done()

    def test_who_asks_does_not_approve(self):
        event = self._event(
            "disposal",
            self.old,
            self.cmdb_manager,
            disposal_method="sold",
            reason="Old",
            user_id=self.cmdb_manager.id,
        )
        event.action_submit()
        votes = event.sudo().approval_id.vote_ids
        self.assertNotIn(self.cmdb_manager.partner_id, votes.partner_id)

    def test_without_a_policy_it_is_refused(self):
        self.policy.active = False
        event = self._disposal(self.old)
        with self.assertRaisesRegex(UserError, "policy"):
            event.action_submit()

    def test_cancelled_takes_the_question_back(self):
        event = self._disposal(self.old)
        event.action_submit()
        event.action_cancel()
        self.assertEqual(event.state, "cancelled")
        self.assertEqual(event.sudo().approval_id.state, "withdrawn")

    def test_open_disposal_holds_the_item(self):
        event = self._disposal(self.old)
        event.action_submit()
        with self.assertRaisesRegex(UserError, "still open"):
            self._event("move", self.old, location_id=self.room.id).action_done()

    def test_only_a_manager_takes_a_disposal_back(self):
        event = self._disposal(self.old)
        event.action_submit()
        self._vote(event, self.cmdb_manager)
        event.action_done()
        with self.assertRaises(AccessError):
            event.action_reverse()
        event.with_user(self.cmdb_manager).action_reverse()
        self.assertEqual(self.old.status, "retired")

    def test_approval_is_for_disposals(self):
        with self.assertRaises(UserError):
            self._event("count", self.old).action_submit()
