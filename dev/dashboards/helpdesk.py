"""The dashboards of the service desk."""

from .board import Board
from .parts import (
    DECIMAL,
    PERCENT,
    STARS,
    Chart,
    Column,
    Listing,
    Ranking,
    Score,
    Source,
)

ADDON = "spreadsheet_dashboard_itsm"
MENU = "itsm_helpdesk.itsm_menu_"
OPEN = ("state", "in", ["new", "approval", "in_progress", "pending"])

# What is true this very moment is read from the tickets, whose indexes serve that;
# what went before, from the facts.
LIVE = Source(
    "itsm.ticket",
    {"period": "opened_at", "desk": "desk_id", "department": "department_id"},
)
TICKETS = Source(
    "itsm.ticket.report",
    {"period": "opened_at", "desk": "desk_id", "department": "department_id"},
)
CLOCKS = Source(
    "itsm.sla.report",
    {"period": "started_at", "desk": "desk_id", "department": "department_id"},
)
WORK = Source(
    "itsm.workload.report",
    {"period": "began_at", "desk": "desk_id", "department": "department_id"},
)
RATINGS = Source(
    "rating.rating",
    {"period": "rated_on", "desk": "itsm_desk_id", "department": "itsm_department_id"},
    (("itsm_ticket_id", "!=", False), ("consumed", "=", True)),
)
FILTERS = ("desk", "department")


def boards():
    """Return the dashboards."""
    return [today(), service_levels(), workload(), satisfaction()]


def today():
    """Return what the desk has before it this morning."""
    board = Board(ADDON, "service_desk", "last_30_days", FILTERS)
    still = LIVE.always().where(OPEN)
    tickets = f"{MENU}tickets_all"
    board.scores(
        Score("Open Now", still, menu=tickets),
        Score(
            "Unassigned",
            still.where(("user_id", "=", False)),
            menu=f"{MENU}tickets_unassigned",
        ),
        Score(
            "Overdue", still.where(("is_overdue", "=", True)), menu=tickets, alarm=True
        ),
        Score(
            "Major Incidents",
            still.where(("is_major", "=", True)),
            menu=tickets,
            alarm=True,
        ),
        Score("On Hold", still.where(("state", "=", "pending")), menu=tickets),
    )
    board.scores(
        Score(
            "Opened Today",
            LIVE.always().where(("opened_at", ">=", "today")),
            menu=tickets,
        ),
        Score(
            "Resolved Today",
            TICKETS.always().where(("resolved_at", ">=", "today")),
            "ticket_count",
            menu=tickets,
        ),
        Score(
            "Due Today",
            still.where(
                ("sla_deadline", ">=", "now"), ("sla_deadline", "<", "today +1d")
            ),
            menu=tickets,
        ),
        Score(
            "Not Answered Yet",
            still.where(("first_response_at", "=", False)),
            menu=tickets,
        ),
        Score("For Approval", still.where(("state", "=", "approval")), menu=tickets),
    )
    board.charts(
        Chart(
            "bar",
            "Tickets Opened by Day",
            LIVE,
            ("opened_at:day", "type"),
            menu=tickets,
            stacked=True,
            legend="top",
        ),
        Chart(
            "line",
            "Tickets Resolved by Day",
            TICKETS.by("resolved_at"),
            ("resolved_at:day",),
            "ticket_count",
            menu=f"{MENU}report_months",
            fill=True,
        ),
    )
    board.charts(
        Chart(
            "bar",
            "Open by Desk and Priority",
            still,
            ("desk_id", "priority"),
            menu=tickets,
            stacked=True,
            legend="top",
        ),
        Chart(
            "pie", "Open by State", still, ("stage_id",), menu=tickets, legend="right"
        ),
    )
    board.listing(
        Listing(
            "Overdue Tickets",
            still.where(("is_overdue", "=", True)),
            (
                ("number", 5),
                ("name", 15),
                ("desk_id", 6),
                ("priority", 4),
                ("user_id", 6),
                ("sla_deadline", 8),
            ),
            ("sla_deadline",),
            menu=tickets,
        )
    )
    board.listing(
        Listing(
            "Nobody Has These Yet",
            still.where(("user_id", "=", False)),
            (
                ("number", 5),
                ("name", 15),
                ("desk_id", 6),
                ("priority", 4),
                ("team_id", 6),
                ("opened_at", 8),
            ),
            ("priority", "opened_at"),
            menu=f"{MENU}tickets_unassigned",
        )
    )
    board.rankings(
        Ranking(
            "Departments That Asked Most",
            "Department",
            TICKETS.where(("department_id", "!=", False)),
            "department_id",
            (
                Column("Tickets", "ticket_count"),
                Column("Open", "open_count"),
                Column("Hours to Solution", "resolution_hours", DECIMAL),
            ),
            menu=f"{MENU}report_services",
        ),
        Ranking(
            "Services Asked for Most",
            "Service",
            TICKETS.where(("service_id", "!=", False)),
            "service_id",
            (
                Column("Tickets", "ticket_count"),
                Column("Open", "open_count"),
                Column("Hours to Solution", "resolution_hours", DECIMAL),
            ),
            menu=f"{MENU}report_services",
        ),
    )
    return board


