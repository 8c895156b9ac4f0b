from odoo import models


class ItsmDesk(models.Model):
    """Managers that people change by hand, and desks that come and go."""

    _inherit = "itsm.desk"

    def write(self, vals):
        result = super().write(vals)
        if "manager_ids" in vals:
            self.env["itsm.role"]._note_by_hand([("desk_id", "in", self.ids)])
        if "active" in vals:
            self.env["itsm.role"]._recheck_scope([("desk_id", "in", self.ids)])
        return result
