from odoo import api, fields, models

from ..tools.suited import best_suited

_WORKERS = "itsm_helpdesk.group_itsm_agent,itsm_helpdesk.group_itsm_auditor"


class ItsmTicket(models.Model):
    """Tickets go to those who can do them."""

    _inherit = "itsm.ticket"

    needed_skill_ids = fields.Many2many(
        "hr.skill", compute="_compute_needed_skill_ids", groups=_WORKERS
    )

    def _compute_needed_skill_ids(self):
        for ticket in self:
            ticket.needed_skill_ids = ticket._skill_needs().skill_id

    def _skill_needs(self):
        """Return what the ticket's service and its category, with those above, need."""
        category = self.category_id
        needs = self.service_id.sudo().skill_need_ids
        while category:
            needs |= category.skill_need_ids
            category = category.parent_id
        return needs

    def _assignment_demand(self):
        return (*super()._assignment_demand(), *sorted(self._skill_needs()._as_pairs()))

    @api.model
    def _best_suited(self, agents, demand):
        agents = super()._best_suited(agents, demand)
        if not demand or not agents:
            return agents
        return agents.browse(
            best_suited(agents.ids, demand, agents._itsm_skill_levels())
        )
