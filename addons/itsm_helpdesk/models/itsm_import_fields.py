# pylint: disable=prefer-env-translation
from ..tools.ledger_headers import HEADERS
from .itsm_import_target import ImportField

# Type, model and policy of the fields that are not plain text.
_KINDS = {
    "description": ("lines",),
    "type": ("choice",),
    "state": ("choice",),
    "impact": ("choice",),
    "urgency": ("choice",),
    "priority": ("choice",),
    "partner_id": ("relation", "res.partner", "people_policy"),
    "requested_for_id": ("relation", "res.partner", "people_policy"),
    "department_id": ("relation", "hr.department", "department_policy"),
    "team_id": ("relation", "itsm.team", "team_policy"),
    "user_id": ("relation", "res.users", "agent_policy"),
    "category_id": ("relation", "itsm.category", "category_policy"),
    "channel_id": ("relation", "itsm.channel", "code_policy"),
    "opened_at": ("datetime",),
    "first_response_at": ("datetime",),
    "resolved_at": ("datetime",),
    "closed_at": ("datetime",),
    "due_at": ("datetime",),
    "resolution_code_id": ("relation", "itsm.resolution.code", "code_policy"),
    "resolution": ("lines",),
    "closure_code_id": ("relation", "itsm.closure.code", "code_policy"),
    "reassignment_count": ("integer",),
    "reopen_count": ("integer",),
    "changed_at": ("datetime",),
    "order": ("order",),
}


def ticket_fields(env):
    """Return the fields that the columns of a ticket ledger can feed."""
    _ = env._
    labels = {
        "number": _("Number"),
        "name": _("Subject"),
        "description": _("Description"),
        "type": _("Type"),
        "state": _("State"),
        "impact": _("Impact"),
        "urgency": _("Urgency"),
        "priority": _("Priority"),
        "partner_id": _("Requester"),
        "requested_for_id": _("Requested For"),
        "email_from": _("Email"),
        "phone": _("Phone"),
        "department_id": _("Department"),
        "team_id": _("Team"),
        "user_id": _("Assignee"),
        "category_id": _("Category"),
        "subcategory": _("Subcategory"),
        "channel_id": _("Channel"),
        "opened_at": _("Opened On"),
        "first_response_at": _("First Response"),
        "resolved_at": _("Resolved On"),
        "closed_at": _("Closed On"),
        "due_at": _("Due"),
        "resolution_code_id": _("Resolution Code"),
        "resolution": _("Solution"),
        "closure_code_id": _("Closure Code"),
        "reassignment_count": _("Reassignments"),
        "reopen_count": _("Reopenings"),
        "changed_at": _("Time of the Row"),
        "order": _("Which Row Is Last"),
    }
    return [
        ImportField(name, label, HEADERS[name], *_KINDS.get(name, ()))
        for name, label in labels.items()
    ]
