from odoo import api, fields, models

from .itsm_article import AUDIENCES, KINDS, TEXT_FIELDS


class ItsmArticleVersion(models.Model):
    """An article as it was published: what readers see. Never changed."""

    _name = "itsm.article.version"
    _description = "Version of an Article"
    _inherit = ["itsm.snapshot.mixin"]
    _order = "article_id, number desc"

    article_id = fields.Many2one(
        "itsm.article", required=True, index=True, ondelete="cascade"
    )
    number = fields.Integer("Version", required=True)
    published_at = fields.Datetime(
        "Published On", required=True, default=fields.Datetime.now
    )
    author_id = fields.Many2one("res.users", help="Who sent it to review.")
    editor_ids = fields.Many2many(
        "res.users",
        "itsm_article_version_editor_rel",
        "version_id",
        "user_id",
        string="Written By",
    )
    reviewer_id = fields.Many2one("res.users", help="Who checked and published it.")
    note = fields.Char("What Is New")
    kind = fields.Selection(KINDS, required=True)
    audience = fields.Selection(AUDIENCES, required=True, index=True)
    team_ids = fields.Many2many(
        "itsm.team", "itsm_article_version_team_rel", "version_id", "team_id"
    )
    department_ids = fields.Many2many(
        "hr.department",
        "itsm_article_version_department_rel",
        "version_id",
        "department_id",
    )
    source_lang = fields.Char(required=True)
    texts = fields.Json(help="The texts, by language and field.")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "itsm_article_version_attachment_rel",
        "version_id",
        "attachment_id",
        string="Files for Readers",
    )
    picture_ids = fields.Many2many(
        "ir.attachment",
        "itsm_article_version_picture_rel",
        "version_id",
        "attachment_id",
        string="Pictures",
        help="Those of the texts: no other picture is served to readers.",
    )
    name = fields.Char("Title", compute="_compute_name", search="_search_name")
    summary = fields.Char(compute="_compute_name")
    is_published = fields.Boolean(compute="_compute_is_published", compute_sudo=True)

    _number_unique = models.UniqueIndex(
        "(article_id, number)", "A version with this number exists already."
    )

    @api.depends("texts", "source_lang")
    @api.depends_context("lang")
    def _compute_name(self):
        for version in self:
            text = version._text()
            version.name = text["name"]
            version.summary = text["summary"] or text["symptom"]

    @api.depends("article_id.number", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(article)s, version %(number)s",
                # sudo: who reads a version need not read the working copy.
                article=version.sudo().article_id.number,
                number=version.number,
            )

    @api.depends("article_id.version_id", "article_id.is_live")
    def _compute_is_published(self):
        for version in self:
            article = version.article_id
            version.is_published = article.is_live and article.version_id == version

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _language(self, lang=None):
        """Return the language in which a reader of ``lang`` gets the text.

        That is the reader's own, else one of the same tongue (``zh_TW`` for
        ``zh_CN``), else the one that the article was written in.
        """
        self.ensure_one()
        lang = lang or self.env.lang or "en_US"
        texts = self.texts or {}
        if lang in texts:
            return lang
        tongue = lang.partition("_")[0]
        akin = (code for code in sorted(texts) if code.partition("_")[0] == tongue)
        return next(akin, self.source_lang)

    def _text(self, lang=None):
        """Return the texts for a reader of a language, ``{field: text}``."""
        self.ensure_one()
        text = (self.texts or {}).get(self._language(lang)) or {}
        return {field: text.get(field) or "" for field in TEXT_FIELDS}
