"""Writes the planned hospital into an Odoo database; run in an Odoo shell."""

from __future__ import annotations

from datetime import datetime

from .demand import stories
from .equipment import equipment
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
    load_equipment(env, equipment(planned, until.date()), loaded)
    env.cr.commit()
    tickets = TicketLoader(env, loaded).load(stories(planned, until))
    return {"people": len(loaded.employees), "tickets": tickets}
