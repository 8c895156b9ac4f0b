from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..tools import search_terms

_BATCH = 200
# In the order of weight: what a match in it is worth, A most.
_HEAD = (("name", "A"), ("keywords", "B"), ("summary", "C"), ("symptom", "C"))


class ItsmArticleIndex(models.Model):
    """What published articles are found by, for each language that they have.

    ``head`` holds the title, keywords and summary with weights, small enough to be
    compared for many articles at once; ``body`` holds every term of the article, for
    the database's index. Both are PostgreSQL's own full text, made of our own terms.
    """

    _name = "itsm.article.index"
    _description = "Index of Articles"
    _log_access = False

    article_id = fields.Many2one(
        "itsm.article", required=True, readonly=True, ondelete="cascade"
    )
    lang = fields.Char("Language", required=True, readonly=True)

    _article_lang_unique = models.UniqueIndex("(article_id, lang)")

    def init(self):
        """Add what the ORM has no type for."""
        self.env.cr.execute(
            "ALTER TABLE itsm_article_index"
            " ADD COLUMN IF NOT EXISTS head tsvector,"
            " ADD COLUMN IF NOT EXISTS body tsvector"
        )
        self.env.cr.execute(
            "CREATE INDEX IF NOT EXISTS itsm_article_index_body"
            " ON itsm_article_index USING gin (body)"
        )

    @api.model
    def _replace(self, articles, texts):
        """Put down what articles are found by, instead of what was there.

        :param texts: ``{article id: {language: {"name", "keywords", "summary",
            "symptom", "rest": text}}}``; articles without texts are found no more
        """
        if not articles:
            return
        self.env.cr.execute(
            SQL(
                "DELETE FROM itsm_article_index WHERE article_id IN %s",
                tuple(articles.ids),
            )
        )
        rows, vocabulary = [], set()
        for article_id, by_lang in texts.items():
            for lang, text in by_lang.items():
                head = [(text.get(name) or "", weight) for name, weight in _HEAD]
                everything = [part for part, _weight in head]
                everything.append(text.get("rest") or "")
                rows.append(
                    (
                        article_id,
                        lang,
                        search_terms.vector(head),
                        search_terms.bag(everything),
                    )
                )
                for part in everything:
                    vocabulary.update(search_terms.terms(part, singles=True))
        for some in split_every(_BATCH, rows):
            values = SQL(", ").join(SQL("(%s, %s, %s, %s)", *row) for row in some)
            self.env.cr.execute(
                SQL(
                    "INSERT INTO itsm_article_index (article_id, lang, head, body)"
                    " SELECT v.article_id, v.lang, v.head::tsvector, v.body::tsvector"
                    " FROM (VALUES %s) AS v (article_id, lang, head, body)",
                    values,
                )
            )
        self.invalidate_model()
        if vocabulary:
            self.env["itsm.article.term"]._add(vocabulary)
