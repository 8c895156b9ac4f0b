from datetime import timedelta

import pytz

from odoo import fields, models
from odoo.fields import Domain


class ItsmTeam(models.Model):
    """Who of a team is at work at this moment."""

    _inherit = "itsm.team"

    def _at_work_by_team(self):
        """Return ``{team: users}`` with the agents who are at work now.

        An agent is at work when the calendar of their employee record says so and
        no leave covers the moment. An agent without a calendar works the hours of
        the desk; a desk without hours works around the clock.
        """
        agents = self.env["res.users"].union(*(team._agents() for team in self))
        by_calendar = self._agents_at_work(agents)
        desk_open = {desk: desk._is_staffed_now() for desk in self.desk_id}
        result = {}
        for team in self:
            result[team] = team._agents().filtered(
                lambda user, desk=team.desk_id: by_calendar.get(user, desk_open[desk])
            )
        return result

    def _agents_at_work(self, agents):
        """Return ``{user: at work?}`` for the agents who have working hours."""
        # sudo: working hours of colleagues are private; only yes or no leaves here.
        resources = (
            self.env["resource.resource"]
            .sudo()
            .search([("user_id", "in", agents.ids), ("resource_type", "=", "user")])
        )
        start = pytz.utc.localize(fields.Datetime.now())
        intervals, _by_calendar = resources._get_valid_work_intervals(
            start, start + timedelta(minutes=1)
        )
        on_leave = self._resources_on_leave(resources, start.replace(tzinfo=None))
        working = {}
        for resource in resources:
            if not resource.calendar_id and resource not in on_leave:
                continue
            at_work = bool(intervals[resource.id]) and resource not in on_leave
            # One resource in each company: at work in any of them is at work.
            user = resource.user_id.with_env(self.env)
            working[user] = working.get(user, False) or at_work
        return working

    def _resources_on_leave(self, resources, moment):
        """Return the resources with a leave of their own that covers ``moment``.

        Odoo's work intervals ignore the leaves of people without fixed hours.
        """
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                Domain("resource_id", "in", resources.ids)
                & Domain("time_type", "=", "leave")
                & Domain("date_from", "<=", moment)
                & Domain("date_to", ">", moment)
            )
        )
        return leaves.resource_id
