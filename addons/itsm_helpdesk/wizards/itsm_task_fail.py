from odoo import fields, models


class ItsmTaskFail(models.TransientModel):
    """Asks why tasks failed."""

    _name = "itsm.task.fail"
    _description = "Task Failure"

    task_ids = fields.Many2many("itsm.task", string="Tasks", required=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Let the tasks fail for that reason."""
        self.ensure_one()
        return self.task_ids.action_fail(self.reason)
