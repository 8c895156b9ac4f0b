from odoo import fields, models


class ItsmChangeItemChoice(models.TransientModel):
    """Asks which of the items of a change will differ."""

    _name = "itsm.change.item.choice"
    _description = "Which Item Will Differ"
    _inherit = ["itsm.change.wizard"]
    _about = ("change_id", "ci_id")

    change_id = fields.Many2one("itsm.change", required=True, readonly=True)
    change_ci_ids = fields.Many2many(related="change_id.ci_ids", string="Its Items")
    ci_id = fields.Many2one(
        "itsm.ci", "Item", required=True, domain="[('id', 'in', change_ci_ids)]"
    )

    def action_choose(self):
        """Open the form of the item."""
        self.ensure_one()
        vals = {"change_id": self.change_id.id}
        return self.env["itsm.change.proposal"]._open(vals, self.ci_id)
