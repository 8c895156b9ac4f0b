from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext

from odoo.addons.itsm_helpdesk.tools import plan

PHASES = [
    ("prepare", "Prepare"),
    ("implement", "Implement"),
    ("test", "Test"),
    ("verify", "Verify"),
    ("backout", "Back Out"),
]
# After the work on a step has begun, whatever became of it.
_BEGUN_STATES = (plan.DOING, plan.DONE, plan.FAILED)


class ItsmTask(models.Model):
    """A step of a change: a task with planned times, and what undoes it.

    Steps are done one after the other, in their order: each begins after the one
    before it, unless it is done at the same time, or names others that it waits for.
    Steps of the back-out wait until the change is rolled back.
    """

    _inherit = "itsm.task"

    change_id = fields.Many2one(
        "itsm.change", index="btree_not_null", ondelete="cascade"
    )
    phase = fields.Selection(PHASES, default="implement")
    is_backout = fields.Boolean(
        "Undoes the Change", compute="_compute_is_backout", store=True, precompute=True
    )
    planned_start = fields.Datetime(index="btree_not_null", copy=False)
    planned_end = fields.Datetime(
        compute="_compute_planned_end", store=True, precompute=True
    )
    duration = fields.Integer("Minutes", default=15, aggregator="sum")
    is_parallel = fields.Boolean(
        "At the Same Time", help="Begins together with the step before it."
    )
    verification = fields.Text(help="How you see that the step went well.")
    backout = fields.Text(
        "How to Undo It", help="What is done to get back to how it was before the step."
    )
    is_point_of_no_return = fields.Boolean(
        "Point of No Return",
        help="Once this step has begun, the change can only go forward.",
    )
    is_unplanned = fields.Boolean(
        "Added During the Work", readonly=True, copy=False, default=False
    )
    # Who did it, beside whom it was given to: a coordinator may help out.
    worked_by_ids = fields.Many2many(
        "res.users",
        "itsm_task_worker_rel",
        "task_id",
        "user_id",
        "Done By",
        readonly=True,
        copy=False,
    )
    rolls_back = fields.Boolean(
        "Roll Back If It Fails",
        help="Its failure begins the steps of the back-out; else the plan goes on as "
        "“If It Fails” says.",
    )
    predecessor_ids = fields.Many2many(
        domain="[('ticket_id', '=', ticket_id), ('change_id', '=', change_id), "
        "('id', '!=', id)]",
    )
    failure_task_ids = fields.Many2many(
        domain="[('ticket_id', '=', ticket_id), ('change_id', '=', change_id), "
        "('id', '!=', id)]",
    )

    _duration_range = models.Constraint(
        "CHECK (change_id IS NULL OR duration BETWEEN 0 AND 43200)",
        "Give 0 to 43,200 minutes (30 days) for a step.",
    )
    _change_order_idx = models.Index(
        "(change_id, sequence, id) WHERE change_id IS NOT NULL"
    )

    @api.model
    def _owner_fields(self):
        return [*super()._owner_fields(), "change_id"]

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "is_unplanned",
            "planned_end",
            "worked_by_ids",
        }

    # ------------------------------------------------------------------
    # Computed
    # ------------------------------------------------------------------

    @api.depends("phase", "change_id")
    def _compute_is_backout(self):
        for task in self:
            task.is_backout = bool(task.change_id) and task.phase == "backout"

    @api.depends("planned_start", "duration")
    def _compute_planned_end(self):
        for task in self:
            task.planned_end = task.planned_start and (
                task.planned_start + timedelta(minutes=task.duration or 0)
            )

    @api.depends("change_id.team_id.desk_id")
    def _compute_desk_id(self):
        steps = self.filtered("change_id")
        for step in steps:
            step.desk_id = step.team_id.desk_id or step.change_id.team_id.desk_id
        return super(ItsmTask, self - steps)._compute_desk_id()

    @api.depends("change_id.state", "change_id.rolled_back_at")
    def _compute_next_step(self):
        return super()._compute_next_step()

    def _next_step(self, blockers):
        if self.state == plan.FAILED and self.rolls_back:
            change = self.sudo().change_id
            if change.rolled_back_at:
                return self.env._("The change is being rolled back.")
            if change._is_past_return():
                return self.env._(
                    "The point of no return is passed: try this step again, or decide "
                    "how the change goes on."
                )
        return super()._next_step(blockers)

    @api.depends("change_id")
    def _compute_request_summary(self):
        return super()._compute_request_summary()

    def _request_summary(self):
        change = self.sudo().change_id  # sudo: the rule on tasks decides who reads it
        if not change:
            return super()._request_summary()
        rows = [
            (self.env._("Change"), change.display_name),
            (self.env._("Implementer"), change.implementer_id.name),
            (self.env._("Reason"), change.reason),
            (self.env._("Back-Out Plan"), html2plaintext(change.backout_plan or "")),
        ]
        return self._summary_table(rows)

    def get_formview_id(self, access_uid=None):
        """Open steps on their own form, also from mails and activities."""
        if self.change_id:
            return self.env.ref("itsm_change.itsm_change_step_view_form").id
        return super().get_formview_id(access_uid=access_uid)

    def action_open_change(self):
        """Open the change of the step."""
        self.ensure_one()
        return self.change_id._get_records_action()

    # ------------------------------------------------------------------
    # Order
    # ------------------------------------------------------------------

    @api.constrains("predecessor_ids", "phase", "change_id")
    def _check_backout_order(self):
        for task in self.filtered(lambda task: task.change_id and not task.is_backout):
            undoing = task.predecessor_ids.filtered("is_backout")
            if undoing:
                raise ValidationError(
                    self.env._(
                        "“%(step)s” cannot wait for “%(other)s”, which is done only "
                        "when the change is rolled back.",
                        step=task.name,
                        other=undoing[0].name,
                    )
                )

    @api.constrains("is_point_of_no_return", "phase")
    def _check_point_of_no_return(self):
        for task in self:
            if task.is_point_of_no_return and task.is_backout:
                raise ValidationError(
                    self.env._(
                        "“%(step)s” undoes the change, so it is no point of no return.",
                        step=task.name,
                    )
                )

    def _as_steps(self):
        """Give the steps of a change their order, and hold back what undoes it.

        To the plan a step of the back-out is not needed before the change is rolled
        back; and a failure that would roll it back stops it where that cannot be.
        """
        changes = self.change_id
        if not changes:
            return super()._as_steps()
        before = self._steps_before()
        rolls_back = {change.id: change._can_roll_back() for change in changes}
        steps = []
        for task, step in zip(self, super()._as_steps(), strict=True):
            change = task.change_id
            if change and not step.predecessors:
                step = replace(step, predecessors=before[task.id])
            if task.is_backout and not change.rolled_back_at:
                if step.state in plan.OPEN_STATES:
                    step = replace(step, state=plan.SKIPPED)
            elif task.rolls_back:
                stops = not change.rolled_back_at and not rolls_back[change.id]
                step = replace(step, on_failure=plan.STOP if stops else plan.CONTINUE)
            steps.append(step)
        return steps

    def _steps_before(self):
        """Return ``{step id: ids of the steps right before it}``."""
        before = {}
        for steps in self.grouped(
            lambda task: (task.change_id, task.is_backout)
        ).values():
            last, current = frozenset(), set()
            for step in steps.sorted(lambda task: (task.sequence, task.id)):
                if not step.is_parallel:
                    last, current = frozenset(current or last), set()
                before[step.id] = last
                current.add(step.id)
        return before

    def _lay_out(self, start):
        """Plan times for all steps of one change, one after the other.

        Those that undo it follow at the end, when all else has been tried.
        """
        before = self._steps_before()
        steps = self.sorted(lambda step: (step.is_backout, step.sequence, step.id))
        ends = {}
        for step in steps:
            earlier = step.predecessor_ids.ids or before[step.id]
            if not earlier and step.is_backout:
                earlier = list(ends)
            begin = max((ends[id_] for id_ in earlier if id_ in ends), default=start)
            step._plan_at(begin)
            ends[step.id] = begin + timedelta(minutes=step.duration or 0)

    def _plan_at(self, start):
        """Plan the step for a moment; it is due when its time is over."""
        due = start + timedelta(minutes=self.duration or 0)
        self._write_system({"planned_start": start, "due_at": due})

    @api.model
    def _content_names(self):
        """Return the fields that say what a step is, as those of templates do."""
        return (
            "name",
            "phase",
            "is_parallel",
            "is_required",
            "on_failure",
            "rolls_back",
            "is_point_of_no_return",
            "verification",
            "backout",
        )

    def _as_content(self):
        """Return what the step says, without when and by whom, as plain values."""
        self.ensure_one()
        place = {step.id: number for number, step in enumerate(self.change_id.step_ids)}
        return {
            **{name: self[name] or False for name in self._content_names()},
            "description": str(self.description or ""),
            "after": sorted(place[step.id] for step in self.predecessor_ids),
        }

    def _has_begun(self):
        """Tell whether the work on the step has begun, whatever became of it."""
        self.ensure_one()
        return self.state in _BEGUN_STATES

    def _whom_to_tell(self):
        return super()._whom_to_tell() or self.change_id.implementer_id

    @api.model
    def _runnable_domain(self):
        running = fields.Domain("change_id.state", "=", "implement")
        return super()._runnable_domain() | running
