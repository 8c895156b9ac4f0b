from markupsafe import Markup

from odoo import api, fields, models

from ..models.itsm_announcement_update import UPDATE_KINDS


class ItsmAnnouncementSend(models.TransientModel):
    """Shows who is told, how many they are and what they read; then tells them."""

    _name = "itsm.announcement.send"
    _description = "Telling People"

    announcement_id = fields.Many2one(
        "itsm.announcement", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(UPDATE_KINDS, required=True, readonly=True)
    body = fields.Html("What People Read")
    people_count = fields.Integer("People", compute="_compute_figures")
    mail_count = fields.Integer("By Mail", compute="_compute_figures")
    login_count = fields.Integer("On the Portal", compute="_compute_figures")
    internal_count = fields.Integer("By To-Do", compute="_compute_figures")
    unreachable_count = fields.Integer("Not Reached", compute="_compute_figures")
    examples = fields.Char("Among Them", compute="_compute_figures")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    send_at = fields.Datetime("Sent From", compute="_compute_figures")
    is_later = fields.Boolean(compute="_compute_figures")
    on_mail = fields.Boolean(related="announcement_id.on_mail")
    on_portal = fields.Boolean(related="announcement_id.on_portal")
    on_activity = fields.Boolean(related="announcement_id.on_activity")

    @api.depends("announcement_id", "kind")
    def _compute_figures(self):
        for wizard in self:
            news = wizard.announcement_id
            news._check_may_tell()
            figures = news._audience_figures(wizard._people())
            now = fields.Datetime.now()
            wizard.update(
                {
                    "people_count": figures["people"],
                    "mail_count": figures["mail"],
                    "login_count": figures["login"],
                    "internal_count": figures["internal"],
                    "unreachable_count": figures["unreachable"],
                    "examples": ", ".join(figures["examples"]),
                    "send_at": max(news.date_from, now),
                    "is_later": news.date_from > now,
                }
            )

    def _people(self):
        """Return the ids of the contacts who are told, in order."""
        news = self.announcement_id
        # sudo: as below; before it is sent to them, nobody has a receipt.
        told = news.sudo().update_ids.filtered(lambda row: row.kind == "first")
        if told.state != "sent" or not news._keeps_receipts():
            return news._audience_ids()
        # sudo: counted for somebody who may tell them.
        receipts = news.sudo().receipt_ids
        if self.kind == "reminder":
            receipts = receipts.filtered_domain(news._unanswered_domain())
        return sorted(receipts.partner_id.ids)

    @api.depends("announcement_id", "kind")
    def _compute_preview(self):
        for wizard in self:
            news = wizard.announcement_id
            wizard.preview = Markup("<h4>%s</h4><p class='text-muted'>%s</p>%s") % (
                news._title(),
                news._portal_span(),
                news._text(),
            )

    def action_send(self):
        """Tell them."""
        self.ensure_one()
        news = self.announcement_id
        verbs = {
            "first": news.publish,
            "update": lambda: news.tell_update(self.body, self._other_words()),
            "all_clear": lambda: news.all_clear(self._own_words(), self._other_words()),
            "reminder": news.remind,
        }
        verbs[self.kind]()
        return {"type": "ir.actions.act_window_close"}

    def _own_words(self):
        """Return the all-clear if it is not the template's, whose languages count."""
        same = (self.body or "") == (self.announcement_id._clear_body() or "")
        return False if same else self.body

    def action_view_people(self):
        """Open the contacts who are told."""
        self.ensure_one()
        self.announcement_id._check_may_tell()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("For Whom"),
            "res_model": "res.partner",
            "view_mode": "list",
            "views": [(False, "list")],
            "domain": [("id", "in", self._people())],
            "context": {"create": False},
            "target": "new",
        }
