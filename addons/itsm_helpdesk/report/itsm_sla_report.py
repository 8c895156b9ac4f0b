from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.itsm_sla.models.itsm_sla_clock import STATES
from odoo.addons.itsm_sla.models.itsm_sla_policy import KINDS
from odoo.addons.itsm_sla.models.itsm_sla_target import METRICS

from ..models.itsm_priority_rule import PRIORITIES
from ..models.itsm_ticket import TICKET_TYPES


class ItsmSlaReport(models.Model):
    """One row for each service-level clock of a ticket, with what it came to.

    Rates and times are of finished clocks only: what still runs, or was cancelled,
    has none, so that averages leave it out.
    """

    _name = "itsm.sla.report"
    _description = "Service Level Analysis"
    _inherit = "itsm.percentile.mixin"
    _auto = False
    _rec_name = "number"
    _order = "started_at desc, id desc"
    _depends = {
        "itsm.sla.clock": [
            "adjusted_breached",
            "breached",
            "budget",
            "deadline",
            "elapsed",
            "is_unfinished",
            "kind",
            "metric",
            "party_id",
            "paused",
            "policy_id",
            "priority",
            "relaxed",
            "res_id",
            "res_model",
            "started_at",
            "state",
            "stopped_at",
            "waived",
        ],
        "itsm.ticket": [
            "category_id",
            "company_id",
            "department_id",
            "desk_id",
            "name",
            "number",
            "partner_id",
            "service_class_id",
            "service_id",
            "team_id",
            "type",
            "user_id",
        ],
    }

    # The ticket
    ticket_id = fields.Many2one("itsm.ticket", readonly=True)
    number = fields.Char(readonly=True)
    name = fields.Char("Subject", readonly=True)
    type = fields.Selection(TICKET_TYPES, readonly=True)
    desk_id = fields.Many2one("itsm.desk", readonly=True)
    team_id = fields.Many2one(
        "itsm.team",
        readonly=True,
        help="The team that has the ticket; of an OLA, the team that promised.",
    )
    user_id = fields.Many2one("res.users", "Assigned to", readonly=True)
    service_id = fields.Many2one("itsm.service", readonly=True)
    category_id = fields.Many2one("itsm.category", readonly=True)
    service_class_id = fields.Many2one("itsm.service.class", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    partner_id = fields.Many2one("res.partner", "Requester", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    # The promise
    clock_id = fields.Many2one("itsm.sla.clock", readonly=True)
    policy_id = fields.Many2one("itsm.sla.policy", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    metric = fields.Selection(METRICS, readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)
    supplier_id = fields.Many2one(
        "res.partner", readonly=True, help="Of a UC, the supplier that promised."
    )
    state = fields.Selection(STATES, readonly=True)
    started_at = fields.Datetime("Started", readonly=True)
    stopped_at = fields.Datetime("Stopped", readonly=True)
    deadline = fields.Datetime(readonly=True)

    # How many
    finished_count = fields.Integer(
        "Finished", readonly=True, help="Clocks that stopped: met or breached."
    )
    met_count = fields.Integer("Met", readonly=True)
    breached_count = fields.Integer(
        "Breached", readonly=True, help="Clocks that stopped after their deadline."
    )
    adjusted_breached_count = fields.Integer(
        "Breached After Waivers",
        readonly=True,
        help="Breached even when the waived time is taken off.",
    )
    waived_count = fields.Integer(
        "With Waivers", readonly=True, help="Clocks that have approved waivers."
    )
    relaxed_count = fields.Integer(
        "Late Before",
        readonly=True,
        help="Were late already under an earlier, stricter priority.",
    )
    unfinished_count = fields.Integer("Not Finished", readonly=True)
    overdue_count = fields.Integer(
        "Not Finished and Late",
        readonly=True,
        help="Clocks that still run although their deadline has passed.",
    )
    met_rate = fields.Float(
        "Met (%)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Share of the finished clocks that were met.",
    )
    adjusted_rate = fields.Float(
        "Met After Waivers (%)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Share of the finished clocks that were met, or were late only by time "
        "that is waived.",
    )

    # How long
    elapsed_hours = fields.Float(
        "Average Time (h)",
        readonly=True,
        aggregator="avg",
        help="Used time of finished clocks, on the hours of their promise.",
    )
    # The same time in each row; only their aggregates differ.
    elapsed_median = fields.Float(
        "Median Time (h)",
        readonly=True,
        aggregator="median",
        exportable=False,
        help="Half of the finished clocks took no longer.",
    )
    elapsed_p90 = fields.Float(
        "90th Percentile (h)",
        readonly=True,
        aggregator="percentile_ninety",
        exportable=False,
        help="Nine of ten finished clocks took no longer.",
    )
    paused_hours = fields.Float("Average Pause (h)", readonly=True, aggregator="avg")
    overrun_hours = fields.Float(
        "Overrun (h)",
        readonly=True,
        help="Time that finished clocks used beyond what was promised.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT c.id,
                   c.id AS clock_id,
                   t.id AS ticket_id,
                   t.number,
                   t.name,
                   t.type,
                   t.desk_id,
                   CASE c.kind WHEN 'ola' THEN team.id ELSE t.team_id END AS team_id,
                   t.user_id,
                   t.service_id,
                   t.category_id,
                   t.service_class_id,
                   t.department_id,
                   t.partner_id,
                   t.company_id,
                   c.policy_id,
                   c.kind,
                   c.metric,
                   c.priority,
                   supplier.id AS supplier_id,
                   c.state,
                   c.started_at,
                   c.stopped_at,
                   c.deadline,
                   f.finished::int AS finished_count,
                   (f.finished AND NOT c.breached)::int AS met_count,
                   (f.finished AND c.breached)::int AS breached_count,
                   (f.finished AND c.adjusted_breached)::int
                       AS adjusted_breached_count,
                   (f.counts AND COALESCE(c.waived, 0) > 0)::int AS waived_count,
                   (f.counts AND c.relaxed)::int AS relaxed_count,
                   c.is_unfinished::int AS unfinished_count,
                   (c.is_unfinished AND c.breached)::int AS overdue_count,
                   CASE WHEN f.finished THEN 100.0::float8 * (NOT c.breached)::int END
                       AS met_rate,
                   CASE
                       WHEN f.finished
                       THEN 100.0::float8 * (NOT c.adjusted_breached)::int
                   END AS adjusted_rate,
                   f.hours AS elapsed_hours,
                   f.hours AS elapsed_median,
                   f.hours AS elapsed_p90,
                   CASE WHEN f.finished THEN c.paused / 3600.0::float8 END
                       AS paused_hours,
                   CASE
                       WHEN f.finished
                       THEN GREATEST(c.elapsed - c.budget, 0) / 3600.0::float8
                   END AS overrun_hours
              FROM itsm_sla_clock c
              JOIN itsm_ticket t ON t.id = c.res_id
         LEFT JOIN itsm_team team ON c.kind = 'ola' AND team.id = c.party_id
         LEFT JOIN res_partner supplier
                ON c.kind = 'uc' AND supplier.id = c.party_id
        CROSS JOIN LATERAL (
                       SELECT c.state <> 'cancelled' AS counts,
                              c.state <> 'cancelled' AND NOT c.is_unfinished
                                  AS finished,
                              CASE
                                  WHEN c.state <> 'cancelled'
                                       AND NOT c.is_unfinished
                                  THEN c.elapsed / 3600.0::float8
                              END AS hours
                   ) f
             WHERE c.res_model = 'itsm.ticket'
            """
        )

    def action_open_ticket(self):
        """Open the ticket of the clock."""
        self.ensure_one()
        return self.ticket_id._get_records_action()
