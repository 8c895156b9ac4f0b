"""What the figures of the service desk are made of."""

from .parts import Source

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
