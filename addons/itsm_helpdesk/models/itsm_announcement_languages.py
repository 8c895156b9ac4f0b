from contextlib import contextmanager

from odoo import api, fields, models
from odoo.tools import SQL

from .itsm_ticket import WORKERS

_WORDS = ("name", "body")
# In the context: the words of several languages are written together.
_TOGETHER = "itsm_words_together"


class ItsmAnnouncementWordsMixin(models.AbstractModel):
    _inherit = "itsm.announcement.words.mixin"

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        """Clean what the translation dialog sends; Odoo stores it past ``write``."""
        field = self._fields[field_name]
        if field.type == "html":
            translations = {
                lang: field.convert_to_column(text, self) if text else text
                for lang, text in translations.items()
            }
        return super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )


class ItsmAnnouncement(models.Model):
    """The words of an announcement in several languages, and which are behind.

    Who changes what is announced in one language is shown in which others people
    still read the old words.
    """

    _inherit = "itsm.announcement"

    source_lang = fields.Char(
        readonly=True,
        groups=WORKERS,
        help="The language it was first written in; English follows it while nobody "
        "has translated it.",
    )
    behind_langs = fields.Json(
        readonly=True,
        copy=False,
        groups=WORKERS,
        help="The languages whose words are older than those of another one.",
    )
    behind_names = fields.Char(
        "Languages Behind", compute="_compute_behind_names", groups=WORKERS
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"behind_langs", "source_lang"}

    @api.depends("behind_langs")
    def _compute_behind_names(self):
        names = dict(self.env["res.lang"].get_installed())
        for news in self:
            behind = [names[lang] for lang in news.behind_langs or () if lang in names]
            news.behind_names = ", ".join(behind)

    @api.model
    def _complete_new(self, vals_list):
        lang = self.env.lang or "en_US"
        return [
            {**vals, "source_lang": lang} for vals in super()._complete_new(vals_list)
        ]

    def write(self, vals):
        if set(_WORDS).isdisjoint(vals):
            return super().write(vals)
        with self._watching_words():
            return super().write(vals)

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        if field_name not in _WORDS:
            return super()._update_field_translations(
                field_name, translations, digest=digest, source_lang=source_lang
            )
        with self._watching_words():
            return super()._update_field_translations(
                field_name, translations, digest=digest, source_lang=source_lang
            )

    # ------------------------------------------------------------------
    # What is behind
    # ------------------------------------------------------------------

    def _stored_words(self):
        """Return what is stored, ``{id: {language: {field: text}}}``."""
        if not self.ids:
            return {}
        self.flush_recordset(_WORDS)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, name, body FROM itsm_announcement WHERE id IN %s", self._ids
            )
        )
        stored = {}
        for news_id, *columns in rows:
            texts = stored[news_id] = {}
            for field, words in zip(_WORDS, columns, strict=True):
                for lang, text in (words or {}).items():
                    texts.setdefault(lang, {})[field] = text
        return stored

    def _words_together(self):
        """Return the announcement for writing its words in several languages at once.

        What is written so leaves no language behind.
        """
        return self.with_context(**{_TOGETHER: True})

    @contextmanager
    def _watching_words(self):
        """See which languages are changed meanwhile, and which are not."""
        if self.env.context.get(_TOGETHER):
            yield
            return
        before = self._stored_words()
        yield
        after = self._stored_words()
        for news in self:
            was, is_now = before.get(news.id, {}), after.get(news.id, {})
            if was != is_now:
                news._let_english_follow(was, is_now)
                news._note_words(was, is_now)

    def _let_english_follow(self, before, after):
        """Change English with the source while it stands in for a translation.

        Odoo keeps an English text always; what was first written in Chinese has the
        Chinese words as the English ones, too.
        """
        source = self.sudo().source_lang
        if not source or source == "en_US" or source not in after:
            return
        stood_in = {
            name: after[source].get(name)
            for name in _WORDS
            if _text(before, "en_US", name) == _text(before, source, name)
            and _text(after, "en_US", name) == _text(before, "en_US", name)
            and _text(after, source, name) != _text(before, source, name)
        }
        if stood_in:
            self._words_together().with_context(lang="en_US").write(stood_in)

    def _note_words(self, before, after):
        """Note which languages are behind after a change."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        behind = set(self.sudo().behind_langs or ())
        written = {lang for lang in after if after[lang] != before.get(lang)}
        # A first translation is no change that others would have to follow.
        changed = {lang for lang in written if _is_own(before, lang)}
        if changed <= behind:
            behind -= written
        else:
            translated = {lang for lang in after if _is_own(after, lang)}
            behind = (behind | translated) - written
        self._write_system({"behind_langs": sorted(behind & installed) or False})

    def _missing_langs(self):
        """Return the languages that have no words of their own."""
        self.ensure_one()
        stored = self._stored_words().get(self.id, {})
        source = self.sudo().source_lang or "en_US"
        return {
            code
            for code, _name in self.env["res.lang"].get_installed()
            if code != source and not _is_own(stored, code)
        }

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_translate(self):
        """Open the announcement in the first language that is behind."""
        self.ensure_one()
        behind = self.behind_langs or [self.env.lang]
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "context": {"lang": behind[0]},
        }

    def action_words_are_right(self):
        """Say that the words in the other languages are right as they are."""
        self.check_access("write")
        self._write_system({"behind_langs": False})
        return True


def _text(texts, lang, name):
    return texts.get(lang, {}).get(name)


def _is_own(texts, lang):
    """Tell whether a language has words that no other one has."""
    return lang in texts and all(
        texts[lang] != words for other, words in texts.items() if other != lang
    )
