from odoo import api, fields, models

COMMENT_ACTIVITY = "itsm_knowledge.mail_activity_type_comment"
# What a reader may write; more is no comment.
MAX_COMMENT = 2000


class ItsmArticleFeedback(models.Model):
    """What a reader says about an article: did it help, and a comment.

    One of each reader and version: who answers again changes their answer. Made by
    :meth:`itsm.article._give_feedback` only.
    """

    _name = "itsm.article.feedback"
    _description = "Feedback on an Article"
    _inherit = ["itsm.guarded.mixin"]
    _order = "id desc"

    article_id = fields.Many2one(
        "itsm.article", required=True, index=True, ondelete="cascade"
    )
    version_id = fields.Many2one(
        "itsm.article.version", required=True, ondelete="cascade"
    )
    desk_id = fields.Many2one(related="article_id.desk_id", string="Desk")
    owner_id = fields.Many2one(related="article_id.owner_id", string="Owner")
    user_id = fields.Many2one("res.users", "Reader", index=True, ondelete="set null")
    helpful = fields.Boolean("Helped")
    comment = fields.Text()
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
    )
    given_at = fields.Datetime("Given On", default=fields.Datetime.now)
    to_handle = fields.Boolean(
        "To Answer", index=True, help="A comment that nobody has dealt with yet."
    )
    handled_by_id = fields.Many2one("res.users")
    handled_at = fields.Datetime("Handled On")
    answer = fields.Text()

    _reader_unique = models.UniqueIndex(
        "(version_id, user_id) WHERE user_id IS NOT NULL",
        "This reader has answered already.",
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | set(self._fields) - {"display_name"}

    @api.depends("article_id.number", "helpful")
    def _compute_display_name(self):
        for feedback in self:
            feedback.display_name = self.env._(
                "Feedback on %(article)s", article=feedback.article_id.number
            )

    def handle(self, answer=None):
        """Say that the comments are dealt with.

        :param answer: what the readers are told by mail, if anything
        """
        self.check_access("read")
        self.article_id.check_access("write")
        answer = (answer or "").strip()
        self._write_system(
            {
                "to_handle": False,
                "handled_by_id": self.env.uid,
                "handled_at": fields.Datetime.now(),
                **({"answer": answer} if answer else {}),
            }
        )
        if answer:
            for feedback in self.filtered("user_id"):
                feedback._tell_reader()
        self.article_id._close_comment_activities()
        return True

    def action_handle(self):
        """Say that the comments are dealt with, without an answer."""
        return self.handle()

    def _tell_reader(self):
        """Mail the answer to the reader, who has no access to articles themselves."""
        self.ensure_one()
        partner = self.sudo().user_id.partner_id  # sudo: their address only
        lang = partner.lang or "en_US"
        name = self.version_id._text(lang)["name"]
        self.env["mail.thread"].with_context(lang=lang).message_notify(
            partner_ids=partner.ids,
            subject=self.with_context(lang=lang).env._(
                "Your comment on “%(article)s”", article=name
            ),
            body=self.answer,
        )


class ItsmArticle(models.Model):
    """What readers say about an article."""

    _inherit = "itsm.article"

    feedback_ids = fields.One2many("itsm.article.feedback", "article_id", readonly=True)
    helpful_count = fields.Integer(
        "Helped", compute="_compute_feedback_counts", store=True
    )
    unhelpful_count = fields.Integer(
        "Did Not Help", compute="_compute_feedback_counts", store=True
    )
    open_comment_count = fields.Integer(
        "Comments to Answer", compute="_compute_feedback_counts", store=True
    )

    @api.depends("feedback_ids.helpful", "feedback_ids.to_handle")
    def _compute_feedback_counts(self):
        counts = self.env["itsm.article.feedback"]._read_group(
            [("article_id", "in", self.ids)],
            ["article_id", "helpful", "to_handle"],
            ["__count"],
        )
        for article in self:
            own = [row[1:] for row in counts if row[0] == article]
            article.helpful_count = sum(n for yes, _open, n in own if yes)
            article.unhelpful_count = sum(n for yes, _open, n in own if not yes)
            article.open_comment_count = sum(n for _yes, todo, n in own if todo)

    def _give_feedback(self, helpful, comment=None):
        """Keep what the current user says about the published version.

        The caller checked that they are a reader of the article.

        :param helpful: whether it helped
        :param comment: what they say, as plain text
        """
        self.ensure_one()
        comment = (comment or "").strip()[:MAX_COMMENT]
        # sudo: readers have no rights on the model; this is what they may do.
        Feedback = self.env["itsm.article.feedback"].sudo()._as_system()
        article = self.sudo()
        feedback = Feedback.search(
            [
                ("version_id", "=", article.version_id.id),
                ("user_id", "=", self.env.uid),
            ],
            limit=1,
        )
        values = {
            "helpful": bool(helpful),
            "lang": self.env.lang,
            "given_at": fields.Datetime.now(),
        }
        if comment and comment != feedback.comment:
            values |= {"comment": comment, "to_handle": True}
        if feedback:
            feedback.write(values)
        else:
            feedback = Feedback.create(
                {
                    **values,
                    "article_id": article.id,
                    "version_id": article.version_id.id,
                    "user_id": self.env.uid,
                }
            )
        if "comment" in values:
            article._ask_owner_to_answer()
        return feedback

    def _ask_owner_to_answer(self):
        """Give the owner one activity for all comments that wait."""
        self.ensure_one()
        owner = self.owner_id or self.desk_id.manager_ids[:1]
        if not owner or self._comment_activities():
            return
        self._remind(
            COMMENT_ACTIVITY, owner, self.env._("Answer the comments of readers")
        )

    def _comment_activities(self):
        kind = self.env.ref(COMMENT_ACTIVITY, raise_if_not_found=False)
        return self.activity_ids.filtered(lambda todo: todo.activity_type_id == kind)

    def _close_comment_activities(self):
        """End the owner's activity where no comment waits any more."""
        for article in self.sudo().filtered(
            lambda article: not article.open_comment_count
        ):
            article.activity_feedback([COMMENT_ACTIVITY])
