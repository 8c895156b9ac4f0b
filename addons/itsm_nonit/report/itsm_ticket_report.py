from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.itsm_helpdesk.models.itsm_priority_rule import PRIORITIES
from odoo.addons.itsm_helpdesk.models.itsm_stage import TICKET_STATES
from odoo.addons.itsm_helpdesk.models.itsm_ticket import TICKET_TYPES
from odoo.addons.itsm_helpdesk.tools import lifecycle

from ..models.itsm_visit import LEADERS

MONTHS = [
    ("01", "January"),
    ("02", "February"),
    ("03", "March"),
    ("04", "April"),
    ("05", "May"),
    ("06", "June"),
    ("07", "July"),
    ("08", "August"),
    ("09", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]
WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]


class ItsmTicketReport(models.Model):
    """One row for each ticket: how it went, when it came, what it cost.

    Rates and times are empty for tickets that they cannot be told of, so that averages
    leave these out. Times of the day and the week are those of the company.
    """

    _name = "itsm.ticket.report"
    _description = "Service Analysis"
    _inherit = "itsm.percentile.mixin"
    _auto = False
    _rec_name = "number"
    _order = "opened_at desc, id desc"
    _depends = {
        "itsm.service": ["cost", "currency_id"],
        "itsm.sla.clock": [
            "adjusted_breached",
            "is_unfinished",
            "kind",
            "metric",
            "res_id",
            "res_model",
            "state",
        ],
        "itsm.ticket": [
            "affected_count",
            "category_id",
            "channel_id",
            "company_id",
            "department_id",
            "desk_id",
            "first_response_at",
            "goods_value",
            "line",
            "location_id",
            "merged_into_id",
            "name",
            "number",
            "opened_at",
            "priority",
            "reopen_count",
            "resolved_at",
            "service_id",
            "state",
            "team_id",
            "type",
            "user_id",
            "wrong_desk_count",
        ],
        "itsm.visit": ["labour_cost", "minutes", "parts_cost", "state", "ticket_id"],
        "rating.rating": ["consumed", "rating", "res_id", "res_model"],
        "res.company": ["currency_id", "resource_calendar_id"],
        "resource.calendar": ["tz"],
    }

    # The ticket
    ticket_id = fields.Many2one("itsm.ticket", readonly=True)
    number = fields.Char(readonly=True)
    name = fields.Char("Subject", readonly=True)
    type = fields.Selection(TICKET_TYPES, readonly=True)
    state = fields.Selection(TICKET_STATES, readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)
    desk_id = fields.Many2one("itsm.desk", readonly=True)
    team_id = fields.Many2one("itsm.team", readonly=True)
    user_id = fields.Many2one("res.users", "Assigned to", readonly=True)
    service_id = fields.Many2one("itsm.service", readonly=True)
    category_id = fields.Many2one("itsm.category", readonly=True)
    location_id = fields.Many2one("itsm.location", "Place", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    channel_id = fields.Many2one("itsm.channel", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    # When
    opened_at = fields.Datetime("Opened On", readonly=True)
    resolved_at = fields.Datetime("Resolved On", readonly=True)
    month = fields.Selection(MONTHS, "Month of the Year", readonly=True)
    weekday = fields.Selection(WEEKDAYS, "Day of the Week", readonly=True)
    hour = fields.Selection(
        [(f"{hour:02}", f"{hour:02}:00") for hour in range(24)],
        "Hour of the Day",
        readonly=True,
        help="When it was opened, on the clock of the company.",
    )

    # How many
    ticket_count = fields.Integer("Tickets", readonly=True)
    open_count = fields.Integer("Open", readonly=True)
    ended_count = fields.Integer(
        "Resolved", readonly=True, help="Tickets that were resolved at least once."
    )
    merged_count = fields.Integer(
        "Merged", readonly=True, help="Tickets about what another one was about."
    )
    repeated_count = fields.Integer(
        "Further Reports",
        readonly=True,
        help="People who reported what the ticket was about already.",
    )

    # How well
    measured_count = fields.Integer(
        "With a Promise", readonly=True, help="Its promises were kept or broken by now."
    )
    breached_count = fields.Integer(
        "Promise Broken", readonly=True, help="Time that is waived is taken off."
    )
    response_measured_count = fields.Integer("With a Promised Answer", readonly=True)
    resolution_measured_count = fields.Integer(
        "With a Promised Solution", readonly=True
    )
    met_rate = fields.Float(
        "Promises Kept (%)", digits=(16, 1), readonly=True, aggregator="avg"
    )
    response_met_rate = fields.Float(
        "Answered in Time (%)", digits=(16, 1), readonly=True, aggregator="avg"
    )
    resolution_met_rate = fields.Float(
        "Resolved in Time (%)", digits=(16, 1), readonly=True, aggregator="avg"
    )
    reopened_count = fields.Integer("Reopened", readonly=True)
    reopen_rate = fields.Float(
        "Reopened (%)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Share of the resolved tickets that were not solved by then.",
    )
    wrong_desk_rate = fields.Float(
        "First at a Wrong Desk (%)", digits=(16, 1), readonly=True, aggregator="avg"
    )
    complete_rate = fields.Float(
        "Registered Completely (%)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Share of the tickets with a service and a category.",
    )
    rated_count = fields.Integer("Ratings", readonly=True)
    rating = fields.Float(
        "Average Rating", digits=(16, 2), readonly=True, aggregator="avg"
    )
    answered_count = fields.Integer("Answered", readonly=True)
    response_hours = fields.Float(
        "Hours to the First Answer",
        readonly=True,
        aggregator="avg",
        help="By the calendar, nights and weekends too: as long as people waited.",
    )
    resolution_hours = fields.Float(
        "Hours to the Solution", readonly=True, aggregator="avg"
    )
    # The same time in each row; only their aggregates differ.
    resolution_median = fields.Float(
        "Median Hours to the Solution",
        readonly=True,
        aggregator="median",
        exportable=False,
    )

    # What it cost
    currency_id = fields.Many2one("res.currency", readonly=True)
    service_cost = fields.Monetary(
        "Price of the Service", readonly=True, help="Where it is in this currency."
    )
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

    @property
    def _table_query(self):
        return SQL(
            "SELECT %s, %s, %s FROM %s",
            self._select_ticket(),
            self._select_quality(),
            self._select_cost(),
            self._from(),
        )

    def _select_ticket(self):
        return SQL(
            """
            t.id,
            t.id AS ticket_id,
            t.number,
            t.name,
            t.type,
            t.state,
            t.priority,
            t.desk_id,
            t.team_id,
            t.user_id,
            t.service_id,
            t.category_id,
            t.location_id,
            t.department_id,
            t.channel_id,
            t.company_id,
            t.opened_at,
            t.resolved_at,
            to_char(z.opened, 'MM') AS month,
            to_char(z.opened, 'ID') AS weekday,
            to_char(z.opened, 'HH24') AS hour,
            1 AS ticket_count,
            (t.state IN %s)::int AS open_count,
            f.ended::int AS ended_count,
            (t.merged_into_id IS NOT NULL)::int AS merged_count,
            GREATEST(COALESCE(t.affected_count, 1) - 1, 0) AS repeated_count
            """,
            lifecycle.OPEN_STATES,
        )

    def _select_quality(self):
        return SQL(
            """
            (sla.breached IS NOT NULL)::int AS measured_count,
            COALESCE(sla.breached, FALSE)::int AS breached_count,
            (sla.response_breached IS NOT NULL)::int AS response_measured_count,
            (sla.resolution_breached IS NOT NULL)::int AS resolution_measured_count,
            100.0::float8 * (NOT sla.breached)::int AS met_rate,
            100.0::float8 * (NOT sla.response_breached)::int AS response_met_rate,
            100.0::float8 * (NOT sla.resolution_breached)::int AS resolution_met_rate,
            f.reopened::int AS reopened_count,
            CASE WHEN f.ended THEN 100.0::float8 * f.reopened::int END AS reopen_rate,
            100.0::float8 * (COALESCE(t.wrong_desk_count, 0) > 0)::int
                AS wrong_desk_rate,
            100.0::float8
                * (t.service_id IS NOT NULL AND t.category_id IS NOT NULL)::int
                AS complete_rate,
            COALESCE(rated.number, 0)::int AS rated_count,
            rated.rating,
            (f.answer IS NOT NULL)::int AS answered_count,
            f.answer AS response_hours,
            f.solution AS resolution_hours,
            f.solution AS resolution_median
            """
        )

    def _select_cost(self):
        return SQL(
            """
            company.currency_id,
            CASE
                WHEN t.state <> 'cancelled'
                     AND t.merged_into_id IS NULL
                     AND service.currency_id = company.currency_id
                THEN service.cost
            END AS service_cost,
            t.goods_value,
            visits.parts AS parts_cost,
            visits.hours AS visit_hours,
            visits.labour AS labour_cost,
            COALESCE(t.goods_value, 0) + COALESCE(visits.parts, 0)
                + COALESCE(visits.labour, 0) AS total_cost,
            NULLIF(
                COALESCE(t.goods_value, 0) + COALESCE(visits.parts, 0)
                    + COALESCE(visits.labour, 0),
                0
            ) AS average_cost
            """
        )

    def _from(self):
        # Joins with one row for each ticket, which the database leaves out where
        # nothing is asked of them.
        return SQL(
            """
            itsm_ticket t
       LEFT JOIN itsm_service service ON service.id = t.service_id
       LEFT JOIN res_company company ON company.id = COALESCE(t.company_id, %(company)s)
       LEFT JOIN resource_calendar calendar
              ON calendar.id = company.resource_calendar_id
       LEFT JOIN (
                     SELECT res_id,
                            BOOL_OR(adjusted_breached) AS breached,
                            BOOL_OR(adjusted_breached)
                                FILTER (WHERE metric = 'response')
                                AS response_breached,
                            BOOL_OR(adjusted_breached)
                                FILTER (WHERE metric = 'resolution')
                                AS resolution_breached
                       FROM itsm_sla_clock
                      WHERE res_model = 'itsm.ticket'
                        AND kind = 'sla'
                        AND state <> 'cancelled'
                        AND NOT is_unfinished
                   GROUP BY res_id
                 ) sla ON sla.res_id = t.id
       LEFT JOIN (
                     SELECT res_id, COUNT(*) AS number, AVG(rating) AS rating
                       FROM rating_rating
                      WHERE res_model = 'itsm.ticket' AND consumed
                   GROUP BY res_id
                 ) rated ON rated.res_id = t.id
       LEFT JOIN (
                     SELECT ticket_id,
                            SUM(minutes) / 60.0::float8 AS hours,
                            SUM(parts_cost) AS parts,
                            SUM(labour_cost) AS labour
                       FROM itsm_visit
                      WHERE state <> 'cancelled'
                   GROUP BY ticket_id
                 ) visits ON visits.ticket_id = t.id
      CROSS JOIN LATERAL (
                     SELECT t.opened_at AT TIME ZONE 'UTC'
                                AT TIME ZONE COALESCE(calendar.tz, 'UTC') AS opened
                 ) z
      CROSS JOIN LATERAL (
                     SELECT t.resolved_at IS NOT NULL
                                OR COALESCE(t.reopen_count, 0) > 0 AS ended,
                            COALESCE(t.reopen_count, 0) > 0 AS reopened,
                            EXTRACT(EPOCH FROM t.first_response_at - t.opened_at)
                                / 3600.0::float8 AS answer,
                            EXTRACT(EPOCH FROM t.resolved_at - t.opened_at)
                                / 3600.0::float8 AS solution
                 ) f
            """,
            company=self.env.company.id,
        )

    def action_open_ticket(self):
        """Open the ticket."""
        self.ensure_one()
        return self.ticket_id._get_records_action()
