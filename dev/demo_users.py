"""The demo logins and the pages they open: the one place that names them.

The addons' demo data makes the users; each password equals the login.
"""

from dataclasses import dataclass

from . import demo_pages as pages
from .demo_pages import Page

# The same for all who answer; what more there is depends on who they are.
_AGENT = (
    *pages.TICKETS,
    *pages.KNOWLEDGE,
    *pages.NEWS,
    *pages.VOICES,
    *pages.PEOPLE,
    *pages.APPROVALS,
)
_LEADER = (*pages.LISTENING, *pages.TEAM_WORK, *pages.REPORTS)


@dataclass(frozen=True)
class DemoUser:
    """Somebody who can sign in to the demo."""

    login: str
    role: str
    pages: tuple[Page, ...]


DEMO_USERS = (
    DemoUser("requester", "requester on the portal", pages.PORTAL),
    DemoUser(
        "agent",
        "agent, also at the front office",
        (*_AGENT, *pages.FIGURES, *pages.DASHBOARDS[:1], *pages.ITEMS, *pages.HOUSE),
    ),
    DemoUser(
        "engineer",
        "engineer: keeps items, makes changes",
        (*pages.ITEMS, *pages.ITEM_WORK, *pages.CHANGES, *pages.CHANGE_WORK),
    ),
    DemoUser(
        "leader",
        "team leader, coordinates changes",
        (*_AGENT, *_LEADER, *pages.CHANGES, *pages.CHANGE_WORK, *pages.CHANGE_FIGURES),
    ),
    DemoUser(
        "facilities",
        "head of facilities, goes to repairs",
        (*pages.TICKETS, *_LEADER, *pages.DASHBOARDS[-1:], *pages.HOUSE),
    ),
    DemoUser(
        "manager",
        "manager",
        (
            *_AGENT,
            *_LEADER,
            *pages.FIGURES,
            *pages.DASHBOARDS,
            *pages.MANAGEMENT,
            *pages.ITEMS,
            *pages.ITEM_WORK,
            *pages.ITEM_MANAGEMENT,
            *pages.CHANGES,
            *pages.CHANGE_WORK,
            *pages.CHANGE_FIGURES,
            *pages.CHANGE_MANAGEMENT,
            *pages.HOUSE,
            *pages.HOUSE_MANAGEMENT,
        ),
    ),
    DemoUser(
        "director",
        "director: reads figures and reports, changes nothing",
        (
            *pages.ALL_DESKS,
            *pages.DASHBOARDS,
            *pages.REPORTS,
            *pages.FIGURES,
            *pages.VOICES,
            *pages.LISTENING,
            *pages.ITEMS,
            *pages.CHANGES,
            *pages.CHANGE_FIGURES,
        ),
    ),
    DemoUser(
        "admin",
        "administrator",
        (
            *pages.ALL_DESKS,
            *pages.TICKETS,
            *pages.MANAGEMENT,
            *pages.ITEM_MANAGEMENT,
            *pages.ADMINISTRATION,
        ),
    ),
)
