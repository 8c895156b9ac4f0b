from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.itsm_helpdesk.tools import plan

from ..tools import states

PROGRESS_CHANNEL = "progress"


class ItsmChange(models.Model):
    """The plan of a change: its steps, and how far the work has come."""

    _name = "itsm.change"
    _inherit = ["itsm.change", "itsm.task.owner"]

    _task_owner_field = "change_id"
    _task_list_field = "step_ids"

    step_ids = fields.One2many("itsm.task", "change_id", "Steps")
    step_count = fields.Integer("Number of Steps", compute="_compute_progress")
    play_count = fields.Integer(
        "Steps in Play",
        compute="_compute_progress",
        help="Those that lead forward or, once the change is undone, those that undo.",
    )
    progress = fields.Float(
        compute="_compute_progress", help="Share of the steps that have ended."
    )
    progress_text = fields.Char("Now", compute="_compute_progress")
    decide_by = fields.Datetime(
        "Decide on Back-Out by",
        compute="_compute_step_times",
        help="Until then there is time to undo everything within the window.",
    )
    step_problem = fields.Char("Problem with the Steps", compute="_compute_step_times")

    # ------------------------------------------------------------------
    # How far it has come
    # ------------------------------------------------------------------

    def _steps_in_play(self):
        """Return the steps that are to be done as things stand."""
        self.ensure_one()
        steps = self._plan_own_tasks()
        rolled_back = bool(self.rolled_back_at)
        return steps.filtered(lambda step: step.is_backout == rolled_back)

    @api.depends("step_ids.state", "step_ids.phase", "step_ids.name", "rolled_back_at")
    @api.depends_context("lang")
    def _compute_progress(self):
        for change in self:
            steps = change._steps_in_play()
            ended = steps.filtered(lambda step: not step._is_open())
            change.step_count = len(change._plan_own_tasks())
            change.play_count = len(steps)
            change.progress = 100.0 * len(ended) / len(steps) if steps else 0.0
            change.progress_text = change._progress_text(steps, ended)

    def _progress_text(self, steps, ended):
        """Return in one sentence where the work stands."""
        if not steps:
            return self._undone_text()
        failed = steps.filtered(lambda step: step.state == plan.FAILED)
        doing = steps.filtered(lambda step: step.state == plan.DOING)
        values = {"done": len(ended), "all": len(steps)}
        if self.rolled_back_at and self.state == states.IMPLEMENT:
            return self.env._(
                "Rolling back: %(done)s of %(all)s back-out steps have ended.", **values
            )
        if failed and self.state == states.IMPLEMENT and self._plan_is_stopped():
            return self.env._(
                "Stands still, because “%(step)s” failed.", step=failed[-1:].name
            )
        if doing:
            return self.env._(
                "%(done)s of %(all)s steps have ended. Now: %(steps)s.",
                steps=format_list(self.env, doing.mapped("name")),
                **values,
            )
        return self.env._("%(done)s of %(all)s steps have ended.", **values)

    def _undone_text(self):
        """Return what follows from an undo that no step describes, if it is one."""
        if not self.rolled_back_at:
            return False
        if self.state == states.IMPLEMENT:
            return self.env._(
                "There are no back-out steps: undo it as the back-out plan says."
            )
        return self.env._("It was undone without back-out steps.")

    def _tell_progress(self):
        """Let the open forms of these changes look again.

        The message names nobody and nothing: rights are checked when they ask.
        """
        for change in self:
            change._bus_send(
                "itsm.change/progress",
                {"change_id": change.id},
                subchannel=PROGRESS_CHANNEL,
            )

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    @api.depends(
        "planned_end",
        "planned_start",
        "step_ids.phase",
        "step_ids.duration",
        "step_ids.planned_start",
        "step_ids.name",
    )
    @api.depends_context("lang")
    def _compute_step_times(self):
        for change in self:
            undoing = change.step_ids.filtered("is_backout")
            minutes = sum(undoing.mapped("duration"))
            change.decide_by = (
                undoing
                and change.planned_end
                and (change.planned_end - timedelta(minutes=minutes))
            )
            change.step_problem = change._step_problem()

    def _step_problem(self):
        """Return what is wrong with the planned times, as a sentence."""
        if not self.planned_start or not self.planned_end:
            return False
        # Preparations may come earlier, and the back-out has times of its own.
        steps = self.step_ids.filtered(
            lambda step: (
                step.planned_start and step.phase in ("implement", "test", "verify")
            )
        )
        outside = steps.filtered(
            lambda step: (
                step.planned_start < self.planned_start
                or step.planned_end > self.planned_end
            )
        )
        if outside:
            return self.env._(
                "Outside the window of the change: %(steps)s.",
                steps=format_list(self.env, outside.mapped("name")),
            )
        ends = [
            step.planned_end or step.planned_start
            for step in steps
            if step.is_point_of_no_return
        ]
        if self.decide_by and ends and min(ends) > self.decide_by:
            return self.env._(
                "The point of no return comes so late that no time is left in the "
                "window to undo the change before it."
            )
        return False

    def _slip(self, delta):
        """Move the planned times of the steps that have not begun.

        :param delta: by how much, as a timedelta
        """
        # sudo: whoever may move the change moves its steps.
        for step in self.sudo().step_ids:
            if step.planned_start and not step._has_begun():
                step._plan_at(step.planned_start + delta)

    def write(self, vals):
        if "planned_start" not in vals:
            return super().write(vals)
        before = {change: change.planned_start for change in self}
        result = super().write(vals)
        for change, start in before.items():
            if start and change.planned_start and start != change.planned_start:
                change._slip(change.planned_start - start)
            elif change.planned_start and not any(
                change.step_ids.mapped("planned_start")
            ):
                change.sudo().step_ids._lay_out(change.planned_start)
        return result

    def action_lay_out_steps(self):
        """Plan the steps one after the other, from the start of the change on."""
        for change in self:
            if not change.planned_start:
                raise UserError(
                    self.env._(
                        "Choose when %(change)s begins, then lay out its steps.",
                        change=change.display_name,
                    )
                )
            change.step_ids.check_access("write")
            change._refuse_settled_content({"step_ids"})
            change.step_ids._lay_out(change.planned_start)
        return True

    def action_open_steps(self):
        """Open the steps of the change."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_change.itsm_change_step_action"
        )
        return action | {
            "domain": [("change_id", "=", self.id)],
            "context": {"default_change_id": self.id},
        }

    # ------------------------------------------------------------------
    # What a change is to its steps
    # ------------------------------------------------------------------

    def _plan_is_running(self):
        return self.state == states.IMPLEMENT

    def _plan_obstacle(self):
        if self.state in states.PLANNED_STATES:
            return self.env._("Begins when the work on the change does.")
        return super()._plan_obstacle()

    def _refuse_new_work(self):
        for change in self:
            if change.state not in (*states.PLANNED_STATES, states.IMPLEMENT):
                raise UserError(
                    self.env._(
                        "The work on %(change)s has ended, so it gets no more steps.",
                        change=change.display_name,
                    )
                )

    def _refuse_approver(self, user):
        self._refuse_approver_at_work()

    def _implementers(self):
        # sudo: who does the steps counts, whoever asks.
        steps = self.sudo().step_ids
        did = (steps.user_id | steps.worked_by_ids).sudo(False)
        return super()._implementers() | did

    def _steps_changed(self):
        """Ask again where what was approved is not what is planned any more."""
        planned = self.filtered(lambda change: change.state in states.PLANNED_STATES)
        planned._approval_recheck()

    def _approval_subject(self):
        steps = self.sudo().step_ids.filtered(lambda step: not step.is_unplanned)
        return [
            *super()._approval_subject(),
            {
                "key": "steps",
                "label": self.env._("Steps"),
                "value": [step._as_content() for step in steps],
                "text": "; ".join(steps.mapped("name")),
            },
        ]

    def _has_plan(self, name):
        """Steps say what is done, tested or undone as well as words."""
        phases = {
            "implementation_plan": {"implement"},
            "test_plan": {"test", "verify"},
            "backout_plan": {"backout"},
        }.get(name, set())
        return super()._has_plan(name) or not phases.isdisjoint(
            self.step_ids.mapped("phase")
        )

    def _gate_facts(self):
        open_steps = self._steps_in_play().filtered(
            lambda step: step.is_required and step._is_open()
        )
        text = self.env._(
            "End these steps first: %(steps)s.",
            steps=format_list(self.env, open_steps.mapped("name")),
        )
        stopped = not self.rolled_back_at and self._plan_is_stopped()
        if stopped:
            text = self.env._(
                "A step failed. Try it again, cancel it to go on without it, or roll "
                "the change back."
            )
        holds = not open_steps and not stopped if self.step_ids else None
        return super()._gate_facts() | {"steps": (holds, text)}

    @api.model
    def _next_step_fields(self):
        return (*super()._next_step_fields(), "step_ids", "rolled_back_at")

    def _after_transition(self, verb):
        result = super()._after_transition(verb)
        if verb in ("start", "start_now"):
            self._plan_advance()
        elif verb in ("finish", "cancel"):
            self._end_steps()
        self._tell_progress()
        return result

    def _end_steps(self):
        """Let go of steps that nobody needs any more."""
        steps = self._plan_own_tasks().filtered(lambda step: step._is_open())
        held = steps.filtered("is_backout")
        held._write_system({"state": plan.SKIPPED, "done_at": fields.Datetime.now()})
        if steps - held:
            (steps - held)._give_up()
