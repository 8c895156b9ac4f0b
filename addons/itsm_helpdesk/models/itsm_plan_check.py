from odoo import fields, models


class ItsmPlanCheck(models.Model):
    """A line of the checklist that the tasks made from a plan get."""

    _name = "itsm.plan.check"
    _description = "Checklist Line of a Plan"
    _order = "sequence, id"

    plan_task_id = fields.Many2one(
        "itsm.plan.task", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    is_required = fields.Boolean(
        "Required", default=True, help="The task is not done before this is ticked."
    )
