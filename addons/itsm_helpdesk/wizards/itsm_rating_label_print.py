from odoo import fields, models
from odoo.exceptions import AccessError


class ItsmRatingLabelPrint(models.TransientModel):
    """Print stickers for desks and codes for the badges of their people."""

    _name = "itsm.rating.label.print"
    _description = "Print Stickers and Badges"
    _inherit = ["itsm.label.print.mixin"]

    desk_ids = fields.Many2many("itsm.desk", string="Stickers of Desks")
    user_ids = fields.Many2many(
        "res.users", string="Badges of", domain="[('share', '=', False)]"
    )

    def _labelled(self):
        return [self.desk_ids, self.env["itsm.rating.badge"]._for_users(self.user_ids)]

    def action_print(self):
        """Print them as PDF, or show them for printing where there is none."""
        self.ensure_one()
        self._refuse_strangers()
        self._check_sheet()
        xmlid = "action_report_itsm_rating_labels"
        if self.sheet == "roll_62":
            xmlid += "_roll"
        return self.env.ref(f"itsm_helpdesk.{xmlid}").report_action(self)

    def _sheets(self):
        self._refuse_strangers()
        return super()._sheets()

    def _refuse_strangers(self):
        """Refuse codes for desks and people that are not the user's own."""
        user = self.env.user
        if user.has_group("itsm_helpdesk.group_itsm_admin"):
            return
        desks = self.env["itsm.desk"].search([("agent_ids", "in", user.id)])
        people = desks.agent_ids
        strange = (self.desk_ids - desks)[:1] or (self.user_ids - people)[:1]
        if strange:
            raise AccessError(
                self.env._(
                    "“%(name)s” is not one of your desks, or no colleague of yours.",
                    name=strange.display_name,
                )
            )
