"""Working copies of articles are for who may change them; others read versions.

Record rules are written once, so those that said otherwise are brought up to date
here. One that an administrator changed by hand stays as it is and is named in the log.
"""

from odoo import SUPERUSER_ID, api

from odoo.addons.itsm_helpdesk.tools import shipped_rules

REMOVED = {"itsm_article_rule_agent_read": "[('is_readable', '=', True)]"}
# External id: the domain that came with it before, and what changes.
CHANGED = {
    "itsm_article_rule_agent": (
        "[('is_editable', '=', True)]",
        {
            "name": "Article: agents read and write those of their desks",
            "perm_read": True,
        },
    ),
    "itsm_article_version_rule_agent": (
        "[('article_id.is_readable', '=', True)]",
        {
            "name": "Version of an article: what is shown now; all of the desks' own "
            "articles",
            "domain_force": "['|', ('is_shown', '=', True), "
            "('article_id.is_editable', '=', True)]",
        },
    ),
}


def migrate(cr, version):
    """Change the rules that nobody changed by hand."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, before in REMOVED.items():
        shipped_rules.remove(env, f"itsm_knowledge.{name}", before)
    for name, (before, values) in CHANGED.items():
        shipped_rules.change(env, f"itsm_knowledge.{name}", before, values)
