from odoo import api, fields, models
from odoo.fields import Domain


class ItsmArticle(models.Model):
    """Who reads an article, and who works on it; the record rules stand on this.

    *Readers* see the published version, for the audience under which it was published:
    what a draft says about its audience counts when it was reviewed. *Agents* of the
    desk also see and change the working copy, which is the article itself: agents of
    other desks read versions, as readers on the portal do. Articles without a desk
    belong to all desks. What is for some teams only is hidden from the other teams of
    the desk too, but not from its managers.
    """

    _inherit = "itsm.article"

    is_readable = fields.Boolean(
        compute="_compute_rights",
        search="_search_is_readable",
        export_string_translation=False,
    )
    is_editable = fields.Boolean(
        compute="_compute_rights",
        search="_search_is_editable",
        export_string_translation=False,
    )

    @api.depends("desk_id", "audience", "team_ids", "owner_id", "reviewer_id")
    @api.depends_context("uid")
    def _compute_rights(self):
        # sudo: the domains say who may; to look at them is no right of its own.
        articles = self.sudo()
        readable = articles.filtered_domain(self._readable_domain())
        editable = articles.filtered_domain(self._editable_domain())
        for article in self:
            article.is_readable = article in readable
            article.is_editable = article in editable

    def _search_is_readable(self, operator, value):
        return NotImplemented if operator != "in" else self._readable_domain()

    def _search_is_editable(self, operator, value):
        return NotImplemented if operator != "in" else self._editable_domain()

    @api.model
    def _reader_domain(self, user=None):
        """Return the domain of articles that a user is shown as a reader.

        It asks for published articles only; whoever uses it serves ``version_id``, not
        the fields of the article.

        :param user: whose; default: the current one
        """
        user = (user or self.env.user).sudo()  # sudo: of groups and teams
        audience = Domain("version_id.audience", "=", "everyone")
        if user.has_group("itsm_helpdesk.group_itsm_agent"):
            teams = self._team_ids_of(user)
            audience |= Domain("version_id.audience", "=", "agents") | (
                Domain("version_id.audience", "=", "teams")
                & Domain("version_id.team_ids", "in", teams)
            )
        departments = self._departments_above(user)
        if departments:
            audience |= Domain("version_id.audience", "=", "departments") & Domain(
                "version_id.department_ids", "in", departments
            )
        return (
            self._live_domain()
            & Domain("active", "=", True)
            & Domain("company_id", "in", [*user.company_ids.ids, False])
            & audience
        )

    @api.model
    def _editable_domain(self):
        """Return the domain of articles whose working copy the user may change."""
        user = self.env.user.sudo()  # sudo: of teams
        if user.has_group("itsm_helpdesk.group_itsm_admin"):
            return Domain.TRUE
        if not user.has_group("itsm_helpdesk.group_itsm_agent"):
            return Domain.FALSE
        mine = Domain("owner_id", "=", user.id) | Domain("reviewer_id", "=", user.id)
        for_me = Domain("audience", "!=", "teams") | Domain(
            "team_ids", "in", self._team_ids_of(user)
        )
        desk = Domain("desk_id", "=", False) | Domain(
            "desk_id.agent_ids", "in", user.ids
        )
        manager = Domain("desk_id.manager_ids", "in", user.ids)
        return mine | (desk & for_me) | manager

    @api.model
    def _readable_domain(self):
        """Return the domain of articles of which the user sees a version at least."""
        return self._editable_domain() | self._reader_domain()

    @api.model
    def _team_ids_of(self, user):
        """Return the ids of the teams of which a user is a member or the leader."""
        return (
            self.env["itsm.team"]
            .sudo()  # sudo: teams of all companies; only ids leave here
            .search(
                Domain("member_ids", "in", user.ids) | Domain("leader_id", "=", user.id)
            )
            .ids
        )

    @api.model
    def _departments_above(self, user):
        """Return the ids of the departments that a user is in, and of those above."""
        # sudo: as above; an article for a department is for those below it too.
        belongs_to, _manages = self.env["itsm.ticket"].sudo()._departments_of(user)
        if not belongs_to:
            return []
        return (
            self.env["hr.department"].sudo().search([("id", "parent_of", belongs_to)])
        ).ids

    @api.model
    def _search_for_reader(self, domain=(), limit=None, order=None):
        """Return the articles that the current user is shown as a reader.

        With the rights of the system, because readers have none on the model; whoever
        uses it gives away their published versions only.
        """
        # sudo: what the reader is shown is the domain.
        return self.sudo().search(
            self._reader_domain() & Domain(domain), limit=limit, order=order
        )


class ItsmArticleVersion(models.Model):
    """Who reads a version: who is shown it now, and who works on its article."""

    _inherit = "itsm.article.version"

    shown_article_ids = fields.One2many(
        "itsm.article", "version_id", export_string_translation=False
    )
    is_shown = fields.Boolean(
        compute="_compute_is_shown",
        search="_search_is_shown",
        export_string_translation=False,
        help="The user is shown it as a reader.",
    )

    @api.depends("article_id.version_id")
    @api.depends_context("uid")
    def _compute_is_shown(self):
        shown = self.sudo().filtered_domain(self._shown_domain())
        for version in self:
            version.is_shown = version in shown

    def _search_is_shown(self, operator, value):
        return NotImplemented if operator != "in" else self._shown_domain()

    @api.model
    def _shown_domain(self):
        """Return the domain of what the user is shown now as a reader."""
        # Past the rules of articles: the domain says what the reader is shown.
        shown = self.env["itsm.article"]._reader_domain()
        return Domain("shown_article_ids", "any!", shown)
