"""The analysis and the people who report the same moved here from ``itsm_nonit``.

Their external ids move along before the data of this addon are written. So rules stay
one rule each, as an administrator left them, and what names an action or a view keeps
it: favourites, home pages, views of other addons.
"""

from odoo import SUPERUSER_ID, api

MOVED = (
    *(
        f"{model}_rule_{rule}"
        for model in ("itsm_ticket_report", "itsm_workload_report")
        for rule in ("company", "agent", "all")
    ),
    *(f"itsm_ticket_reporter_rule_{rule}" for rule in ("company", "agent", "all")),
    *(
        f"itsm_ticket_report_{each}"
        for each in (
            "action_problems",
            "action_season",
            "action_services",
            "view_graph",
            "view_graph_problems",
            "view_graph_season",
            "view_list",
            "view_pivot",
            "view_pivot_problems",
            "view_pivot_season",
            "view_search",
        )
    ),
    "itsm_workload_report_action",
    *(
        f"itsm_workload_report_view_{view}"
        for view in ("graph", "list", "pivot", "search")
    ),
    *(f"itsm_ticket_view_{view}_reporters" for view in ("form", "list", "search")),
)


def migrate(cr, version):
    """Give the records to this addon, where it has none of that name yet."""
    Data = api.Environment(cr, SUPERUSER_ID, {})["ir.model.data"]
    here = Data.search([("module", "=", "itsm_helpdesk"), ("name", "in", MOVED)])
    moved = sorted(set(MOVED) - set(here.mapped("name")))
    Data.search([("module", "=", "itsm_nonit"), ("name", "in", moved)]).write(
        {"module": "itsm_helpdesk"}
    )
