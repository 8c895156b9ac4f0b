from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_helpdesk.report.fact_triggers import Source

from ..models.itsm_visit import LEADERS


class ItsmTicketReport(models.Model):
    """What a ticket cost: goods that were issued, parts and time of visits."""

    _inherit = "itsm.ticket.report"

    goods_value = fields.Monetary("Goods", readonly=True)
    parts_cost = fields.Monetary("Parts", readonly=True)
    visit_hours = fields.Float("Hours of Visits", readonly=True)
    labour_cost = fields.Monetary("Work", readonly=True, groups=LEADERS)
    total_cost = fields.Monetary("Goods, Parts and Work", readonly=True, groups=LEADERS)
    average_cost = fields.Monetary(
        readonly=True,
        aggregator="avg",
        groups=LEADERS,
        help="Of the tickets whose cost is known.",
    )

    @api.model
    def _fact_sources(self):
        return [*super()._fact_sources(), Source("itsm_visit", "ticket", "ticket_id")]

    @api.model
    def _columns_of_cost(self):
        total = SQL(
            "COALESCE(s.goods_value, 0) + COALESCE(visits.parts, 0)"
            " + COALESCE(visits.labour, 0)"
        )
        return {
            **super()._columns_of_cost(),
            "goods_value": SQL("s.goods_value"),
            "parts_cost": SQL("visits.parts"),
            "visit_hours": SQL("visits.hours"),
            "labour_cost": SQL("visits.labour"),
            "total_cost": total,
            "average_cost": SQL("NULLIF(%s, 0)", total),
        }

    @api.model
    def _fact_from(self, part):
        return SQL(
            """
            %s
      CROSS JOIN LATERAL (
                     SELECT SUM(minutes) / 60.0::float8 AS hours,
                            SUM(parts_cost) AS parts,
                            SUM(labour_cost) AS labour
                       FROM itsm_visit
                      WHERE ticket_id = s.id AND state <> 'cancelled'
                 ) visits
            """,
            super()._fact_from(part),
        )
