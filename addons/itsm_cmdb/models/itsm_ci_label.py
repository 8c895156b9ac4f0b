from odoo import models


class ItsmCi(models.Model):
    """What stands on an item's label, and how its code leads to it."""

    _name = "itsm.ci"
    _inherit = ["itsm.ci", "itsm.labelled.mixin"]

    _label_path = "/ci/"

    def _label_facts(self):
        self.ensure_one()
        company = self.company_id or self.env.company
        return {
            "code": self.code or "",
            "name": self.name,
            "lines": [*filter(None, [self.asset_code]), company.name],
        }

    def action_print_labels(self):
        """Choose the sheet and print the labels of these items."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Print Labels"),
            "res_model": "itsm.ci.label.print",
            "view_mode": "form",
            "target": "new",
            "context": {"active_model": self._name, "active_ids": self.ids},
        }
