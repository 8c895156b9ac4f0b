from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_helpdesk.report.itsm_fact_mixin import FactPart


class ItsmWorkloadReport(models.Model):
    """Visits are work, too, and tell how long somebody worked."""

    _inherit = "itsm.workload.report"

    kind = fields.Selection(
        selection_add=[("visit", "Visit")], ondelete={"visit": "cascade"}
    )

    @api.model
    def _fact_parts(self):
        return super()._fact_parts() | {"visit": FactPart("itsm_visit", 2)}

    @api.model
    def _work(self, part):
        if part != "visit":
            return super()._work(part)
        return SQL(
            """
            SELECT 'itsm.visit' AS res_model,
                   COALESCE(s.started_at, s.planned_start, s.create_date) AS began_at,
                   s.ended_at AS ended_at,
                   s.planned_start AS due_at,
                   s.state IN ('planned', 'working', 'paused') AS is_open,
                   s.state = 'done' AS is_done,
                   s.planned_minutes / 60.0::float8 AS planned_hours,
                   s.minutes / 60.0::float8 AS worked_hours
            """
        )

    @api.model
    def _fact_where(self, part):
        if part != "visit":
            return super()._fact_where(part)
        return SQL("s.state <> 'cancelled'")
