"""Writes the planned hospital into an Odoo database; run in an Odoo shell."""

from __future__ import annotations

from datetime import datetime

from .changes import changes
from .demand import stories
from .equipment import equipment
from .load_changes import load_changes
from .load_equipment import load_equipment
from .load_organisation import load_organisation
from .load_tickets import TicketLoader
from .organisation import organisation


def build(env, until: datetime | None = None) -> dict[str, int]:
    """Write the hospital as it stands at a moment; return what there is how often.

    :param until: local moment; default: now
    """
    until = until or datetime.now()
    planned = organisation()
    loaded = load_organisation(env, planned)
    env.cr.commit()
    items = equipment(planned, until.date())
    load_equipment(env, items, loaded)
    env.cr.commit()
    tickets = TicketLoader(env, loaded).load(stories(planned, until))
    made = load_changes(env, changes(items, until))
    env.cr.commit()
    return {
        "people": len(loaded.employees),
        "items": len(items.items),
        "tickets": tickets,
        "changes": made,
    }
