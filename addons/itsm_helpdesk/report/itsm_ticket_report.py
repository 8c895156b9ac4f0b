from odoo import api, fields, models
from odoo.tools import SQL

from ..models.itsm_priority_rule import PRIORITIES
from ..models.itsm_stage import TICKET_STATES
from ..models.itsm_ticket import TICKET_TYPES
from ..tools import lifecycle
from .fact_triggers import Source
from .itsm_fact_mixin import EVERYTHING, FactPart

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
HOURS = [(f"{hour:02}", f"{hour:02}:00") for hour in range(24)]
SOLVED_IN = [
    ("0", "In the same month"),
    ("1", "In the next month"),
    ("2", "Two months later"),
    ("3", "Three months later"),
    ("4", "Later than that"),
    ("open", "Not yet"),
    ("never", "Cancelled"),
]


class ItsmTicketReport(models.Model):
    """One row for each ticket: how it went, when it came, what it cost.

    Rates and times are empty for tickets that they cannot be told of, so that averages
    leave these out. Times of the day and the week are those of the company.

    These are facts, a few minutes old at most: see ``itsm.fact.mixin``. What must be
    true this very moment (what is open, what is late, who has it) is read from
    ``itsm.ticket``, whose indexes serve that at any size.
    """

    _name = "itsm.ticket.report"
    _description = "Service Analysis"
    _inherit = [
        "itsm.fact.mixin",
        "itsm.percentile.mixin",
        "itsm.complaint.part.mixin",
    ]
    _rec_name = "number"
    _log_access = False
    _order = "opened_at desc, id desc"

    # The ticket
    ticket_id = fields.Many2one("itsm.ticket", readonly=True, index=True)
    # Texts are the ticket's own: they would make the facts wide, and slow.
    number = fields.Char(related="ticket_id.number")
    name = fields.Char("Subject", related="ticket_id.name")
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
        HOURS,
        "Hour of the Day",
        readonly=True,
        help="When it was opened, on the clock of the company.",
    )
    solved_in = fields.Selection(
        SOLVED_IN,
        "Solved",
        readonly=True,
        help="How many months after the month in which it was opened.",
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

    _desk_opened_idx = models.Index("(desk_id, opened_at)")
    _opened_idx = models.Index("(opened_at)")
    _resolved_idx = models.Index("(resolved_at)")
    _department_opened_idx = models.Index("(department_id, opened_at)")

    # ------------------------------------------------------------------
    # What the rows are made of
    # ------------------------------------------------------------------

    @api.model
    def _fact_parts(self):
        return super()._fact_parts() | {"ticket": FactPart("itsm_ticket")}

    @api.model
    def _fact_sources(self):
        of_ticket = "res_model = 'itsm.ticket'"
        return [
            *super()._fact_sources(),
            Source("itsm_sla_clock", "ticket", "res_id", of_ticket),
            Source("rating_rating", "ticket", "res_id", of_ticket),
            Source("itsm_service", "service", watch=("cost", "currency_id")),
            # Hours of the day, and what a price is compared with.
            Source("resource_calendar", EVERYTHING, watch=("tz",)),
            Source(
                "res_company",
                EVERYTHING,
                watch=("currency_id", "resource_calendar_id"),
            ),
        ]

    @api.model
    def _fact_expansions(self, note, keys):
        expansions = super()._fact_expansions(note, keys)
        if note == "service":
            tickets = SQL(
                "SELECT id FROM itsm_ticket WHERE service_id = ANY(%s)", list(keys)
            )
            expansions.append(("ticket", tickets))
        return expansions

    @api.model
    def _fact_columns(self, part):
        return {
            **super()._fact_columns(part),
            **self._columns_of_ticket(),
            **self._columns_of_time(),
            **self._columns_of_quality(),
            **self._columns_of_cost(),
        }

    @api.model
    def _columns_of_ticket(self):
        plain = (
            "type",
            "state",
            "priority",
            "desk_id",
            "team_id",
            "user_id",
            "service_id",
            "category_id",
            "location_id",
            "department_id",
            "channel_id",
            "company_id",
            "opened_at",
            "resolved_at",
        )
        return {
            **{name: SQL("s.%s", SQL.identifier(name)) for name in plain},
            "ticket_id": SQL("s.id"),
            "ticket_count": SQL("1"),
            "open_count": SQL("(s.state IN %s)::int", lifecycle.OPEN_STATES),
            "ended_count": SQL("f.ended::int"),
            "merged_count": SQL("(s.merged_into_id IS NOT NULL)::int"),
            "repeated_count": SQL("GREATEST(COALESCE(s.affected_count, 1) - 1, 0)"),
        }

    @api.model
    def _columns_of_time(self):
        return {
            "month": SQL("to_char(z.opened, 'MM')"),
            "weekday": SQL("to_char(z.opened, 'ID')"),
            "hour": SQL("to_char(z.opened, 'HH24')"),
            "solved_in": SQL(
                """
                CASE
                    WHEN s.state = 'cancelled' THEN 'never'
                    WHEN s.state NOT IN ('resolved', 'closed') THEN 'open'
                    WHEN z.months IS NOT NULL
                    THEN GREATEST(LEAST(z.months, 4), 0)::int::text
                END
                """
            ),
        }

    @api.model
    def _columns_of_quality(self):
        return {
            "measured_count": SQL("(sla.breached IS NOT NULL)::int"),
            "breached_count": SQL("COALESCE(sla.breached, FALSE)::int"),
            "response_measured_count": SQL("(sla.response_breached IS NOT NULL)::int"),
            "resolution_measured_count": SQL(
                "(sla.resolution_breached IS NOT NULL)::int"
            ),
            "met_rate": _percent(SQL("NOT sla.breached")),
            "response_met_rate": _percent(SQL("NOT sla.response_breached")),
            "resolution_met_rate": _percent(SQL("NOT sla.resolution_breached")),
            "reopened_count": SQL("f.reopened::int"),
            "reopen_rate": SQL(
                "CASE WHEN f.ended THEN %s END", _percent(SQL("f.reopened"))
            ),
            "wrong_desk_rate": _percent(SQL("COALESCE(s.wrong_desk_count, 0) > 0")),
            "complete_rate": _percent(
                SQL("s.service_id IS NOT NULL AND s.category_id IS NOT NULL")
            ),
            "rated_count": SQL("COALESCE(rated.number, 0)"),
            "rating": SQL("rated.rating"),
            "answered_count": SQL("(f.answer IS NOT NULL)::int"),
            "response_hours": SQL("f.answer"),
            "resolution_hours": SQL("f.solution"),
            "resolution_median": SQL("f.solution"),
        }

    @api.model
    def _columns_of_cost(self):
        return {
            "currency_id": SQL("company.currency_id"),
            "service_cost": SQL(
                """
                CASE
                    WHEN s.state <> 'cancelled'
                         AND s.merged_into_id IS NULL
                         AND service.currency_id = company.currency_id
                    THEN service.cost
                END
                """
            ),
        }

    @api.model
    def _fact_from(self, part):
        # A ticket of no company is on the clock of the first one, whoever asks.
        return SQL(
            """
            %(ticket)s
       LEFT JOIN itsm_service service ON service.id = s.service_id
       LEFT JOIN res_company company
              ON company.id = COALESCE(
                                  s.company_id, (SELECT MIN(id) FROM res_company)
                              )
       LEFT JOIN resource_calendar calendar
              ON calendar.id = company.resource_calendar_id
      CROSS JOIN LATERAL (
                     SELECT BOOL_OR(adjusted_breached) AS breached,
                            BOOL_OR(adjusted_breached)
                                FILTER (WHERE metric = 'response')
                                AS response_breached,
                            BOOL_OR(adjusted_breached)
                                FILTER (WHERE metric = 'resolution')
                                AS resolution_breached
                       FROM itsm_sla_clock
                      WHERE res_model = 'itsm.ticket'
                        AND res_id = s.id
                        AND kind = 'sla'
                        AND state <> 'cancelled'
                        AND NOT is_unfinished
                 ) sla
      CROSS JOIN LATERAL (
                     SELECT COUNT(*) AS number, AVG(rating) AS rating
                       FROM rating_rating
                      WHERE res_model = 'itsm.ticket' AND res_id = s.id AND consumed
                 ) rated
      CROSS JOIN LATERAL (
                     SELECT l.opened,
                            12 * (EXTRACT(YEAR FROM l.resolved)
                                  - EXTRACT(YEAR FROM l.opened))
                                + EXTRACT(MONTH FROM l.resolved)
                                - EXTRACT(MONTH FROM l.opened) AS months
                       FROM (
                             SELECT s.opened_at AT TIME ZONE 'UTC'
                                        AT TIME ZONE COALESCE(calendar.tz, 'UTC')
                                        AS opened,
                                    s.resolved_at AT TIME ZONE 'UTC'
                                        AT TIME ZONE COALESCE(calendar.tz, 'UTC')
                                        AS resolved
                            ) l
                 ) z
      CROSS JOIN LATERAL (
                     SELECT s.resolved_at IS NOT NULL
                                OR COALESCE(s.reopen_count, 0) > 0 AS ended,
                            COALESCE(s.reopen_count, 0) > 0 AS reopened,
                            EXTRACT(EPOCH FROM s.first_response_at - s.opened_at)
                                / 3600.0::float8 AS answer,
                            EXTRACT(EPOCH FROM s.resolved_at - s.opened_at)
                                / 3600.0::float8 AS solution
                 ) f
            """,
            ticket=super()._fact_from(part),
        )

    def action_open_ticket(self):
        """Open the ticket."""
        self.ensure_one()
        return self.ticket_id._get_records_action()


def _percent(condition):
    """Return 100 where a condition holds, 0 where not, and nothing where unknown."""
    return SQL("100.0::float8 * (%s)::int", condition)
