from odoo import api, fields, models

from odoo.addons.itsm_sla.tools import terms

from .itsm_ticket import TICKET_TYPES


class ItsmSlaPolicy(models.Model):
    """Conditions that only tickets have."""

    _inherit = "itsm.sla.policy"

    desk_ids = fields.Many2many(
        "itsm.desk",
        "itsm_sla_policy_desk_rel",
        "policy_id",
        "desk_id",
        string="Desks",
        help="Empty: all.",
    )
    service_ids = fields.Many2many(
        "itsm.service",
        "itsm_sla_policy_service_rel",
        "policy_id",
        "service_id",
        string="Services",
        help="Empty: all, and tickets without a service.",
    )
    team_ids = fields.Many2many(
        "itsm.team",
        "itsm_sla_policy_team_rel",
        "policy_id",
        "team_id",
        string="Teams",
        help="Teams whose turns this is for. Empty: all.",
    )
    ticket_type = fields.Selection(TICKET_TYPES, help="Empty: all.")

    @api.model
    def _default_res_model(self):
        return "itsm.ticket"

    def _condition_values(self):
        return {
            **super()._condition_values(),
            "desk": frozenset(self.desk_ids.ids),
            "service": frozenset(self.service_ids.ids),
            "type": frozenset(filter(None, [self.ticket_type])),
        }

    def _party_ids(self):
        if self.kind == terms.OLA:
            return self.team_ids.ids
        return super()._party_ids()
