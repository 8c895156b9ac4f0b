from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.itsm_helpdesk.tools import plan

from ..tools import states
from .itsm_change_lifecycle import COORDINATOR

# What a step is. It is settled with what the change says.
CONTENT = frozenset(
    {
        "backout",
        "description",
        "duration",
        "failure_task_ids",
        "is_parallel",
        "is_point_of_no_return",
        "is_required",
        "name",
        "on_failure",
        "phase",
        "planned_start",
        "predecessor_ids",
        "rolls_back",
        "sequence",
        "verification",
    }
)
# Of these only when, which the dates of the change say too.
_TIMES = frozenset({"duration", "planned_start"})
# Verbs by which somebody does a step.
_WORK = frozenset({"start", "done", "fail"})


class ItsmTask(models.Model):
    """Who writes the steps of a change, who does them, and until when."""

    _inherit = "itsm.task"

    # ------------------------------------------------------------------
    # Create, write, unlink
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(vals_list)
        steps = tasks.filtered("change_id")
        if steps and not self._is_system():
            steps._refuse_settled_steps(adds=True)
            steps._note_unplanned()
            steps._after_content(set(CONTENT))
        return tasks

    @api.model
    def _complete_new(self, vals_list):
        default = self.env.context.get("default_change_id")
        return super()._complete_new(
            [
                # Whether a step may begin, the plan of its change tells.
                {**vals, "state": plan.WAITING}
                if vals.get("change_id", default)
                else vals
                for vals in vals_list
            ]
        )

    def write(self, vals):
        steps = self.filtered("change_id")
        system = self._is_system()
        if steps and not system:
            steps._refuse_another_owner(vals)
            if not CONTENT.isdisjoint(vals):
                steps._refuse_settled_steps()
        result = super().write(vals)
        if steps and not system and not CONTENT.isdisjoint(vals):
            steps._after_content(CONTENT.intersection(vals))
        if steps and "state" in vals and system:
            steps.sudo().change_id._tell_progress()  # sudo: names no more than ids
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled_steps(self):
        steps = self.filtered("change_id")
        if steps:
            steps._refuse_settled_steps()

    def unlink(self):
        changes = self.sudo().change_id
        result = super().unlink()
        changes.exists()._steps_changed()
        return result

    def _after_content(self, names):
        """Follow what steps say now: their due dates, their plan, the approval."""
        for step in self:
            if step.due_at != step.planned_end:
                step._write_system({"due_at": step.planned_end})
        changes = self.sudo().change_id  # sudo: consequences of what was allowed
        changes._plan_advance()
        if not names <= _TIMES:
            changes._steps_changed()

    def _note_unplanned(self):
        """Say of steps that come when the work has begun that nobody approved them."""
        late = self.filtered(lambda step: step.change_id.state == states.IMPLEMENT)
        late._write_system({"is_unplanned": True})
        for step in late:
            step.sudo().change_id._message_log(
                body=self.env._("Step added during the work: %(step)s", step=step.name)
            )

    def _refuse_another_owner(self, vals):
        if "change_id" in vals or vals.get("ticket_id"):
            moved = self.filtered(
                lambda step: (
                    step.change_id.id != vals.get("change_id", step.change_id.id)
                    or vals.get("ticket_id")
                )
            )
            if moved:
                raise UserError(
                    self.env._(
                        "“%(step)s” is a step of %(change)s and stays there.",
                        step=moved[0].display_name,
                        change=moved[0].sudo().change_id.display_name,  # sudo: its name
                    )
                )

    def _refuse_settled_steps(self, adds=False):
        """Refuse to write steps of changes that are settled, or not the user's.

        :param adds: the steps are new; work may show that something was forgotten
        """
        changes = self.change_id
        if not self.env.su:
            changes.check_access("write")
        for change in changes:
            if not (adds and change.state == states.IMPLEMENT):
                change._refuse_settled_content({"step_ids"})

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def _begin(self, verb):
        steps = self.filtered("change_id")
        steps._refuse_idle_change()
        steps._refuse_strangers_at_step()
        if verb == "reopen":
            steps._refuse_rolled_back()
        tasks = super()._begin(verb)
        if verb in _WORK and not self.env.su:
            steps._note_worker()
        return tasks

    def _note_worker(self):
        """Keep who does the steps, whoever they were given to."""
        new = self.filtered(lambda step: self.env.user not in step.worked_by_ids)
        if new:
            new._write_system({"worked_by_ids": [Command.link(self.env.uid)]})
            # sudo: whoever may do a step need not see who approved the change.
            new.sudo().change_id._refuse_approver_at_work()

    def _refuse_idle_change(self):
        """Steps are done while their change is made, and at no other time."""
        for step in self:
            change = step.sudo().change_id  # sudo: its state and name
            if change.state != states.IMPLEMENT:
                raise UserError(
                    self.env._(
                        "“%(step)s” is done while %(change)s is being made. Start the "
                        "change first; when it has ended its steps stay as they are.",
                        step=step.display_name,
                        change=change.display_name,
                    )
                )

    def _refuse_strangers_at_step(self):
        """Let those do a step who have it, their team, and who leads the work."""
        user = self.env.user
        if self.env.su or user.has_group(COORDINATOR):
            return
        for step in self:
            change = step.sudo().change_id  # sudo: who leads the work
            team = (step.team_id or change.team_id).sudo()._agents()
            own = step.user_id == user or user == change.implementer_id
            if not own and (step.user_id or user not in team):
                raise AccessError(
                    self.env._(
                        "“%(step)s” is for %(people)s. Ask the implementer of the "
                        "change to give it to you.",
                        step=step.display_name,
                        people=step.user_id.name
                        or step.team_id.name
                        or change.implementer_id.name
                        or self.env._("the implementer"),
                    )
                )

    def _refuse_rolled_back(self):
        for step in self:
            if step.sudo().change_id.rolled_back_at and not step.is_backout:
                raise UserError(
                    self.env._(
                        "“%(step)s” is not taken up again: the change is being rolled "
                        "back.",
                        step=step.display_name,
                    )
                )
