"""Writes the planned hospital into an Odoo database; run in an Odoo shell."""

from __future__ import annotations

from datetime import datetime

from .articles import articles, life
from .changes import changes
from .demand import stories
from .equipment import equipment
from .load_articles import ArticleLoader
from .load_asking import load_asking
from .load_changes import load_changes
from .load_equipment import load_equipment
from .load_news import load_news
from .load_organisation import load_organisation
from .load_quality import load_quality
from .load_reports import load_draw, load_reports
from .load_tickets import TicketLoader
from .load_words import load_words
from .load_work import load_roles, load_ticket_time, load_work
from .news import news
from .organisation import organisation
from .work import work


def build(env, until: datetime | None = None) -> dict[str, int]:
    """Write the hospital as it stands at a moment; return what there is how often.

    :param until: local moment; default: now
    """
    until = until or datetime.now()
    planned, words = organisation(), life()
    made = {"words": load_words(env)}
    loaded = load_organisation(env, planned)
    made["people"] = len(loaded.employees)
    env.cr.commit()
    items = equipment(planned, until.date())
    load_equipment(env, items, loaded)
    made["items"] = len(items.items)
    env.cr.commit()
    tickets = TicketLoader(env, loaded, until)
    made["tickets"] = tickets.load(stories(planned, until))
    made["changes"] = load_changes(env, changes(items, until))
    env.cr.commit()
    made["articles"] = ArticleLoader(env, tickets.utc).load(
        articles(until), words["searches"]
    )
    made["news"] = load_news(env, tickets.utc, news(until))
    log = work(planned.specialists, until.date())
    made["work"] = load_work(env, log, loaded.employees)
    made["work"] += load_ticket_time(env, until.date())
    made["roles"] = load_roles(env, planned.specialists)
    made["asked"] = load_asking(env, words["survey"], until.date())
    made["findings"] = load_quality(env, until.date())
    load_draw(env, words["draw"], until.date())
    env.cr.commit()
    env["itsm.fact.refresh"]._refresh_all()
    made["reports"] = load_reports(env, words["report"], until.date())
    env.cr.commit()
    return made
