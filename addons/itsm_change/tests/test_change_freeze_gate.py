from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .conflict_common import ConflictCase


@tagged("post_install", "-at_install")
class TestFreezeGate(ConflictCase):
    """Inside a freeze the transition is refused, not only flagged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._only_gates("window", "freeze")

    def _exception(self, change, window, **vals):
        return (
            self.env["itsm.change.exception"]
            .with_user(self.coordinator)
            .create(
                {
                    "change_id": change.id,
                    "window_id": window.id,
                    "reason": "The maker ends its support.",
                    **vals,
                }
            )
        )

    def _vote(self, exception, decision="approve"):
        approval = exception.sudo().approval_id
        vote = approval.vote_ids.filtered(lambda vote: vote.state == "waiting")[:1]
        approval._vote_as(vote.partner_id, decision, "So be it.")
        exception.invalidate_recordset()
        exception.change_id.invalidate_recordset()

    def test_refused(self):
        self._window(0, 24)
        for change_type in ("normal", "emergency"):
            change = self._planned(10, 12, self.a1, type=change_type)
            with self.assertRaises(UserError):
                change.with_user(self.coordinator).accept()
            self.assertEqual(change.state, "assess")
        standard = self._planned(10, 12, self.a2, type="standard", state="draft")
        with self.assertRaises(UserError):
            standard.with_user(self.coordinator).schedule()

    def test_refused_though_scheduled_before(self):
        """A freeze that is declared later stops what was scheduled."""
        change = self._planned(10, 12, self.a1, state="scheduled")
        change.implementer_id = self.implementer
        self._window(0, 24)
        with self.assertRaises(UserError):
            change.with_user(self.implementer).start()
        self.assertEqual(change.state, "scheduled")

    def test_refused_to_begin_early_into_a_freeze(self):
        now = fields.Datetime.now()
        change = self._planned(10, 12, self.a1, state="scheduled")
        change.implementer_id = self.implementer
        freeze = self._window(
            0, 1, start=now - timedelta(hours=1), end=now + timedelta(hours=1)
        )
        self.assertFalse(self._kinds(change))
        with self.assertRaises(UserError):
            change.with_user(self.implementer).start()
        freeze.end = now - timedelta(minutes=1)
        change.with_user(self.implementer).start()
        self.assertEqual(change.state, "implement")

    def test_refused_while_rows_are_stale(self):
        """Verbs do not trust what was found before something changed."""
        freeze = self._window(0, 24, scope="parts", ci_ids=self.app.ids)
        change = self._planned(10, 12, self.a1)
        self.assertFalse(self._kinds(change))
        self._touch(change, self.app)
        self.assertFalse(change.conflict_ids)
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).accept()
        freeze.active = False
        change.with_user(self.coordinator).accept()

    def test_dates_are_needed(self):
        change = self._planned(10, 12, self.a1)
        change.write({"planned_start": False, "planned_end": False})
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).accept()

    def test_blocking_conflict(self):
        self._planned(10, 12, self.a1, state="scheduled")
        change = self._planned(11, 13, self.a1)
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).accept()
        change.write(
            dict(zip(("planned_start", "planned_end"), self._at(12, 14), strict=True))
        )
        change.with_user(self.coordinator).accept()
        self.assertIn(change.state, ("authorize", "scheduled"))

    def test_an_approved_exception_lets_it_pass(self):
        freeze = self._window(0, 24)
        change = self._planned(10, 12, self.a1)
        exception = self._exception(change, freeze)
        self.assertEqual(exception.state, "draft")
        exception.ask()
        self.assertEqual(exception.state, "waiting")
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).accept()
        self._vote(exception)
        self.assertEqual(exception.state, "granted")
        self.assertEqual(self._kinds(change), {("freeze", "inform")})
        self.assertTrue(change.conflict_ids.is_excepted)
        change.with_user(self.coordinator).accept()
        self.assertNotEqual(change.state, "assess")

    def test_a_refused_exception_does_not(self):
        freeze = self._window(0, 24)
        change = self._planned(10, 12, self.a1)
        exception = self._exception(change, freeze)
        exception.ask()
        self._vote(exception, "reject")
        self.assertEqual(exception.state, "refused")
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).accept()

    def test_an_exception_holds_for_its_dates(self):
        freeze = self._window(0, 24)
        change = self._planned(10, 12, self.a1)
        exception = self._exception(change, freeze)
        exception.ask()
        self._vote(exception)
        change.write(
            dict(zip(("planned_start", "planned_end"), self._at(13, 15), strict=True))
        )
        exception.invalidate_recordset()
        self.assertNotEqual(exception.state, "granted")
        self.assertEqual(self._kinds(change), {("freeze", "block")})

    def test_an_exception_holds_for_its_items(self):
        freeze = self._window(0, 24)
        change = self._planned(10, 12, self.a1)
        exception = self._exception(change, freeze)
        exception.ask()
        self._vote(exception)
        self.env["itsm.change.ci"].create({"change_id": change.id, "ci_id": self.b1.id})
        exception.invalidate_recordset()
        self.assertNotEqual(exception.state, "granted")

    def test_an_exception_from_a_maintenance_window(self):
        window = self._window(20, 22, "maintenance")
        change = self._planned(10, 12, self.a1)
        self.assertEqual(self._kinds(change), {("outside_maintenance", "block")})
        exception = self._exception(change, window)
        exception.ask()
        self._vote(exception)
        self.assertEqual(self._kinds(change), {("outside_maintenance", "inform")})

    def test_who_asked_does_not_decide(self):
        freeze = self._window(0, 24)
        change = self._planned(10, 12, self.a1)
        exception = self._exception(change, freeze)
        exception.ask()
        approvers = exception.sudo().approval_id.vote_ids.partner_id
        self.assertIn(self.change_manager.partner_id, approvers)
        self.assertNotIn(self.coordinator.partner_id, approvers)

    def test_an_exception_that_was_asked_stays(self):
        freeze = self._window(0, 24)
        change = self._planned(10, 12, self.a1)
        exception = self._exception(change, freeze)
        exception.ask()
        with self.assertRaises(UserError):
            exception.unlink()
        self.assertEqual(change.conflict_ids.action_except()["res_id"], exception.id)
