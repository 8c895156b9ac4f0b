"""Record rules that an update changes or removes, unless people changed them by hand.

Odoo writes rules once and leaves them to administrators; so migration scripts bring in
what became stricter, and name in the log what they left alone.
"""

import ast
import logging

_logger = logging.getLogger(__name__)


def change(env, xmlid, before, values):
    """Write new values on a rule that still has the domain it came with.

    :param before: that domain
    """
    rule = _rule(env, xmlid)
    after = values.get("domain_force", before)
    if same(rule.domain_force, before):
        rule.write(values)
    elif rule and not same(rule.domain_force, after):
        _leave(rule, after)


def remove(env, xmlid, before):
    """Delete a rule that still has the domain it came with."""
    rule = _rule(env, xmlid)
    if same(rule.domain_force, before):
        rule.unlink()
    elif rule:
        _leave(rule, "there is no such rule any more")


def same(domain, other):
    """Tell whether two domains say the same, however they are laid out."""
    try:
        one, two = (ast.parse(text.strip(), mode="eval") for text in (domain, other))
    except (AttributeError, SyntaxError):  # none, or nothing that Odoo could use
        return False
    return ast.dump(one) == ast.dump(two)


def _rule(env, xmlid):
    return env.ref(xmlid, raise_if_not_found=False) or env["ir.rule"]


def _leave(rule, now):
    _logger.warning(
        "Record rule “%s” (id %s) was changed by hand, so it stays as it is. Decide "
        "whether it should be as in a new installation: %s",
        rule.name,
        rule.id,
        now,
    )
