import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import plan
from .row_lock import wait_for_rows

_logger = logging.getLogger(__name__)


class ItsmTask(models.Model):
    """Tasks that a server action does.

    An action runs with the rights of the system: only system administrators choose
    it, what it does (accounts, orders, other systems) is seldom within the rights of
    the desk's agents, and a plan must not stand still because somebody left. In its
    code ``record`` is the task, and ``record.ticket_id`` the request. An error of it
    fails the task; a task that the action has not ended itself is done afterwards.

    **At most once.** That a run begins is committed before it does; what it changed
    in the database and that the task is done are committed together. A worker that is
    killed in between leaves a task that has begun and that nobody runs: the next job
    finds it and lets it fail, since nobody knows what the action did outside the
    database. Somebody looks, then reopens the task, which runs it again, or marks it
    as done. Row locks keep a second worker from the task while it runs.
    """

    _inherit = "itsm.task"

    server_action_id = fields.Many2one(
        "ir.actions.server",
        string="Runs by Itself",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups="base.group_system",
    )
    is_automatic = fields.Boolean(
        "Automatic",
        compute="_compute_is_automatic",
        store=True,
        compute_sudo=True,
        precompute=True,
    )
    run_at = fields.Datetime("Run Begun", readonly=True, copy=False)

    _automatic_idx = models.Index(
        "(id) WHERE is_automatic IS TRUE AND state IN ('todo', 'doing')"
    )

    @api.depends("server_action_id")
    def _compute_is_automatic(self):
        for task in self:
            task.is_automatic = bool(task.server_action_id)

    def _trigger_automatic(self):
        """Let the job run as soon as this transaction is committed, if it has work."""
        if not any(task.is_automatic and task.state == plan.TODO for task in self):
            return
        # sudo: whoever ends a task may set the next one going.
        self.env.ref("itsm_helpdesk.ir_cron_run_tasks").sudo()._trigger()

    @api.model
    def _cron_run_automatic(self):
        """Run the automatic tasks that can begin, each in a transaction of its own."""
        Cron = self.env["ir.cron"]
        waiting = (
            Domain("is_automatic", "=", True)
            & Domain("state", "=", plan.TODO)
            & self._runnable_domain()
        )
        self._fail_interrupted()
        Cron._commit_progress(remaining=self.search_count(waiting))
        passed_over = self.browse()
        # A task that ends may let the next one of its plan begin, so look anew.
        while task := self.search(
            waiting & Domain("id", "not in", passed_over.ids), order="id", limit=1
        ):
            passed_over |= task
            if task._mark_run():
                Cron._commit_progress()
                task._run_automatic()
            if not Cron._commit_progress(1):
                return

    @api.model
    def _runnable_domain(self):
        """Return which tasks may run by what they belong to.

        Not while what was approved has changed and is asked again.
        """
        return Domain("ticket_id.state", "!=", "approval")

    def _mark_run(self):
        """Note that the run of one task begins; tell whether it is ours to run."""
        self.ensure_one()
        if not self.try_lock_for_update():
            return False
        self.invalidate_recordset(["state"])
        if self.state != plan.TODO or not self.is_automatic:
            return False
        now = fields.Datetime.now()
        self._enter(plan.DOING, {"started_at": now, "run_at": now})
        return True

    def _run_automatic(self):
        """Run the action of one task that was marked, and end the task."""
        self.ensure_one()
        # Before the action: whoever else moves the request waits, and is repeated,
        # so that what the action did is not thrown away with this transaction.
        self._owner()._plan_lock()
        wait_for_rows(self)
        self.invalidate_recordset(["state"])
        if self.state != plan.DOING:
            return
        try:
            with self.env.cr.savepoint():
                self._run_action()
                if self.state in plan.OPEN_STATES:
                    self.action_done()
        except UserError as error:
            _logger.warning("Automatic task %s: %s", self.id, error)
            self._fail_automatic(str(error))
        except Exception:
            _logger.exception("Automatic task %s", self.id)
            self._fail_automatic(
                self.env._(
                    "The action that does this task broke off with an error of its "
                    "own. An administrator finds it in the log of the server under "
                    "“Automatic task %(id)s”.",
                    id=self.id,
                )
            )

    def _run_action(self):
        # sudo: see the class; only system administrators choose the action.
        action = self.sudo().server_action_id.with_company(self.company_id)
        action.with_context(
            active_model=self._name, active_ids=self.ids, active_id=self.id
        ).run()
        self.env.flush_all()

    def _fail_automatic(self, reason):
        self.env.invalidate_all(flush=False)
        self._fail(reason)

    @api.model
    def _fail_interrupted(self):
        """Let the tasks fail whose run was broken off, by a crash for instance."""
        left = self.search(
            Domain("is_automatic", "=", True)
            & Domain("state", "=", plan.DOING)
            & Domain("run_at", "!=", False)
        )
        # One that another worker runs is locked by it.
        for task in left.try_lock_for_update():
            task._fail(
                self.env._(
                    "The run was broken off before it ended. Look what it has done, "
                    "then reopen the task to run it again, or mark it as done."
                )
            )
