from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import plan


class ItsmTask(models.Model):
    """What the plan does to tasks."""

    _inherit = "itsm.task"

    @api.constrains(
        lambda self: [
            *self._owner_fields(),
            "failure_task_ids",
            "on_failure",
            "predecessor_ids",
        ]
    )
    def _check_plan(self):
        linked = self.filtered(
            lambda task: task.predecessor_ids or task.failure_task_ids
        )
        for owner in linked._each_owner():
            tasks = owner._plan_own_tasks()
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

    def _hold_back(self):
        """Let tasks wait that were given something to wait for."""
        todo = self.filtered(lambda task: task.state == plan.TODO)
        held = todo.filtered(
            lambda task: any(p._is_open() for p in task.sudo().predecessor_ids)
        )
        if held:
            held._sla_suspend()
            held._write_system({"state": plan.WAITING, "ready_at": False})

    def _become_ready(self):
        """Let tasks begin: they can be done from now on."""
        if not self:
            return
        now = fields.Datetime.now()
        for (desk, company, hours, fixed), tasks in self.grouped(
            lambda task: (
                task.desk_id,
                task.company_id,
                task.planned_hours,
                task.due_is_fixed,
            )
        ).items():
            vals = {"state": plan.TODO, "ready_at": now}
            if hours and not fixed:
                vals["due_at"] = self._after_work(desk, company, now, hours)
            tasks._write_system(vals)
        for user, tasks in self.filtered("user_id").grouped("user_id").items():
            tasks.message_subscribe(user.partner_id.ids)
        self._sla_begin()
        self._log_step(self.env._("Can begin now."))
        self._trigger_automatic()

    def _fall_away(self):
        """Skip tasks that are for a failure which did not come."""
        if self:
            self._write_system(
                {"state": plan.SKIPPED, "done_at": fields.Datetime.now()}
            )
            self._log_step(
                self.env._("Not needed: what it stands in for did not fail.")
            )

    def _log_step(self, text):
        self._message_log_batch(bodies=dict.fromkeys(self.ids, text))

    @api.model
    def _after_work(self, desk, company, start, hours):
        """Return the moment at which so many working hours of a desk are over."""
        timeline = desk.resource_calendar_id._itsm_timeline(company)
        return timeline.add(start, round(hours * 3600)) or start

    def _forecast(self):
        """Plan the due dates of the waiting tasks of one owner."""
        by_id = {task.id: task for task in self}

        def add(id_, start):
            task = by_id[id_]
            if task.due_is_fixed and task.due_at:
                return max(start, task.due_at)
            return self._after_work(
                task.desk_id, task.company_id, start, task.planned_hours
            )

        times = plan.finish_times(self._as_steps(), fields.Datetime.now(), add)
        for id_, due in times.items():
            task = by_id[id_]
            if task.planned_hours and not task.due_is_fixed and task.due_at != due:
                task._write_system({"due_at": due})

    def _tell_begun(self):
        """Tell whoever can begin tasks now, in one message each, however many."""
        told = {}
        for task in self.sudo().filtered(lambda task: not task.is_automatic):
            people = task._whom_to_tell() - self.env.user
            for lang, users in people.grouped("lang").items():
                key = (lang, tuple(sorted(users.partner_id.ids)))
                told.setdefault(key, []).append(task.id)
        for (lang, partner_ids), ids in told.items():
            tasks = self.sudo().browse(ids).with_context(lang=lang)
            tasks._notify_begun(list(partner_ids))

    def _whom_to_tell(self):
        """Return the assignee, else the team."""
        self.ensure_one()
        people = self.user_id or self.team_id._agents()
        return people.filtered(lambda user: user.active and not user.share)

    def _notify_begun(self, partner_ids):
        subject = (
            self.env._("To do: %(task)s", task=self.name)
            if len(self) == 1
            else self.env._("%(count)s tasks can begin", count=len(self))
        )
        lines = Markup("").join(
            Markup("<li><a href='%s'>%s</a> (%s)</li>")
            % (task._sla_url(), task.name, task._owner().display_name)
            for task in self
        )
        target = self if len(self) == 1 else self.env["mail.thread"]
        target.message_notify(
            partner_ids=partner_ids,
            subject=subject,
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (self.env._("This can be begun now:"), lines),
            email_layout_xmlid="mail.mail_notification_light",
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
