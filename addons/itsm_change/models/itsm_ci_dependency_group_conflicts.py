from odoo import models


class ItsmCiDependencyGroup(models.Model):
    """How many of a group are needed decides what two changes may take away."""

    _inherit = "itsm.ci.dependency.group"

    def write(self, vals):
        result = super().write(vals)
        self.relation_ids._mark_change_conflicts()
        return result

    def unlink(self):
        self.relation_ids._mark_change_conflicts()
        return super().unlink()
