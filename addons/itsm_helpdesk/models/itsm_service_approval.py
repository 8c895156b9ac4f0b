from odoo import fields, models

from .itsm_ticket import WORKERS


class ItsmService(models.Model):
    """Who must approve the requests for a service."""

    _inherit = "itsm.service"

    approval_policy_id = fields.Many2one(
        "itsm.approval.policy",
        domain="[('res_model', '=', 'itsm.ticket')]",
        ondelete="restrict",
        tracking=True,
        groups=WORKERS,
        help="Who must approve a request before work begins. Empty: nobody.",
    )
