from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_PROOF = frozenset({"done_by_id", "done_at"})


class ItsmTaskCheck(models.Model):
    """A line of a task's checklist, with who ticked it and when."""

    _name = "itsm.task.check"
    _description = "Checklist Line of a Task"
    _order = "sequence, id"

    task_id = fields.Many2one(
        "itsm.task", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    is_required = fields.Boolean(
        "Required", default=True, help="The task is not done before this is ticked."
    )
    is_done = fields.Boolean("Ticked", copy=False)
    done_by_id = fields.Many2one(
        "res.users", "Ticked by", readonly=True, copy=False, ondelete="restrict"
    )
    done_at = fields.Datetime("Ticked On", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_proof(set().union(*vals_list, ()))
        tasks = self.env["itsm.task"].browse(vals["task_id"] for vals in vals_list)
        tasks.check_access("write")
        return super().create([self._with_proof(vals) for vals in vals_list])

    def write(self, vals):
        self._refuse_proof(vals)
        if "task_id" in vals:
            raise UserError(self.env._("A checklist line stays with its task."))
        ended = self.task_id.filtered(lambda task: not task._is_open())
        if ended and not self.env.su:
            raise UserError(
                self.env._(
                    "“%(task)s” has ended, so its checklist stays as it is. Reopen "
                    "the task first.",
                    task=ended[0].display_name,
                )
            )
        return super().write(self._with_proof(vals))

    def _with_proof(self, vals):
        """Return the values with who ticked the line, where it was ticked."""
        if "is_done" not in vals:
            return vals
        done = vals["is_done"]
        return {
            **vals,
            "done_by_id": self.env.uid if done else False,
            "done_at": fields.Datetime.now() if done else False,
        }

    @api.model
    def _refuse_proof(self, names):
        if _PROOF.intersection(names):
            raise AccessError(
                self.env._("Who ticked a line, and when, follows from the tick itself.")
            )
