from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_sla.tools import life

from ..tools import plan


class ItsmTask(models.Model):
    """The verbs that move a task: each works on many, and refuses with a sentence."""

    _inherit = "itsm.task"

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def action_start(self):
        """Begin the work; a task without an assignee becomes one's own."""
        tasks = self._begin("start")
        automatic = tasks.filtered("is_automatic")[:1]
        if automatic:
            raise UserError(
                self.env._(
                    "“%(task)s” runs by itself in a moment. If you did it by hand, "
                    "mark it as done.",
                    task=automatic.display_name,
                )
            )
        for owners in tasks._owners():
            owners._refuse_new_work()
        now = fields.Datetime.now()
        for user, mine in tasks.grouped("user_id").items():
            mine._enter(
                plan.DOING, {"user_id": user.id or self.env.uid, "started_at": now}
            )
        return True

    def action_done(self):
        """End the tasks; their required checks must be ticked."""
        tasks = self._begin("done")
        tasks._refuse_open_checks()
        tasks._end(plan.DONE)
        return True

    def action_fail(self, reason=None):
        """Say that the tasks cannot be done; the plan says what comes of it.

        :param reason: why; kept with the task
        """
        tasks = self._begin("fail")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the task failed."))
        tasks._fail(reason.strip())
        return True

    def action_cancel(self):
        """Give the tasks up; what waits for them goes on without them."""
        self._begin("cancel")._end(plan.CANCELLED)
        return True

    def action_reopen(self):
        """Take ended tasks up again: they wait, or can begin at once."""
        tasks = self._begin("reopen")
        for owners in tasks._owners():
            owners._refuse_new_work()
        tasks._enter(
            plan.WAITING,
            {
                "done_at": False,
                "started_at": False,
                "ready_at": False,
                "run_at": False,
                "failure_reason": False,
            },
        )
        for owners in tasks._owners():
            owners._plan_advance()
        return True

    def escalate(self, team=None, reason=None):
        """Hand the tasks to another team; default: the next line of theirs.

        :param team: the other team, as a record, id or name
        :param reason: why; kept as a note
        """
        self.check_access("write")
        team = team and self.ticket_id.sudo()._team_argument(team)
        for target, tasks in self.grouped(
            lambda task: team or task.team_id.escalation_team_id
        ).items():
            if not target:
                raise UserError(
                    self.env._(
                        "There is no next line for %(task)s. Choose a team.",
                        task=tasks[0].display_name,
                    )
                )
            tasks.write({"team_id": target.id})
        if (reason or "").strip():
            self._message_log_batch(bodies=dict.fromkeys(self.ids, reason))
        return True

    def action_ask_failure(self):
        """Open the form that asks why the tasks failed."""
        self._begin("fail")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What went wrong?"),
            "res_model": "itsm.task.fail",
            "view_mode": "form",
            "target": "new",
            "context": {"default_task_ids": self.ids},
        }

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def _begin(self, verb):
        """Check who asks and in which state; return the tasks ready to be moved."""
        self.check_access("write")
        sources, _target = plan.VERBS[verb]
        wrong = self.filtered(lambda task: task.state not in sources)[:1]
        if wrong and wrong.state == plan.WAITING:
            raise UserError(
                self.env._(
                    "“%(task)s” cannot begin yet. %(why)s",
                    task=wrong.display_name,
                    why=wrong.next_step or "",
                )
            )
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(task)s” is “%(state)s”; this is possible only for: %(states)s.",
                    task=wrong.display_name,
                    state=labels[wrong.state],
                    states=", ".join(
                        labels[state] for state in plan.STATES if state in sources
                    ),
                )
            )
        return self

    def _refuse_open_checks(self):
        """Refuse to end tasks with required checks that nobody ticked."""
        for task in self:
            missing = task.check_ids.filtered(
                lambda check: check.is_required and not check.is_done
            )
            if missing:
                raise UserError(
                    self.env._(
                        "“%(task)s” is not done yet. Still to be ticked: %(checks)s.",
                        task=task.display_name,
                        checks=", ".join(missing.mapped("name")),
                    )
                )

    def _move_to(self, state):
        """Use the verb that a person means who puts tasks into a state."""
        tasks = self.filtered(lambda task: task.state != state)
        if not tasks:
            return
        verb = plan.VERB_FOR_TARGET.get(state)
        if not verb:
            raise UserError(
                self.env._(
                    "Nobody puts “%(task)s” there: whether a task waits or is not "
                    "needed follows from the plan.",
                    task=tasks[0].display_name,
                )
            )
        if verb == "fail":
            raise UserError(
                self.env._(
                    "Open “%(task)s” and use the button there: a reason is needed.",
                    task=tasks[0].display_name,
                )
            )
        getattr(tasks, f"action_{verb}")()

    # ------------------------------------------------------------------
    # Moving
    # ------------------------------------------------------------------

    def _enter(self, state, vals):
        """Bring tasks into a state by what somebody does, and keep it on record."""
        # sudo: the verb has checked who asks; these are facts of the system.
        tasks = self.sudo()._as_system()
        was_open = tasks.filtered(lambda task: task.state in plan.STARTED_STATES)
        tasks.write({**vals, "state": state})
        was_open._sla_follow_state()

    def _end(self, state, reason=False):
        """End tasks, and let what they belong to go on."""
        stopping = self.filtered(
            lambda task: state == plan.FAILED and task.on_failure == plan.STOP
        )
        all_owners = self._owners()
        for owners in all_owners:
            owners._plan_lock()
        self._enter(state, {"done_at": fields.Datetime.now(), "failure_reason": reason})
        self.sudo().activity_ids.unlink()  # sudo: others' reminders of it too
        for owners in all_owners:
            owners._plan_advance()
        for task in stopping.sudo():
            task._owner()._plan_stopped(task)

    def _give_up(self):
        """End tasks that go with their owner; nothing goes on after them."""
        self._enter(plan.CANCELLED, {"done_at": fields.Datetime.now()})
        self.sudo().activity_ids.unlink()  # sudo: others' reminders of it too

    def _fail(self, reason):
        """End tasks that could not be done."""
        for task in self:
            task._message_log(body=reason)
        self._end(plan.FAILED, reason)

    def _release_strangers(self):
        """Let go of tasks that went to a team which the assignee is not in."""
        strangers = self.filtered(
            lambda task: (
                task._is_open()
                and task.user_id
                and task.team_id
                and task.user_id not in task.sudo().team_id._agents()
            )
        )
        doing = strangers.filtered(lambda task: task.state == plan.DOING)
        strangers.sudo().write({"user_id": False})
        doing._enter(plan.TODO, {"started_at": False})
        strangers.filtered(lambda task: task.state == plan.TODO)._tell_begun()

    # What each end of a task is to its clocks: its time is measured to the end,
    # whatever the end was; what was given up is not counted.
    _SLA_ENDS = {
        plan.DONE: life.RESOLVED,
        plan.FAILED: life.RESOLVED,
        plan.WAITING: life.CANCELLED,
        plan.SKIPPED: life.CANCELLED,
        plan.CANCELLED: life.CANCELLED,
    }
