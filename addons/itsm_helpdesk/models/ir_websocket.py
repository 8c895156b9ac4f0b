import re

from odoo import models

# Who hears of it, and the part of a ticket's bus channel it is told on.
PRESENCE_GROUP = "itsm_helpdesk.group_itsm_agent"
PRESENCE_CHANNEL = "presence"
_PRESENCE = re.compile(r"itsm\.ticket\.presence/(\d{1,9})")


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Open the presence channels of the tickets that the agent works on."""
        asked, rest = [], []
        for channel in channels:
            match = isinstance(channel, str) and _PRESENCE.fullmatch(channel)
            if match:
                asked.append(int(match[1]))
            else:
                rest.append(channel)
        if asked and self.env.user.has_group(PRESENCE_GROUP):
            tickets = self.env["itsm.ticket"].with_context(active_test=False)
            found = tickets.search([("id", "in", asked)])
            rest += [
                (ticket, PRESENCE_CHANNEL) for ticket in found._filtered_access("write")
            ]
        return super()._build_bus_channel_list(rest)
