"""The dashboard of desks beyond IT."""

from .board import Board
from .parts import (
    DECIMAL,
    NUMBER,
    STARS,
    Chart,
    Column,
    Listing,
    Ranking,
    Score,
    Source,
)
from .sources import LIVE, MENU, OPEN, TICKETS

ADDON = "spreadsheet_dashboard_itsm_nonit"
NONIT = "itsm_nonit.itsm_nonit_menu_"

BEYOND_IT = ("desk_id.is_it", "=", False)
BOOKINGS = Source("itsm.booking", {"period": "start", "desk": "desk_id"})
GOODS = Source(
    "itsm.goods.line",
    {"period": "create_date", "desk": "desk_id", "department": "department_id"},
)


def boards():
    """Return the dashboards."""
    return [desks()]


def desks():
    """Return what logistics, facilities, administration … are asked for."""
    board = Board(ADDON, "desks", filters=("desk", "department"))
    asked = TICKETS.where(BEYOND_IT)
    still = LIVE.always().where(OPEN, BEYOND_IT)
    services, tickets = f"{MENU}report_services", f"{MENU}tickets_all"
    board.scores(
        Score("Requests", asked, "ticket_count", services, good="up"),
        Score("Resolved", asked, "ended_count", services, good="up"),
        Score(
            "Hours to Solution",
            asked,
            "resolution_hours",
            services,
            DECIMAL,
            good="down",
        ),
        Score(
            "Average Stars", asked, "rating", f"{MENU}rating_report", STARS, good="up"
        ),
        Score("Open Now", still, menu=tickets),
        Score(
            "Overdue", still.where(("is_overdue", "=", True)), menu=tickets, alarm=True
        ),
    )
    waiting = BOOKINGS.always()
    board.scores(
        Score("Bookings in the Period", BOOKINGS, menu=f"{NONIT}booking_calendar"),
        Score(
            "Booked From Now On",
            waiting.where(("is_open", "=", True), ("start", ">=", "now")),
            menu=f"{NONIT}booking_calendar",
        ),
        Score(
            "Handed Over Now",
            waiting.where(("state", "=", "out")),
            menu=f"{NONIT}booking_counter",
        ),
        Score(
            "Not Brought Back in Time",
            waiting.where(("is_overdue", "=", True)),
            menu=f"{NONIT}booking_counter",
            alarm=True,
        ),
        Score("Goods Issued", GOODS, "quantity_issued", f"{NONIT}goods_lines", NUMBER),
    )
    board.charts(
        Chart(
            "bar",
            "Requests by Week and Desk",
            asked,
            ("opened_at:week", "desk_id"),
            "ticket_count",
            menu=services,
            stacked=True,
            legend="top",
        )
    )
    board.charts(
        Chart(
            "bar",
            "By Desk",
            asked,
            ("desk_id",),
            "ticket_count",
            menu=services,
            order="DESC",
        ),
        Chart(
            "bar",
            "Hours to the Solution by Desk",
            asked,
            ("desk_id",),
            "resolution_hours",
            menu=services,
            order="DESC",
        ),
    )
    counted = (
        Column("Tickets", "ticket_count"),
        Column("Open", "open_count"),
        Column("Hours to Solution", "resolution_hours", DECIMAL),
    )
    board.rankings(
        Ranking(
            "Services",
            "Service",
            asked.where(("service_id", "!=", False)),
            "service_id",
            counted,
            services,
            10,
        ),
        Ranking(
            "Places",
            "Place",
            asked.where(("location_id", "!=", False)),
            "location_id",
            counted,
            services,
            10,
            keep="end",
        ),
    )
    board.rankings(
        Ranking(
            "Departments That Asked Most",
            "Department",
            asked.where(("department_id", "!=", False)),
            "department_id",
            counted,
            services,
        ),
        Ranking(
            "Rooms, Vehicles and Equipment",
            "Room, Vehicle, Equipment",
            BOOKINGS,
            "bookable_id",
            (Column("Bookings", "__count"), Column("Pieces", "quantity")),
            f"{NONIT}bookables",
        ),
    )
    board.rankings(
        Ranking(
            "Goods",
            "Goods",
            GOODS,
            "product_id",
            (
                Column("Ordered", "quantity", NUMBER),
                Column("Issued", "quantity_issued", NUMBER),
                Column("Value", "value", NUMBER),
            ),
            f"{NONIT}goods_lines",
            5,
        ),
        Ranking(
            "Goods by Department",
            "Department",
            GOODS.where(("department_id", "!=", False)),
            "department_id",
            (
                Column("Value", "value", NUMBER),
                Column("Issued", "quantity_issued", NUMBER),
            ),
            f"{NONIT}goods_lines",
            5,
        ),
    )
    board.listing(
        Listing(
            "Overdue Tickets",
            still.where(("is_overdue", "=", True)),
            (
                ("number", 5),
                ("name", 13),
                ("desk_id", 6),
                ("location_id", 13),
                ("sla_deadline", 7),
            ),
            ("sla_deadline",),
            tickets,
        )
    )
    board.listing(
        Listing(
            "Next Bookings",
            waiting.where(("is_open", "=", True), ("start", ">=", "now")),
            (
                ("start", 7),
                ("end", 7),
                ("bookable_id", 12),
                ("partner_id", 9),
                ("state", 9),
            ),
            ("start",),
            f"{NONIT}booking_calendar",
        )
    )
    return board