def service_levels():
    """Return how promises are kept."""
    board = Board(ADDON, "service_levels", filters=FILTERS)
    customer = CLOCKS.where(("kind", "=", "sla"))
    menu = f"{MENU}sla_report"
    board.scores(
        Score(
            "Promises Kept",
            customer,
            "met_rate",
            menu,
            PERCENT,
            good="up",
            share=True,
        ),
        Score(
            "Kept After Waivers",
            customer,
            "adjusted_rate",
            menu,
            PERCENT,
            good="up",
            share=True,
        ),
        Score(
            "Answered in Time",
            customer.where(("metric", "=", "response")),
            "met_rate",
            f"{MENU}sla_times",
            PERCENT,
            good="up",
            share=True,
        ),
        Score(
            "Solved in Time",
            customer.where(("metric", "=", "resolution")),
            "met_rate",
            f"{MENU}sla_times",
            PERCENT,
            good="up",
            share=True,
        ),
        Score(
            "Promises Broken",
            customer,
            "breached_count",
            menu,
            good="down",
            alarm=True,
        ),
        Score(
            "Late Now",
            customer.always(),
            "overdue_count",
            f"{MENU}sla_clocks",
            alarm=True,
        ),
    )
    rates = (
        Column("Promises", "finished_count"),
        Column("Broken", "breached_count"),
        Column("Kept", "met_rate", PERCENT, share=True),
    )
    board.charts(
        Chart(
            "line",
            "Promises Kept by Week (%)",
            customer,
            ("started_at:week", "metric"),
            "met_rate",
            menu=menu,
            legend="top",
        ),
        Chart(
            "bar",
            "Promises Broken by Week",
            customer,
            ("started_at:week", "priority"),
            "breached_count",
            menu=menu,
            stacked=True,
            legend="top",
        ),
    )
    board.charts(
        Chart(
            "bar",
            "Promises Kept by Desk (%)",
            customer,
            ("desk_id",),
            "met_rate",
            menu=menu,
        ),
        Chart(
            "bar",
            "Average Time by Priority (h)",
            customer,
            ("priority", "metric"),
            "elapsed_hours",
            menu=f"{MENU}sla_times",
            legend="top",
        ),
    )
    board.rankings(
        Ranking(
            "Most Broken by Service",
            "Service",
            customer.where(("service_id", "!=", False)),
            "service_id",
            (rates[1], rates[0], rates[2]),
            menu,
        ),
        Ranking(
            "Most Broken by Department",
            "Department",
            customer.where(("department_id", "!=", False)),
            "department_id",
            (rates[1], rates[0], rates[2]),
            menu,
        ),
    )
    board.rankings(
        Ranking(
            "Teams",
            "Team",
            CLOCKS.where(("team_id", "!=", False)),
            "team_id",
            rates,
            menu,
        ),
        Ranking("Agreements", "Agreement", CLOCKS, "policy_id", rates, menu),
    )
    board.listing(
        Listing(
            "Late and Not Finished",
            customer.always().where(("overdue_count", "=", 1)),
            (
                ("number", 5),
                ("name", 15),
                ("metric", 5),
                ("priority", 4),
                ("team_id", 7),
                ("deadline", 8),
            ),
            ("deadline",),
            menu=f"{MENU}sla_clocks",
        )
    )
    return board


