from odoo import api, models
from odoo.exceptions import UserError

from ..tools import pictures


class ItsmArticle(models.Model):
    """Pictures in the text: seen by those who may read it, and by nobody else."""

    _inherit = "itsm.article"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([_clean(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(_clean(vals))

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        if field_name == "body":
            translations = {
                lang: pictures.clean(text) if text else text
                for lang, text in translations.items()
            }
        return super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )

    def _adopt_files(self):
        """Bind what was uploaded before the article was saved to the article.

        Whoever reads an article reads its files, and nobody else does. So a file of
        something else cannot be made a file of an article by naming it.
        """
        Attachment = self.env["ir.attachment"].sudo()  # sudo: to bind, or to refuse
        for article in self:
            bodies = article._stored_texts().get(article.id, {}).values()
            named = {
                found for texts in bodies for found in pictures.ids(texts.get("body"))
            }
            files = article.sudo().attachment_ids
            fresh = (Attachment.browse(named).exists() | files).filtered(
                lambda file: (
                    not file.res_id
                    and file.res_model in (False, self._name)
                    and (self.env.su or file.create_uid == self.env.user)
                )
            )
            fresh.write({"res_model": self._name, "res_id": article.id})
            for file in files:
                if (file.res_model, file.res_id) != (self._name, article.id):
                    raise UserError(
                        self.env._(
                            "“%(file)s” belongs to something else. Upload it to the"
                            " article to give it to readers.",
                            file=file.id,
                        )
                    )

    def _pictures_in(self, bodies):
        """Return the pictures of the texts that belong to this article.

        Whoever writes an article can name any file in it; what is not the article's
        own is never shown to its readers.
        """
        self.ensure_one()
        ids = {found for body in bodies for found in pictures.ids(body)}
        # sudo: which of the files are this article's pictures.
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("id", "in", list(ids)),
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", False),
                    ("mimetype", "=like", "image/%"),
                ]
            )
        )

    def _refuse_incomplete(self):
        """Refuse pictures also that readers would not see."""
        result = super()._refuse_incomplete()
        bodies = [text["body"] for text in self._texts().values()]
        named = {found for body in bodies for found in pictures.ids(body)}
        if named - set(self._pictures_in(bodies).ids):
            raise UserError(
                self.env._(
                    "A picture in “%(article)s” belongs to something else, so readers"
                    " would not see it. Upload it here.",
                    article=self.display_name,
                )
            )
        return result


class ItsmArticleVersion(models.Model):
    _inherit = "itsm.article.version"

    def _served_body(self, address, lang=None):
        """Return the text for a reader, with its pictures at addresses of their own.

        :param address: function from the id of a picture to its address
        :param lang: the reader's language; default: the current one
        """
        self.ensure_one()
        own = set(self.sudo().picture_ids.ids)  # sudo: their ids only
        return pictures.serve(
            self._text(lang)["body"],
            lambda found: address(found) if found in own else None,
        )


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.ondelete(at_uninstall=False)
    def _unlink_unpublished(self):
        """Keep the files that published versions show."""
        files = self.filtered(lambda file: file.res_model == "itsm.article")
        if not files:
            return
        # sudo: a version keeps its files whoever deletes them.
        shown = (
            self.env["itsm.article.version"]
            .sudo()
            .search(
                [
                    "|",
                    ("attachment_ids", "in", files.ids),
                    ("picture_ids", "in", files.ids),
                ],
                limit=1,
            )
        )
        if shown:
            raise UserError(
                self.env._(
                    "A published version of %(article)s shows this file, so it stays."
                    " Take it out of the article instead.",
                    article=shown.article_id.number,
                )
            )


def _clean(vals):
    """Return the values of an article with a text that is safe to be shown."""
    if vals.get("body"):
        return {**vals, "body": pictures.clean(vals["body"])}
    return vals
