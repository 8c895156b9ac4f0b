from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import human_size

# The texts of a known fault that stand before the text proper.
_SECTIONS = ("symptom", "cause", "workaround")


class ItsmArticle(models.Model):
    """What readers see, for those who work on an article or use it for a ticket."""

    _inherit = "itsm.article"

    reading = fields.Html(
        "As Readers See It", compute="_compute_reading", sanitize=False
    )
    version_count = fields.Integer(
        "Published Versions", compute="_compute_version_count"
    )
    version_number = fields.Integer(related="version_id.number")
    has_draft = fields.Boolean(
        "Changed Since",
        compute="_compute_has_draft",
        search="_search_has_draft",
        help="Readers see a version, and the next one is being worked on.",
    )

    @api.depends("version_id")
    @api.depends_context("lang")
    def _compute_reading(self):
        for article in self:
            version = article.version_id
            article.reading = version._reading() if version else False

    @api.depends("version_ids")
    def _compute_version_count(self):
        counts = dict(
            self.env["itsm.article.version"]._read_group(
                [("article_id", "in", self.ids)], ["article_id"], ["__count"]
            )
        )
        for article in self:
            article.version_count = counts.get(article, 0)

    @api.depends("is_live", "state")
    def _compute_has_draft(self):
        for article in self:
            article.has_draft = article.is_live and article.state != "published"

    @api.model
    def _search_has_draft(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("is_live", "=", True), ("state", "!=", "published")]

    def action_view_uses(self):
        """Open where the article was used."""
        return self._action_of("itsm_knowledge.itsm_article_use_action")

    def action_view_feedback(self):
        """Open what readers said about the article."""
        return self._action_of("itsm_knowledge.itsm_article_feedback_action")

    def action_view_versions(self):
        """Open the versions of the article, to compare or restore one."""
        return self._action_of("itsm_knowledge.itsm_article_version_action")

    def _action_of(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [("article_id", "=", self.id)]
        action["context"] = {}
        return action


class ItsmArticleVersion(models.Model):
    """A version, as the back office shows it to those who read or compare it."""

    _inherit = "itsm.article.version"

    article_number = fields.Char("Number", related="article_id.number")
    category_id = fields.Many2one(related="article_id.category_id")
    service_ids = fields.Many2many(related="article_id.service_ids")
    desk_id = fields.Many2one(related="article_id.desk_id")
    is_editable = fields.Boolean(
        related="article_id.is_editable", export_string_translation=False
    )
    reading = fields.Html(
        "As Readers See It", compute="_compute_reading", sanitize=False
    )

    @api.depends("texts")
    @api.depends_context("lang")
    def _compute_reading(self):
        for version in self:
            version.reading = version._reading()

    def _reading(self):
        """Return the version as a page in the language of the user."""
        self.ensure_one()
        text = self._text()
        article = self.sudo().article_id  # sudo: where its files are, no texts
        address = "/web/image/{}".format
        if not article.is_editable:
            # Files of an article are for those who work on it. Readers get those of
            # the published version at addresses of their own.
            address = article._portal_file_url
        labels = self.env["itsm.article"]._fields
        return self.env["ir.qweb"]._render(
            "itsm_knowledge.article_reading",
            {
                "text": text,
                "sections": [
                    (labels[name]._description_string(self.env), text[name])
                    for name in _SECTIONS
                    if text[name]
                ],
                "body": Markup(self._served_body(address)),
                "files": self._reader_files(),
            },
        )

    def _reader_files(self):
        """Return what a page shows of the files for readers."""
        self.ensure_one()
        version = self.sudo()  # sudo: whoever reads a version reads its files
        url = version.article_id._portal_file_url
        return [
            {
                "name": file.name,
                "size": human_size(file.file_size),
                "url": f"{url(file.id)}?download=1",
            }
            for file in version.attachment_ids
        ]

    @api.model
    def _search_name(self, operator, value):
        """Find published versions as readers find articles: by full text."""
        if operator not in ("ilike", "=ilike", "like", "=like") or not value:
            return NotImplemented
        found = self.env["itsm.article"]._find(value.strip("%"), limit=None)
        return Domain("shown_article_ids", "any!", [("id", "in", found.ids)])

    def action_open_page(self):
        """Open the page that readers have."""
        self.ensure_one()
        article = self.sudo().article_id  # sudo: its address only
        return {
            "type": "ir.actions.act_url",
            "url": f"/my/knowledge/{article.id}",
            "target": "new",
        }
