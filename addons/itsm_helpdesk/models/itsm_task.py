from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

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
# Passed in the context by this module's own code. An identity cannot be sent
# through RPC, so no client can claim to be the system.
_SYSTEM = object()


class ItsmTask(models.Model):
    """One piece of work of a ticket, made by hand or from the plan of a service.

    This file holds what a task *is*. What can be *done* with it stands in
    ``itsm_task_verbs``, its clocks in ``itsm_task_sla``, tasks that run by themselves
    in ``itsm_task_automatic``. What may begin when is decided for a whole ticket, in
    ``itsm_ticket_plan``.
    """

    _name = "itsm.task"
    _description = "Ticket Task"
    _inherit = ["mail.thread", "mail.activity.mixin", "itsm.desk.sla.mixin"]
    _order = "ticket_id, sequence, id"

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    description = fields.Html()
    ticket_id = fields.Many2one(
        "itsm.ticket", required=True, index=True, ondelete="cascade"
    )
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
        related="ticket_id.company_id", store=True, precompute=True
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

    @api.model
    def _read_group_states(self, states, domain):
        """Show the usual columns, empty ones too, and the others that have cards."""
        return [state for state, _label in TASK_STATES if state in (*_COLUMNS, *states)]

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("ticket_id", "predecessor_ids", "failure_task_ids", "on_failure")
    def _check_plan(self):
        linked = self.filtered(
            lambda task: task.predecessor_ids or task.failure_task_ids
        )
        for ticket in linked.ticket_id:
            # sudo: the tasks of other desks count too
            tasks = ticket.sudo().task_ids
            if (tasks.predecessor_ids | tasks.failure_task_ids) - tasks:
                raise ValidationError(
                    self.env._("A task waits for tasks of its own ticket only.")
                )
            ring = plan.find_cycle(tasks._as_steps())
            if ring:
                raise ValidationError(
                    self.env._(
                        "These tasks would wait for each other, so none of them could "
                        "ever begin: %(tasks)s.",
                        tasks=" → ".join(tasks.browse([*ring, ring[0]]).mapped("name")),
                    )
                )

    # ------------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------------

    @api.model
    def _is_system(self):
        """Tell whether this module's own code, or the clocks' engine, is writing."""
        return (
            self.env.context.get("itsm_task_system") is _SYSTEM
            or self.env["itsm.sla.event"]._is_engine()
        )

    def _as_system(self):
        """Return these tasks with the right to set system fields."""
        return self.with_context(itsm_task_system=_SYSTEM)

    def _write_system(self, vals):
        """Write facts that only the verbs and the plan set; they say so themselves."""
        # sudo: for the system's own facts only, after the check of the verb.
        tasks = self.sudo()._as_system().with_context(mail_notrack=True)
        return tasks.write(vals)

    @api.model
    def default_get(self, fields_list):
        """Facts of the system come from no context and no user default."""
        return super().default_get(
            [
                name
                for name in fields_list
                if name not in _SYSTEM_FIELDS or self._is_system()
            ]
        )

    @api.model_create_multi
    def create(self, vals_list):
        if self._is_system():
            return super().create(vals_list)
        self._refuse_system_fields(set().union(*vals_list, ()))
        tasks = super().create([self._complete_new(vals) for vals in vals_list])
        tasks.filtered(lambda task: task._is_open())._refuse_ended_ticket()
        tasks._hold_back()
        tasks.filtered(lambda task: task.state != plan.WAITING)._sla_open()
        # sudo: whoever makes a task need not see the ticket's approval.
        tasks.filtered("user_id").sudo().ticket_id._approval_replace()
        return tasks

    @api.model
    def _complete_new(self, vals):
        """Return the values of a new task with the dates of the state it begins in."""
        state, now = vals.get("state", plan.TODO), fields.Datetime.now()
        dates = {"due_is_fixed": bool(vals.get("due_at"))}
        if state != plan.WAITING:
            dates["ready_at"] = now
        if state in (plan.DOING, plan.DONE, plan.FAILED):
            dates["started_at"] = now
        if state in plan.ENDED_STATES:
            dates["done_at"] = now
        return {**vals, **dates}

    def _hold_back(self):
        """Let tasks wait that were given something to wait for."""
        for tickets_tasks in self.grouped("ticket_id").values():
            todo = tickets_tasks.filtered(lambda task: task.state == plan.TODO)
            held = todo.filtered(
                lambda task: any(p._is_open() for p in task.sudo().predecessor_ids)
            )
            if held:
                held._sla_suspend()
                held._write_system({"state": plan.WAITING, "ready_at": False})

    def write(self, vals):
        if self._is_system():
            return super().write(vals)
        self._refuse_system_fields(vals)
        if "ticket_id" in vals:
            # Rules look at the task as it was before: it must not get into the
            # ticket of a desk that the user does not work for.
            ticket = self.env["itsm.ticket"].browse(vals["ticket_id"] or ())
            ticket.check_access("write")
        vals = dict(vals)
        state = vals.pop("state", None)
        if "due_at" in vals:
            vals["due_is_fixed"] = bool(vals["due_at"])
        result = super().write(vals) if vals else True
        if "team_id" in vals and "user_id" not in vals:
            self._release_strangers()
        if "predecessor_ids" in vals:
            self._hold_back()
        tickets = self.sudo().ticket_id  # sudo: it may be another desk's
        if not _PLAN_FIELDS.isdisjoint(vals):
            # What it waited for, or what waited for it, may be free now.
            tickets._plan_advance()
        if "user_id" in vals:
            tickets._approval_replace()
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
        tickets = self.sudo().ticket_id  # sudo: it may be another desk's
        result = super().unlink()
        tickets.exists()._plan_advance()  # something may have waited for them
        return result

    @api.model
    def _refuse_system_fields(self, names):
        """Refuse values for facts that only the verbs and the plan set."""
        touched = _SYSTEM_FIELDS.intersection(names)
        if touched:
            raise AccessError(
                self.env._(
                    "“%(field)s” of a task cannot be set directly: it follows from "
                    "what is done with the task, or from its plan.",
                    field=self._fields[min(touched)]._description_string(self.env),
                )
            )

    def _is_open(self):
        """Tell whether the task is still to be done."""
        self.ensure_one()
        return self.state in OPEN_TASK_STATES

    def _refuse_ended_ticket(self):
        """An ended ticket gets no open work: it would close silently with it."""
        for task in self:
            # sudo: whoever does the task need not see the ticket
            ticket = task.sudo().ticket_id
            if ticket.state in ("resolved", "closed", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(ticket)s is done. Reopen it before you give it a task.",
                        ticket=ticket.display_name,
                    )
                )

    def _message_auto_subscribe_followers(self, updated_values, default_subtype_ids):
        """Nobody is told of tasks that only the plan has for them so far."""
        if not any(task.ready_at for task in self):
            return []
        return super()._message_auto_subscribe_followers(
            updated_values, default_subtype_ids
        )

    # ------------------------------------------------------------------
    # The plan as data
    # ------------------------------------------------------------------

    def _as_steps(self):
        """Return these tasks as the pure plan knows them."""
        return [
            plan.Step(
                id=task.id,
                state=task.state,
                predecessors=frozenset(task.predecessor_ids.ids),
                on_failure=task.on_failure,
                branch=frozenset(task.failure_task_ids.ids),
                required=task.is_required,
                due=task.due_at or None,
            )
            for task in self
        ]
