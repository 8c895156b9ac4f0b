from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import html2plaintext

from ..models.itsm_article import TEXT_FIELDS
from ..tools import text_diff


class ItsmArticleComparison(models.TransientModel):
    """What changed between two versions of an article, word by word."""

    _name = "itsm.article.comparison"
    _description = "Comparison of Article Versions"

    version_id = fields.Many2one(
        "itsm.article.version", "From", required=True, ondelete="cascade"
    )
    article_id = fields.Many2one(related="version_id.article_id")
    other_id = fields.Many2one(
        "itsm.article.version",
        "To",
        domain="[('article_id', '=', article_id), ('id', '!=', version_id)]",
        ondelete="cascade",
        help="Empty: the working copy.",
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        default=lambda self: self.env.lang or "en_US",
    )
    differences = fields.Html(compute="_compute_differences", sanitize=False)

    @api.depends("version_id", "other_id", "lang")
    def _compute_differences(self):
        for comparison in self:
            comparison.differences = (
                comparison._render() if comparison.version_id else False
            )

    def _render(self):
        """Return the two texts side by side; only what differs."""
        before, after = self._sides()
        parts = []
        for field in TEXT_FIELDS:
            rows = text_diff.compare(
                self._plain(field, before[field]), self._plain(field, after[field])
            )
            if any(row.changed for row in rows):
                parts.append((self._label(field), rows))
        return self.env["ir.qweb"]._render(
            "itsm_knowledge.article_differences",
            {"parts": parts, "facts": self._fact_rows(), "sides": self._names()},
        )

    def _ordered(self):
        """Return the older and the newer version; none stands for the working copy."""
        version, other = self.version_id, self.other_id
        if other and other.number < version.number:
            return other, version
        return version, other

    def _sides(self):
        older, newer = self._ordered()
        if newer:
            return older._text(self.lang), newer._text(self.lang)
        texts = self.article_id._texts()
        # As a reader of that language would see it.
        draft = self.env["itsm.article.version"].new(
            {"texts": texts, "source_lang": self.article_id.source_lang}
        )
        return older._text(self.lang), draft._text(self.lang)

    def _names(self):
        older, newer = self._ordered()
        return [
            side.display_name if side else self.env._("Working copy")
            for side in (older, newer)
        ]

    def _fact_rows(self):
        """Return what differs beside the texts, as ``(label, before, after)``."""
        older, newer = self._ordered()
        newer = newer or self.article_id
        found = []
        for name in ("kind", "audience"):
            labels = dict(
                self.article_id._fields[name]._description_selection(self.env)
            )
            if older[name] != newer[name]:
                found.append(
                    (self._label(name), labels[older[name]], labels[newer[name]])
                )
        for name in ("team_ids", "department_ids", "attachment_ids"):
            if older[name] != newer[name]:
                found.append(
                    (self._label(name), _names(older[name]), _names(newer[name]))
                )
        return found

    def _label(self, field):
        return self.article_id._fields[field]._description_string(self.env)

    def _plain(self, field, text):
        if self.article_id._fields[field].type == "html":
            return html2plaintext(Markup(text), include_references=False)
        return text

    def action_restore(self):
        """Put the article back to the older of the two."""
        self.ensure_one()
        older, _newer = self._ordered()
        older.action_restore()
        return {"type": "ir.actions.act_window_close"}


def _names(records):
    return ", ".join(records.mapped("display_name"))
