"""Writes the articles into a database, with who read, used and judged them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from .articles import Article
from .load_organisation import QUIET
from .organisation import Words

_KINDS_OF_TICKETS = ("linked", "inserted")
_TEXTS = ("name", "summary", "keywords", "body")
# Comments that came since wait for the owner.
_FRESH_DAYS = 21
_MARK = "itsm_knowledge.demo_article_category_"


class ArticleLoader:
    """Writes planned articles."""

    def __init__(self, env, utc):
        """Prepare.

        :param utc: function from local moments to those of the database
        """
        self._env = env
        self._utc = utc
        self._services = {
            service.code: service for service in env["itsm.service"].search([])
        }

    def load(self, planned: Iterable[Article], searches: Iterable[Mapping]) -> int:
        """Write all; return how many articles they are."""
        planned = list(planned)
        Article = self._env["itsm.article"].with_context(**QUIET)._as_system()
        records = Article.create([self._values(each) for each in planned])
        for record, each in zip(records, planned, strict=True):
            chinese = _texts(each, "zh_CN")
            record.with_context(lang="zh_CN")._write_system(chinese)
            record._publish_version(None)
        records._refresh_languages()
        records._index_refresh()
        self._date(records, planned)
        self._use(records, planned)
        self._comment(records, planned)
        self._search(searches)
        return len(records)

    def _values(self, article) -> dict:
        service = self._services[article.service]
        owners = service.desk_id.team_ids.member_ids.sorted("id")
        return {
            **_texts(article, "en_US"),
            "source_lang": "en_US",
            "kind": article.kind,
            "audience": article.audience,
            "category_id": self._env.ref(_MARK + article.category).id,
            "service_ids": [(6, 0, service.ids)],
            "desk_id": service.desk_id.id,
            "owner_id": owners[len(article.title["en_US"]) % len(owners)].id,
            "reviewer_id": service.desk_id.manager_ids[:1].id,
        }

    def _date(self, records, planned) -> None:
        """Let the articles be as old as they say; some are due for a review."""
        self._env.flush_all()
        rows = []
        for record, each in zip(records, planned, strict=True):
            at = self._utc(each.published)
            review = at.date() + timedelta(days=365)
            if review < date.today() - timedelta(days=30):
                review += timedelta(days=365)
            rows.append((record.id, at, review))
        self._env.cr.execute_values(
            "UPDATE itsm_article AS of SET create_date = new.at, write_date = new.at,"
            " published_at = new.at, review_date = new.review"
            " FROM (VALUES %s) AS new (id, at, review) WHERE of.id = new.id",
            rows,
        )
        self._env.cr.execute(
            "UPDATE itsm_article_version AS of SET published_at = article.published_at"
            " FROM itsm_article AS article"
            " WHERE article.version_id = of.id AND article.id = ANY(%s)",
            [records.ids],
        )
        self._env.cr.execute(
            "UPDATE mail_message AS of SET date = article.published_at"
            " FROM itsm_article AS article WHERE of.model = 'itsm.article'"
            " AND of.res_id = article.id AND article.id = ANY(%s)",
            [records.ids],
        )
        self._env.invalidate_all()

    def _use(self, records, planned) -> None:
        """Write each use; those for tickets with tickets of the time."""
        rows = []
        for record, each in zip(records, planned, strict=True):
            tickets = iter(self._tickets(each))
            for use in each.uses:
                user = ticket = None
                if use.kind in _KINDS_OF_TICKETS:
                    ticket, user = next(tickets, (None, None))
                    if ticket is None:
                        continue
                at = self._utc(use.at)
                rows.append(
                    (record.id, record.version_id.id, use.kind, at, user, ticket)
                )
        cursor = self._env.cr
        cursor.execute_values(
            "INSERT INTO itsm_article_use"
            " (article_id, version_id, kind, used_at, user_id, ticket_id) VALUES %s",
            rows,
        )
        cursor.execute(
            "UPDATE itsm_article AS of SET use_count = uses.n, last_used_at = uses.last"
            " FROM (SELECT article_id, count(*) AS n, max(used_at) AS last"
            " FROM itsm_article_use WHERE kind != 'viewed' GROUP BY 1) AS uses"
            " WHERE uses.article_id = of.id AND of.id = ANY(%s)",
            [records.ids],
        )
        self._env.invalidate_all()

    def _tickets(self, article):
        """Return tickets of the article's service, each with who solved it."""
        self._env.cr.execute(
            "SELECT id, user_id FROM itsm_ticket WHERE service_id = %s"
            " AND user_id IS NOT NULL AND resolved_at > %s ORDER BY opened_at, id",
            [self._services[article.service].id, self._utc(article.published)],
        )
        found = self._env.cr.fetchall()
        wanted = sum(use.kind in _KINDS_OF_TICKETS for use in article.uses)
        rng = random.Random(article.title["en_US"])
        chosen = rng.sample(range(len(found)), min(wanted, len(found)))
        return [found[place] for place in sorted(chosen)]

    def _comment(self, records, planned) -> None:
        fresh = self._utc(datetime.now()) - timedelta(days=_FRESH_DAYS)
        values = []
        for record, each in zip(records, planned, strict=True):
            for comment in each.comments:
                at = self._utc(comment.at)
                waits = bool(comment.words) and not comment.helpful and at > fresh
                handled = bool(comment.words) and not waits
                values.append(
                    {
                        "article_id": record.id,
                        "version_id": record.version_id.id,
                        "helpful": comment.helpful,
                        "comment": comment.words,
                        "lang": comment.language,
                        "given_at": at,
                        "to_handle": waits,
                        "handled_by_id": handled and record.owner_id.id,
                        "handled_at": handled and at + timedelta(hours=30),
                    }
                )
        self._env["itsm.article.feedback"]._as_system().create(values)

    def _search(self, searches) -> None:
        """Write what was looked for, so that gaps in the knowledge can be seen."""
        from odoo.addons.itsm_knowledge.tools import search_terms

        today, rng, rows = date.today(), random.Random(7), []
        for each in searches:
            for number in range(each["times"]):
                on = today - timedelta(days=rng.randrange(150))
                found = each["found"]
                opened = number < each["opened"]
                text, words = each["text"], search_terms.words(each["text"])
                rows.append(
                    (text, words, each["lang"], each["place"], found, opened, on)
                )
        self._env.cr.execute_values(
            "INSERT INTO itsm_article_search"
            " (text, words, lang, place, result_count, is_opened, searched_on)"
            " VALUES %s",
            rows,
        )


def _texts(article, language) -> dict:
    steps = "".join(f"<li>{step[language]}</li>" for step in article.steps)
    body = f"<ol>{steps}</ol>"
    parts = (article.title, article.summary, article.keywords)
    texts: list[Words | str] = [part[language] for part in parts]
    return dict(zip(_TEXTS, (*texts, body), strict=True))
