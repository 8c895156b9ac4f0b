"""The dashboard of configuration items and assets."""

from .board import Board
from .parts import NUMBER, PERCENT, Chart, Column, Listing, Ranking, Score, Source

ADDON = "spreadsheet_dashboard_itsm_cmdb"
MENU = "itsm_cmdb.itsm_cmdb_menu_"

ITEMS = Source(
    "itsm.ci",
    {"period": "purchase_date", "department": "department_id"},
    (("status", "not in", ["retired", "disposed"]),),
    "date",
)
EXPIRY = Source(
    "itsm.ci.expiry", {"period": "date", "department": "department_id"}, (), "date"
)
FINDINGS = Source(
    "itsm.ci.finding",
    {"period": "found_at", "department": "ci_id.department_id"},
    (("state", "=", "open"),),
)
SCORES = Source(
    "itsm.ci.score", {"period": "date", "department": "department_id"}, (), "date"
)
TROUBLE = Source(
    "itsm.ticket.ci",
    {
        "period": "ticket_id.opened_at",
        "desk": "ticket_id.desk_id",
        "department": "ci_id.department_id",
    },
)


def boards():
    """Return the dashboards."""
    return [assets()]


def assets():
    """Return what there is, what it is worth, what ends and what is wrong."""
    board = Board(ADDON, "assets", filters=("desk", "department"))
    there = ITEMS.always()
    items, expiry = f"{MENU}items_all", f"{MENU}expiry"
    findings = "itsm_cmdb.itsm_ci_finding_menu"
    ends = EXPIRY.always()
    board.scores(
        Score("Items", there, menu=items),
        Score("Purchase Value", there, "purchase_value", items),
        Score("Bought in the Period", ITEMS, menu=items, good="up"),
        Score("In Stock", there.where(("status", "=", "in_stock")), menu=items),
        Score(
            "In Repair or Missing",
            there.where(("status", "in", ["in_repair", "missing"])),
            menu=items,
            alarm=True,
        ),
    )
    board.scores(
        Score(
            "Records in Order",
            SCORES.always().where(("date", ">=", "today -7d")),
            "score",
            "itsm_cmdb.itsm_ci_score_menu",
            PERCENT,
            share=True,
        ),
        Score("Open Findings", FINDINGS.always(), menu=findings, alarm=True),
        Score(
            "Ends in 30 Days",
            ends.where(("bucket", "=", "30")),
            menu=expiry,
            alarm=True,
        ),
        Score(
            "Ends in 31 to 90 Days",
            ends.where(("bucket", "in", ["60", "90"])),
            menu=expiry,
        ),
        Score(
            "Out of Warranty",
            ends.where(("kind", "=", "warranty"), ("bucket", "=", "expired")),
            menu=expiry,
        ),
    )
    board.charts(
        Chart(
            "bar",
            "Items by Year of Purchase",
            there.where(("purchase_date", "!=", False)),
            ("purchase_date:year", "criticality"),
            menu=items,
            stacked=True,
            legend="top",
        ),
        Chart(
            "bar",
            "What Ends When",
            ends.where(("date", ">=", "today"), ("date", "<", "today +1y")),
            ("date:month", "kind"),
            menu=expiry,
            stacked=True,
            legend="top",
        ),
    )
    board.charts(
        Chart(
            "pie",
            "Items by Criticality",
            there,
            ("criticality",),
            menu=items,
            legend="right",
        ),
        Chart(
            "line",
            "Purchase Value by Year",
            there.where(("purchase_date", "!=", False)),
            ("purchase_date:year",),
            "purchase_value",
            menu=items,
            fill=True,
        ),
    )
    worth = (Column("Items", "__count"), Column("Value", "purchase_value", NUMBER))
    board.rankings(
        Ranking("Kinds of Items", "Class", there, "class_id", worth, items, 10),
        Ranking(
            "Departments",
            "Department",
            there.where(("department_id", "!=", False)),
            "department_id",
            worth,
            items,
            10,
        ),
    )
    board.rankings(
        Ranking(
            "Items With Most Tickets",
            "Item",
            TROUBLE,
            "ci_id",
            (Column("Tickets", "__count"),),
            items,
        ),
        Ranking(
            "Most Findings by Kind of Item",
            "Class",
            FINDINGS.always(),
            "class_id",
            (Column("Findings", "__count"),),
            findings,
        ),
    )
    board.listing(
        Listing(
            "Ends Next",
            ends.where(("date", ">=", "today")),
            (
                ("date", 6),
                ("title", 18),
                ("kind", 7),
                ("department_id", 7),
                ("days_left", 6),
            ),
            ("date",),
            expiry,
        )
    )
    board.listing(
        Listing(
            "To Put Right",
            FINDINGS.always(),
            (
                ("severity", 5),
                ("rule_id", 16),
                ("ci_id", 10),
                ("user_id", 7),
                ("due_date", 6),
            ),
            ("severity", "due_date"),
            findings,
        )
    )
    return board
