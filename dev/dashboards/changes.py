"""The dashboard of changes."""

from .board import Board
from .parts import DECIMAL, PERCENT, Chart, Column, Listing, Ranking, Score, Source

ADDON = "spreadsheet_dashboard_itsm_change"
MENU = "itsm_change.itsm_change_menu_"

DONE = Source(
    "itsm.change.success",
    {"period": "date", "desk": "team_id.desk_id", "team": "team_id"},
)
CHANGES = Source(
    "itsm.change",
    {"period": "planned_start", "desk": "team_id.desk_id", "team": "team_id"},
)


def boards():
    """Return the dashboards."""
    return [changes()]


def changes():
    """Return what is coming, and what came of what was changed."""
    board = Board(ADDON, "changes", filters=("desk", "team"))
    now = CHANGES.always()
    all_changes, success = f"{MENU}all", f"{MENU}report_success"
    kinds, lead = f"{MENU}report_kinds", f"{MENU}report_lead"
    board.scores(
        Score("Changes", DONE, "change_count", success, good="up"),
        Score(
            "Successful", DONE, "success_rate", success, PERCENT, good="up", share=True
        ),
        Score(
            "Emergencies",
            DONE,
            "emergency_share",
            f"{MENU}report_emergency",
            PERCENT,
            good="down",
            share=True,
        ),
        Score(
            "Failed or Rolled Back",
            DONE,
            "failure_count",
            kinds,
            good="down",
            alarm=True,
        ),
        Score("Incidents Caused", DONE, "caused_count", kinds, alarm=True),
    )
    board.scores(
        Score("Lead Time (Days)", DONE, "lead_days", lead, DECIMAL, good="down"),
        Score(
            "In the Planned Time",
            DONE,
            "on_time_rate",
            lead,
            PERCENT,
            good="up",
            share=True,
        ),
        Score(
            "Waiting for a Decision",
            now.where(("state", "in", ["assess", "authorize"])),
            menu=all_changes,
        ),
        Score(
            "Scheduled or in Work",
            now.where(("state", "in", ["scheduled", "implement"])),
            menu=f"{MENU}calendar",
        ),
        Score(
            "With Conflicts",
            now.where(
                ("state", "in", ["assess", "authorize", "scheduled"]),
                ("conflict_count", ">", 0),
            ),
            menu=f"{MENU}conflicts",
            alarm=True,
        ),
    )
    board.charts(
        Chart(
            "bar",
            "Changes by Week",
            DONE,
            ("date:week", "type"),
            "change_count",
            menu=kinds,
            stacked=True,
            legend="top",
        ),
        Chart(
            "line",
            "Successful by Week (%)",
            DONE,
            ("date:week",),
            "success_rate",
            menu=success,
        ),
    )
    board.charts(
        Chart(
            "pie",
            "What Came of Them",
            DONE.where(("close_code", "!=", False)),
            ("close_code",),
            "change_count",
            menu=kinds,
            legend="right",
        ),
        Chart(
            "bar",
            "Predicted Risk and Result",
            DONE.where(("close_code", "!=", False)),
            ("risk", "close_code"),
            "change_count",
            menu=f"{MENU}report_risk",
            stacked=True,
            legend="top",
        ),
    )
    figures = (
        Column("Changes", "change_count"),
        Column("Successful", "success_rate", PERCENT, share=True),
        Column("Lead Time (Days)", "lead_days", DECIMAL),
    )
    board.rankings(
        Ranking("Categories", "Category", DONE, "category_id", figures, kinds),
        Ranking("Teams", "Team", DONE, "team_id", figures, success),
    )
    plan = (
        ("planned_start", 7),
        ("number", 5),
        ("name", 14),
        ("type", 5),
        ("risk", 4),
        ("team_id", 9),
    )
    board.listing(
        Listing(
            "Next on the Calendar",
            now.where(("state", "in", ["scheduled", "implement"])),
            plan,
            ("planned_start",),
            f"{MENU}calendar",
        )
    )
    board.listing(
        Listing(
            "Waiting for a Decision",
            now.where(("state", "in", ["assess", "authorize"])),
            plan,
            ("planned_start",),
            all_changes,
        )
    )
    return board
