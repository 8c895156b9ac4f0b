"""The pages of the demo, by what they are for; the demo check opens them.

A test keeps them complete: each list that a menu offers is on somebody's way.
"""

from dataclasses import dataclass

_PORTAL = ".o_portal, #wrap"
# What screens have that are no views.
_OWN_SCREENS = (
    ".o_itsm_field_work",
    ".o_itsm_front_office",
    ".o_itsm_journey",
    ".o_itsm_matrix",
)
_BACK_OFFICE = ", ".join(
    f".o_action_manager {each}"
    for each in (".o_view_controller", ".o_action", *_OWN_SCREENS)
)
_DASHBOARD = ".o-spreadsheet canvas"
_CHOICE = ".o_search_panel_category_value:has-text('{}')"
_CHOSEN = ".o_spreadsheet_dashboard_action:has(.active:has-text('{}')) canvas"


@dataclass(frozen=True)
class Page:
    """A page that somebody opens.

    :param there: a selector of what is on it when it is there
    :param click: a selector of what is clicked on it to get to another page
    :param behind: a selector of what is on that other page
    :param label: of that other page, in the name of its picture
    """

    path: str
    there: str
    click: str = ""
    behind: str = ""
    label: str = ""

    @property
    def name(self) -> str:
        """Return a name for the picture."""
        words = [*self.path.strip("/").split("/"), *self.label.lower().split()]
        return "-".join(words)


def _portal(*paths: str) -> tuple[Page, ...]:
    return tuple(Page(path, _PORTAL) for path in paths)


def _behind(path: str, click: str, behind: str) -> tuple[Page, ...]:
    """Return a page of the portal and the first one that it leads to."""
    return (Page(path, _PORTAL), Page(path, click, click, behind, "first"))


def _back_office(*paths: str) -> tuple[Page, ...]:
    return tuple(Page(f"/odoo/{path}", _BACK_OFFICE) for path in paths)


def _actions(*names: str) -> tuple[Page, ...]:
    """Return pages whose actions have no path of their own."""
    return _back_office(*(f"action-{name}" for name in names))


def _dashboards(*names: str) -> tuple[Page, ...]:
    there = "/odoo/dashboards", _DASHBOARD
    return tuple(
        Page(*there, _CHOICE.format(name), _CHOSEN.format(name), name) for name in names
    )


