import re

from odoo import models

from .itsm_change_steps import PROGRESS_CHANNEL

_PROGRESS = re.compile(r"itsm\.change\.progress/(\d{1,9})")


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Open the progress channels of the changes that the user may read."""
        asked, rest = [], []
        for channel in channels:
            match = isinstance(channel, str) and _PROGRESS.fullmatch(channel)
            if match:
                asked.append(int(match[1]))
            else:
                rest.append(channel)
        Change = self.env["itsm.change"].with_context(active_test=False)
        if asked and Change.has_access("read"):
            found = Change.search([("id", "in", asked)])
            rest += [(change, PROGRESS_CHANNEL) for change in found]
        return super()._build_bus_channel_list(rest)
