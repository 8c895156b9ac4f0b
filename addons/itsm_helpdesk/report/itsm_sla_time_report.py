from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.itsm_sla.models.itsm_sla_segment import PHASES

from ..models.itsm_priority_rule import PRIORITIES
from ..models.itsm_ticket import TICKET_TYPES


class ItsmSlaTimeReport(models.Model):
    """One row for each stretch of a finished ticket: who had it, and why it waited.

    The hours are those of the customer's resolution clock, so those of a ticket add
    up to its life in working time.
    """

    _name = "itsm.sla.time.report"
    _description = "Time Analysis of Tickets"
    _auto = False
    _rec_name = "number"
    _order = "started_at desc, clock_id desc, start, id"
    _depends = {
        "itsm.sla.segment": [
            "cause",
            "clock_id",
            "end",
            "phase",
            "start",
            "team_id",
            "user_id",
            "working",
        ],
        "itsm.sla.clock": [
            "policy_id",
            "priority",
            "res_id",
            "res_model",
            "started_at",
        ],
        "itsm.sla.policy": ["in_parallel"],
        "itsm.ticket": [
            "category_id",
            "company_id",
            "department_id",
            "desk_id",
            "number",
            "service_class_id",
            "service_id",
            "type",
        ],
    }

    # The ticket
    ticket_id = fields.Many2one("itsm.ticket", readonly=True)
    number = fields.Char(readonly=True)
    type = fields.Selection(TICKET_TYPES, readonly=True)
    desk_id = fields.Many2one("itsm.desk", readonly=True)
    service_id = fields.Many2one("itsm.service", readonly=True)
    category_id = fields.Many2one("itsm.category", readonly=True)
    service_class_id = fields.Many2one("itsm.service.class", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    # Its clock
    clock_id = fields.Many2one("itsm.sla.clock", readonly=True)
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

    @property
    def _table_query(self):
        # A cause is the id of a reason, or a word of the engine's.
        return SQL(
            """
            SELECT s.id,
                   t.id AS ticket_id,
                   t.number,
                   t.type,
                   t.desk_id,
                   t.service_id,
                   t.category_id,
                   t.service_class_id,
                   t.department_id,
                   t.company_id,
                   c.id AS clock_id,
                   c.policy_id,
                   COALESCE(p.in_parallel, FALSE) AS is_parallel,
                   c.priority,
                   c.started_at,
                   s.phase,
                   reason.id AS pending_reason_id,
                   team.id AS team_id,
                   s.user_id,
                   s.start,
                   s.end,
                   s.working / 3600.0::float8 AS hours
              FROM itsm_sla_segment s
              JOIN itsm_sla_clock c ON c.id = s.clock_id
              JOIN itsm_sla_policy p ON p.id = c.policy_id
              JOIN itsm_ticket t ON t.id = c.res_id
         LEFT JOIN itsm_team team ON team.id = s.team_id
         LEFT JOIN itsm_pending_reason reason
                ON s.phase != 'stopped' AND s.cause = reason.id::varchar
             WHERE c.res_model = 'itsm.ticket'
            """
        )

    def action_open_ticket(self):
        """Open the ticket of the stretch."""
        self.ensure_one()
        return self.ticket_id._get_records_action()
