from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import plan
from .itsm_plan_task import ON_FAILURE

TASK_STATES = [
    (plan.WAITING, "Waiting"),
    (plan.TODO, "To do"),
    (plan.DOING, "In progress"),
    (plan.DONE, "Done"),
    (plan.FAILED, "Failed"),
    (plan.SKIPPED, "Not needed"),
    (plan.CANCELLED, "Cancelled"),
]
OPEN_TASK_STATES = plan.OPEN_STATES
# Columns that a kanban shows even when they are empty.
_COLUMNS = (plan.TODO, plan.DOING, plan.DONE)
# Facts that follow from what is done with a task, or from its plan.
_SYSTEM_FIELDS = frozenset(
    {
        "clock_ids",
        "company_id",
        "desk_id",
        "done_at",
        "due_is_fixed",
        "failure_reason",
        "plan_task_id",
        "ready_at",
        "run_at",
        "server_action_id",
        "sla_deadline",
        "sla_state",
        "sla_warning_at",
        "started_at",
        "ticket_desk_id",
    }
)
# What decides which tasks may begin, and when the request is done.
_PLAN_FIELDS = frozenset(
    {"failure_task_ids", "is_required", "on_failure", "predecessor_ids"}
)


class ItsmTask(models.Model):
    """One piece of work of a ticket, made by hand or from the plan of a service.

    Other addons have tasks of other records: they add a field to ``_owner_fields``.

    This file holds what a task *is*. What can be *done* with it stands in
    ``itsm_task_verbs``, its clocks in ``itsm_task_sla``, tasks that run by themselves
    in ``itsm_task_automatic``. What may begin when is decided for a whole ticket, in
    ``itsm_task_owner``.
    """

    _name = "itsm.task"
    _description = "Ticket Task"
    _inherit = [
        "itsm.guarded.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "itsm.desk.sla.mixin",
    ]
    _order = "ticket_id, sequence, id"

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    description = fields.Html()
    ticket_id = fields.Many2one("itsm.ticket", index=True, ondelete="cascade")
    ticket_desk_id = fields.Many2one(
        "itsm.desk",
        "Desk of the Ticket",
        related="ticket_id.desk_id",
        store=True,
        index=True,
        precompute=True,
    )
    desk_id = fields.Many2one(
        "itsm.desk",
        compute="_compute_desk_id",
        store=True,
        index=True,
        precompute=True,
        help="The desk of the team that does it, else of the ticket.",
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True
    )
    team_id = fields.Many2one(
        "itsm.team",
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
        domain="['|', ('company_id', '=', False), ('company_id', '=?', company_id)]",
        help="May be a team of another desk; its agents see and do the task.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Assignee",
        index="btree_not_null",
        tracking=True,
        domain="[('itsm_desk_ids', 'in', desk_id)]",
    )
    state = fields.Selection(
        TASK_STATES,
        required=True,
        default=plan.TODO,
        tracking=True,
        copy=False,
        group_expand="_read_group_states",
    )
    is_required = fields.Boolean(
        "Required",
        default=True,
        tracking=True,
        help="The ticket is not solved before the task has ended.",
    )
    due_at = fields.Datetime("Due", tracking=True)
    due_is_fixed = fields.Boolean(
        readonly=True,
        copy=False,
        help="Somebody chose the due date; the plan leaves it as it is.",
    )
    planned_hours = fields.Float(
        help="Working hours of the desk that does it, from when it can begin."
    )
    ready_at = fields.Datetime(
        "Could Begin", readonly=True, copy=False, help="When nothing was in the way."
    )
    started_at = fields.Datetime("Work Started", readonly=True, copy=False)
    done_at = fields.Datetime("Ended", readonly=True, copy=False)
    failure_reason = fields.Text("Why It Failed", readonly=True, copy=False)

    # The plan
    plan_task_id = fields.Many2one(
        "itsm.plan.task",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    predecessor_ids = fields.Many2many(
        "itsm.task",
        "itsm_task_predecessor_rel",
        "task_id",
        "predecessor_id",
        string="Begins After",
        domain="[('ticket_id', '=', ticket_id), ('id', '!=', id)]",
        copy=False,
    )
    successor_ids = fields.Many2many(
        "itsm.task",
        "itsm_task_predecessor_rel",
        "predecessor_id",
        "task_id",
        string="What Waits for It",
        readonly=True,
        copy=False,
    )
    on_failure = fields.Selection(
        ON_FAILURE, "If It Fails", required=True, default=plan.STOP
    )
    failure_task_ids = fields.Many2many(
        "itsm.task",
        "itsm_task_failure_rel",
        "task_id",
        "failure_task_id",
        string="Instead",
        domain="[('ticket_id', '=', ticket_id), ('id', '!=', id)]",
        copy=False,
    )
    stands_in_for_ids = fields.Many2many(
        "itsm.task",
        "itsm_task_failure_rel",
        "failure_task_id",
        "task_id",
        readonly=True,
        copy=False,
    )
    check_ids = fields.One2many(
        "itsm.task.check", "task_id", string="Checklist", copy=True
    )

    _open_idx = models.Index("(due_at, id) WHERE state IN ('todo', 'doing')")

    @api.depends("team_id.desk_id", "ticket_id.desk_id")
    def _compute_desk_id(self):
        for task in self:
            task.desk_id = task.team_id.desk_id or task.ticket_id.desk_id

    @api.depends(lambda self: [f"{name}.company_id" for name in self._owner_fields()])
    def _compute_company_id(self):
        for task in self:
            task.company_id = task._owner().company_id

    @api.model
    def _read_group_states(self, states, domain):
        """Show the usual columns, empty ones too, and the others that have cards."""
        return [state for state, _label in TASK_STATES if state in (*_COLUMNS, *states)]

    # ------------------------------------------------------------------
    # What it belongs to
    # ------------------------------------------------------------------

    @api.model
    def _owner_fields(self):
        """Return the names of the fields that say what a task belongs to."""
        return ["ticket_id"]

    def _owner(self):
        """Return the record that one task belongs to.

        With the rights of the system: who does a task need not see its owner.
        """
        for name in self._owner_fields():
            if owner := self.sudo()[name]:
                return owner
        return self.env["itsm.ticket"].sudo()

    def _owners(self):
        """Return what the tasks belong to, as a list of one recordset for each model.

        With the rights of the system, as :meth:`_owner`.
        """
        tasks = self.sudo()
        return [owners for name in self._owner_fields() if (owners := tasks[name])]

    def _each_owner(self):
        """Return the records that the tasks belong to, one by one, of all models."""
        return [owner for owners in self._owners() for owner in owners]

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    # The name is there for the tasks that are made without any owner.
    @api.constrains(lambda self: ["name", *self._owner_fields()])
    def _check_owner(self):
        for task in self:
            if sum(bool(task[name]) for name in self._owner_fields()) != 1:
                raise ValidationError(
                    self.env._(
                        "“%(task)s” must belong to one record. Choose one of these: "
                        "%(fields)s.",
                        task=task.name,
                        fields=", ".join(
                            self._fields[name]._description_string(self.env)
                            for name in self._owner_fields()
                        ),
                    )
                )

    # ------------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------------

    @api.model
    def _system_fields(self):
        return super()._system_fields() | _SYSTEM_FIELDS

    @api.model
    def _is_system(self):
        """Tell whether this module's own code, or the clocks' engine, is writing."""
        return super()._is_system() or self.env["itsm.sla.event"]._is_engine()

    def _write_system(self, vals):
        """Write facts that only the verbs and the plan set; they say so themselves."""
        return super(ItsmTask, self.with_context(mail_notrack=True))._write_system(vals)

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(vals_list)
        if self._is_system():
            return tasks
        for owners in tasks.filtered(lambda task: task._is_open())._owners():
            owners._refuse_new_work()
        tasks._hold_back()
        tasks.filtered(lambda task: task.state != plan.WAITING)._sla_open()
        for owners in tasks.filtered("user_id")._owners():
            owners._approval_replace()
        return tasks

    @api.model
    def _complete_new(self, vals_list):
        if self._is_system():
            return vals_list
        return [{**vals, **self._dates_of_new(vals)} for vals in vals_list]

    @api.model
    def _dates_of_new(self, vals):
        """Return the dates of the state that a new task begins in."""
        state, now = vals.get("state", plan.TODO), fields.Datetime.now()
        dates = {"due_is_fixed": bool(vals.get("due_at"))}
        if state != plan.WAITING:
            dates["ready_at"] = now
        if state in (plan.DOING, plan.DONE, plan.FAILED):
            dates["started_at"] = now
        if state in plan.ENDED_STATES:
            dates["done_at"] = now
        return dates

    def write(self, vals):
        if self._is_system():
            return super().write(vals)
        self._refuse_system_fields(vals)
        for name in set(self._owner_fields()).intersection(vals):
            # Rules look at the task as it was before: it must not get into the
            # ticket of a desk that the user does not work for.
            owner = self.env[self._fields[name].comodel_name].browse(vals[name] or ())
            owner.check_access("write")
        vals = dict(vals)
        state = vals.pop("state", None)
        result = super().write(vals) if vals else True
        if "due_at" in vals:
            self._write_system({"due_is_fixed": bool(vals["due_at"])})
        if "team_id" in vals and "user_id" not in vals:
            self._release_strangers()
        if "predecessor_ids" in vals:
            self._hold_back()
        for owners in self._owners():
            if not _PLAN_FIELDS.isdisjoint(vals):
                # What it waited for, or what waited for it, may be free now.
                owners._plan_advance()
            if "user_id" in vals:
                owners._approval_replace()
        if state:
            self._move_to(state)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_work(self):
        kept = self.filtered(lambda task: task.plan_task_id or task.started_at)
        if kept:
            raise UserError(
                self.env._(
                    "“%(task)s” is part of what was planned or done for the request, "
                    "so it stays on record. Cancel it instead of deleting it.",
                    task=kept[0].display_name,
                )
            )

    def unlink(self):
        all_owners = self._owners()
        result = super().unlink()
        for owners in all_owners:
            owners.exists()._plan_advance()  # something may have waited for them
        return result

    @api.model
    def _system_refusal(self, field):
        return self.env._(
            "“%(field)s” of a task cannot be set directly: it follows from "
            "what is done with the task, or from its plan.",
            field=field,
        )

    def _is_open(self):
        """Tell whether the task is still to be done."""
        self.ensure_one()
        return self.state in OPEN_TASK_STATES

    def _message_auto_subscribe_followers(self, updated_values, default_subtype_ids):
        """Nobody is told of tasks that only the plan has for them so far."""
        if not any(task.ready_at for task in self):
            return []
        return super()._message_auto_subscribe_followers(
            updated_values, default_subtype_ids
        )
