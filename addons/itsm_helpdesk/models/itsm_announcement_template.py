from odoo import api, fields, models

from .itsm_announcement import ANNOUNCEMENT_KINDS
from .whole_html import WholeHtml

_TAKEN = ("kind", "on_portal", "on_mail", "on_activity", "ask_confirmation")


class ItsmAnnouncementTemplate(models.Model):
    """Words and ways of announcements that come again."""

    _name = "itsm.announcement.template"
    _description = "Template of Announcements"
    _inherit = ["itsm.announcement.words.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(ANNOUNCEMENT_KINDS, required=True, default="info")
    desk_ids = fields.Many2many(
        "itsm.desk",
        "itsm_announcement_template_desk_rel",
        "template_id",
        "desk_id",
        string="Desks",
        help="Empty: for all desks.",
    )
    subject = fields.Char("Title", required=True, translate=True)
    body = WholeHtml()
    clear_body = WholeHtml("All-Clear")
    on_portal = fields.Boolean("Portal", default=True)
    on_mail = fields.Boolean("Mail")
    on_activity = fields.Boolean("To-Do")
    ask_confirmation = fields.Boolean()

    @api.model
    def _worded_fields(self):
        return ("subject", "body", "clear_body")

    def _announcement_values(self):
        """Return what a new announcement takes from it."""
        self.ensure_one()
        return {
            "name": self.subject,
            "body": self.body,
            **{name: self[name] for name in _TAKEN},
            **({"desk_ids": self.desk_ids} if self.desk_ids else {}),
        }

    def action_use(self):
        """Open a new announcement with these words."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_announcement_action"
        )
        return {
            **action,
            "views": [(False, "form")],
            "context": {"default_template_id": self.id},
        }
