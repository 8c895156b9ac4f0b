from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.itsm_helpdesk.models.whole_html import WholeHtml

KINDS = [
    ("howto", "How-To"),
    ("known_fault", "Known Fault"),
    ("policy", "Policy"),
    ("question", "Question"),
]
AUDIENCES = [
    ("everyone", "Everyone"),
    ("agents", "Agents"),
    ("teams", "Teams"),
    ("departments", "Departments"),
]
STATES = [
    ("draft", "Draft"),
    ("review", "In Review"),
    ("published", "Published"),
    ("expired", "Expired"),
]
# What is written in each language.
TEXT_FIELDS = (
    "name",
    "summary",
    "keywords",
    "symptom",
    "cause",
    "workaround",
    "body",
)
# What a reviewer looks at: a change of it is a new draft.
REVIEWED_FIELDS = frozenset(
    {*TEXT_FIELDS, "kind", "audience", "team_ids", "department_ids", "attachment_ids"}
)
SYSTEM_FIELDS = frozenset(
    {
        "editor_ids",
        "is_live",
        "last_used_at",
        "number",
        "published_at",
        "state",
        "submitted_by_id",
        "use_count",
        "version_id",
        "version_ids",
    }
)


class ItsmArticle(models.Model):
    """An article of the knowledge base (ITIL 4, knowledge management).

    The fields hold the working copy. What readers see is the published version, which
    stays as it is while a new draft is worked on. This file holds what an article
    *is*; the way to the readers stands in ``itsm_article_publishing``, who reads and
    writes in ``itsm_article_audience``.
    """

    _name = "itsm.article"
    _description = "Knowledge Article"
    _inherit = ["itsm.guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "write_date desc, id desc"
    _rec_names_search = ["number", "name"]
    _check_company_auto = True

    number = fields.Char(readonly=True, copy=False, default="/", index="trigram")
    name = fields.Char("Title", required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection(KINDS, required=True, default="howto", tracking=True)
    summary = fields.Text(
        translate=True, help="What it is about, in a line or two; lists show it."
    )
    keywords = fields.Char(
        translate=True,
        help="Other words that people search for, separated by commas or spaces.",
    )
    symptom = fields.Text(translate=True, help="What one sees when it happens.")
    cause = fields.Text(translate=True, help="Why it happens, as far as it is known.")
    workaround = fields.Text(
        translate=True, help="What helps until the fault is mended."
    )
    body = WholeHtml(string="Text", sanitize_style=True)
    source_lang = fields.Selection(
        selection="_installed_languages",
        string="Written In",
        required=True,
        default=lambda self: self._current_language(),
        help="Texts in other languages are translations of this one.",
    )

    category_id = fields.Many2one(
        "itsm.article.category",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    service_ids = fields.Many2many(
        "itsm.service",
        "itsm_article_service_rel",
        "article_id",
        "service_id",
        string="Services",
        help="What it is about; readers can order these from the article.",
    )
    desk_id = fields.Many2one(
        "itsm.desk",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        default=lambda self: self._default_desk(),
        help="Whose agents write it. Empty: those of all desks.",
    )
    company_id = fields.Many2one(
        "res.company",
        related="desk_id.company_id",
        store=True,
        index=True,
        precompute=True,
    )
    audience = fields.Selection(
        AUDIENCES, required=True, default="everyone", tracking=True
    )
    team_ids = fields.Many2many(
        "itsm.team",
        "itsm_article_team_rel",
        "article_id",
        "team_id",
        string="For the Teams",
    )
    department_ids = fields.Many2many(
        "hr.department",
        "itsm_article_department_rel",
        "article_id",
        "department_id",
        string="For the Departments",
        help="And those below them.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "itsm_article_attachment_rel",
        "article_id",
        "attachment_id",
        string="Files for Readers",
        copy=False,
    )

    owner_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
        help="Who keeps it right: reviews fall to them, and comments of readers.",
    )
    reviewer_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        tracking=True,
        help="Who is asked to check a draft. Empty: a team leader of the desk.",
    )
    review_date = fields.Date(
        "Review On",
        tracking=True,
        copy=False,
        help="The owner is asked then whether it is still right.",
    )
    expires_at = fields.Datetime(
        "Expires On",
        tracking=True,
        copy=False,
        help="Nobody is shown it any more from then on. Empty: it does not expire.",
    )

    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
        help="Of the working copy. Readers see the published version meanwhile.",
    )
    is_live = fields.Boolean(
        "Readers See It",
        readonly=True,
        copy=False,
        index=True,
        help="A version is published and has not expired.",
    )
    version_ids = fields.One2many(
        "itsm.article.version", "article_id", "Versions", readonly=True, copy=False
    )
    version_id = fields.Many2one(
        "itsm.article.version",
        "Published Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    published_at = fields.Datetime("Published On", readonly=True, copy=False)
    submitted_by_id = fields.Many2one(
        "res.users", "Sent to Review By", readonly=True, copy=False
    )
    editor_ids = fields.Many2many(
        "res.users",
        "itsm_article_editor_rel",
        "article_id",
        "user_id",
        string="Authors of the Draft",
        readonly=True,
        copy=False,
        help="Who changed it since the last version; they do not publish it.",
    )

    _number_unique = models.UniqueIndex(
        "(number) WHERE number != '/'", "An article with this number exists already."
    )
    _review_idx = models.Index("(review_date) WHERE is_live")
    _expires_idx = models.Index("(expires_at) WHERE is_live AND expires_at IS NOT NULL")

    @api.model
    def _installed_languages(self):
        return self.env["res.lang"].get_installed()

    @api.model
    def _current_language(self):
        """Return the language that somebody writes in now."""
        return self.env.lang or "en_US"

    @api.model
    def _default_desk(self):
        return self.env["itsm.desk"].search(
            [("agent_ids", "in", self.env.uid)], limit=1
        )

    @api.depends("number", "name", "version_id")
    @api.depends_context("lang", "uid")
    def _compute_display_name(self):
        """Name an article by its draft only to those who may read the draft.

        The names of linked records are shown without a look at the rights on them.
        """
        saved = self._origin
        readable = saved.sudo(False)._filtered_access("read") if saved else saved
        for article in self:
            title = article.name
            if article._origin and article._origin not in readable:
                # sudo: what readers see; that there is an article is known already.
                title = article.sudo().version_id.name
            numbered = article.number and article.number != "/"
            article.display_name = (
                f"{article.number} {title or ''}".strip() if numbered else title
            )

    # ------------------------------------------------------------------
    # Create, write, delete
    # ------------------------------------------------------------------

    @api.model
    def _system_fields(self):
        return super()._system_fields() | SYSTEM_FIELDS

    @api.model
    def _complete_new(self, vals_list):
        numbers = self.env["ir.sequence"]._itsm_next_numbers(
            "itsm.article", len(vals_list)
        )
        return [
            {**vals, "number": number, "editor_ids": [self.env.uid]}
            for vals, number in zip(
                super()._complete_new(vals_list), numbers, strict=True
            )
        ]

    @api.model_create_multi
    def create(self, vals_list):
        articles = super().create(vals_list)
        articles._refuse_foreign_desk()
        articles._adopt_files()
        return articles

    def write(self, vals):
        if self._is_system():
            return super().write(vals)
        self._refuse_system_fields(vals)
        with self._following_texts(vals):
            result = super().write(vals)
        if vals.get("desk_id"):
            self._refuse_foreign_desk()
        self._after_change(vals)
        return result

    def _after_change(self, names):
        """Take what was changed by hand as a new draft, if a reviewer looks at it."""
        if REVIEWED_FIELDS.intersection(names):
            self._adopt_files()
            self._begin_draft()

    def _refuse_foreign_desk(self):
        """Refuse to give articles to a desk for which the user does not work."""
        user = self.env.user
        if self.env.su or user.has_group("itsm_helpdesk.group_itsm_admin"):
            return
        foreign = self.desk_id.filtered(lambda desk: user not in desk.agent_ids)
        if foreign:
            raise UserError(
                self.env._(
                    "You do not work for “%(desk)s”. Ask one of its agents to take the"
                    " article over.",
                    desk=foreign[0].name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        published = self.filtered("version_ids")[:1]
        if published:
            raise UserError(
                self.env._(
                    "“%(article)s” was published, so it stays on record. Let it expire"
                    " or archive it.",
                    article=published.display_name,
                )
            )

    @api.constrains("audience", "team_ids", "department_ids")
    def _check_audience(self):
        for article in self:
            missing = (
                article.audience == "teams"
                and not article.team_ids
                or article.audience == "departments"
                and not article.department_ids
            )
            if missing:
                raise UserError(
                    self.env._(
                        "Choose for whom “%(article)s” is: name at least one of the"
                        " %(audience)s.",
                        article=article.name,
                        audience=dict(
                            self._fields["audience"]._description_selection(self.env)
                        )[article.audience],
                    )
                )

    @api.model
    def _live_domain(self):
        """Return the domain of articles that are shown to readers at this moment."""
        return Domain("is_live", "=", True) & (
            Domain("expires_at", "=", False)
            | Domain("expires_at", ">", fields.Datetime.now())
        )
