from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.itsm_helpdesk.tools import lifecycle, plan


class ItsmWorkloadReport(models.Model):
    """One row for each piece of work: a ticket, a task, or a visit.

    Each is counted for the team and the person who have it, in their desk. Of a ticket
    at another desk nothing is told but that there is work for it.
    """

    _name = "itsm.workload.report"
    _description = "Workload Analysis"
    _auto = False
    _rec_name = "kind"
    _order = "began_at desc, id desc"
    _depends = {
        "itsm.ticket": [
            "company_id",
            "desk_id",
            "due_at",
            "location_id",
            "opened_at",
            "resolved_at",
            "service_id",
            "sla_deadline",
            "state",
            "team_id",
            "user_id",
        ],
        "itsm.task": [
            "company_id",
            "desk_id",
            "done_at",
            "due_at",
            "planned_hours",
            "ready_at",
            "state",
            "team_id",
            "ticket_id",
            "user_id",
        ],
        "itsm.visit": [
            "company_id",
            "desk_id",
            "ended_at",
            "minutes",
            "planned_minutes",
            "planned_start",
            "started_at",
            "state",
            "task_id",
            "team_id",
            "ticket_id",
            "user_id",
        ],
    }

    kind = fields.Selection(
        [("ticket", "Ticket"), ("task", "Task"), ("visit", "Visit")],
        "Work",
        readonly=True,
    )
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", readonly=True, aggregator=None
    )
    res_model = fields.Char(
        "Model", readonly=True, exportable=False, export_string_translation=False
    )
    ticket_id = fields.Many2one("itsm.ticket", readonly=True)
    desk_id = fields.Many2one("itsm.desk", readonly=True)
    team_id = fields.Many2one("itsm.team", readonly=True)
    user_id = fields.Many2one("res.users", "Person", readonly=True)
    service_id = fields.Many2one("itsm.service", readonly=True)
    location_id = fields.Many2one("itsm.location", "Place", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    began_at = fields.Datetime(
        "Came In", readonly=True, help="When it was there to be worked on."
    )
    ended_at = fields.Datetime("Ended", readonly=True)
    work_count = fields.Integer("Pieces of Work", readonly=True)
    open_count = fields.Integer("Open", readonly=True)
    done_count = fields.Integer("Done", readonly=True)
    late_count = fields.Integer("Open and Late", readonly=True)
    planned_hours = fields.Float("Planned (h)", readonly=True)
    worked_hours = fields.Float(
        "Worked (h)", readonly=True, help="The time of visits, without the pauses."
    )
    lasted_days = fields.Float(
        "Days Until Done",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="From coming in until it was done, by the calendar.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT w.id,
                   w.kind,
                   w.res_id,
                   w.res_model,
                   t.id AS ticket_id,
                   w.desk_id,
                   w.team_id,
                   w.user_id,
                   t.service_id,
                   t.location_id,
                   w.company_id,
                   w.began_at,
                   w.ended_at,
                   1 AS work_count,
                   w.is_open::int AS open_count,
                   w.is_done::int AS done_count,
                   (w.is_open AND w.due_at < NOW() AT TIME ZONE 'UTC')::int
                       AS late_count,
                   w.planned_hours,
                   w.worked_hours,
                   CASE
                       WHEN w.is_done
                       THEN EXTRACT(EPOCH FROM w.ended_at - w.began_at)
                            / 86400.0::float8
                   END AS lasted_days
              FROM (%s UNION ALL %s UNION ALL %s) w
         LEFT JOIN itsm_ticket t ON t.id = w.ticket_id AND t.desk_id = w.desk_id
            """,
            self._select_tickets(),
            self._select_tasks(),
            self._select_visits(),
        )

    def _select_tickets(self):
        return SQL(
            """
            SELECT id::bigint * 3 AS id,
                   'ticket' AS kind,
                   id AS res_id,
                   'itsm.ticket' AS res_model,
                   id AS ticket_id,
                   desk_id,
                   team_id,
                   user_id,
                   company_id,
                   opened_at AS began_at,
                   resolved_at AS ended_at,
                   LEAST(due_at, sla_deadline) AS due_at,
                   state IN %s AS is_open,
                   resolved_at IS NOT NULL AS is_done,
                   NULL::float8 AS planned_hours,
                   NULL::float8 AS worked_hours
              FROM itsm_ticket
             WHERE merged_into_id IS NULL
            """,
            lifecycle.OPEN_STATES,
        )

    def _select_tasks(self):
        # What waits for other work, or is done by the system, is nobody's load.
        return SQL(
            """
            SELECT id::bigint * 3 + 1,
                   'task',
                   id,
                   'itsm.task',
                   ticket_id,
                   desk_id,
                   team_id,
                   user_id,
                   company_id,
                   COALESCE(ready_at, create_date),
                   done_at,
                   due_at,
                   state IN %s,
                   state = %s,
                   planned_hours::float8,
                   NULL::float8
              FROM itsm_task
             WHERE state IN %s AND desk_id IS NOT NULL
            """,
            plan.STARTED_STATES,
            plan.DONE,
            (*plan.STARTED_STATES, plan.DONE, plan.FAILED),
        )

    def _select_visits(self):
        return SQL(
            """
            SELECT id::bigint * 3 + 2,
                   'visit',
                   id,
                   'itsm.visit',
                   ticket_id,
                   desk_id,
                   team_id,
                   user_id,
                   company_id,
                   COALESCE(started_at, planned_start, create_date),
                   ended_at,
                   planned_start,
                   state IN ('planned', 'working', 'paused'),
                   state = 'done',
                   planned_minutes / 60.0::float8,
                   minutes / 60.0::float8
              FROM itsm_visit
             WHERE state <> 'cancelled'
            """
        )

    def action_open_work(self):
        """Open the ticket, the task or the visit."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)._get_records_action()
