"""The dashboards of the day and of promises."""

from .board import Board
from .parts import DECIMAL, PERCENT, Chart, Column, Listing, Ranking, Score
from .sources import CLOCKS, FILTERS, LIVE, MENU, OPEN, TICKETS

ADDON = "spreadsheet_dashboard_itsm"


def boards():
    """Return the dashboards."""
    return [today(), service_levels()]


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
        # No line: where only one of the two has finished, the other would fall to 0.
        Chart(
            "bar",
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
