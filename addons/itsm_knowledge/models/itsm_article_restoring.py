from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from .itsm_article import TEXT_FIELDS


class ItsmArticle(models.Model):
    """Going back to what was published before."""

    _inherit = "itsm.article"

    def restore(self, version):
        """Make the working copy what it was in a version, in all languages.

        The version that readers see needs no new review; any other does.

        :param version: of this article, as a record or id
        """
        self.ensure_one()
        self.check_access("write")
        version = self._version_argument(version)
        if self.state == "review":
            raise UserError(
                self.env._(
                    "“%(article)s” is in review. Let the reviewer send it back first.",
                    article=self.display_name,
                )
            )
        self._restore_texts(version)
        self.write(
            {
                "kind": version.kind,
                "audience": version.audience,
                "team_ids": [Command.set(version.team_ids.ids)],
                "department_ids": [Command.set(version.department_ids.ids)],
                "attachment_ids": [Command.set(version.attachment_ids.ids)],
            }
        )
        self._write_system({"source_lang": version.source_lang})
        if version == self.version_id:
            self._write_system(
                {
                    "state": "published" if self.is_live else "expired",
                    "editor_ids": [Command.clear()],
                }
            )
        self.message_post(
            body=self.env._("Version %(number)s was restored.", number=version.number)
        )
        return True

    def action_discard_draft(self):
        """Give the draft up, and go on with what readers see."""
        self.ensure_one()
        if not self.version_id:
            raise UserError(self.env._("There is no published version to go back to."))
        return self.restore(self.version_id)

    def _version_argument(self, version):
        """Return the version of this article that a caller means."""
        Version = self.env["itsm.article.version"]
        if not isinstance(version, models.BaseModel):
            is_id = isinstance(version, int) and not isinstance(version, bool)
            version = Version.browse(version if is_id else ()).exists()
        if len(version) != 1 or version.article_id != self:
            raise UserError(self.env._("Choose a version of this article."))
        version.check_access("read")
        return version

    def _restore_texts(self, version):
        texts = version.texts or {}
        # English stands in for what is not translated, so it is never empty.
        texts = {"en_US": texts[version.source_lang], **texts}
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        written = set(self._written_languages())
        for field in TEXT_FIELDS:
            translations = {
                lang: text.get(field) or ""
                for lang, text in texts.items()
                if lang in installed or lang == "en_US"
            }
            gone = {lang: False for lang in written - set(translations)}
            self._update_field_translations(field, {**translations, **gone})


class ItsmArticleVersion(models.Model):
    _inherit = "itsm.article.version"

    def action_restore(self):
        """Put the article back to this version."""
        self.ensure_one()
        return self.article_id.restore(self)

    def action_compare(self):
        """Show what is different between this version and the working copy."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare Versions"),
            "res_model": "itsm.article.comparison",
            "view_mode": "form",
            "target": "new",
            "context": {"default_version_id": self.id},
        }
