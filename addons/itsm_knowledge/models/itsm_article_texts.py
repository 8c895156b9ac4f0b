from contextlib import contextmanager

from odoo import models
from odoo.tools import SQL

from .itsm_article import TEXT_FIELDS


class ItsmArticle(models.Model):
    """The texts of an article in several languages.

    Odoo keeps a text for each language, and one for ``en_US`` always, which stands in
    for those that are missing. So an article that was written in Chinese has its
    Chinese text as the English one too, until somebody translates it.
    """

    _inherit = "itsm.article"

    def _stored_texts(self):
        """Return what is stored, ``{article id: {language: {field: text}}}``.

        Texts that are not translated are left out.
        """
        if not self.ids:
            return {}
        self.flush_recordset(TEXT_FIELDS)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM itsm_article WHERE id IN %s",
                SQL(", ").join(SQL.identifier(field) for field in TEXT_FIELDS),
                tuple(self.ids),
            )
        )
        stored = {}
        for article_id, *columns in rows:
            texts = stored[article_id] = {}
            for field, translations in zip(TEXT_FIELDS, columns, strict=True):
                for lang, text in (translations or {}).items():
                    texts.setdefault(lang, {})[field] = text
        return stored

    def _written_languages(self):
        """Return the languages in which the article is really written, source first."""
        self.ensure_one()
        stored = self._stored_texts().get(self.id, {})
        source = stored.get(self.source_lang) or stored.get("en_US", {})
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        others = [
            lang
            for lang, texts in sorted(stored.items())
            if lang != self.source_lang
            and lang in installed
            and any(text and text != source.get(name) for name, text in texts.items())
        ]
        return [self.source_lang, *others]

    @contextmanager
    def _following_texts(self, vals):
        """Let the English text follow a source in another language, while it stands in.

        Without this the first wording would stay behind as the English text, and look
        like a translation.
        """
        lang = self._current_language()
        names = [name for name in TEXT_FIELDS if name in vals]
        followers = self.browse()
        if names and lang != "en_US":
            followers = self.filtered(lambda article: article.source_lang == lang)
        stored = followers._stored_texts()
        standing_in = {
            article: [
                name for name in names if _same(stored[article.id], "en_US", lang, name)
            ]
            for article in followers
        }
        yield
        for article, fields_behind in standing_in.items():
            if fields_behind:
                article.with_context(lang="en_US")._write_system(
                    {name: article[name] for name in fields_behind}
                )

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        """Take what the translation dialog sends as a change of the working copy.

        Odoo stores it past ``write``, uncleaned.
        """
        field = self._fields[field_name]
        if field.type == "html":
            translations = {
                lang: field.convert_to_column(text, self) if text else text
                for lang, text in translations.items()
            }
        result = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        if field_name in TEXT_FIELDS:
            self._after_change({field_name})
        return result


def _same(texts, one, other, field):
    """Tell whether a text has no wording of its own in a language."""
    return texts.get(one, {}).get(field) == texts.get(other, {}).get(field)
