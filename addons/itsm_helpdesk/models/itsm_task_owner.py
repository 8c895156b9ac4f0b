from odoo import api, fields, models

from ..tools import plan
from .row_lock import take_turn


class ItsmTaskOwner(models.AbstractModel):
    """What tasks belong to: a record whose work is done by a plan.

    Says which of the tasks may begin, and when all is done. A model names the field
    of ``itsm.task`` that leads to it, and its list of tasks; its field is also to be
    named in ``_owner_fields`` of the task. Expects ``itsm.approval.mixin``.

    Everything here runs with the rights of the system, on many records at once:
    whoever ends a task sets others going that may be another desk's.
    """

    _name = "itsm.task.owner"
    _description = "Owner of Tasks"

    # The field of the task that leads to its owner, and the way back.
    _task_owner_field = ""
    _task_list_field = ""

    # Counts the moves of the plan. It is not for reading: whoever moves the plan
    # changes this row, so that of two who end tasks at the same moment the second
    # is repeated, sees the first's end, and lets begin what waited for both.
    plan_turn = fields.Integer(
        readonly=True,
        copy=False,
        export_string_translation=False,
        groups="base.group_system",
    )

    def _plan_own_tasks(self):
        """Return all tasks of these records, also those of other desks."""
        return self.sudo()[self._task_list_field]  # sudo: see the class

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

    # ------------------------------------------------------------------
    # Moving on
    # ------------------------------------------------------------------

    def _plan_lock(self):
        """Wait for whoever moves the plans of these records, and be the next."""
        take_turn(self, "plan_turn")

    def _plan_advance(self):
        """Begin the tasks that may begin, drop what falls away, end what is done.

        To be called whenever something ended that a task may wait for. Records that
        are not worked on yet, and ended ones, are left alone.
        """
        owners = self.sudo().filtered(lambda owner: owner._plan_is_running())
        if not owners:
            return
        owners._plan_lock()
        Task, field = self.env["itsm.task"].sudo(), self._task_owner_field
        by_owner = Task.search([(field, "in", owners.ids)]).grouped(field)
        start, skip, moving = Task.browse(), Task.browse(), []
        for tasks in by_owner.values():
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
        finished = owners.browse(
            owner.id
            for owner, tasks in by_owner.items()
            if plan.is_finished(tasks._as_steps()) and not owner._has_other_work()
        )
        if finished:
            finished._work_finished()

    def _plan_is_stopped(self):
        """Tell whether a failed task holds the plan of the record."""
        self.ensure_one()
        return bool(plan.decide(self._plan_own_tasks()._as_steps()).stopped_by)

    def _plan_drop(self, required_too=False):
        """Give up the tasks that a record which ends does not need any more.

        :param required_too: what is required and has not begun goes too
        """
        tasks = self._plan_own_tasks().filtered(
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
    # Hooks: what the record is
    # ------------------------------------------------------------------

    def _plan_is_running(self):
        """Tell whether tasks of the record may begin."""
        self.ensure_one()
        return True

    def _plan_obstacle(self):
        """Return why no task of the record begins yet, as a sentence; else False."""
        return False

    def _has_other_work(self):
        """Tell whether the record waits for more than its own tasks."""
        self.ensure_one()
        return False

    def _refuse_new_work(self):
        """Refuse open tasks of records that have ended."""

    def _refuse_approver(self, user):
        """Refuse to give work to who approved it."""

    # ------------------------------------------------------------------
    # Hooks: what follows
    # ------------------------------------------------------------------

    def _work_finished(self):
        """Nothing that these records require is open any more."""

    def _plan_stopped(self, task):
        """A task of this record failed, and by the plan nothing goes on."""
