import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .itsm_task import OPEN_TASK_STATES

_logger = logging.getLogger(__name__)

# Tickets whose time ran out longer ago than this are closed without a mail.
_STALE_DAYS = 7


class ItsmTicket(models.Model):
    """What happens to tickets by themselves, in resumable scheduled jobs."""

    _inherit = "itsm.ticket"

    @api.model
    def _cron_resume_pending(self, limit=200):
        """Resume the tickets whose waiting ends now."""
        self._process_in_batches(
            Domain("state", "=", "pending")
            & Domain("pending_until", "<=", fields.Datetime.now()),
            lambda tickets: tickets.resume(),
            limit,
        )

    @api.model
    def _cron_close_resolved(self, limit=200):
        """Close resolved tickets that nobody confirmed within the desk's days.

        A ticket with open children or tasks stays open until somebody ends them.
        """
        open_states = self._open_states()
        idle = Domain("child_ids", "not any", [("state", "in", open_states)]) & Domain(
            "task_ids", "not any", [("state", "in", OPEN_TASK_STATES)]
        )
        desks = self.env["itsm.desk"].with_context(active_test=False)
        for desk in desks.search([("auto_close_days", ">", 0)]):
            due = fields.Datetime.subtract(
                fields.Datetime.now(), days=desk.auto_close_days
            )
            stale = fields.Datetime.subtract(due, days=_STALE_DAYS)
            resolved = (
                Domain("state", "=", "resolved")
                & Domain("desk_id", "=", desk.id)
                & idle
            )
            self._process_in_batches(
                resolved
                & Domain("resolved_at", "<=", due)
                & Domain("resolved_at", ">", stale),
                lambda tickets: tickets._close_with("automatic"),
                limit,
            )
            self._process_in_batches(
                resolved & Domain("resolved_at", "<=", stale),
                lambda tickets: tickets._close_quietly(),
                limit,
            )

    def _close_quietly(self):
        """Close tickets that were solved long ago, without a mail to the requesters.

        They came in with a ledger, or the job stood still; a mail about a matter of
        last year is noise.
        """
        self.with_context(mail_notrack=True)._close_with("automatic")
        self._message_log_batch(
            bodies=dict.fromkeys(self.ids, self.env._("Closed automatically."))
        )

    @api.model
    def _process_in_batches(self, domain, process, limit):
        """Run ``process`` on the tickets of ``domain``, batch by batch.

        Each batch is locked and committed on its own, so several workers can run
        the job, and a kill loses one batch at most. Tickets that another worker
        holds are left to it; one that cannot be processed is logged and passed
        over, so that it never stops the others.
        """
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=self.search_count(domain))
        passed_over = self.browse()
        while True:
            candidates = self.search(
                domain & Domain("id", "not in", passed_over.ids),
                limit=limit,
                order="id",
            )
            if not candidates:
                return
            tickets = candidates.try_lock_for_update()
            passed_over |= candidates - tickets
            passed_over |= self._process_or_pass_over(tickets, process)
            if not Cron._commit_progress(len(tickets)):
                return

    @api.model
    def _process_or_pass_over(self, tickets, process):
        """Process a batch, one by one where it fails; return those that failed."""
        try:
            with self.env.cr.savepoint():
                process(tickets)
        except UserError:
            if len(tickets) > 1:
                failed = self.browse()
                for ticket in tickets:
                    failed |= self._process_or_pass_over(ticket, process)
                return failed
            _logger.warning("Passed over %s", tickets.number, exc_info=True)
            return tickets
        return self.browse()
