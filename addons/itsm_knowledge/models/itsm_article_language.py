import hashlib

from odoo import api, fields, models

from .itsm_article import TEXT_FIELDS

# A word may be the same in two languages; nobody misses keywords.
_OPTIONAL = frozenset({"keywords"})


class ItsmArticleLanguage(models.Model):
    """How far an article is translated into one of the installed languages.

    For each text the row remembers of which wording of the source it is the
    translation. So a translation is behind when the source was changed and it was not.
    """

    _name = "itsm.article.language"
    _description = "Translation of an Article"
    _order = "article_id, lang"

    article_id = fields.Many2one(
        "itsm.article", required=True, index=True, ondelete="cascade"
    )
    desk_id = fields.Many2one(related="article_id.desk_id", store=True, index=True)
    is_live = fields.Boolean(related="article_id.is_live", store=True)
    source_lang = fields.Selection(related="article_id.source_lang")
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        index=True,
    )
    state = fields.Selection(
        [
            ("missing", "Missing"),
            ("behind", "Older Than the Source"),
            ("partial", "In Part"),
            ("complete", "Complete"),
        ],
        required=True,
        default="missing",
        index=True,
    )
    marks = fields.Json(help="By text: the wording of it, and of its source then.")
    lacking = fields.Json(help="The texts that are missing or behind.")
    lacking_names = fields.Char("To Be Done", compute="_compute_lacking_names")

    _language_unique = models.UniqueIndex(
        "(article_id, lang)", "This language is in the list already."
    )

    @api.depends("lacking")
    @api.depends_context("lang")
    def _compute_lacking_names(self):
        labels = self.env["itsm.article"]._fields
        for row in self:
            row.lacking_names = ", ".join(
                labels[name]._description_string(self.env) for name in row.lacking or []
            )

    @api.depends("article_id.display_name", "lang")
    def _compute_display_name(self):
        names = dict(self.env["res.lang"].get_installed())
        for row in self:
            row.display_name = f"{row.article_id.display_name} ({names.get(row.lang)})"

    def action_translate(self):
        """Open the article in the language, to be translated."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.article",
            "res_id": self.article_id.id,
            "views": [(False, "form")],
            "context": {"lang": self.lang},
        }

    def action_confirm(self):
        """Say that the translations are right, whatever changed in their sources."""
        self.article_id.check_access("write")
        rows = self.sudo()  # sudo: checked above; nobody writes rows themselves
        rows.write({"marks": False})
        rows.article_id._refresh_languages()
        return True

    def _measure(self, source, own):
        """Return the values of the row, from the texts of the source and its own."""
        marks, lacking, behind, translated = {}, [], False, False
        known = self.marks or {}
        for field in TEXT_FIELDS:
            there, here = source.get(field) or "", own.get(field) or ""
            if not there:
                continue
            if not here or here == there:
                if field not in _OPTIONAL:
                    lacking.append(field)
                continue
            translated = True
            mark = [_digest(here), _digest(there)]
            before = known.get(field)
            if before and before[0] == mark[0] and before[1] != mark[1]:
                # The source went on, the translation did not.
                mark, behind = before, True
                lacking.append(field)
            marks[field] = mark
        if not translated:
            state = "missing"
        elif behind:
            state = "behind"
        else:
            state = "partial" if lacking else "complete"
        return {"marks": marks, "lacking": lacking, "state": state}


class ItsmArticle(models.Model):
    """The translations of an article, and how far they are."""

    _inherit = "itsm.article"

    language_ids = fields.One2many(
        "itsm.article.language", "article_id", "Translations", readonly=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        articles = super().create(vals_list)
        articles._refresh_languages()
        return articles

    def _after_change(self, names):
        result = super()._after_change(names)
        if {*TEXT_FIELDS, "source_lang"}.intersection(names):
            self._refresh_languages()
        return result

    def _refresh_languages(self):
        """Measure the translations anew, in all installed languages."""
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        if not self:
            return
        # sudo: rows of the system's own.
        articles = self.sudo()
        Row = self.env["itsm.article.language"].sudo()
        stored = articles._stored_texts()
        rows = {(row.article_id.id, row.lang): row for row in articles.language_ids}
        new = []
        for article in articles:
            texts = stored.get(article.id, {})
            source = texts.get(article.source_lang) or texts.get("en_US", {})
            for lang in installed:
                row = rows.pop((article.id, lang), Row)
                if lang == article.source_lang:
                    row.unlink()
                    continue
                values = row._measure(source, texts.get(lang, {}))
                if not row:
                    new.append({"article_id": article.id, "lang": lang, **values})
                elif any(row[name] != value for name, value in values.items()):
                    row.write(values)
        Row.browse().union(*rows.values()).unlink()
        Row.create(new)

    @api.model
    def _cron_refresh_languages(self):
        """Take notice of languages that were installed, and of imported texts."""
        articles = self.search([("active", "=", True)], order="id")
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(articles))
        for start in range(0, len(articles), 200):
            batch = articles[start : start + 200]
            batch._refresh_languages()
            if not Cron._commit_progress(len(batch)):
                return


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]
