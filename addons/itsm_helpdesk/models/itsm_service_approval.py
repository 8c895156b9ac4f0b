from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .itsm_ticket import WORKERS


class ItsmService(models.Model):
    """Who must approve the requests for a service."""

    _inherit = "itsm.service"

    approval_policy_id = fields.Many2one(
        "itsm.approval.policy",
        domain="[('res_model', '=', 'itsm.ticket')]",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        groups=WORKERS,
        help="Who must approve a request before work begins. Empty: nobody.",
    )

    @api.constrains("approval_policy_id")
    def _check_approval_policy(self):
        for service in self:
            policy = service.approval_policy_id
            if policy and policy.res_model != "itsm.ticket":
                raise ValidationError(
                    self.env._(
                        "The approval policy “%(policy)s” is not for tickets, so "
                        "“%(service)s” cannot use it.",
                        policy=policy.name,
                        service=service.name,
                    )
                )
