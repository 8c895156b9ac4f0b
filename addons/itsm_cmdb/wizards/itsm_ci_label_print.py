from odoo import api, fields, models


class ItsmCiLabelPrint(models.TransientModel):
    """Print labels for items."""

    _name = "itsm.ci.label.print"
    _description = "Print Labels"
    _inherit = ["itsm.label.print.mixin"]

    ci_ids = fields.Many2many("itsm.ci", string="Items")

    @api.model
    def default_get(self, fields_list):
        """Begin with the items that were marked in their list."""
        values = super().default_get(fields_list)
        context = self.env.context
        if "ci_ids" in fields_list and context.get("active_model") == "itsm.ci":
            values["ci_ids"] = [
                fields.Command.set(context.get("active_ids") or [context["active_id"]])
            ]
        return values

    def _labelled(self):
        return [self.ci_ids]

    def action_print(self):
        """Print the labels as PDF, or show them for printing where there is none."""
        self.ensure_one()
        self._check_sheet()
        xmlid = "action_report_itsm_ci_labels"
        if self.sheet == "roll_62":
            xmlid = "action_report_itsm_ci_labels_roll"
        # The wizard itself is the report's record: it knows the items and the sheet.
        return self.env.ref(f"itsm_cmdb.{xmlid}").report_action(self)
