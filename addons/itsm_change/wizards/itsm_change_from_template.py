from datetime import timedelta

from odoo import api, fields, models


class ItsmChangeFromTemplate(models.TransientModel):
    """Asks on what and when, then makes a change from a template."""

    _name = "itsm.change.from.template"
    _description = "New Change from a Template"
    _inherit = ["itsm.change.wizard"]
    _about = ("template_id",)

    template_id = fields.Many2one("itsm.change.template", required=True, readonly=True)
    item_domain = fields.Char(related="template_id.item_domain")
    ci_ids = fields.Many2many(
        "itsm.ci", string="Items", compute="_compute_ci_ids", store=True, readonly=False
    )
    planned_start = fields.Datetime("Begins")
    planned_end = fields.Datetime("Ends", compute="_compute_planned_end")
    implementer_id = fields.Many2one(
        "res.users",
        compute="_compute_implementer_id",
        store=True,
        readonly=False,
        domain="[('share', '=', False)]",
    )
    reason = fields.Text(
        compute="_compute_reason",
        store=True,
        readonly=False,
        help="Why it is made this time.",
    )

    @api.depends("template_id")
    def _compute_ci_ids(self):
        for wizard in self:
            wizard.ci_ids = wizard.template_id.ci_ids

    @api.depends("template_id")
    def _compute_implementer_id(self):
        for wizard in self:
            wizard.implementer_id = wizard.template_id.implementer_id or self.env.user

    @api.depends("template_id")
    def _compute_reason(self):
        for wizard in self:
            wizard.reason = wizard.template_id.reason

    @api.depends("planned_start", "template_id")
    def _compute_planned_end(self):
        for wizard in self:
            wizard.planned_end = wizard.planned_start and (
                wizard.planned_start + timedelta(minutes=wizard.template_id.duration)
            )

    def action_make(self):
        """Make the change, and open it."""
        self.ensure_one()
        change = self.template_id._make_change(
            {
                "ci_ids": self.ci_ids,
                "planned_start": self.planned_start,
                "implementer_id": self.implementer_id.id,
                "reason": self.reason,
            }
        )
        return change._get_records_action()
