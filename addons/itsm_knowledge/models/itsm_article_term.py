from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_helpdesk.tools import catalogue_search

from ..tools import search_terms

# What a term is worth that is not quite what was typed.
_BEGINNING, _SLIP = 0.7, 0.5
# Shorter words match too much by their beginning or with a slip.
_MIN_BEGINNING, _MIN_SLIP = 2, 4
_MAX_BEGINNINGS, _MAX_SLIPS = 6, 4
# Words with the same beginning that are looked at where PostgreSQL has no trigrams.
_MAX_ALIKE = 2000
_MIN_LIKENESS = 0.35


class ItsmArticleTerm(models.Model):
    """The vocabulary of all articles, and in how many each term stands.

    A rare term tells more of what somebody means than a common one; and what nobody
    wrote is likely a slip in typing, or a word that goes on. The counts are brought up
    to date by a job: that they lag a little does no harm.
    """

    _name = "itsm.article.term"
    _description = "Term of Articles"
    _log_access = False
    _rec_name = "term"

    term = fields.Char(required=True, readonly=True)
    article_count = fields.Integer("Articles", readonly=True)

    _term_unique = models.UniqueIndex("(term)")
    # Beginnings of words, whatever the order of letters in the database is.
    _beginning = models.Index("(term text_pattern_ops)")
    _likeness = models.Index(
        lambda registry: "USING gin (term gin_trgm_ops)" if registry.has_trigram else ""
    )

    @api.model
    def _add(self, found):
        """Make terms known; the job counts them later."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO itsm_article_term (term, article_count)"
                " SELECT term, 1 FROM unnest(%s) AS term ON CONFLICT DO NOTHING",
                sorted(found),
            )
        )

    @api.model
    def _cron_count(self):
        """Count in how many articles each term stands, and forget what stands in none.

        Only what changed is written, so that searches are not held up.
        """
        self.env["itsm.article.index"].flush_model()
        self.env.cr.execute(
            SQL(
                "WITH counted AS MATERIALIZED (SELECT word AS term, ndoc FROM"
                " ts_stat('SELECT body FROM itsm_article_index')), gone AS ("
                "DELETE FROM itsm_article_term t WHERE NOT EXISTS"
                " (SELECT FROM counted c WHERE c.term = t.term))"
                " INSERT INTO itsm_article_term AS t (term, article_count)"
                " SELECT term, ndoc FROM counted ON CONFLICT (term) DO UPDATE"
                " SET article_count = EXCLUDED.article_count"
                " WHERE t.article_count != EXCLUDED.article_count"
            )
        )
        self.env.cr.execute("ANALYZE itsm_article_term")
        self.invalidate_model()

    # ------------------------------------------------------------------
    # What somebody means
    # ------------------------------------------------------------------

    @api.model
    def _meant(self, query):
        """Return what each term of a query may mean.

        :param query: ``search_terms.Query``
        :return: list, for each term that something fits, of ``{term: (quality,
            articles with it)}``
        """
        known = self._counts(query.terms)
        meant = [{term: (1.0, known[term])} for term in query.terms if term in known]
        open_end = query.open_end
        if len(open_end) >= _MIN_BEGINNING:
            goes_on = self._beginnings(open_end)
            place = next((m for m in meant if search_terms.stem(open_end) in m), None)
            if place is not None:
                place.update({**goes_on, **place})
            elif goes_on:
                meant.append(goes_on)
                known[search_terms.stem(open_end)] = 0
        for term in query.terms:
            if term not in known:
                alike = self._slips(term)
                if alike:
                    meant.append(alike)
        return meant

    @api.model
    def _counts(self, terms):
        rows = self.env.execute_query(
            SQL(
                "SELECT term, article_count FROM itsm_article_term"
                " WHERE term = ANY(%s)",
                list(terms),
            )
        )
        return dict(rows)

    @api.model
    def _beginnings(self, word):
        """Return the commonest terms that a word may become."""
        rows = self.env.execute_query(
            SQL(
                "SELECT term, article_count FROM itsm_article_term"
                " WHERE term LIKE %s ORDER BY article_count DESC, term LIMIT %s",
                _literal(word) + "%",
                _MAX_BEGINNINGS,
            )
        )
        return {term: (_BEGINNING, count) for term, count in rows}

    @api.model
    def _slips(self, word):
        """Return known terms that differ from a word by a slip in typing."""
        if len(word) < _MIN_SLIP or search_terms.is_dense(word) or word.isdigit():
            return {}
        near = self._alike(word)
        near.sort(key=lambda row: (-row[2], -row[1], row[0]))
        return {
            term: (_SLIP * likeness, count)
            for term, count, likeness in near[:_MAX_SLIPS]
        }

    @api.model
    def _alike(self, word):
        """Return ``(term, articles, likeness)`` of terms that are nearly ``word``.

        PostgreSQL's trigrams find them where they are installed. Else those with the
        same beginning are compared here, which misses a slip in the first letters.
        """
        if self.env.registry.has_trigram:
            return self.env.execute_query(
                SQL(
                    "SELECT term, article_count,"
                    " GREATEST(similarity(term, %(word)s), %(least)s)"
                    " FROM itsm_article_term WHERE term %% %(word)s"
                    " AND abs(length(term) - length(%(word)s)) <= 2"
                    " ORDER BY similarity(term, %(word)s) DESC LIMIT %(limit)s",
                    word=word,
                    least=_MIN_LIKENESS,
                    limit=_MAX_SLIPS,
                )
            )
        rows = self.env.execute_query(
            SQL(
                "SELECT term, article_count FROM itsm_article_term"
                " WHERE term LIKE %s AND length(term) BETWEEN %s AND %s"
                " ORDER BY article_count DESC LIMIT %s",
                _literal(word[:1]) + "%",
                len(word) - 1,
                len(word) + 1,
                _MAX_ALIKE,
            )
        )
        return [
            (term, count, 1.0)
            for term, count in rows
            if catalogue_search.is_one_slip(word, term)
        ]


def _literal(word):
    """Return a word as a pattern of LIKE that means nothing but itself."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
