from datetime import timedelta

from odoo import models

from ..tools import quorum, timing


class ItsmApprovalStep(models.Model):
    """When a step reminds and times out, in its working hours."""

    _inherit = "itsm.approval.step"

    def _start_times(self, now):
        """Set the moments of steps that open; once for all that are alike."""
        alike = self.grouped(
            lambda step: (
                step.resource_calendar_id,
                step.remind_after,
                step.timeout_after,
                # It decides whether the sweep looks at the time-out.
                step._acts_on_time(),
            )
        )
        for (_calendar, remind_after, timeout_after, _acts), steps in alike.items():
            steps._set_times(
                remind_after and steps[0]._hours_after(now, remind_after),
                timeout_after and steps[0]._hours_after(now, timeout_after),
            )

    def _acts_on_time(self):
        """Tell whether anything happens at the time-out."""
        self.ensure_one()
        return self.timeout_action != "none" or self._grants_by_silence()

    def _set_times(self, remind_at, timeout_at):
        """Set the moments of steps that are alike."""
        due = timeout_at if self[:1]._acts_on_time() else False
        self.write(
            {
                "remind_at": remind_at,
                "timeout_at": timeout_at,
                "next_at": timing.next_at(remind_at, due) or False,
            }
        )

    def _pause(self, now):
        """Let the moments stand still from now on."""
        running = self.filtered(lambda step: not step.paused_at)
        if running:
            running.write({"paused_at": now, "next_at": False})

    def _resume(self, now):
        """Let the moments go on, with the time that was left."""
        for step in self.filtered("paused_at"):
            remind_at, timeout_at = (
                timing.resumed(
                    moment or None,
                    step.paused_at,
                    now,
                    step._hours_between,
                    step._hours_after,
                )
                for moment in (step.remind_at, step.timeout_at)
            )
            step.paused_at = False
            step._set_times(remind_at, timeout_at)

    def _hours_after(self, moment, hours):
        """Return the moment some hours later, in working hours if there are any."""
        calendar = self._calendar()
        planned = calendar and calendar.plan_hours(hours, moment, compute_leaves=True)
        # One that is full of leaves has no such moment: then they are plain hours.
        return planned or moment + timedelta(hours=hours)

    def _hours_between(self, start, end):
        """Return the hours between two moments, as the step counts them."""
        calendar = self._calendar()
        if calendar:
            return calendar.get_work_hours_count(start, end)
        return (end - start).total_seconds() / 3600

    def _calendar(self):
        """Return the working hours that count; none if they have no hours at all."""
        return self.resource_calendar_id.filtered("attendance_ids")

    def _grants_by_silence(self):
        """Tell whether the step's time-out is the end of its objection period."""
        self.ensure_one()
        return quorum.only_vetoes(self.line_ids.mapped("rule"))
