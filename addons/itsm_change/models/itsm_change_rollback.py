from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.itsm_helpdesk.tools import plan

from ..tools import states
from .itsm_change_lifecycle import COORDINATOR


class ItsmChange(models.Model):
    """Undoing a change while it is made.

    The steps that lead forward are given up, those of the back-out begin. A step that
    fails can set it off by itself. After the point of no return nothing does, but a
    coordinator who decides so.
    """

    _inherit = "itsm.change"

    rolled_back_at = fields.Datetime("Back-Out Begun", readonly=True, copy=False)
    rolled_back_by_id = fields.Many2one(
        "res.users", "Back-Out Decided by", readonly=True, copy=False
    )
    rollback_reason = fields.Text("Why It Was Undone", readonly=True, copy=False)
    is_past_return = fields.Boolean(
        "Past the Point of No Return", compute="_compute_rollback"
    )
    can_roll_back = fields.Boolean(compute="_compute_rollback")

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "rolled_back_at",
            "rolled_back_by_id",
            "rollback_reason",
        }

    @api.depends(
        "state",
        "rolled_back_at",
        "step_ids.state",
        "step_ids.is_point_of_no_return",
    )
    @api.depends_context("uid")
    def _compute_rollback(self):
        for change in self:
            change.is_past_return = change._is_past_return()
            change.can_roll_back = (
                change.state == states.IMPLEMENT
                and not change.rolled_back_at
                and change._may_roll_back()
            )

    def _is_past_return(self):
        """Tell whether a step was begun after which there is no way back."""
        self.ensure_one()
        return any(
            step.is_point_of_no_return and step._has_begun()
            for step in self._plan_own_tasks()
        )

    def _can_roll_back(self):
        """Tell whether a step that fails rolls the change back by itself."""
        self.ensure_one()
        steps = self._plan_own_tasks()
        return any(steps.mapped("is_backout")) and not self._is_past_return()

    def _may_roll_back(self):
        user = self.env.user
        leads = user in (self.implementer_id, self.coordinator_id)
        return self.env.su or leads or user.has_group(COORDINATOR)

    # ------------------------------------------------------------------
    # The verb
    # ------------------------------------------------------------------

    def roll_back(self, reason=None, past_return=False):
        """Undo the changes: the steps of their back-out begin.

        :param reason: why
        :param past_return: a coordinator's decision to try it after the point of no
            return
        """
        reason = self._words(reason, self.env._("Say why the change is undone."))
        self.check_access("write")
        self._plan_lock()
        for change in self:
            change._refuse_roll_back(past_return)
        self._start_back_out(reason)
        return True

    def _refuse_roll_back(self, past_return):
        self.ensure_one()
        if self.state != states.IMPLEMENT or self.rolled_back_at:
            raise UserError(
                self.env._(
                    "%(change)s can be undone while it is being made, and once.",
                    change=self.display_name,
                )
            )
        if not self._may_roll_back():
            raise AccessError(
                self.env._(
                    "Only the implementer or a coordinator undoes %(change)s.",
                    change=self.display_name,
                )
            )
        if not self._is_past_return():
            return
        if not past_return:
            raise UserError(
                self.env._(
                    "%(change)s is past its point of no return, so it cannot simply be "
                    "undone. Go on, or let a change coordinator decide to undo it "
                    "nevertheless.",
                    change=self.display_name,
                )
            )
        if not self.env.su and not self.env.user.has_group(COORDINATOR):
            raise AccessError(
                self.env._(
                    "%(change)s is past its point of no return: only a change "
                    "coordinator decides to undo it.",
                    change=self.display_name,
                )
            )

    def _start_back_out(self, reason):
        """Give up what leads forward, and begin what undoes it."""
        self._write_system(
            {
                "rolled_back_at": fields.Datetime.now(),
                "rolled_back_by_id": self.env.uid,
                "rollback_reason": reason,
            }
        )
        self._message_log_batch(
            bodies=dict.fromkeys(
                self.ids, self.env._("The change is undone: %(why)s", why=reason)
            )
        )
        forward = self._plan_own_tasks().filtered(
            lambda step: step._is_open() and not step.is_backout
        )
        if forward:
            forward._give_up()
        self._plan_advance()

    def _plan_advance(self):
        for change in self.sudo().filtered(lambda change: change._plan_is_running()):
            failed = change._failure_to_undo()
            if failed:
                change._start_back_out(
                    self.env._(
                        "“%(step)s” failed: %(why)s",
                        step=failed.name,
                        why=failed.failure_reason or "",
                    )
                )
        return super()._plan_advance()

    def _failure_to_undo(self):
        """Return the failed step that rolls the change back now."""
        if self.rolled_back_at or not self._can_roll_back():
            return self.step_ids.browse()
        return self.step_ids.filtered(
            lambda step: step.state == plan.FAILED and step.rolls_back
        )[:1]

    # ------------------------------------------------------------------
    # How it ended
    # ------------------------------------------------------------------

    def close(self, code=None, note=None):
        """A change that was undone did not succeed; nor did one with a failed step."""
        for change in self:
            change._refuse_result(code)
        return super().close(code, note)

    def _refuse_result(self, code):
        self.ensure_one()
        if self.rolled_back_at and code in states.DONE_CODES:
            raise UserError(
                self.env._(
                    "%(change)s was undone, so it ended “Rolled Back” or “Failed”.",
                    change=self.display_name,
                )
            )
        failed = self._plan_own_tasks().filtered(
            lambda step: step.is_required and step.state == plan.FAILED
        )
        if failed and code == states.SUCCESSFUL:
            raise UserError(
                self.env._(
                    "“%(step)s” failed, so %(change)s was not simply successful. "
                    "Choose another result, and say what happened.",
                    step=failed[0].name,
                    change=self.display_name,
                )
            )

    def action_roll_back(self):
        """Ask why, then undo the change."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Undo the Change"),
            "res_model": "itsm.change.rollback",
            "view_mode": "form",
            "target": "new",
            "context": {"default_change_id": self.id},
        }
