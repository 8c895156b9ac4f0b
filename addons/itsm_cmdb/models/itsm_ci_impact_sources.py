from odoo import api, models

from ..tools import impact
from .itsm_ci_stage import ENDED, NOT_WORKING


class ItsmCi(models.Model):
    """What is known to fail beside what an analysis asks about."""

    _inherit = "itsm.ci"

    @api.model
    def _impact_known_failures(self, window):
        """Return ``{id: (state, text)}`` of items that fail in a window of time.

        Addons that know more, such as of planned outages, extend this.

        :param window: ``(start, end)``
        """
        # sudo: what somebody may not see fails all the same.
        this = self.sudo()
        broken = this.search_fetch(
            [("status", "in", sorted(NOT_WORKING - ENDED))], ["status"]
        )
        statuses = dict(this._fields["status"]._description_selection(self.env))
        known = {
            item.id: (
                impact.DOWN,
                self.env._("Its status is “%(status)s”.", status=statuses[item.status]),
            )
            for item in broken
        }
        links = this.env["itsm.ticket.ci"].search(
            [
                ("role", "=", "cause"),
                ("excluded", "=", False),
                ("ticket_id.type", "=", "incident"),
                ("ticket_id.state", "in", self.env["itsm.ticket"]._open_states()),
                ("ticket_id.opened_at", "<=", window[1]),
            ]
        )
        tickets = links.ticket_id.with_env(self.env)._filtered_access("read")
        for link in links:
            state = impact.STATES.index(link.state or "down")
            text = self.env._("Cause of an open incident.")
            if link.ticket_id in tickets:
                text = self.env._(
                    "Cause of open incident %(number)s.", number=link.ticket_id.number
                )
            if known.get(link.ci_id.id, (impact.UP,))[0] < state:
                known[link.ci_id.id] = state, text
        return known