PORTAL = (
    *_portal("/my", "/my/desk", "/my/services", "/my/approvals", "/my/tickets"),
    *_portal("/my/tickets/new", "/my/prizes"),
    *_portal("/my/equipment", "/my/attestations", "/my/desk/book", "/my/changes"),
    *_behind("/my/knowledge", ".o_itsm_article_row", ".o_itsm_article_page"),
    *_behind("/my/notices", ".o_itsm_ticket_card", ".breadcrumb a[href='/my/notices']"),
)
# What everybody has who answers tickets.
TICKETS = _back_office(
    *("itsm-overview", "itsm-tickets", "itsm-my-tickets", "itsm-my-tasks"),
    *("itsm-tasks", "itsm-sla-clocks"),
) + _actions("itsm_helpdesk.itsm_ticket_action_unassigned")
KNOWLEDGE = _back_office(
    *("itsm-articles", "itsm-articles-to-check", "itsm-published-articles"),
    *("itsm-knowledge-gaps",),
) + _actions(
    *("itsm_knowledge.itsm_article_feedback_action",),
    *("itsm_knowledge.itsm_article_action_stale",),
    *("itsm_knowledge.itsm_article_action_never_used",),
    *("itsm_knowledge.itsm_article_language_action",),
)
NEWS = _back_office("itsm-announcements", "itsm-announcement-templates")
# What customers said, and what comes of it.
VOICES = _back_office("itsm-voices", "itsm-journey", "itsm-complaints")
LISTENING = _back_office(
    *("itsm-rating-followups", "itsm-rating-requests", "itsm-prize-draws"),
    *("itsm-surveys", "itsm-rating-badges"),
)
PEOPLE = _back_office("itsm-team-pages", "itsm-roles", "itsm-my-time")
TEAM_WORK = _back_office("itsm-time", "itsm-teams", "itsm-tags")
FIGURES = _back_office(
    *("itsm-analysis", "itsm-service-levels", "itsm-times", "itsm-time-spent"),
    *("itsm-analysis-services", "itsm-analysis-problems", "itsm-analysis-seasons"),
    *("itsm-analysis-months", "itsm-analysis-workload", "itsm-analysis-hours"),
    *("itsm-analysis-effort", "itsm-ratings", "itsm-knowledge-searches"),
    *("itsm-article-uses",),
)
REPORTS = _back_office("itsm-service-reports")
DASHBOARDS = _dashboards(
    *("Service Desk Today", "Service Levels", "Workload", "Satisfaction"),
    *("Assets", "Changes", "Desks Beyond IT"),
)
APPROVALS = _back_office("itsm-my-approvals", "itsm-approval-delegations")
MANAGEMENT = _back_office(
    *("itsm-sla-policies", "itsm-sla-waivers", "itsm-services"),
    *("itsm-service-categories", "itsm-question-sets", "itsm-service-report-schedules"),
    *("itsm-desks", "itsm-categories", "itsm-locations", "itsm-imports"),
    *("itsm-import-profiles", "itsm-rating-reasons", "itsm-touchpoints"),
    *("itsm-role-assignments", "itsm-role-ledger", "itsm-needed-skills"),
) + _actions("itsm_knowledge.itsm_article_category_action")
# What those who see everything have in place of their own desks and teams.
ALL_DESKS = _back_office("itsm-all-desks") + _actions(
    "itsm_helpdesk.itsm_team_action_page_all"
)
# What only administrators have.
ADMINISTRATION = _back_office(
    *("itsm-stages", "itsm-priority-grid", "itsm-pending-reasons"),
    *("itsm-resolution-codes", "itsm-closure-codes", "itsm-channels"),
    *("itsm-service-classes", "itsm-improvement-rules"),
    *("itsm-approvals", "itsm-approval-policies"),
) + _actions(
    *("itsm_helpdesk.itsm_work_kind_action", "itsm_helpdesk.itsm_process_action"),
    *("itsm_helpdesk.itsm_role_grant_action_ask",),
    *("itsm_helpdesk.res_config_settings_action",),
)
# What readers of the configuration database open, what its engineers do, its managers.
ITEMS = _back_office(
    *("itsm-items", "itsm-my-items", "itsm-relations", "itsm-impact-analysis"),
    *("itsm-expiry", "itsm-item-history", "itsm-item-comparison", "itsm-quality"),
    *("itsm-quality-trend", "itsm-networks", "itsm-addresses"),
)
ITEM_WORK = _back_office(
    *("itsm-events", "itsm-contracts", "itsm-baselines", "itsm-address-conflicts"),
    *("itsm-findings", "itsm-my-findings", "itsm-stocktakes", "itsm-batches"),
    *("itsm-duplicates", "itsm-sightings", "itsm-my-attestations"),
)
ITEM_MANAGEMENT = _back_office(
    *("itsm-item-imports", "itsm-item-classes", "itsm-item-attributes"),
    *("itsm-item-sources", "itsm-audit-rules", "itsm-attestations"),
    *("itsm-item-models", "itsm-life-cycles", "itsm-relation-types"),
    *("itsm-identifiers", "itsm-junk-values", "itsm-distinct-items"),
    *("itsm-address-spaces", "itsm-item-import-profiles"),
)
# What readers of changes open, what those who make and manage them do.
CHANGES = _back_office(
    *("itsm-changes", "itsm-change-calendar", "itsm-change-conflicts"),
    *("itsm-change-windows", "itsm-releases", "itsm-what-runs-where"),
    *("itsm-unauthorised-changes",),
)
CHANGE_WORK = _back_office(
    *("itsm-my-changes", "itsm-my-steps", "itsm-change-steps"),
    *("itsm-change-from-template", "itsm-change-votes", "itsm-risk-assessments"),
)
CHANGE_FIGURES = _back_office(
    *("itsm-change-success", "itsm-change-kinds", "itsm-change-emergencies"),
    *("itsm-change-lead-times", "itsm-change-risks", "itsm-change-exceptions"),
    *("itsm-change-conflicts-avoided", "itsm-change-conflict-kinds"),
)
CHANGE_MANAGEMENT = _back_office(
    *("itsm-boards", "itsm-board-meetings", "itsm-change-templates"),
) + _actions(
    *("itsm_change.itsm_change_category_action", "itsm_change.itsm_change_gate_action"),
    *("itsm_change.itsm_change_conflict_rule_action",),
    *("itsm_change.itsm_change_risk_factor_action",),
    *("itsm_change.itsm_change_risk_level_action",),
    *("itsm_change.itsm_change_question_action",),
)
# What is opened at the telephone, on the way and at the counter; what to manage it.
HOUSE = _back_office(
    *("itsm-front-office", "itsm-my-work", "itsm-visits", "itsm-bookings"),
    *("itsm-handover", "itsm-bookables", "itsm-goods-to-issue", "itsm-goods-issues"),
)
HOUSE_MANAGEMENT = _back_office(
    *("itsm-desk-packs", "itsm-goods", "itsm-goods-limits", "itsm-improvements"),
    *("itsm-service-cost", "itsm-assessments", "itsm-team-targets"),
)
