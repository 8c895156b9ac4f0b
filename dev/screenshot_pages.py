"""The pictures of the documents: of which screen of the demo each one is.

``make screenshots`` takes them all again. A document shows no other pictures.
"""

from dataclasses import dataclass

PORTAL = "#wrap"
BACK_OFFICE = ".o_action_manager .o_view_controller, .o_action_manager .o_action"
DESKTOP = (1280, 860)
PHONE = (390, 800)


@dataclass(frozen=True)
class Screen:
    """A picture: who looks at what.

    :param name: of the file in ``docs/images``, without its ending
    :param path: ``{id}`` stands for the first record of ``record``
    :param there: a selector of what the picture is about; it is waited for
    :param record: ``(model, domain, order)``, read with the rights of who looks
    :param clicks: selectors that are clicked first, one after the other
    :param scroll: a selector that is brought to the top
    :param whole: the whole page, however long
    """

    name: str
    login: str
    path: str
    there: str = BACK_OFFICE
    size: tuple[int, int] = DESKTOP
    lang: str = "en_US"
    record: tuple[str, list, str] | None = None
    clicks: tuple[str, ...] = ()
    scroll: str = ""
    whole: bool = False

    @property
    def file(self) -> str:
        """Return the name of the file."""
        return f"{self.name}.png"


def _portal(name: str, path: str, there: str = PORTAL, **options) -> Screen:
    return Screen(name, "requester", path, there, **options)


def _tab(name: str) -> str:
    return f".o_form_view .o_notebook .nav-link[name='{name}']"


def _ticket(*domain) -> tuple[str, list, str]:
    return "itsm.ticket", list(domain), "id"


SCREENS = (
    # Staff
    _portal("portal-home", "/my/desk"),
    _portal("portal-knowledge", "/my/knowledge?search=password", ".o_itsm_article_row"),
    _portal(
        "portal-request",
        "/my/tickets/{id}",
        record=_ticket(["name", "=like", "Laptop or Desktop Computer: %"]),
    ),
    _portal("notice-phone", "/my/desk", size=PHONE),
    _portal(
        "rating-phone",
        "/my/tickets/{id}",
        ".o_itsm_stars",
        size=PHONE,
        record=_ticket(["name", "=", "Password expired during night shift"]),
        clicks=("label[for='itsm_grade_4']",),
        scroll="form:has(.o_itsm_stars)",
    ),
    # Agents and engineers
    Screen(
        "ticket-form",
        "agent",
        "/odoo/itsm-tickets/{id}",
        ".o_itsm_known_insert",
        size=(1280, 1120),
        record=_ticket(["name", "=", "Is this mail about my parcel real?"]),
    ),
    Screen(
        "service-levels",
        "agent",
        "/odoo/itsm-tickets/{id}",
        ".tab-pane.active .o_itsm_sla_lane",
        record=_ticket(["name", "=like", "Printer on ward 3B%"]),
        clicks=(_tab("service_levels"),),
        scroll=".o_form_view .o_notebook",
    ),
    Screen(
        "article",
        "agent",
        "/odoo/itsm-articles/{id}",
        ".o_form_view .note-editable, .o_form_view .odoo-editor-editable",
        record=("itsm.article", [["name", "=like", "My password%"]], "id"),
    ),
    Screen(
        "announcement",
        "manager",
        "/odoo/itsm-announcements/{id}",
        ".o_form_view",
        record=("itsm.announcement", [["kind", "=", "disturbance"]], "id"),
    ),
    Screen(
        "impact",
        "engineer",
        "/odoo/itsm-items/{id}",
        ".o_itsm_graph_body",
        record=("itsm.ci", [["name", "=", "HIS Database Cluster"]], "id"),
        clicks=(
            "button[name='action_analyse_impact']",
            "button[name='action_graph']",
        ),
    ),
    # Managers
    Screen("overview", "manager", "/odoo/itsm-overview", ".o_kanban_record"),
    Screen("journey", "manager", "/odoo/itsm-journey", ".o_itsm_journey"),
    Screen("roles", "manager", "/odoo/itsm-roles", ".o_data_row"),
    Screen(
        "team",
        "leader",
        "/odoo/itsm-team-pages/{id}",
        ".o_form_view .o_data_row",
        record=("itsm.team", [["leader_id.login", "=", "leader"]], "id"),
    ),
    Screen("hours", "manager", "/odoo/itsm-analysis-hours", ".o_pivot table"),
    Screen(
        "service-report",
        "manager",
        "/odoo/itsm-service-reports/{id}",
        ".o_form_view svg",
        size=(1280, 1500),
        record=(
            "itsm.service.report",
            [["state", "=", "issued"], ["desk_ids.name", "=", "IT Service Desk"]],
            "date_from desc, id",
        ),
    ),
    Screen(
        "dashboard",
        "manager",
        "/odoo/dashboards",
        ".o-spreadsheet canvas",
        size=(1440, 900),
    ),
    # Administrators
    Screen(
        "service-form",
        "manager",
        "/odoo/itsm-services/{id}",
        ".tab-pane.active .o_data_row",
        record=("itsm.service", [["name", "=", "Laptop or Desktop Computer"]], "id"),
        clicks=(_tab("form"),),
    ),
    Screen(
        "desk-ratings",
        "manager",
        "/odoo/itsm-desks/{id}",
        ".tab-pane.active [name=rating_ask]",
        size=(1280, 1120),
        record=("itsm.desk", [["name", "=", "IT Service Desk"]], "id"),
        clicks=(_tab("ratings"),),
    ),
    Screen(
        "draw",
        "manager",
        "/odoo/itsm-prize-draws/{id}",
        ".o_form_view .o_data_row",
        record=("itsm.prize.draw", [], "id"),
    ),
)
