from odoo import api, fields, models
from odoo.tools import SQL

USE_KINDS = [
    ("inserted", "Inserted in an Answer"),
    ("linked", "Linked to a Ticket"),
    ("deflected", "Ticket Not Opened"),
    ("viewed", "Read"),
]
# Reading alone does not say that an article was of use.
_HELPING = ("inserted", "linked", "deflected")


class ItsmArticleUse(models.Model):
    """One use of an article: put into an answer, linked to a ticket, read …

    Rows are made by :meth:`itsm.article._record_use` only and never changed.
    """

    _name = "itsm.article.use"
    _description = "Use of an Article"
    _inherit = ["itsm.complaint.part.mixin"]
    _order = "id desc"
    _log_access = False

    article_id = fields.Many2one(
        "itsm.article", required=True, index=True, ondelete="cascade"
    )
    version_id = fields.Many2one("itsm.article.version", ondelete="set null")
    kind = fields.Selection(USE_KINDS, required=True)
    used_at = fields.Datetime(
        "Used On", required=True, default=fields.Datetime.now, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        ondelete="set null",
        help="The agent; who read an article, or was helped by it, is not kept.",
    )
    ticket_id = fields.Many2one(
        "itsm.ticket", index="btree_not_null", ondelete="cascade"
    )

    _ticket_unique = models.UniqueIndex(
        "(ticket_id, article_id, kind) WHERE ticket_id IS NOT NULL",
        "This use is on record already.",
    )


class ItsmArticle(models.Model):
    """How often an article helped."""

    _inherit = "itsm.article"

    use_ids = fields.One2many(
        "itsm.article.use", "article_id", "Each Use", readonly=True
    )
    use_count = fields.Integer(
        "Uses",
        readonly=True,
        copy=False,
        default=0,
        help="How often it went into an answer, was linked to a ticket, or saved one.",
    )
    view_count = fields.Integer("Read", compute="_compute_view_count")
    last_used_at = fields.Datetime("Last Used On", readonly=True, copy=False)

    def _compute_view_count(self):
        # sudo: a sum; the articles themselves were checked.
        counts = dict(
            self.env["itsm.article.use"]
            .sudo()
            ._read_group(
                [("article_id", "in", self.ids), ("kind", "=", "viewed")],
                ["article_id"],
                ["__count"],
            )
        )
        for article in self:
            article.view_count = counts.get(article, 0)

    def _record_use(self, kind, ticket=None):
        """Count a use of these articles; the caller checked that the user reads them.

        The same article counts once for each ticket and kind.

        :param kind: one of ``USE_KINDS``
        :param ticket: the ticket for which they were used, if any
        """
        Use = self.env["itsm.article.use"].sudo()  # sudo: nobody else makes rows
        known = (
            Use.search([("ticket_id", "=", ticket.id), ("kind", "=", kind)]).article_id
            if ticket
            else self.browse()
        )
        articles = self.sudo() - known
        user_id = self.env.uid if kind in ("inserted", "linked") else False
        Use.create(
            [
                {
                    "article_id": article.id,
                    "version_id": article.version_id.id,
                    "kind": kind,
                    "ticket_id": ticket.id if ticket else False,
                    "user_id": user_id,
                }
                for article in articles
            ]
        )
        if kind in _HELPING:
            articles._count_use()

    def _count_use(self):
        """Raise the counters; without an ORM write, which would say who changed it."""
        if not self:
            return
        self.flush_recordset(["use_count", "last_used_at"])
        self.env.execute_query(
            SQL(
                """
                UPDATE itsm_article
                   SET use_count = COALESCE(use_count, 0) + 1, last_used_at = %s
                 WHERE id IN %s
                RETURNING id
                """,
                fields.Datetime.now(),
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(["use_count", "last_used_at"])

    @api.autovacuum
    def _gc_article_views(self):
        """Forget readings after two years; uses for tickets stay."""
        self.env.cr.execute(
            "DELETE FROM itsm_article_use WHERE kind = 'viewed'"
            " AND used_at < now() AT TIME ZONE 'UTC' - interval '2 years'"
        )
