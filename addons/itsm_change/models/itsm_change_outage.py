from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_cmdb.tools import impact

from ..tools import states

# Work that takes longer than planned disturbs until it ends.
_OUTAGES = """
    SELECT change.id, link.ci_id, COALESCE(link.state, 'down')
      FROM itsm_change AS change
      JOIN itsm_change_ci AS link ON link.change_id = change.id
       AND link.role = 'affected' AND NOT COALESCE(link.excluded, FALSE)
     WHERE change.active AND change.has_outage AND change.state IN %(states)s
       AND change.id != %(without)s
       AND COALESCE(change.outage_start, change.actual_start, change.planned_start)
           < %(end)s
       AND CASE WHEN change.state = 'implement'
                THEN GREATEST(COALESCE(change.outage_end, change.planned_end), %(now)s)
                ELSE COALESCE(change.outage_end, change.planned_end)
           END > %(start)s
     ORDER BY change.id, link.ci_id
"""


class ItsmChange(models.Model):
    """Planned outages, as analyses of impact know them."""

    _inherit = "itsm.change"

    @api.model
    def _outages_in(self, window, without=None):
        """Return ``(change id, item id, state)`` of what fails by plan in a window.

        Whoever asks, all changes count.

        :param window: ``(start, end)``
        :param without: id of a change that does not count
        """
        self.flush_model()
        self.env["itsm.change.ci"].flush_model()
        rows = self.env.execute_query(
            SQL(
                _OUTAGES,
                states=(states.SCHEDULED, states.IMPLEMENT),
                without=without or 0,
                start=window[0],
                end=window[1],
                now=fields.Datetime.now(),
            )
        )
        return [
            (change_id, ci_id, impact.STATES.index(state))
            for change_id, ci_id, state in rows
        ]
