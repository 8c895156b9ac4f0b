from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..models.itsm_priority_rule import PRIORITIES
from ..models.itsm_ticket import TICKET_TYPES
from ..tools import lifecycle, plan
from .fact_triggers import Source
from .itsm_fact_mixin import EVERYTHING, FactPart
from .itsm_ticket_report import HOURS, WEEKDAYS

# Of a ticket at another desk nothing is told but that there is work for it.
_OF_TICKET = ("department_id", "location_id", "priority", "service_id", "type")


class ItsmWorkloadReport(models.Model):
    """One row for each piece of work: a ticket, a task, or time that was logged.

    Addons have other kinds. Time logged on a ticket is time and no piece of work of its
    own; time logged on something else shows the work that was no ticket.

    Each is counted for the team and the person who have it, in their desk. Of a ticket
    at another desk nothing is told but that there is work for it.

    These are facts, a few minutes old at most: see ``itsm.fact.mixin``. What is open or
    late this very moment is read from ``itsm.ticket`` and ``itsm.task`` themselves.
    """

    _name = "itsm.workload.report"
    _description = "Workload Analysis"
    _inherit = ["itsm.fact.mixin", "itsm.complaint.part.mixin"]
    _rec_name = "kind"
    _log_access = False
    _order = "began_at desc, id desc"
    _fact_slots = 8
    _fact_owners = ("origin_ticket_id",)

    kind = fields.Selection(
        [("ticket", "Ticket"), ("task", "Task"), ("log", "Logged Time")],
        "Work",
        readonly=True,
    )
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", readonly=True, aggregator=None
    )
    res_model = fields.Char(
        "Model", readonly=True, exportable=False, export_string_translation=False
    )
    ticket_id = fields.Many2one("itsm.ticket", readonly=True, index="btree_not_null")
    origin_ticket_id = fields.Many2one(
        "itsm.ticket",
        "Ticket at Any Desk",
        readonly=True,
        index="btree_not_null",
        groups="base.group_system",
    )
    desk_id = fields.Many2one("itsm.desk", readonly=True)
    team_id = fields.Many2one("itsm.team", readonly=True)
    user_id = fields.Many2one("res.users", "Person", readonly=True)
    service_id = fields.Many2one("itsm.service", readonly=True)
    location_id = fields.Many2one("itsm.location", "Place", readonly=True)
    department_id = fields.Many2one(
        "hr.department", readonly=True, help="Whom the work was for."
    )
    type = fields.Selection(TICKET_TYPES, "Type of Ticket", readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    began_at = fields.Datetime(
        "Came In", readonly=True, help="When it was there to be worked on."
    )
    ended_at = fields.Datetime("Ended", readonly=True)
    due_at = fields.Datetime("Due", readonly=True)
    work_kind_id = fields.Many2one(
        "itsm.work.kind", "Time Was For", readonly=True, help="Of logged time."
    )
    weekday = fields.Selection(WEEKDAYS, "Day of the Week", readonly=True)
    hour = fields.Selection(
        HOURS,
        "Hour of the Day",
        readonly=True,
        help="When it came in, on the clock of the company.",
    )
    work_count = fields.Integer("Pieces of Work", readonly=True)
    open_count = fields.Integer("Open", readonly=True)
    done_count = fields.Integer("Done", readonly=True)
    late_count = fields.Integer("Open and Late", readonly=True)
    planned_hours = fields.Float("Planned (h)", readonly=True)
    worked_hours = fields.Float(
        "Worked (h)", readonly=True, help="Time that was recorded, without the pauses."
    )
    other_hours = fields.Float(
        "No Ticket (h)",
        readonly=True,
        help="Logged time that was for no ticket: meetings, rounds, projects …",
    )
    lasted_days = fields.Float(
        "Days Until Done",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="From coming in until it was done, by the calendar.",
    )

    _desk_began_idx = models.Index("(desk_id, began_at)")
    _began_idx = models.Index("(began_at)")
    _due_idx = models.Index("(due_at) WHERE open_count = 1 AND late_count = 0")

    # ------------------------------------------------------------------
    # What the rows are made of
    # ------------------------------------------------------------------

    @api.model
    def _fact_parts(self):
        return super()._fact_parts() | {
            "ticket": FactPart("itsm_ticket"),
            "task": FactPart("itsm_task", 1),
            "log": FactPart("itsm_work_log", 3),
        }

    @api.model
    def _fact_sources(self):
        return [
            *super()._fact_sources(),
            Source("resource_calendar", EVERYTHING, watch=("tz",)),
            Source("res_company", EVERYTHING, watch=("resource_calendar_id",)),
        ]

    @api.model
    def _fact_expansions(self, note, keys):
        """All work of a ticket tells where it is and what it is about."""
        expansions = super()._fact_expansions(note, keys)
        if note == "ticket":
            expansions += [
                (
                    part,
                    SQL(
                        "SELECT id FROM %s WHERE ticket_id = ANY(%s)",
                        SQL.identifier(each.table),
                        list(keys),
                    ),
                )
                for part, each in self._fact_parts().items()
                if part != "ticket"
            ]
        return expansions

    @api.model
    def _fact_begin_with(self, part):
        if part == "ticket":
            return super()._fact_begin_with(part)
        return SQL("s.ticket_id IS NULL")

    @api.model
    def _fact_columns(self, part):
        is_log = part == "log"
        is_late = SQL("w.is_open AND w.due_at < NOW() AT TIME ZONE 'UTC'")
        return {
            **super()._fact_columns(part),
            **{name: SQL("t.%s", SQL.identifier(name)) for name in _OF_TICKET},
            **{
                name: SQL("w.%s", SQL.identifier(name))
                for name in ("began_at", "ended_at", "due_at")
            },
            **{
                name: SQL("s.%s", SQL.identifier(name))
                for name in ("desk_id", "team_id", "user_id", "company_id")
            },
            "kind": SQL("%s", part),
            "res_id": SQL("s.id"),
            "res_model": SQL("w.res_model"),
            "ticket_id": SQL("t.id"),
            "origin_ticket_id": SQL("s.id") if part == "ticket" else SQL("s.ticket_id"),
            "weekday": SQL("to_char(z.began, 'ID')"),
            # Time is logged for a day.
            "hour": SQL("NULL") if is_log else SQL("to_char(z.began, 'HH24')"),
            "work_count": SQL("(s.ticket_id IS NULL)::int") if is_log else SQL("1"),
            "work_kind_id": SQL("s.kind_id") if is_log else SQL("NULL"),
            "other_hours": (
                SQL("CASE WHEN s.ticket_id IS NULL THEN w.worked_hours END")
                if is_log
                else SQL("NULL")
            ),
            "open_count": SQL("w.is_open::int"),
            "done_count": SQL("w.is_done::int"),
            "late_count": SQL("COALESCE((%s)::int, 0)", is_late),
            "planned_hours": SQL("w.planned_hours"),
            "worked_hours": SQL("w.worked_hours"),
            "lasted_days": SQL("NULL")
            if is_log
            else SQL(
                "CASE WHEN w.is_done THEN "
                "EXTRACT(EPOCH FROM w.ended_at - w.began_at) / 86400.0::float8 END"
            ),
        }

    @api.model
    def _fact_from(self, part):
        return SQL(
            """
            %(record)s
       LEFT JOIN itsm_ticket t ON t.id = %(ticket)s AND t.desk_id = s.desk_id
       LEFT JOIN res_company company
              ON company.id = COALESCE(
                                  s.company_id, (SELECT MIN(id) FROM res_company)
                              )
       LEFT JOIN resource_calendar calendar
              ON calendar.id = company.resource_calendar_id
      CROSS JOIN LATERAL (%(work)s) w
      CROSS JOIN LATERAL (
                     SELECT w.began_at AT TIME ZONE 'UTC'
                                AT TIME ZONE COALESCE(calendar.tz, 'UTC') AS began
                 ) z
            """,
            record=super()._fact_from(part),
            ticket=SQL("s.id") if part == "ticket" else SQL("s.ticket_id"),
            work=self._work(part),
        )

    @api.model
    def _work(self, part):
        """Return the SELECT of what a piece of work of a kind is, of the record ``s``.

        Columns: ``res_model``, ``began_at``, ``ended_at``, ``due_at``, ``is_open``,
        ``is_done``, ``planned_hours``, ``worked_hours``.
        """
        if part == "ticket":
            return SQL(
                """
                SELECT 'itsm.ticket' AS res_model,
                       s.opened_at AS began_at,
                       s.resolved_at AS ended_at,
                       LEAST(s.due_at, s.sla_deadline) AS due_at,
                       s.state IN %s AS is_open,
                       s.resolved_at IS NOT NULL AS is_done,
                       NULL AS planned_hours,
                       NULL AS worked_hours
                """,
                lifecycle.OPEN_STATES,
            )
        if part == "log":
            return SQL(
                """
                SELECT 'itsm.work.log' AS res_model,
                       m.noon AS began_at,
                       m.noon AS ended_at,
                       NULL::timestamp AS due_at,
                       FALSE AS is_open,
                       s.ticket_id IS NULL AS is_done,
                       NULL AS planned_hours,
                       s.minutes / 60.0::float8 AS worked_hours
                  FROM (
                        SELECT (s.date + time '12:00')
                                   AT TIME ZONE COALESCE(calendar.tz, 'UTC')
                                   AT TIME ZONE 'UTC' AS noon
                       ) m
                """
            )
        return SQL(
            """
            SELECT 'itsm.task' AS res_model,
                   COALESCE(s.ready_at, s.create_date) AS began_at,
                   s.done_at AS ended_at,
                   s.due_at AS due_at,
                   s.state IN %s AS is_open,
                   s.state = %s AS is_done,
                   s.planned_hours AS planned_hours,
                   NULL AS worked_hours
            """,
            plan.STARTED_STATES,
            plan.DONE,
        )

    @api.model
    def _fact_where(self, part):
        if part == "ticket":
            return SQL("s.merged_into_id IS NULL")
        if part == "task":
            # What waits for other work, or is done by the system, is nobody's load.
            return SQL(
                "s.state IN %s AND s.desk_id IS NOT NULL",
                (*plan.STARTED_STATES, plan.DONE, plan.FAILED),
            )
        return super()._fact_where(part)

    @api.model
    def _complaint_ticket_sql(self, alias):
        return SQL.identifier(alias, "origin_ticket_id")

    @api.model
    def _fact_pass_time(self):
        result = super()._fact_pass_time()
        self.env.cr.execute(
            """
            UPDATE itsm_workload_report
               SET late_count = 1
             WHERE open_count = 1
               AND late_count = 0
               AND due_at < NOW() AT TIME ZONE 'UTC'
            """
        )
        return result

    def action_open_work(self):
        """Open the ticket, the task, or what else the work is."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(
                self.env._(
                    "This was deleted. It is taken off the figures within a few "
                    "minutes."
                )
            )
        return record._get_records_action()
