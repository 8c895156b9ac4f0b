from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS

_FIGURES = frozenset(
    {
        "impact_analysed_at",
        "impact_item_count",
        "impact_service_count",
        "impact_people_count",
    }
)


class ItsmTicket(models.Model):
    """What the outage of a ticket touches; found again as often as one likes."""

    _inherit = "itsm.ticket"

    _kept_items = 1_000

    impact_analysed_at = fields.Datetime(
        "Impact Analysed On", readonly=True, copy=False, groups=WORKERS
    )
    impact_item_count = fields.Integer(groups=WORKERS)
    impact_service_count = fields.Integer(groups=WORKERS)
    impact_people_count = fields.Integer(groups=WORKERS)
    hidden_item_count = fields.Integer(groups=WORKERS)

    @api.model
    def _system_fields(self):
        return super()._system_fields() | _FIGURES

    def action_analyse_impact(self):
        """Find what the affected items and causes of each ticket touch.

        What people added or excluded stays; what was found before and is no longer hit
        goes.
        """
        self.check_access("write")
        for ticket in self:
            # sudo: the answer does not depend on what the agent may see.
            ticket.sudo()._analyse_impact()
        return True

    def _analyse_impact(self):
        states, works = self._assumed_failures()
        if not states:
            raise UserError(
                self.env._(
                    "Say first what %(ticket)s is about: add an affected item or a "
                    "cause.",
                    ticket=self.display_name,
                )
            )
        analysis = (
            self.env["itsm.ci"]
            .browse(states)
            ._impact_analysis(states=states, immune=works)
        )
        figures, _is_other = self._keep_analysis(analysis)
        self._write_system({"impact_analysed_at": fields.Datetime.now(), **figures})

    def action_impact_graph(self):
        """Draw what the items of the ticket hit, as its analysis counts it."""
        self.ensure_one()
        return self._impact_picture(self.env._("Impact of %s", self.number))
