from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_sla.models.itsm_sla_clock import STATES
from odoo.addons.itsm_sla.models.itsm_sla_policy import KINDS
from odoo.addons.itsm_sla.models.itsm_sla_target import METRICS

from ..models.itsm_priority_rule import PRIORITIES
from ..models.itsm_ticket import TICKET_TYPES
from .fact_triggers import Source
from .itsm_fact_mixin import FactPart

_OF_TICKET = (
    "category_id",
    "company_id",
    "department_id",
    "desk_id",
    "partner_id",
    "service_class_id",
    "service_id",
    "type",
    "user_id",
)
_OF_CLOCK = (
    "deadline",
    "kind",
    "metric",
    "policy_id",
    "priority",
    "started_at",
    "state",
    "stopped_at",
)


class ItsmSlaReport(models.Model):
    """One row for each service-level clock of a ticket, with what it came to.

    Rates and times are of finished clocks only: what still runs, or was cancelled,
    has none, so that averages leave it out.

    These are facts, a few minutes old at most: see ``itsm.fact.mixin``. Which promises
    are at stake this very moment is read from ``itsm.sla.clock``.
    """

    _name = "itsm.sla.report"
    _description = "Service Level Analysis"
    _inherit = ["itsm.fact.mixin", "itsm.percentile.mixin"]
    _rec_name = "number"
    _log_access = False
    _order = "started_at desc, id desc"
    _fact_owners = ("clock_id", "ticket_id")

    # The ticket
    ticket_id = fields.Many2one("itsm.ticket", readonly=True, index=True)
    number = fields.Char(related="ticket_id.number")
    name = fields.Char("Subject", related="ticket_id.name")
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
    clock_id = fields.Many2one("itsm.sla.clock", readonly=True, index=True)
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

    _desk_started_idx = models.Index("(desk_id, started_at)")
    _started_idx = models.Index("(started_at)")

    # ------------------------------------------------------------------
    # What the rows are made of
    # ------------------------------------------------------------------

    @api.model
    def _fact_parts(self):
        return super()._fact_parts() | {"clock": FactPart("itsm_sla_clock")}

    @api.model
    def _fact_sources(self):
        return [*super()._fact_sources(), Source("itsm_ticket", "ticket")]

    @api.model
    def _fact_expansions(self, note, keys):
        expansions = super()._fact_expansions(note, keys)
        if note == "ticket":
            clocks = SQL(
                "SELECT id FROM itsm_sla_clock "
                "WHERE res_model = 'itsm.ticket' AND res_id = ANY(%s)",
                list(keys),
            )
            expansions.append(("clock", clocks))
        return expansions

    @api.model
    def _fact_columns(self, part):
        return {
            **super()._fact_columns(part),
            **{name: SQL("t.%s", SQL.identifier(name)) for name in _OF_TICKET},
            **{name: SQL("s.%s", SQL.identifier(name)) for name in _OF_CLOCK},
            "clock_id": SQL("s.id"),
            "ticket_id": SQL("t.id"),
            "team_id": SQL("CASE s.kind WHEN 'ola' THEN team.id ELSE t.team_id END"),
            "supplier_id": SQL("supplier.id"),
            **self._columns_of_counts(),
            **self._columns_of_times(),
        }

    @api.model
    def _columns_of_counts(self):
        rate = "CASE WHEN f.finished THEN 100.0::float8 * (NOT %s)::int END"
        return {
            "finished_count": SQL("f.finished::int"),
            "met_count": SQL("(f.finished AND NOT s.breached)::int"),
            "breached_count": SQL("(f.finished AND s.breached)::int"),
            "adjusted_breached_count": SQL("(f.finished AND s.adjusted_breached)::int"),
            "waived_count": SQL("(f.counts AND COALESCE(s.waived, 0) > 0)::int"),
            "relaxed_count": SQL("(f.counts AND s.relaxed)::int"),
            "unfinished_count": SQL("s.is_unfinished::int"),
            "overdue_count": SQL("(s.is_unfinished AND s.breached)::int"),
            "met_rate": SQL(rate, SQL("s.breached")),
            "adjusted_rate": SQL(rate, SQL("s.adjusted_breached")),
        }

    @api.model
    def _columns_of_times(self):
        hours = SQL("CASE WHEN f.finished THEN s.elapsed / 3600.0::float8 END")
        return {
            "elapsed_hours": hours,
            "elapsed_median": hours,
            "elapsed_p90": hours,
            "paused_hours": SQL(
                "CASE WHEN f.finished THEN s.paused / 3600.0::float8 END"
            ),
            "overrun_hours": SQL(
                "CASE WHEN f.finished "
                "THEN GREATEST(s.elapsed - s.budget, 0) / 3600.0::float8 END"
            ),
        }

    @api.model
    def _fact_from(self, part):
        return SQL(
            """
            %s
            JOIN itsm_ticket t ON t.id = s.res_id
       LEFT JOIN itsm_team team ON s.kind = 'ola' AND team.id = s.party_id
       LEFT JOIN res_partner supplier
              ON s.kind = 'uc' AND supplier.id = s.party_id
      CROSS JOIN LATERAL (
                     SELECT s.state <> 'cancelled' AS counts,
                            s.state <> 'cancelled' AND NOT s.is_unfinished AS finished
                 ) f
            """,
            super()._fact_from(part),
        )

    @api.model
    def _fact_where(self, part):
        return SQL("s.res_model = 'itsm.ticket'")

    def action_open_ticket(self):
        """Open the ticket of the clock."""
        self.ensure_one()
        return self.ticket_id._get_records_action()
