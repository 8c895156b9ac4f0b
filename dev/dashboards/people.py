"""The dashboards of who works, and of what people think of it."""

from .board import Board
from .helpdesk import ADDON
from .parts import DECIMAL, PERCENT, STARS, Chart, Column, Listing, Ranking, Score
from .sources import FILTERS, MENU, RATINGS, TICKETS, WORK


def boards():
    """Return the dashboards."""
    return [workload(), satisfaction()]


def workload():
    """Return how much work there is, and who does it."""
    board = Board(ADDON, "workload", filters=FILTERS)
    menu = f"{MENU}report_workload"
    board.scores(
        Score("New Work", WORK, "work_count", menu, good="down"),
        Score("Done", WORK, "done_count", menu, good="up"),
        Score("Days Until Done", WORK, "lasted_days", menu, DECIMAL, good="down"),
        Score("Hours Worked", WORK, "worked_hours", f"{MENU}report_effort", DECIMAL),
        Score("Open Now", WORK.always(), "open_count", menu),
        Score("Open and Late", WORK.always(), "late_count", menu, alarm=True),
    )
    board.charts(
        Chart(
            "bar",
            "New Work by Week",
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
            WORK.where(("hour", "!=", False)),
            ("hour",),
            "work_count",
            menu=f"{MENU}report_hours",
        ),
    )
    loads = (
        Column("New Work", "work_count"),
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
    figures = (
        Column("New Work", "work_count"),
        Column("Done", "done_count"),
        Column("Days Until Done", "lasted_days", DECIMAL),
    )
    board.rankings(
        Ranking(
            "Whom the Work Was For",
            "Department",
            WORK.where(("department_id", "!=", False)),
            "department_id",
            figures,
            menu,
        ),
        Ranking(
            "Services",
            "Service",
            WORK.where(("service_id", "!=", False)),
            "service_id",
            figures,
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
        ("rating", 3, "Stars", "0"),
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
