from datetime import datetime
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import NAME, ApprovalCase


def at(hour):
    """Return an hour of Monday 2 March 2026."""
    return datetime(2026, 3, 2, hour)


@tagged("post_install", "-at_install")
class TestSweep(ApprovalCase):
    """The sweep does what is due once, whatever happens to it."""

    def test_sweep_is_idempotent(self):
        policy = self._policy(
            self._step(
                "Step",
                self._line(self.ann),
                remind_after=2,
                timeout_after=4,
                timeout_action="reject",
            )
        )
        approval = self._ask(policy)
        self._mails()
        self._sweep(at(12))
        self._mails()
        thing = self.env[NAME].browse(approval.res_id)
        before = (thing.log, len(thing.message_ids), approval.revision)
        self._sweep(at(12))
        self._sweep(at(13))
        after = (thing.log, len(thing.message_ids), approval.revision)
        self.assertEqual(after, before)
        self.assertFalse(self._mails())

    def test_sweep_in_batches(self):
        """A small batch leaves nothing out."""
        policy = self._policy(
            self._step(
                "Step", self._line(self.ann), timeout_after=4, timeout_action="reject"
            )
        )
        things = self.env[NAME].create([{"name": f"T{n}"} for n in range(7)])
        approvals = things._approval_request(policy)
        self.env.flush_all()
        self.frozen.move_to(at(12))
        path = "odoo.addons.base.models.ir_cron.IrCron._commit_progress"
        with patch(path, lambda *_args, **_kwargs: True):
            self.env["itsm.approval"]._cron_sweep(limit=2)
        self.assertEqual(set(approvals.mapped("state")), {"refused"})

    def test_one_that_fails_stops_nobody(self):
        """What cannot be worked off is logged and passed over."""
        policy = self._policy(
            self._step(
                "Step", self._line(self.ann), timeout_after=4, timeout_action="reject"
            )
        )
        things = self._thing(name="Good") | self._thing(name="Bad")
        things |= self._thing(name="Fine")
        approvals = things._approval_request(policy)
        Model = self.env.registry[NAME]
        refused = Model._approval_refused

        def refuse(records, reason):
            if "Bad" in records.mapped("name"):
                raise ValueError("broken hook")
            return refused(records, reason)

        logger = "odoo.addons.itsm_approval.models.itsm_approval_sweep"
        with patch.object(Model, "_approval_refused", refuse), mute_logger(logger):
            self._sweep(at(12))
        self.assertEqual(approvals.mapped("state"), ["refused", "waiting", "refused"])
        self._sweep(at(13))
        self.assertEqual(approvals[1].state, "refused")

    def test_record_that_is_gone(self):
        policy = self._policy(self._step("Step", self._line(self.ann), timeout_after=4))
        approval = self._ask(policy)
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM itsm_approval_test_thing WHERE id = %s", [approval.res_id]
        )
        self.env.invalidate_all()
        self._sweep(at(12))
        self.assertFalse(approval.step_ids.next_at)

    def test_sweep_uses_its_index(self):
        """The due steps are found by the partial index."""
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            "EXPLAIN SELECT id FROM itsm_approval_step "
            "WHERE next_at IS NOT NULL AND next_at <= now() ORDER BY next_at, id"
        )
        plan = "\n".join(row for (row,) in self.env.cr.fetchall())
        self.assertIn("itsm_approval_step_due_idx", plan)
