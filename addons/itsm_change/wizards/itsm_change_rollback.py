from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.itsm_change_lifecycle import COORDINATOR


class ItsmChangeRollback(models.TransientModel):
    """Asks why a change is undone; after the point of no return, for a decision."""

    _name = "itsm.change.rollback"
    _description = "Undoing of a Change"
    _inherit = ["itsm.change.wizard"]

    change_id = fields.Many2one("itsm.change", required=True, readonly=True)
    reason = fields.Text("Why?", required=True)
    is_past_return = fields.Boolean(related="change_id.is_past_return")
    may_decide = fields.Boolean(compute="_compute_may_decide")
    past_return = fields.Boolean(
        "I decide to undo it nevertheless",
        help="The point of no return is passed. The decision is kept with your name.",
    )
    backout_names = fields.Text("These steps begin", compute="_compute_backout_names")

    @api.depends_context("uid")
    @api.depends("change_id")
    def _compute_may_decide(self):
        self.may_decide = self.env.user.has_group(COORDINATOR)

    @api.depends("change_id")
    def _compute_backout_names(self):
        for wizard in self:
            steps = wizard.change_id.step_ids.filtered("is_backout")
            wizard.backout_names = "\n".join(steps.mapped("name"))

    def action_confirm(self):
        """Undo the change."""
        self.ensure_one()
        if not self.change_id:
            raise UserError(self.env._("Choose the change that is undone."))
        return self.change_id.roll_back(self.reason, self.past_return)
