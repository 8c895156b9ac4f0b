from odoo.tests import tagged

from ..models.itsm_change_turns import TURN
from .common import ChangeCase


@tagged("post_install", "-at_install")
class TestChangeTurns(ChangeCase):
    """Whoever has to do the next step finds it among their activities."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._only_gates()

    def _turn(self, change):
        change.invalidate_recordset()
        kind = self.env.ref(TURN)
        return change.activity_ids.filtered(lambda one: one.activity_type_id == kind)

    def test_turns(self):
        change = self._change(coordinator_id=self.coordinator2.id)
        self._bring_to(change, "assess")
        self.assertEqual(self._turn(change).user_id, self.coordinator2)
        self._bring_to(change, "scheduled")
        turn = self._turn(change)
        self.assertEqual(turn.user_id, self.implementer)
        self.assertEqual(turn.date_deadline, change.planned_start.date())
        self._bring_to(change, "implement")
        self.assertFalse(self._turn(change), "who began knows it")
        self._bring_to(change, "review")
        self.assertEqual(self._turn(change).user_id, self.coordinator2)
        self._bring_to(change, "closed")
        self.assertFalse(self._turn(change))

    def test_given_up(self):
        change = self._change(coordinator_id=self.coordinator.id)
        self._bring_to(change, "assess")
        self.assertTrue(self._turn(change))
        change.with_user(self.implementer).cancel("Not needed.")
        self.assertFalse(self._turn(change))
