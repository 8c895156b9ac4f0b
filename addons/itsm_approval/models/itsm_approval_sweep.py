import logging

from psycopg2 import errors

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import quorum

_logger = logging.getLogger(__name__)

_BATCH = 200
# How often a batch is begun anew when somebody decided meanwhile.
_TRIES = 5


class ItsmApproval(models.Model):
    """The sweep: reminders, time-outs, and approvers who left.

    Only steps whose ``next_at`` has come are looked at, by a partial index. Their
    approvals are locked with SKIP LOCKED: one on which somebody decides at this
    moment is left to them. Each batch is committed on its own, and what it did is
    written with it, so a kill loses one batch, which the next sweep does again.
    """

    _inherit = "itsm.approval"

    @api.model
    def _cron_sweep(self, limit=_BATCH):
        """Work off all steps that are due."""
        passed_over = set()
        while True:
            count = self._as_engine()._sweep_batch(limit, passed_over)
            # A full batch means that there may be more; the job is then run on.
            more = int(count == limit)
            time_left = self.env["ir.cron"]._commit_progress(count, remaining=more)
            if not count or not time_left:
                break
        try:
            self._sweep_leavers()
            self.env.flush_all()
        except errors.SerializationFailure:
            self.env.cr.rollback()  # somebody decides at this moment: the next sweep

    @api.model
    def _sweep_batch(self, limit, passed_over):
        """Work off a batch; return how many steps it had.

        :param passed_over: ids of steps that cannot be worked off; grows
        """
        for _try in range(_TRIES):
            try:
                steps = self._take_due(limit, passed_over)
                passed_over |= steps._work_off()
                self.env.flush_all()
                return len(steps)
            except errors.SerializationFailure:
                # Somebody decided on one of these. Nothing of this batch is in the
                # database; begin it anew, seeing what they did.
                self.env.cr.rollback()
                self.env.transaction.reset()
        return 0

    @api.model
    def _take_due(self, limit, passed_over=()):
        """Return due steps, their approvals locked."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH due AS (
                    SELECT s.id, s.approval_id
                      FROM itsm_approval_step s
                      JOIN itsm_approval a ON a.id = s.approval_id
                     WHERE s.next_at IS NOT NULL
                       AND s.next_at <= %s
                       AND s.id != ALL(%s)
                     ORDER BY s.next_at, s.id
                     LIMIT %s
                       FOR NO KEY UPDATE OF a SKIP LOCKED
                )
                UPDATE itsm_approval a
                   SET revision = revision + 1
                  FROM due
                 WHERE a.id = due.approval_id
             RETURNING due.id
                """,
                fields.Datetime.now(),
                list(passed_over) or [0],
                limit,
            )
        )
        self.invalidate_model(["revision"])
        return self.step_ids.browse(sorted(id_ for (id_,) in rows))


class ItsmApprovalStep(models.Model):
    """What is done with a step that is due."""

    _inherit = "itsm.approval.step"

    def _work_off(self):
        """Do what is due. One that cannot be worked off is logged and passed over.

        :return: ids of those passed over
        """
        try:
            with self.env.cr.savepoint():
                self._work_off_due(fields.Datetime.now())
        except errors.SerializationFailure:
            raise
        except Exception:
            if len(self) > 1:
                half = len(self) // 2
                return self[:half]._work_off() | self[half:]._work_off()
            _logger.exception("Approval step %s cannot be worked off", self.id)
            return set(self.ids)
        return set()

    def _work_off_due(self, now):
        stale = self.filtered(lambda step: step.state != "open" or step.paused_at)
        if stale:
            stale.next_at = False
        steps = self - stale
        here = {
            approval.id
            for found, _r in steps.approval_id._by_model()
            for approval in found
        }
        orphans = steps.filtered(lambda step: step.approval_id.id not in here)
        if orphans:  # the record went with its addon
            orphans.next_at = False
        steps -= orphans
        late = steps.filtered(lambda step: step.timeout_at and step.timeout_at <= now)
        early = (steps - late).filtered(
            lambda step: step.remind_at and step.remind_at <= now
        )
        early._remind()
        for step in early:
            step._set_times(False, step.timeout_at)
        late._time_out(now)

    def _remind(self):
        """Send those who were silent a new mail, with a new link."""
        self._renew_links()
        self.approval_id._queue_mail("reminder", self._waiting_votes())

    def _time_out(self, now):
        """Do what the steps say for their time-out."""
        if not self:
            return
        silent = self.filtered(lambda step: step._grants_by_silence())
        rejecting = (self - silent).filtered(
            lambda step: step.timeout_action == "reject"
        )
        self.write({"timeout_at": False, "remind_at": False, "next_at": False})
        ending = silent + rejecting
        ending._cast_silence(now)
        ending.approval_id._settle(now)
        going_on = self - ending
        escalating = going_on.filtered(lambda step: step.timeout_action == "escalate")
        # Where nobody is found whom to ask, those who are asked hear of it again.
        helpless = escalating - escalating._escalate()
        reminding = going_on.filtered(lambda step: step.timeout_action == "remind")
        (reminding + helpless)._remind_on(now)

    def _remind_on(self, now):
        """Remind, and do so again after the time of the step."""
        self._remind()
        for step in self:
            step._set_times(False, step._hours_after(now, step.timeout_after))

    def _cast_silence(self, now):
        """Write down what silence means, as votes by time-out."""
        for rule, votes in (
            self._waiting_votes().grouped(lambda v: v.line_id.rule).items()
        ):
            votes.write(
                {
                    "state": "cast",
                    "decision": quorum.silence(rule, action_rejects=True),
                    "decided_at": now,
                    "way": "timeout",
                    "link_nonce": False,
                }
            )
        self.approval_id._note_timeout()
