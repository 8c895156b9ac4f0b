from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_sla.models.itsm_sla_segment import PHASES

from ..models.itsm_priority_rule import PRIORITIES
from ..models.itsm_ticket import TICKET_TYPES
from .fact_triggers import Source
from .itsm_fact_mixin import FactPart

_OF_TICKET = (
    "category_id",
    "company_id",
    "department_id",
    "desk_id",
    "service_class_id",
    "service_id",
    "type",
)
# The segments that a note is about, by what it is about.
_SEGMENTS = {
    "clock": "s.clock_id = ANY(%s)",
    "policy": "c.policy_id = ANY(%s)",
    "ticket": "c.res_model = 'itsm.ticket' AND c.res_id = ANY(%s)",
}


class ItsmSlaTimeReport(models.Model):
    """One row for each stretch of a finished ticket: who had it, and why it waited.

    The hours are those of the customer's resolution clock, so those of a ticket add
    up to its life in working time.

    These are facts, a few minutes old at most: see ``itsm.fact.mixin``.
    """

    _name = "itsm.sla.time.report"
    _description = "Time Analysis of Tickets"
    _inherit = "itsm.fact.mixin"
    _rec_name = "number"
    _log_access = False
    _order = "started_at desc, clock_id desc, start, id"
    _fact_owners = ("clock_id", "ticket_id")

    # The ticket
    ticket_id = fields.Many2one("itsm.ticket", readonly=True, index=True)
    number = fields.Char(related="ticket_id.number")
    type = fields.Selection(TICKET_TYPES, readonly=True)
    desk_id = fields.Many2one("itsm.desk", readonly=True)
    service_id = fields.Many2one("itsm.service", readonly=True)
    category_id = fields.Many2one("itsm.category", readonly=True)
    service_class_id = fields.Many2one("itsm.service.class", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    # Its clock
    clock_id = fields.Many2one("itsm.sla.clock", readonly=True, index=True)
    policy_id = fields.Many2one("itsm.sla.policy", readonly=True)
    is_parallel = fields.Boolean(
        "Beside Others",
        readonly=True,
        help="The policy counts beside another one, and these hours again.",
    )
    priority = fields.Selection(PRIORITIES, readonly=True)
    started_at = fields.Datetime("Clock Started", readonly=True)

    # The stretch
    phase = fields.Selection(PHASES, readonly=True)
    pending_reason_id = fields.Many2one(
        "itsm.pending.reason", readonly=True, help="Why the clock stood still."
    )
    team_id = fields.Many2one(
        "itsm.team", readonly=True, help="The team that had the ticket then."
    )
    user_id = fields.Many2one(
        "res.users",
        "Assigned to",
        readonly=True,
        help="The one who had the ticket then.",
    )
    start = fields.Datetime("From", readonly=True)
    end = fields.Datetime("To", readonly=True)
    hours = fields.Float(
        "Working Time (h)", readonly=True, help="On the hours of the promise."
    )

    _desk_started_idx = models.Index("(desk_id, started_at)")
    # As the list is sorted.
    _recent_idx = models.Index("(started_at DESC, clock_id DESC, start, id)")

    # ------------------------------------------------------------------
    # What the rows are made of
    # ------------------------------------------------------------------

    @api.model
    def _fact_parts(self):
        return super()._fact_parts() | {"segment": FactPart("itsm_sla_segment")}

    @api.model
    def _fact_sources(self):
        return [
            *super()._fact_sources(),
            Source("itsm_sla_clock", "clock"),
            Source("itsm_sla_policy", "policy", watch=("in_parallel",)),
            Source("itsm_ticket", "ticket"),
        ]

    @api.model
    def _fact_expansions(self, note, keys):
        expansions = super()._fact_expansions(note, keys)
        if note in _SEGMENTS:
            segments = SQL(
                "SELECT s.id FROM itsm_sla_segment s "
                "JOIN itsm_sla_clock c ON c.id = s.clock_id WHERE %s",
                SQL(_SEGMENTS[note], list(keys)),
            )
            expansions.append(("segment", segments))
        return expansions

    @api.model
    def _fact_columns(self, part):
        return {
            **super()._fact_columns(part),
            **{name: SQL("t.%s", SQL.identifier(name)) for name in _OF_TICKET},
            "ticket_id": SQL("t.id"),
            "clock_id": SQL("c.id"),
            "policy_id": SQL("c.policy_id"),
            "is_parallel": SQL("COALESCE(p.in_parallel, FALSE)"),
            "priority": SQL("c.priority"),
            "started_at": SQL("c.started_at"),
            "phase": SQL("s.phase"),
            "pending_reason_id": SQL("reason.id"),
            "team_id": SQL("team.id"),
            "user_id": SQL("s.user_id"),
            "start": SQL("s.start"),
            "end": SQL('s."end"'),
            "hours": SQL("s.working / 3600.0::float8"),
        }

    @api.model
    def _fact_from(self, part):
        # A cause is the id of a reason, or a word of the engine's.
        return SQL(
            """
            %s
            JOIN itsm_sla_clock c ON c.id = s.clock_id
            JOIN itsm_sla_policy p ON p.id = c.policy_id
            JOIN itsm_ticket t ON t.id = c.res_id
       LEFT JOIN itsm_team team ON team.id = s.team_id
       LEFT JOIN itsm_pending_reason reason
              ON s.phase != 'stopped' AND s.cause = reason.id::varchar
            """,
            super()._fact_from(part),
        )

    @api.model
    def _fact_where(self, part):
        return SQL("c.res_model = 'itsm.ticket'")

    def action_open_ticket(self):
        """Open the ticket of the stretch."""
        self.ensure_one()
        return self.ticket_id._get_records_action()
