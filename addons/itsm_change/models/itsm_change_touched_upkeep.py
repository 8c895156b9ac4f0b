from odoo import api, models
from odoo.tools import SQL

from odoo.addons.itsm_cmdb.models.itsm_ci_impact import id_array

from .itsm_change_touched import TRACKED_STATES

AT_ONCE, CHUNK = 50, 50
_OF_CHANGES = """
    UPDATE itsm_change SET is_touched_stale = TRUE
     WHERE is_touched_stale IS NOT TRUE AND state IN %(states)s
       AND id = ANY(%(ids)s::int[])
"""
# Whatever hangs on an item hangs on it through what a change has touched already.
_OF_ITEMS = """
    UPDATE itsm_change SET is_touched_stale = TRUE
     WHERE is_touched_stale IS NOT TRUE AND state IN %(states)s
       AND id IN (
            SELECT change_id FROM itsm_change_ci WHERE ci_id = ANY(%(ids)s::int[])
       )
"""
# Those that may be in the way of some changes, and these themselves.
_IN_THE_WAY = """
    SELECT DISTINCT stale.id
      FROM itsm_change AS stale
      JOIN itsm_change AS mine ON mine.id = ANY(%(ids)s::int[])
       AND (mine.id = stale.id
            OR LEAST(mine.actual_start, mine.planned_start) < stale.planned_end
           AND mine.planned_end > LEAST(stale.actual_start, stale.planned_start))
     WHERE stale.is_touched_stale
     ORDER BY stale.id
"""


class ItsmChange(models.Model):
    """When it is found again what changes touch: at once, before verbs, or soon."""

    _inherit = "itsm.change"

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create(vals_list)
        changes._refresh_few_touched()
        return changes

    def write(self, vals):
        if "has_outage" in vals:
            self._mark_touched()
        result = super().write(vals)
        self._refresh_few_touched()
        return result

    def _refresh_few_touched(self):
        """Look at once where it does not take long; a job does the rest."""
        stale = self.sudo().filtered("is_touched_stale")  # sudo: see _refresh_touched
        if stale and len(stale) <= AT_ONCE:
            stale._refresh_touched()
            stale.filtered("conflicts_stale")._refresh_conflicts()

    # ------------------------------------------------------------------
    # Before others trust it
    # ------------------------------------------------------------------

    def _before_transition(self, verb):
        self._refresh_touched_in_the_way()
        return super()._before_transition(verb)

    def _refresh_conflicts(self, resolution="other"):
        self._refresh_touched_in_the_way()
        return super()._refresh_conflicts(resolution)

    def _refresh_touched_in_the_way(self):
        """Find again what these touch, and what those at the same time touch."""
        self.flush_model()
        rows = self.env.execute_query(SQL(_IN_THE_WAY, ids=id_array(self.ids)))
        self.browse(row[0] for row in rows)._refresh_touched()

    # ------------------------------------------------------------------
    # Marks
    # ------------------------------------------------------------------

    def _mark_touched(self):
        """Have it found again what these changes touch."""
        if self.ids:
            self._mark_stale_touched(
                SQL(_OF_CHANGES, states=TRACKED_STATES, ids=id_array(self.ids))
            )

    @api.model
    def _mark_touched_of_items(self, ids):
        """Have it found again what changes touch that have to do with some items."""
        if ids:
            self.env["itsm.change.ci"].flush_model()
            self._mark_stale_touched(
                SQL(_OF_ITEMS, states=TRACKED_STATES, ids=id_array(ids))
            )

    @api.model
    def _mark_conflicts_of_items(self, ids):
        """Relations, groups or items are others, so what is touched may be."""
        self._mark_touched_of_items(ids)
        return super()._mark_conflicts_of_items(ids)

    @api.model
    def _mark_stale_touched(self, statement):
        self.flush_model()
        self.env.cr.execute(statement)
        if self.env.cr.rowcount:
            self.invalidate_model(["is_touched_stale"], flush=False)
            # sudo: whoever changes a relation need not know of jobs.
            self.env.ref("itsm_change.ir_cron_touched").sudo()._trigger()

    @api.model
    def _cron_touched(self):
        """Find again what marked changes touch."""
        cron = self.env["ir.cron"]
        domain = [("is_touched_stale", "=", True), ("state", "in", TRACKED_STATES)]
        cron._commit_progress(remaining=self.search_count(domain))
        while changes := self.search(domain, limit=CHUNK):
            changes._refresh_touched()
            if not cron._commit_progress(len(changes)):
                break
