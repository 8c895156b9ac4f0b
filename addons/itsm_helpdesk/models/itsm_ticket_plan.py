from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools import lifecycle, plan
from ..tools.form import conditions

# Requests in these states get their tasks begun; others wait or have ended.
_RUNNING_STATES = frozenset(lifecycle.OPEN_STATES) - {"approval"}


class ItsmTicket(models.Model):
    """The plan of a request: its tasks, and what they are to the ticket.

    Which of them may begin, and when all is done, stands in ``itsm.task.owner``.
    Everything runs with the rights of the system, on many tickets at once.
    """

    _name = "itsm.ticket"
    _inherit = ["itsm.ticket", "itsm.task.owner"]

    _task_owner_field = "ticket_id"
    _task_list_field = "task_ids"

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
    # What a ticket is to its tasks
    # ------------------------------------------------------------------

    def _plan_is_running(self):
        return self.state in _RUNNING_STATES

    def _plan_obstacle(self):
        if self.state == "approval":
            return self.env._("Waits until the request is approved.")
        return super()._plan_obstacle()

    def _has_other_work(self):
        return bool(self._open_children())

    def _refuse_new_work(self):
        """An ended ticket gets no open work: it would close silently with it."""
        for ticket in self:
            if ticket.state in ("resolved", "closed", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(ticket)s is done. Reopen it before you give it a task.",
                        ticket=ticket.display_name,
                    )
                )

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
