from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_cmdb.models.itsm_ci_impact import id_array
from odoo.addons.itsm_helpdesk.models.row_lock import take_turn

from ..tools import states
from .itsm_change_conflicts import LOOKED_AT

# Who writes these may collide with others, or no more.
TIME_FIELDS = frozenset(
    {
        "actual_start",
        "has_outage",
        "outage_end",
        "outage_start",
        "planned_end",
        "planned_start",
    }
)
FIELDS = TIME_FIELDS | {"active", "company_id", "implementer_id", "state", "type"}
# Their time is taken, so that whoever moves them must wait for their turn.
SETTLED = (states.SCHEDULED, states.IMPLEMENT)
AT_ONCE, CHUNK = 50, 100
_OF_ITEMS = """
    UPDATE itsm_change SET conflicts_stale = TRUE
     WHERE conflicts_stale IS NOT TRUE AND state IN %(states)s
       AND planned_end IS NOT NULL
       AND id IN (
            SELECT change_id FROM itsm_change_ci WHERE ci_id = ANY(%(ids)s::int[])
       )
"""
_OF_WINDOWS = """
    UPDATE itsm_change AS change SET conflicts_stale = TRUE
      FROM itsm_change_window AS "window"
     WHERE change.conflicts_stale IS NOT TRUE AND change.state IN %(states)s
       AND change.planned_end > now() AT TIME ZONE 'UTC'
       AND "window".id = ANY(%(ids)s::int[])
       AND COALESCE("window".company_id, change.company_id) = change.company_id
       AND ("window".kind = 'maintenance' OR EXISTS (
            SELECT FROM itsm_change_window_occurrence AS occurrence
             WHERE occurrence.window_id = "window".id
               AND occurrence.start < change.planned_end
               AND occurrence."end" > change.planned_start
       ))
"""


class ItsmChange(models.Model):
    """When conflicts are looked for again, and in which order who comes at once."""

    _inherit = "itsm.change"

    # Set by one statement for many; verbs look again before they trust the rows.
    conflicts_stale = fields.Boolean(
        readonly=True, copy=False, export_string_translation=False
    )

    _stale_idx = models.Index("(id) WHERE conflicts_stale")

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "conflict_count",
            "conflict_state",
            "conflicts_stale",
        }

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create(vals_list)
        changes._look_again(changes.filtered("planned_end"), "other")
        return changes

    def write(self, vals):
        looked_at = not FIELDS.isdisjoint(vals)
        if looked_at and any(change.state in SETTLED for change in self):
            self._schedule_lock()
        result = super().write(vals)
        stale = self.filtered("conflicts_stale")
        self._look_again(self if looked_at else stale, self._resolution(vals))
        if not TIME_FIELDS.isdisjoint(vals):
            # sudo: that the dates have moved concerns those who gave leave for them.
            self.sudo().exception_ids._approval_recheck()
        return result

    @api.model
    def _resolution(self, vals):
        """Return why conflicts went that are gone after ``vals`` were written."""
        if vals.get("state") in (states.REVIEW, *states.ENDED_STATES):
            return "ended"
        return "other" if TIME_FIELDS.isdisjoint(vals) else "moved"

    def _look_again(self, changes, resolution):
        """Look for the conflicts of a few changes at once, of many soon."""
        if len(changes) > AT_ONCE:
            changes._mark_conflicts()
        elif changes:
            changes._refresh_conflicts(resolution)

    # ------------------------------------------------------------------
    # Marks
    # ------------------------------------------------------------------

    def _mark_conflicts(self):
        """Have the conflicts of these changes looked for again."""
        self._mark(
            SQL(
                "UPDATE itsm_change SET conflicts_stale = TRUE WHERE id IN %s"
                " AND conflicts_stale IS NOT TRUE",
                tuple(self.ids) or (0,),
            )
        )

    def _items_moved(self):
        """Look again at changes whose items are others now, and at leave given them."""
        self._mark_conflicts()
        # sudo: that the scope has moved concerns those who gave leave for it.
        self.sudo().exception_ids._approval_recheck()

    @api.model
    def _mark_all_conflicts(self):
        """Have all conflicts looked for again, as when the rules change."""
        self._mark(
            SQL(
                "UPDATE itsm_change SET conflicts_stale = TRUE WHERE state IN %s"
                " AND planned_end IS NOT NULL",
                LOOKED_AT,
            )
        )

    @api.model
    def _mark_conflicts_of_items(self, ids):
        """Have conflicts looked for again after relations of items changed."""
        if ids:
            self.env["itsm.change.ci"].flush_model()
            self._mark(SQL(_OF_ITEMS, states=LOOKED_AT, ids=id_array(ids)))

    @api.model
    def _mark_conflicts_of_windows(self, windows):
        """Have conflicts looked for again of changes that windows may concern."""
        if windows:
            self.env["itsm.change.window.occurrence"].flush_model()
            windows.flush_recordset(["kind", "company_id"])
            self._mark(SQL(_OF_WINDOWS, states=LOOKED_AT, ids=id_array(windows.ids)))

    @api.model
    def _mark(self, statement):
        self.flush_model()
        self.env.cr.execute(statement)
        if self.env.cr.rowcount:
            self.invalidate_model(["conflicts_stale"], flush=False)
            self.env.ref("itsm_change.ir_cron_conflicts").sudo()._trigger()

    def _unmark_conflicts(self):
        """Note that the rows of these changes are true."""
        self.env.cr.execute(
            SQL(
                "UPDATE itsm_change SET conflicts_stale = FALSE WHERE id IN %s"
                " AND conflicts_stale",
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_recordset(["conflicts_stale"], flush=False)

    @api.model
    def _refresh_stale(self, limit=AT_ONCE):
        """Look again at marked changes if they are few; a job does the rest."""
        # sudo: what others planned is looked at too.
        stale = self.sudo().search([("conflicts_stale", "=", True)], limit=limit + 1)
        if len(stale) <= limit:
            stale._refresh_conflicts()

    @api.model
    def _cron_conflicts(self):
        """Look for the conflicts of changes that were marked."""
        cron = self.env["ir.cron"]
        domain = [("conflicts_stale", "=", True)]
        cron._commit_progress(remaining=self.search_count(domain))
        while changes := self.search(domain, limit=CHUNK):
            changes._refresh_conflicts()
            if not cron._commit_progress(len(changes)):
                break

    # ------------------------------------------------------------------
    # One after the other
    # ------------------------------------------------------------------

    @api.model
    def _schedule_lock(self):
        """Wait for whoever takes a time on the calendar, and be the next.

        Whoever comes second at the same moment is repeated by the database, and sees
        what the first one took. One row stands for all: items of no company are
        changed by every company.
        """
        # sudo: the row is nobody's; it says nothing but whose turn it is.
        first = self.env["res.company"].sudo().search([], order="id", limit=1)
        take_turn(first, "change_turn")
