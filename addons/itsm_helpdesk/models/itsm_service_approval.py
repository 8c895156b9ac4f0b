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
        tracking=True,
        groups=WORKERS,
        help="Who must approve a request before work begins. Empty: nobody.",
    )

    @api.constrains("approval_policy_id", "desk_id")
    def _check_approval_policy(self):
        """Whoever makes a service may name any id; the page then tells who decides."""
        for service in self:
            policy = service.approval_policy_id
            company = policy.company_id
            if policy and (
                policy.res_model != "itsm.ticket"
                or company not in (service.company_id, company.browse())
            ):
                raise ValidationError(
                    self.env._(
                        "“%(service)s” cannot use this approval policy: it is not for "
                        "tickets, or of another company.",
                        service=service.name,
                    )
                )
