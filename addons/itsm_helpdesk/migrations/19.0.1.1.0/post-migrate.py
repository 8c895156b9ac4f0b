"""Record rules are written once, so what became stricter is brought in here.

A rule that an administrator changed by hand stays as it is and is named in the log.
"""

from odoo import SUPERUSER_ID, api

from odoo.addons.itsm_helpdesk.tools import shipped_rules

_OF_DESKS = "[('desk_id.agent_ids', 'in', [user.id])]"
# External id: the domain that came with it before, and what it becomes.
CHANGED = {
    "itsm_announcement_rule_requester": (
        "[('state', 'in', ['running'])]",
        {"domain_force": "[('state', 'in', ['running']), ('for_me', '=', True)]"},
    ),
    "itsm_workload_report_rule_agent": (
        _OF_DESKS,
        {
            "name": "Workload analysis: agents see those of their desks, and the time "
            "they logged",
            "domain_force": "['|', ('user_id', '=', user.id), "
            "'&', ('desk_id.agent_ids', 'in', [user.id]), '|', '|', "
            "('kind', '!=', 'log'), ('team_id.leader_id', '=', user.id), "
            "('desk_id.manager_ids', 'in', [user.id])]",
        },
    ),
}
_OF_COMPANIES = "[('company_id', 'in', company_ids + [False])]"
_ALL = "[(1, '=', 1)]"
# What an update without this script left beside the rules of this addon.
DOUBLE = {
    "itsm_ticket_report_rule_company": _OF_COMPANIES,
    "itsm_ticket_report_rule_agent": _OF_DESKS,
    "itsm_ticket_report_rule_all": _ALL,
    "itsm_ticket_reporter_rule_company": _OF_COMPANIES,
    "itsm_ticket_reporter_rule_agent": (
        "[('ticket_id.desk_id.agent_ids', 'in', [user.id])]"
    ),
    "itsm_ticket_reporter_rule_all": _ALL,
    "itsm_workload_report_rule_company": _OF_COMPANIES,
    "itsm_workload_report_rule_agent": _OF_DESKS,
    "itsm_workload_report_rule_all": _ALL,
}
KEY_FIGURES = (
    "kpi_itsm_opened",
    "kpi_itsm_resolved",
    "kpi_itsm_met",
    "kpi_itsm_rating",
)


def migrate(cr, version):
    """Bring what is written once up to date."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, (before, values) in CHANGED.items():
        shipped_rules.change(env, f"itsm_helpdesk.{name}", before, values)
    for name, before in DOUBLE.items():
        shipped_rules.remove(env, f"itsm_nonit.{name}", before)
    _show_key_figures(env)


def _show_key_figures(env):
    """Do for the default digest what a new installation does."""
    digest = env.ref("digest.digest_digest_default", raise_if_not_found=False)
    if digest and not any(digest[name] for name in KEY_FIGURES):
        digest.write(dict.fromkeys(KEY_FIGURES, True))
