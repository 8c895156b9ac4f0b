from odoo import fields, models
from odoo.exceptions import ValidationError


class ItsmPlanCheck(models.Model):
    """A line of the checklist that the tasks made from a plan get."""

    _name = "itsm.plan.check"
    _inherit = ["itsm.service.row"]
    _description = "Checklist Line of a Plan"
    _order = "sequence, id"

    plan_task_id = fields.Many2one(
        "itsm.plan.task", required=True, index=True, ondelete="cascade"
    )
    version_id = fields.Many2one(related="plan_task_id.version_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    is_required = fields.Boolean(
        "Required", default=True, help="The task is not done before this is ticked."
    )

    def write(self, vals):
        if "plan_task_id" in vals and self.plan_task_id.ids != [vals["plan_task_id"]]:
            raise ValidationError(
                self.env._("A checklist line stays with its task. Make a new one.")
            )
        return super().write(vals)
