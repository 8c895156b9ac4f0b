import re

from odoo.addons.itsm_helpdesk.hooks import release_tables


def uninstall_hook(env):
    """Leave the desks, their tickets and their services to the service desk.

    What people made with this addon are records of the service desk, and they stay.
    Only conditions that name a field of this addon would stop it: they are about
    something that is not there any more.
    """
    own = _own_fields(env)
    _let_policies_go(env["itsm.approval.policy"], own, "step_ids")
    _let_policies_go(env["itsm.sla.policy"], own)
    release_tables(env, "itsm_nonit")


def _let_policies_go(Policy, own, parts=None):
    """Archive policies with conditions on fields that go, and take these away.

    What a published service is approved by stays in use, and asks in all cases:
    nobody shall get without approval what needed one.

    :param own: ``{model: names of fields}``
    :param parts: field of a policy's rows with conditions of their own
    """
    domain = [("res_model", "in", list(own))]
    for policy in Policy.with_context(active_test=False).search(domain):
        names = own[policy.res_model]
        rows = policy[parts] if parts else ()
        spoiled = [row for row in rows if _speaks_of(row.condition, names)]
        if not spoiled and not _speaks_of(policy.domain, names):
            continue
        for row in spoiled:
            row.condition = "[]"
        policy.domain = "[]"
        if not _is_needed(policy):
            policy.active = False
        # It may be in use: then it cannot be deleted with the addon.
        Policy.env["ir.model.data"].search(
            [("model", "=", Policy._name), ("res_id", "=", policy.id)]
        ).unlink()


def _is_needed(policy):
    """Tell whether requests for a published service are approved by a policy."""
    return policy._name == "itsm.approval.policy" and bool(
        policy.env["itsm.service"].search_count(
            [
                ("state", "=", "published"),
                ("version_id.approval_policy_id", "=", policy.id),
            ],
            limit=1,
        )
    )


def _own_fields(env):
    """Return ``{model: names}`` of what this addon adds to models of others."""
    rows = env["ir.model.data"].search(
        [("module", "=", "itsm_nonit"), ("model", "=", "ir.model.fields")]
    )
    found = {}
    for field in env["ir.model.fields"].browse(rows.mapped("res_id")).exists():
        found.setdefault(field.model, set()).add(field.name)
    return found


def _speaks_of(condition, fields):
    """Tell whether a filter names one of the fields.

    >>> _speaks_of("[('goods_value', '>', 5)]", {"goods_value"})
    True
    """
    words = set(re.findall(r"['\"]([a-z0-9_]+)", condition or ""))
    return bool(words & fields)
