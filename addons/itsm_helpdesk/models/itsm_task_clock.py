from odoo import api, fields, models
from odoo.fields import Domain


class ItsmSlaClock(models.Model):
    """The task of a clock, for record rules and filters."""

    _inherit = "itsm.sla.clock"

    task_id = fields.Many2one(
        "itsm.task",
        compute="_compute_task_id",
        search="_search_task_id",
        export_string_translation=False,
    )

    @api.depends("res_model", "res_id")
    def _compute_task_id(self):
        for clock in self:
            is_task = clock.res_model == "itsm.task"
            clock.task_id = clock.res_id if is_task else False

    def _search_task_id(self, operator, value):
        if operator in ("any", "any!"):
            Task = self.env["itsm.task"]
            value = Task._search(value, bypass_access=operator == "any!")
            operator = "in"
        if operator != "in":
            return NotImplemented
        return Domain("res_model", "=", "itsm.task") & Domain("res_id", "in", value)
