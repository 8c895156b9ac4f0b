from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ItsmApprovalPolicy(models.Model):
    """A policy that a published service needs stays in use."""

    _inherit = "itsm.approval.policy"

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self._refuse_while_needed()
        return super().write(vals)

    def _refuse_while_needed(self):
        """Refuse to archive policies without which requests would go unapproved."""
        # sudo: services of other desks need their policies as well.
        needing = (
            self.env["itsm.service"]
            .sudo()
            .search(
                Domain("state", "=", "published")
                & Domain("version_id.approval_policy_id", "in", self.ids),
                limit=1,
            )
        )
        if needing:
            raise UserError(
                self.env._(
                    "Requests for “%(service)s” are approved by “%(policy)s”. Give the "
                    "service another policy and publish it, then archive this one.",
                    service=needing.name,
                    policy=needing.version_id.approval_policy_id.name,
                )
            )
