from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..tools import plan

ON_FAILURE = [
    (plan.STOP, "Stop the plan"),
    (plan.CONTINUE, "Go on"),
    (plan.BRANCH, "Do other tasks instead"),
]
# The other tasks of the working copy.
_NEIGHBOURS = (
    "[('service_id', '=', service_id), ('version_id', '=', False), ('id', '!=', id)]"
)


class ItsmPlanTask(models.Model):
    """One step of the plan by which a service is delivered.

    Requests for the service get a task from each of those that were published.
    """

    _name = "itsm.plan.task"
    _inherit = ["itsm.service.row"]
    _description = "Task of a Plan"
    _order = "service_id, sequence, id"
    _check_company_auto = True

    service_id = fields.Many2one(
        "itsm.service", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="service_id.company_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    description = fields.Html(
        translate=True, help="What whoever does the task has to know."
    )
    team_id = fields.Many2one(
        "itsm.team",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="May be a team of another desk. Empty: the team that has the request.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Assignee",
        domain="[('share', '=', False)]",
        help="Empty: somebody of the team takes it.",
    )
    duration = fields.Float(
        "Hours",
        help="Working hours of the desk that does it; the due dates follow from them.",
    )
    predecessor_ids = fields.Many2many(
        "itsm.plan.task",
        "itsm_plan_task_predecessor_rel",
        "task_id",
        "predecessor_id",
        string="Begins After",
        domain=_NEIGHBOURS,
        copy=False,
    )
    condition = fields.Json(
        help="Answers with which the task is needed. Empty: always."
    )
    is_required = fields.Boolean(
        "Required",
        default=True,
        help="The request is not done before the task has ended.",
    )
    on_failure = fields.Selection(
        ON_FAILURE,
        "If It Fails",
        required=True,
        default=plan.STOP,
        copy=False,
        help="Stop: no other task begins until somebody decides. Go on: as if it were "
        "done. Other tasks: they stand in for it, and are done in this case only.",
    )
    failure_task_ids = fields.Many2many(
        "itsm.plan.task",
        "itsm_plan_task_failure_rel",
        "task_id",
        "failure_task_id",
        string="Instead",
        domain=_NEIGHBOURS,
        copy=False,
    )
    check_ids = fields.One2many(
        "itsm.plan.check", "plan_task_id", string="Checklist", copy=True
    )
    server_action_id = fields.Many2one(
        "ir.actions.server",
        string="Runs by Itself",
        domain="[('model_id.model', '=', 'itsm.task'), "
        "('usage', '=', 'ir_actions_server')]",
        ondelete="restrict",
        copy=False,
        groups="base.group_system",
        help="The task is done by this server action, with the rights of the system.",
    )
    is_automatic = fields.Boolean("Automatic", compute="_compute_is_automatic")

    _duration_range = models.Constraint(
        "CHECK (duration >= 0 AND duration <= 10000)",
        "Give 0 to 10,000 hours for a task.",
    )

    @api.depends("server_action_id")
    def _compute_is_automatic(self):
        for task in self:
            # sudo: that a task runs by itself is no secret, what it runs is.
            task.is_automatic = bool(task.sudo().server_action_id)

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("service_id", "predecessor_ids", "failure_task_ids", "on_failure")
    def _check_plan(self):
        # What is published is a copy of what was checked.
        for service in self.filtered(lambda task: not task.version_id).service_id:
            tasks = service.sudo().plan_task_ids  # sudo: the whole plan counts
            foreign = (tasks.predecessor_ids | tasks.failure_task_ids) - tasks
            if foreign:
                raise ValidationError(
                    self.env._(
                        "Task “%(task)s” belongs to the plan of another service.",
                        task=foreign[0].name,
                    )
                )
            ring = plan.find_cycle(tasks._as_steps())
            if ring:
                raise ValidationError(
                    self.env._(
                        "In the plan of “%(service)s” these tasks wait for each other, "
                        "so none of them could ever begin: %(tasks)s.",
                        service=service.name,
                        tasks=" → ".join(tasks.browse([*ring, ring[0]]).mapped("name")),
                    )
                )

    @api.constrains("on_failure", "failure_task_ids")
    def _check_branch(self):
        for task in self:
            if task.on_failure == plan.BRANCH and not task.failure_task_ids:
                raise ValidationError(
                    self.env._(
                        "Choose the tasks that are done instead when “%(task)s” fails.",
                        task=task.name,
                    )
                )

    @api.constrains("server_action_id")
    def _check_server_action(self):
        for task in self.sudo():  # sudo: the field is the system administrators'
            action = task.server_action_id
            if action and action.model_id.model != "itsm.task":
                raise ValidationError(
                    self.env._(
                        "Server action “%(action)s” is for other records than tasks.",
                        action=action.name,
                    )
                )

    # ------------------------------------------------------------------
    # Only system administrators choose what runs by itself
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("server_action_id") for vals in vals_list):
            self._refuse_strangers()
        return super().create(vals_list)

    def write(self, vals):
        if "server_action_id" in vals:
            self._refuse_strangers()
        if "service_id" in vals and any(
            task.service_id.id != vals["service_id"] for task in self
        ):
            raise ValidationError(
                self.env._("A task stays in the plan of its service. Make a new one.")
            )
        return super().write(vals)

    @api.model
    def _refuse_strangers(self):
        """Refuse server actions from anybody but system administrators.

        The user counts, not the rights that the code has just now: an import that
        runs as the system gives nobody code to run. Publishing changes nothing in it.
        """
        if self._is_freezing():
            return
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._(
                    "Only a system administrator may choose the server action that a "
                    "task runs."
                )
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if self._is_freezing() or self.env.user.has_group("base.group_system"):
            for task, vals in zip(self, vals_list, strict=True):
                vals.setdefault("server_action_id", task.server_action_id.id)
        return vals_list

    # ------------------------------------------------------------------
    # The plan as data
    # ------------------------------------------------------------------

    def _as_steps(self):
        """Return these tasks as the pure plan knows them."""
        return [
            plan.Step(
                id=task.id,
                predecessors=frozenset(task.predecessor_ids.ids),
                on_failure=task.on_failure,
                branch=frozenset(task.failure_task_ids.ids),
                required=task.is_required,
            )
            for task in self
        ]

    def _whole_plan(self):
        """Return all tasks of the plan that the task stands in."""
        self.ensure_one()
        return (self.version_id or self.service_id).plan_task_ids

    def _freeze(self, version):
        copies = super()._freeze(version)
        _checks(self)._copy_texts(_checks(copies))
        self._copy_network(copies)
        return copies

    def _copy_network(self, copies):
        """Give the copies of a whole plan the same order among themselves.

        :param copies: the copies of these tasks, one each, in this order
        """
        twin = dict(zip(self, copies, strict=True))
        for name in ("predecessor_ids", "failure_task_ids"):
            # Of all tasks at once; what is checked of it is checked below.
            self._fields[name].write_batch(
                [
                    (
                        copied,
                        [fields.Command.set([twin[each].id for each in task[name]])],
                    )
                    for task, copied in twin.items()
                ]
            )
        # Only with the others can it be told what is done instead.
        for on_failure, tasks in self.grouped("on_failure").items():
            copies.browse(twin[task].id for task in tasks).on_failure = on_failure


def _checks(tasks):
    """Return the checklists of tasks, in the order in which they are copied."""
    return tasks.mapped(lambda task: task.check_ids.sorted("id"))