def workload():
    """Return how much work there is, and who does it."""
    board = Board(ADDON, "workload", filters=FILTERS)
    menu = f"{MENU}report_workload"
    board.scores(
        Score("Came In", WORK, "work_count", menu, good="down"),
        Score("Done", WORK, "done_count", menu, good="up"),
        Score("Days Until Done", WORK, "lasted_days", menu, DECIMAL, good="down"),
        Score("Hours Worked", WORK, "worked_hours", f"{MENU}report_effort", DECIMAL),
        Score("Open Now", WORK.always(), "open_count", menu),
        Score("Open and Late", WORK.always(), "late_count", menu, alarm=True),
    )
    board.charts(
        Chart(
            "bar",
            "Work That Came In by Week",
            WORK,
            ("began_at:week", "kind"),
            "work_count",
            menu=menu,
            stacked=True,
            legend="top",
        ),
        Chart(
            "line",
            "Work Done by Week",
            WORK.by("ended_at"),
            ("ended_at:week",),
            "done_count",
            menu=menu,
            fill=True,
        ),
    )
    board.charts(
        Chart(
            "bar",
            "By Day of the Week",
            WORK,
            ("weekday",),
            "work_count",
            menu=f"{MENU}report_hours",
        ),
        Chart(
            "bar",
            "By Hour of the Day",
            WORK,
            ("hour",),
            "work_count",
            menu=f"{MENU}report_hours",
        ),
    )
    loads = (
        Column("Came In", "work_count"),
        Column("Open", "open_count"),
        Column("Late", "late_count"),
    )
    board.rankings(
        Ranking(
            "People",
            "Person",
            WORK.where(("user_id", "!=", False)),
            "user_id",
            loads,
            menu,
            10,
        ),
        Ranking(
            "Teams",
            "Team",
            WORK.where(("team_id", "!=", False)),
            "team_id",
            loads,
            menu,
            10,
        ),
    )
    spent = (
        Column("Came In", "work_count"),
        Column("Days Until Done", "lasted_days", DECIMAL),
        Column("Hours Worked", "worked_hours", DECIMAL),
    )
    board.rankings(
        Ranking(
            "Whom the Work Was For",
            "Department",
            WORK.where(("department_id", "!=", False)),
            "department_id",
            spent,
            menu,
        ),
        Ranking(
            "Services",
            "Service",
            WORK.where(("service_id", "!=", False)),
            "service_id",
            spent,
            menu,
        ),
    )
    board.listing(
        Listing(
            "Open and Late",
            WORK.always().where(("late_count", "=", 1)),
            (
                ("kind", 4),
                ("ticket_id", 16),
                ("team_id", 8),
                ("user_id", 8),
                ("due_at", 8),
            ),
            ("due_at",),
            menu=menu,
        )
    )
    return board


def satisfaction():
    """Return what people think of it."""
    board = Board(ADDON, "satisfaction", filters=FILTERS)
    menu, voices = f"{MENU}rating_report", f"{MENU}voices"
    low = RATINGS.where(("rating", "<=", 2))
    ended = TICKETS.by("resolved_at").where(("ended_count", "=", 1))
    board.scores(
        Score("Average Stars", RATINGS, "rating", menu, STARS, good="up"),
        Score("Ratings", RATINGS, menu=menu, good="up"),
        Score("Four or Five Stars", RATINGS.where(("rating", ">=", 4)), menu=menu),
        Score("One or Two Stars", low, menu=voices, good="down", alarm=True),
        Score(
            "Tickets Rated",
            ended,
            "rated_count",
            menu,
            PERCENT,
            good="up",
            parts="ended_count",
        ),
        Score(
            "Complaints",
            TICKETS.where(("type", "=", "complaint")),
            "ticket_count",
            f"{MENU}complaints",
            good="down",
            alarm=True,
        ),
    )
    board.charts(
        Chart(
            "line",
            "Average Stars by Week",
            RATINGS,
            ("rated_on:week",),
            "rating",
            menu=menu,
        ),
        Chart("bar", "Ratings by Week", RATINGS, ("rated_on:week",), menu=menu),
    )
    board.charts(
        Chart(
            "bar",
            "Average Stars by Desk",
            RATINGS,
            ("itsm_desk_id",),
            "rating",
            menu=menu,
            order="DESC",
        ),
        Chart(
            "pie",
            "What People Named as Reasons",
            RATINGS.where(("itsm_reason_ids", "!=", False)),
            ("itsm_reason_ids",),
            menu=menu,
            legend="right",
        ),
    )
    counted = (
        Column("Ratings", "__count"),
        Column("Stars", "rating", STARS),
    )
    board.rankings(
        Ranking(
            "Services",
            "Service",
            RATINGS.where(("itsm_service_id", "!=", False)),
            "itsm_service_id",
            counted,
            menu,
        ),
        Ranking(
            "Departments",
            "Department",
            RATINGS.where(("itsm_department_id", "!=", False)),
            "itsm_department_id",
            counted,
            menu,
        ),
    )
    voice = (
        ("rated_on", 7),
        ("rating", 3),
        ("itsm_desk_id", 7),
        ("itsm_service_id", 9),
        ("feedback", 18),
    )
    said = (("feedback", "!=", False), ("feedback", "!=", ""))
    board.listing(
        Listing("Who Was Angry", low.where(*said), voice, ("rated_on desc",), voices)
    )
    board.listing(
        Listing(
            "Who Was Pleased",
            RATINGS.where(("rating", ">=", 4), *said),
            voice,
            ("rated_on desc",),
            voices,
        )
    )
    return board
