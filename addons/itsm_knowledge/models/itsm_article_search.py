from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import search_terms

_MAX_TEXT = 120
# Afterwards nothing leads from a search to the form that it was typed in.
_KEY_DAYS = 1
_KEPT_DAYS = 730


class ItsmArticleSearch(models.Model):
    """What was looked for, and whether something was found and opened.

    It says what knowledge is missing, never who looked: neither a person nor a time of
    day is kept, and the mark of the page, by which later steps find their row, is
    forgotten after a day.
    """

    _name = "itsm.article.search"
    _description = "Search for Articles"
    _log_access = False
    _order = "searched_on desc, id desc"
    _rec_name = "text"

    text = fields.Char("Searched For", required=True, readonly=True)
    words = fields.Char(
        required=True,
        readonly=True,
        index=True,
        help="The words as they are counted: without order, endings and small words.",
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        readonly=True,
    )
    place = fields.Selection(
        [
            ("knowledge", "Knowledge on the portal"),
            ("home", "Search on the portal's home"),
            ("new_ticket", "New ticket on the portal"),
            ("service_form", "Form of a service"),
            ("ticket", "Ticket of an agent"),
            ("front_office", "Front office"),
        ],
        string="Where",
        required=True,
        readonly=True,
    )
    desk_id = fields.Many2one(
        "itsm.desk",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
        help="Whose form it was typed into; only that desk sees it.",
    )
    result_count = fields.Integer("Results", readonly=True)
    is_opened = fields.Boolean("Opened", readonly=True)
    is_handled = fields.Boolean("Handled", readonly=True)
    searched_on = fields.Date("Date", readonly=True, default=fields.Date.today)
    key = fields.Char(readonly=True, groups="base.group_system")

    _key_place_unique = models.UniqueIndex("(key, place) WHERE key IS NOT NULL")
    _open_words = models.Index(
        "(words, lang) WHERE is_handled IS NOT TRUE AND is_opened IS NOT TRUE"
    )

    @api.model
    def _note(self, text, place, count, key=None, desk=None):
        """Keep that somebody looked for something.

        :param count: how many articles were found
        :param key: mark of the page: what is typed there later replaces this; once an
            article was opened, the search is what it was
        :param desk: whose form it is, if it is one
        """
        words = search_terms.words(text)
        if not words:
            return self.browse()
        vals = {
            "text": search_terms.fold(text)[:_MAX_TEXT],
            "words": words,
            "lang": self.env.lang or "en_US",
            "result_count": count,
        }
        # sudo: who searches has no right on the record of searches.
        known = self.sudo()._by_key(key, place)
        if not known:
            return self.sudo()._insert(
                {**vals, "place": place, "key": key, "desk_id": desk and desk.id}
            )
        if not known.is_opened:
            known.write(vals)
        return known

    @api.model
    def _insert(self, vals):
        """Make a row, unless the page does so in another request at this moment.

        That request then decides; this one is tried again by the server and finds the
        row.
        """
        vals = {**vals, "searched_on": fields.Date.today()}
        vals["desk_id"] = vals["desk_id"] or None
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO itsm_article_search (%s) VALUES %s"
                " ON CONFLICT DO NOTHING RETURNING id",
                SQL(", ").join(map(SQL.identifier, vals)),
                tuple(vals.values()),
            )
        )
        return self.browse([row_id for (row_id,) in rows])

    @api.model
    def _note_opened(self, key, place=None):
        """Keep that one of the articles that a search found was opened."""
        # sudo: see _note.
        self.sudo()._by_key(key, place).write({"is_opened": True})

    @api.model
    def _forget(self, key):
        """Forget what was typed into a form that is nobody's business."""
        self.sudo()._by_key(key).unlink()  # sudo: see _note

    @api.model
    def _by_key(self, key, place=None):
        if not key:
            return self.browse()
        domain = Domain("key", "=", key)
        return self.search(domain & Domain("place", "=", place) if place else domain)

    @api.autovacuum
    def _gc_searches(self):
        """Forget what would lead to a person, and what is too old to tell anything."""
        today = fields.Date.today()
        yesterday = today - timedelta(days=_KEY_DAYS)
        self.search([("key", "!=", False), ("searched_on", "<=", yesterday)]).write(
            {"key": False}
        )
        self.search([("searched_on", "<", today - timedelta(days=_KEPT_DAYS))]).unlink()


class ItsmArticleGap(models.Model):
    """What is looked for again and again, and nobody has written about.

    Searches that found nothing, or nothing that was worth opening, by their words;
    what somebody has dealt with is not counted any more.
    """

    _name = "itsm.article.gap"
    _description = "Gap in the Knowledge"
    _auto = False
    _order = "search_count desc, last_on desc, id"
    _rec_name = "text"

    text = fields.Char("Searched For", readonly=True)
    words = fields.Char(readonly=True)
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        readonly=True,
    )
    desk_id = fields.Many2one("itsm.desk", readonly=True)
    search_count = fields.Integer("Times Searched", readonly=True)
    nothing_count = fields.Integer("No Result", readonly=True)
    unopened_count = fields.Integer("Not Opened", readonly=True)
    last_on = fields.Date("Last Searched", readonly=True)

    @property
    def _table_query(self):
        return (
            "SELECT min(id) AS id, words, lang, desk_id, min(text) AS text,"
            " count(*) AS search_count,"
            " count(*) FILTER (WHERE result_count = 0) AS nothing_count,"
            " count(*) FILTER (WHERE result_count > 0) AS unopened_count,"
            " max(searched_on) AS last_on FROM itsm_article_search"
            " WHERE is_handled IS NOT TRUE AND is_opened IS NOT TRUE"
            " GROUP BY words, lang, desk_id"
        )

    def action_write_article(self):
        """Begin an article about what was looked for."""
        self.ensure_one()
        article = self.env["itsm.article"].create(self._article_vals())
        self._set_handled()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.article",
            "res_id": article.id,
            "views": [(False, "form")],
        }

    def _article_vals(self):
        """Return what a new article begins with: what people typed."""
        text = self.text or ""
        vals = {"name": text[:1].upper() + text[1:], "keywords": text}
        return {**vals, "desk_id": self.desk_id.id} if self.desk_id else vals

    def action_dismiss(self):
        """Count these searches no more: there is nothing to write about."""
        self.env["itsm.article"].check_access("write")
        self._set_handled()

    def _set_handled(self):
        # sudo: the record of searches is written by nobody; the callers checked who
        # may write articles.
        Search = self.env["itsm.article.search"].sudo()
        domain = Domain.OR(
            Domain(
                [
                    ("words", "=", gap.words),
                    ("lang", "=", gap.lang),
                    ("desk_id", "=", gap.desk_id.id),
                ]
            )
            for gap in self
        )
        Search.search(domain & Domain("is_handled", "=", False)).write(
            {"is_handled": True}
        )
        self.env.invalidate_all()
