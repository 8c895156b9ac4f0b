from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext, split_every

from ..tools import search_terms

_BATCH = 500
# Articles that are looked at for one search: those with its rarest terms.
_ENOUGH = 400
# A match anywhere in the text, beside 1.0 for one in the title.
_ANYWHERE = 0.25
# PostgreSQL’s weights of D, C, B and A.
_WEIGHTS = [0.05, 0.35, 0.7, 1.0]
# Of the telling words, what an article must have to be worth showing.
_LEAST_COVERED = 0.25
# What is worth less than this share of the best is not shown.
_FLOOR = 0.15
_KIND_WORTH = {"known_fault": 1.15, "howto": 1.1, "question": 1.0, "policy": 0.95}
# A text in a language that the reader did not choose.
_OTHER_LANGUAGE = 0.85
_FOR_THIS_SERVICE = 1.5
MAX_FOUND = 60


class ItsmArticle(models.Model):
    """Finding articles by the words that people use, in any language.

    The database's full text chooses the articles with the rarest words of a query, and
    weighs them: how rare a word is, whether it stands in the title, the keywords, the
    summary or only in the text. Kind, helpfulness and use then decide among those that
    fit alike. Who looks finds only what they may read as a reader.
    """

    _inherit = "itsm.article"

    # ------------------------------------------------------------------
    # Index
    # ------------------------------------------------------------------

    def _index_refresh(self):
        """Put down anew what readers find these articles by."""
        result = super()._index_refresh()
        Index = self.env["itsm.article.index"].sudo()
        # sudo: an index of all articles; who searches is shown what they may read.
        for ids in split_every(_BATCH, self.sudo().ids):
            articles = self.sudo().browse(ids)
            live = articles.filtered(lambda article: article.is_live)
            texts = {article.id: article.version_id._index_texts() for article in live}
            Index._replace(articles, texts)
        # The counts of terms follow; a search does not wait for them.
        cron = self.env.ref("itsm_knowledge.cron_count_terms", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger()  # sudo: who publishes has no right on jobs
        return result

    # ------------------------------------------------------------------
    # Finding
    # ------------------------------------------------------------------

    @api.model
    def _find(self, words, limit=10, where=(), typing=False, service=None):
        """Return the articles that fit some words, the best first.

        With the rights of the system, as readers have none on the model: whoever uses
        it gives away published versions only.

        :param words: in any language, as somebody typed them
        :param where: a domain that narrows the search
        :param typing: the last word may go on
        :param service: what it is about: its articles come first
        """
        query = search_terms.query(words or "", typing)
        meant = self.env["itsm.article.term"].sudo()._meant(query)
        if not meant:
            return self.sudo().browse()
        rows = self._ranked(meant, where, service)
        best = rows[0][1] if rows else 0
        ids = [article_id for article_id, worth in rows if worth >= _FLOOR * best]
        return self.sudo().browse(ids[: min(limit or MAX_FOUND, MAX_FOUND)])

    @api.model
    def _ranked(self, meant, where, service):
        """Return ``(article id, worth)`` of what a reader may see, the best first."""
        places, terms, worths, choosing = self._weighed(meant)
        if not any(choosing):
            return []
        self.flush_model()
        self.env["itsm.article.version"].flush_model()
        # sudo: what the reader is shown is the domain.
        readable = self.sudo()._search(self._reader_domain() & Domain(where))
        chosen = {
            place: max(
                worth
                for at, worth, chooses in zip(places, worths, choosing, strict=True)
                if at == place and chooses
            )
            for place, chooses in zip(places, choosing, strict=True)
            if chooses
        }
        return self.env.execute_query(
            SQL(
                _RANKING,
                places=places,
                terms=[search_terms.any_of([term]) for term in terms],
                worths=worths,
                choosing=choosing,
                least=_LEAST_COVERED * sum(chosen.values()),
                lang=self.env.lang or "en_US",
                other=_OTHER_LANGUAGE,
                weights=_WEIGHTS,
                anywhere=_ANYWHERE,
                readable=readable.subselect(),
                service_id=service.id if service else 0,
                for_service=_FOR_THIS_SERVICE,
                helpful=self._helpful_sql(),
                kind=SQL(
                    "CASE v.kind %s ELSE 1 END",
                    SQL(" ").join(
                        SQL("WHEN %s THEN %s", kind, worth)
                        for kind, worth in _KIND_WORTH.items()
                    ),
                ),
                limit=MAX_FOUND,
            )
        )

    @api.model
    def _weighed(self, meant):
        """Return the terms to look for, as columns.

        :return: to which word of the query each belongs, the term, what it is worth,
            and whether it chooses the articles to look at
        """
        total = max((c for word in meant for _q, c in word.values()), default=0)
        counts = {term: count for word in meant for term, (_q, count) in word.items()}
        choosing = set(search_terms.telling(counts, _ENOUGH))
        rows = [
            (place, term, quality * search_terms.rarity(count, total), term in choosing)
            for place, word in enumerate(meant)
            for term, (quality, count) in word.items()
        ]
        return [list(column) for column in zip(*rows, strict=True)]

    @api.model
    def _helpful_sql(self):
        """Return the factor of what readers said of an article ``a``, and of its use.

        Few voices move it little, and use counts by its order of magnitude.
        """
        return SQL(
            "(1 + 0.3 * (COALESCE(a.helpful_count, 0) - COALESCE(a.unhelpful_count, 0))"
            " / (COALESCE(a.helpful_count, 0) + COALESCE(a.unhelpful_count, 0) + 5.0))"
            " * (1 + 0.03 * ln(1 + COALESCE(a.use_count, 0)))"
        )


class ItsmArticleVersion(models.Model):
    """What a version is found by."""

    _inherit = "itsm.article.version"

    def _index_texts(self):
        """Return the texts for the index, ``{language: {name: text}}``."""
        self.ensure_one()
        return {
            lang: {
                **{
                    name: text.get(name) or ""
                    for name in ("name", "keywords", "summary", "symptom")
                },
                "rest": " ".join(
                    [
                        text.get("cause") or "",
                        text.get("workaround") or "",
                        html2plaintext(
                            text.get("body") or "", include_references=False
                        ),
                        self.article_id.number,
                    ]
                ),
            }
            for lang, text in (self.texts or {}).items()
        }


_RANKING = """
WITH asked AS MATERIALIZED (
    SELECT place, term::tsquery AS term, worth, chooses
    FROM unnest(%(places)s::int[], %(terms)s::text[], %(worths)s::float8[],
                %(choosing)s::bool[]) AS t (place, term, worth, chooses)
), standing AS (
    -- In which texts the telling words stand at all: the index alone knows.
    SELECT id, place, max(worth) AS worth
    FROM asked, LATERAL (
        SELECT i.id FROM itsm_article_index i WHERE i.body @@ asked.term
    ) AS i
    WHERE asked.chooses
    GROUP BY id, place
), covered AS (
    SELECT id, sum(worth) AS worth FROM standing
    GROUP BY id HAVING sum(worth) >= %(least)s
), heads AS (
    -- Where they stand, with the common words beside them.
    SELECT id, sum(worth) AS worth FROM (
        SELECT c.id, q.place,
               max(q.worth * ts_rank(%(weights)s::float4[], i.head, q.term)) AS worth
        FROM covered c JOIN itsm_article_index i ON i.id = c.id, asked q
        WHERE i.head @@ q.term
        GROUP BY c.id, q.place
    ) AS best
    GROUP BY id
), texts AS (
    SELECT i.article_id, max(
        (%(anywhere)s * c.worth + COALESCE(h.worth, 0))
        * CASE WHEN i.lang = %(lang)s THEN 1 ELSE %(other)s END
    ) AS worth
    FROM covered c JOIN itsm_article_index i ON i.id = c.id
    LEFT JOIN heads h ON h.id = c.id
    GROUP BY i.article_id
)
SELECT a.id, t.worth * %(kind)s * %(helpful)s * CASE WHEN EXISTS (
    SELECT FROM itsm_article_service_rel r
    WHERE r.article_id = a.id AND r.service_id = %(service_id)s
) THEN %(for_service)s ELSE 1 END AS worth
FROM texts t JOIN itsm_article a ON a.id = t.article_id
JOIN itsm_article_version v ON v.id = a.version_id
WHERE a.id IN %(readable)s
ORDER BY worth DESC, a.id LIMIT %(limit)s
"""
