from odoo import api, fields, models
from odoo.fields import Command

VERBS = [
    ("submit_for_review", "Send to review"),
    ("publish", "Publish"),
    ("send_back", "Send back"),
    ("renew", "Still right"),
    ("expire", "Expire"),
    ("handle", "Answer comments"),
]


class ItsmArticleAction(models.TransientModel):
    """Asks for what a verb of articles or of their comments needs, then uses it."""

    _name = "itsm.article.action"
    _description = "Article Action"

    verb = fields.Selection(VERBS, required=True)
    article_ids = fields.Many2many("itsm.article", string="Articles")
    feedback_ids = fields.Many2many("itsm.article.feedback", string="Comments")
    reviewer_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False)]",
        help="Empty: a team leader of the desk.",
    )
    note = fields.Char("What Is New")
    reason = fields.Text()
    review_date = fields.Date("Next Review")
    expires_at = fields.Datetime("Expires On", help="Empty: it does not expire.")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        model, ids = (
            self.env.context.get("active_model"),
            self.env.context.get("active_ids") or [],
        )
        if model == "itsm.article":
            values["article_ids"] = [Command.set(ids)]
            articles = self.env["itsm.article"].browse(ids)
            values["reviewer_id"] = articles.reviewer_id[:1].id
            values["review_date"] = articles[:1]._next_review()
        elif model == "itsm.article.feedback":
            values["feedback_ids"] = [Command.set(ids)]
        return {name: values[name] for name in values if name in fields_list}

    def action_apply(self):
        """Use the verb with what was filled in."""
        self.ensure_one()
        getattr(self, f"_apply_{self.verb}")()
        return {"type": "ir.actions.act_window_close"}

    def _apply_submit_for_review(self):
        self.article_ids.submit_for_review(self.reviewer_id)

    def _apply_publish(self):
        self.article_ids.publish(self.note)

    def _apply_send_back(self):
        self.article_ids.send_back(self.reason)

    def _apply_renew(self):
        self.article_ids.renew(self.review_date, self.expires_at)

    def _apply_expire(self):
        self.article_ids.expire(self.reason)

    def _apply_handle(self):
        self.feedback_ids.handle(self.reason)
