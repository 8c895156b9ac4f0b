from odoo import api, models
from odoo.fields import Domain

_FOLLOWERS = ("itsm_helpdesk.group_itsm_agent", "itsm_helpdesk.group_itsm_auditor")


class ItsmApproval(models.Model):
    """Who may read a ticket at the desk reads how its approval stands."""

    _inherit = "itsm.approval"

    @api.model
    def _visible_domain(self, partner):
        domain = super()._visible_domain(partner)
        if not any(self.env.user.has_group(group) for group in _FOLLOWERS):
            return domain
        # Not the system's rights: the tickets are those the user sees.
        tickets = self.env["itsm.ticket"].sudo(False)
        return domain | (
            Domain("res_model", "=", "itsm.ticket")
            & Domain("res_id", "in", tickets._search([], active_test=False))
        )
