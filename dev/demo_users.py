"""The demo logins and their main pages: the one place that names them.

The addons' demo data makes the users; each password equals the login.
"""

from dataclasses import dataclass

PORTAL = (("/my", ".o_portal, #wrap"),)
TICKETS_PORTAL = (
    ("/my/desk", ".o_portal, #wrap"),
    ("/my/services", ".o_portal, #wrap"),
    ("/my/approvals", ".o_portal, #wrap"),
    ("/my/tickets", ".o_portal, #wrap"),
    ("/my/tickets/new", ".o_portal, #wrap"),
)
EQUIPMENT_PORTAL = (
    ("/my/equipment", ".o_portal, #wrap"),
    ("/my/attestations", ".o_portal, #wrap"),
)
BOOKING_PORTAL = (("/my/desk/book", ".o_portal, #wrap"),)
CHANGE_PORTAL = (("/my/changes", ".o_portal, #wrap"),)


# What screens have that are no views.
_OWN_SCREENS = (".o_itsm_field_work", ".o_itsm_front_office")


def _back_office(*paths: str) -> tuple[tuple[str, str], ...]:
    """Return pages of the web client, with what they have when they are there."""
    there = ", ".join(
        f".o_action_manager {each}"
        for each in (".o_view_controller", ".o_action", *_OWN_SCREENS)
    )
    return tuple((f"/odoo/{path}", there) for path in paths)


BACK_OFFICE = _back_office(
    "itsm-overview", "itsm-tickets", "itsm-my-tasks", "itsm-sla-clocks"
)
MANAGEMENT = _back_office(
    *("itsm-service-levels", "itsm-time-spent", "itsm-sla-policies", "itsm-services"),
)
# What readers of the configuration database open, what its engineers do, its managers.
ITEMS = _back_office(
    *("itsm-items", "itsm-relations", "itsm-impact-analysis"),
    *("itsm-expiry", "itsm-item-history", "itsm-quality"),
)
ITEM_WORK = _back_office(
    *("itsm-events", "itsm-contracts", "itsm-baselines"),
    *("itsm-findings", "itsm-stocktakes", "itsm-batches"),
)
ITEM_MANAGEMENT = _back_office(
    *("itsm-item-imports", "itsm-item-classes", "itsm-item-attributes"),
    *("itsm-item-sources", "itsm-audit-rules", "itsm-attestations"),
)
# What readers of changes open, what those who make and manage them do.
CHANGES = _back_office(
    *("itsm-changes", "itsm-change-calendar", "itsm-change-conflicts"),
    *("itsm-change-windows", "itsm-releases", "itsm-what-runs-where"),
)
CHANGE_WORK = _back_office(
    *("itsm-my-changes", "itsm-my-steps", "itsm-change-from-template"),
    *("itsm-change-votes", "itsm-risk-assessments"),
)
CHANGE_MANAGEMENT = _back_office(
    *("itsm-boards", "itsm-board-meetings", "itsm-change-templates"),
    *("itsm-change-success", "itsm-change-kinds", "itsm-change-emergencies"),
    *("itsm-change-lead-times", "itsm-change-risks", "itsm-change-exceptions"),
    *("itsm-change-conflicts-avoided", "itsm-change-conflict-kinds"),
)
# What is opened at the telephone, on the way and at the counter; what to manage it.
HOUSE = _back_office(
    *("itsm-front-office", "itsm-my-work", "itsm-visits", "itsm-bookings"),
    *("itsm-handover", "itsm-bookables", "itsm-goods-to-issue", "itsm-goods-issues"),
)
HOUSE_MANAGEMENT = _back_office(
    *("itsm-desk-packs", "itsm-goods", "itsm-goods-limits", "itsm-improvements"),
    *("itsm-analysis-services", "itsm-analysis-problems", "itsm-analysis-seasons"),
    *(
        "itsm-analysis-workload",
        "itsm-service-cost",
        "itsm-assessments",
        "itsm-team-targets",
    ),
)


@dataclass(frozen=True)
class DemoUser:
    """Somebody who can sign in to the demo."""

    login: str
    role: str
    pages: tuple[tuple[str, str], ...]


DEMO_USERS = (
    DemoUser(
        "requester",
        "requester on the portal",
        PORTAL + TICKETS_PORTAL + EQUIPMENT_PORTAL + BOOKING_PORTAL + CHANGE_PORTAL,
    ),
    DemoUser("agent", "agent, also at the front office", BACK_OFFICE + ITEMS + HOUSE),
    DemoUser(
        "engineer",
        "engineer: keeps items, makes changes",
        ITEMS + ITEM_WORK + CHANGES + CHANGE_WORK,
    ),
    DemoUser(
        "leader",
        "team leader, coordinates changes",
        BACK_OFFICE + CHANGES + CHANGE_WORK,
    ),
    DemoUser(
        "facilities",
        "head of facilities, goes to repairs",
        BACK_OFFICE + HOUSE,
    ),
    DemoUser(
        "manager",
        "manager",
        BACK_OFFICE
        + MANAGEMENT
        + ITEMS
        + ITEM_WORK
        + ITEM_MANAGEMENT
        + CHANGES
        + CHANGE_WORK
        + CHANGE_MANAGEMENT
        + HOUSE
        + HOUSE_MANAGEMENT,
    ),
    DemoUser("admin", "administrator", BACK_OFFICE + MANAGEMENT + ITEM_MANAGEMENT),
)
