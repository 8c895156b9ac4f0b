from odoo import fields, models


class ItsmService(models.Model):
    """A service as its users know it (ITIL 4, service catalogue management)."""

    _name = "itsm.service"
    _description = "Service"
    _inherit = ["mail.thread"]
    _order = "desk_id, sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    description = fields.Text(translate=True, help="What it is, in the users' words.")
    desk_id = fields.Many2one(
        "itsm.desk", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(
        "res.company", related="desk_id.company_id", store=True, index=True
    )
    service_class_id = fields.Many2one(
        "itsm.service.class",
        tracking=True,
        groups="base.group_user",
        help="For requesters who have none by themselves or their department.",
    )
