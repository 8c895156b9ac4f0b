from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ..tools import lifecycle, plan
from ..tools.form import conditions
from .row_lock import wait_for_rows

# Requests in these states get their tasks begun; others wait or have ended.
_RUNNING_STATES = frozenset(lifecycle.OPEN_STATES) - {"approval"}


class ItsmTicket(models.Model):
    """The plan of a request: its tasks, which of them may begin, when it is done.

    Everything here runs with the rights of the system, on many tickets at once: whoever
    ends a task sets others going that may be another desk's.
    """

    _inherit = "itsm.ticket"

    # Counts the moves of the plan. It is not for reading: whoever moves the plan
    # changes this row, so that of two who end tasks at the same moment the second
    # is repeated, sees the first's end, and lets begin what waited for both.
    plan_turn = fields.Integer(
        readonly=True,
        copy=False,
        export_string_translation=False,
        groups="base.group_system",
    )

    # ------------------------------------------------------------------
    # Laying the plan
    # ------------------------------------------------------------------

    def _plan_create(self):
        """Make the tasks of the services' plans for tickets that have none yet.

        All wait; those whose condition does not hold are not needed, and say so.
        """
        tickets = self.sudo()
        planned = tickets.filtered(lambda ticket: ticket.task_ids.plan_task_id)
        versions = {ticket: ticket._work_version() for ticket in tickets - planned}
        tickets = tickets.filtered(
            lambda t: t in versions and versions[t].plan_task_ids
        )
        made = {}
        layers = {
            version: plan.levels(version.plan_task_ids._as_steps())
            for version in set(versions.values())
        }
        answers = {ticket: ticket._answers_raw() for ticket in tickets}
        # Layer by layer, since a task can only be tied to tasks that are there.
        for depth in range(max(map(len, layers.values()), default=0)):
            pairs = [
                (ticket, step)
                for ticket in tickets
                for step in ticket._plan_layer(layers[versions[ticket]], depth)
            ]
            vals_list = [
                ticket._plan_task_values(step, answers[ticket], made)
                for ticket, step in pairs
            ]
            tasks = self._plan_tasks().create(vals_list)
            made |= {
                (ticket.id, step.id): task.id
                for (ticket, step), task in zip(pairs, tasks, strict=True)
            }

    @api.model
    def _plan_tasks(self):
        """Return the model of tasks with the rights of the system, and without noise.

        Nobody is told of a task that waits.
        """
        return (
            self.env["itsm.task"]
            .sudo()
            ._as_system()
            .with_context(
                mail_create_nolog=True,
                mail_create_nosubscribe=True,
                mail_auto_subscribe_no_notify=True,
                mail_notrack=True,
            )
        )

    def _plan_layer(self, layers, depth):
        """Return the plan tasks of one layer, in the order of the plan."""
        ids = layers[depth] if depth < len(layers) else []
        return self.env["itsm.plan.task"].sudo().browse(ids)

    def _plan_task_values(self, step, answers, made):
        """Return the values of the task that a ticket gets from a plan task.

        :param step: the plan task
        :param made: ``{(ticket id, plan task id): task id}`` of what is there
        """
        step = step.with_context(lang=self._plan_lang(step))
        needed = conditions.holds(step.condition, answers)

        def links(steps):
            found = (made.get((self.id, other.id)) for other in steps)
            return [Command.set([id_ for id_ in found if id_])]

        causes = step._whole_plan().filtered(
            lambda other: step in other.failure_task_ids
        )
        team = step.team_id or (self.team_id if not step.user_id else step.team_id)
        return {
            "name": step.name,
            "sequence": step.sequence,
            "description": step.description,
            "ticket_id": self.id,
            "plan_task_id": step.id,
            "team_id": team.id,
            "user_id": step.user_id.filtered("active").id,
            "planned_hours": step.duration,
            "is_required": step.is_required,
            "on_failure": step.on_failure,
            "server_action_id": step.server_action_id.id,
            "state": plan.WAITING if needed else plan.SKIPPED,
            "predecessor_ids": links(step.predecessor_ids),
            "stands_in_for_ids": links(causes),
            "check_ids": [
                Command.create(
                    {
                        "name": check.name,
                        "sequence": check.sequence,
                        "is_required": check.is_required,
                    }
                )
                for check in step.check_ids
            ],
        }

    def _plan_lang(self, step):
        """Return the language in which whoever does a task reads it."""
        return (
            step.user_id.lang
            or step.team_id.leader_id.lang
            or self.company_id.partner_id.lang
            or self.env.lang
        )

    def _plan_refresh(self):
        """Look again which tasks are needed, after the answers were changed.

        What has begun or ended stays as it is.
        """
        for ticket in self.sudo():
            answers = ticket._answers_raw()
            for task in ticket.task_ids.filtered("plan_task_id"):
                step = task.plan_task_id
                if not step.condition or task.ready_at:
                    continue
                needed = conditions.holds(step.condition, answers)
                if task.state == plan.WAITING and not needed:
                    task._write_system({"state": plan.SKIPPED})
                elif task.state == plan.SKIPPED and needed:
                    task._write_system({"state": plan.WAITING})
        self._plan_advance()

    # ------------------------------------------------------------------
    # Moving on
    # ------------------------------------------------------------------

    def _plan_lock(self):
        """Wait for whoever moves the plans of these tickets, and be the next."""
        if not self:
            return
        self.flush_recordset()
        wait_for_rows(self)
        self.env.cr.execute(
            SQL(
                "UPDATE itsm_ticket SET plan_turn = COALESCE(plan_turn, 0) + 1 "
                "WHERE id IN %s",
                tuple(self.ids),
            ),
            log_exceptions=False,
        )

    def _plan_advance(self):
        """Begin the tasks that may begin, drop what falls away, end what is done.

        To be called whenever something ended that a task may wait for. Tickets that
        wait for approval, and ended ones, are left alone.
        """
        tickets = self.sudo().filtered(lambda ticket: ticket.state in _RUNNING_STATES)
        if not tickets:
            return
        tickets._plan_lock()
        Task = self.env["itsm.task"].sudo()
        by_ticket = Task.search([("ticket_id", "in", tickets.ids)]).grouped("ticket_id")
        start, skip, moving = Task.browse(), Task.browse(), []
        for tasks in by_ticket.values():
            decision = plan.decide(tasks._as_steps())
            start |= Task.browse(decision.start)
            skip |= Task.browse(decision.skip)
            if decision.start or decision.skip:
                moving.append(tasks)
        skip._fall_away()
        start._become_ready()
        for tasks in moving:
            tasks._forecast()
        start._tell_begun()
        finished = tickets.browse(
            ticket.id
            for ticket, tasks in by_ticket.items()
            if plan.is_finished(tasks._as_steps()) and not ticket._open_children()
        )
        if finished:
            finished._work_finished()

    def _plan_is_stopped(self):
        """Tell whether a failed task holds the plan of the ticket."""
        self.ensure_one()
        steps = self.sudo().task_ids._as_steps()
        return bool(plan.decide(steps).stopped_by)

    # ------------------------------------------------------------------
    # What becomes of tasks when their ticket ends
    # ------------------------------------------------------------------

    def _open_work(self):
        """What is required holds the ticket; the rest ends with it."""
        return [
            work.filtered(
                lambda record: record._name != "itsm.task" or record.is_required
            )
            for work in super()._open_work()
        ]

    def _begin(self, verb):
        tickets = super()._begin(verb)
        if verb in ("cancel", "refuse"):
            # Before the verb looks for open work: what has not begun ends with it.
            tickets._plan_drop(required_too=True)
        return tickets

    def _after_transition(self, verb):
        result = super()._after_transition(verb)
        if verb == "resolve":
            self._plan_drop()
        return result

    def _plan_drop(self, required_too=False):
        """Give up the tasks that a ticket which ends does not need any more.

        :param required_too: what is required and has not begun goes too
        """
        tasks = self.sudo().task_ids.filtered(
            lambda task: (
                task._is_open()
                and (
                    not task.is_required
                    and (required_too or task.state != plan.DOING)
                    or required_too
                    and task.state == plan.WAITING
                )
            )
        )
        if tasks:
            tasks._give_up()

    # ------------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------------

    def _work_finished(self):
        """Hook: nothing that these tickets require is open any more."""

    def _plan_stopped(self, task):
        """Hook: a task of this ticket failed, and by the plan nothing goes on."""
