import math

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.tools.float_utils import float_round

from ..tools import worktime


class ItsmHoursSource(models.AbstractModel):
    """Records that working hours are made of.

    A change empties the cached hours and is announced to whatever was measured on
    them. ``_hours_fields`` names the fields that matter.
    """

    _name = "itsm.hours.source"
    _description = "Source of Working Hours"
    _hours_fields = frozenset()
    # Whether a new record changes hours that may already be in use.
    _hours_from_birth = True

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if self._hours_from_birth:
            records._itsm_announce(records._itsm_calendars())
        return records

    def write(self, vals):
        if not self._hours_fields.intersection(vals):
            return super().write(vals)
        before = self._itsm_calendars()
        result = super().write(vals)
        self._itsm_announce(before | self._itsm_calendars())
        return result

    def unlink(self):
        calendars = self._itsm_calendars(gone=True)
        result = super().unlink()
        self._itsm_announce(calendars.exists())
        return result

    def _itsm_announce(self, calendars):
        self.env["resource.calendar"]._itsm_hours_changed(calendars)

    def _itsm_calendars(self, gone=False):
        """Return the calendars whose hours these records are a part of.

        :param gone: whether the records are about to be deleted
        """
        return self.calendar_id

    def _itsm_all_calendars(self):
        # sudo: what the change does to others does not depend on who makes it.
        Calendar = self.env["resource.calendar"].sudo()
        calendars = Calendar.search([("active", "in", (True, False))])
        return calendars.with_env(self.env)


class ResourceCalendar(models.Model):
    _name = "resource.calendar"
    _inherit = ["resource.calendar", "itsm.hours.source"]
    _hours_fields = frozenset(
        {"tz", "company_id", "two_weeks_calendar", "schedule_type", "flexible_hours"}
    )
    _hours_from_birth = False

    def _itsm_timeline(self, company=None, resource=None):
        """Return the timeline of the calendar; around the clock for no calendar.

        :param company: whose holidays count for a calendar of no company
        :param resource: whose own time zone and leaves count
        :raise UserError: the hours are flexible, so that there is no timeline
        """
        if not self:
            return worktime.ALWAYS
        self.ensure_one()
        return self._itsm_cached_timeline(
            company.id if company else False, resource.id if resource else False
        )

    def _itsm_working_hours(self, company=None, resource=None):
        """Return the ``WorkingHours`` of the calendar; see ``_itsm_timeline``."""
        self.ensure_one()
        return self._itsm_timeline(company, resource).hours

    def _itsm_check_usable(self):
        """Refuse calendars on which no promise can be measured.

        :raise ValidationError: the hours are flexible, or there are none
        """
        for calendar in self:
            # sudo: whether a calendar can be used does not depend on who asks.
            calendar = calendar.sudo()
            if calendar.flexible_hours:
                raise ValidationError(calendar._itsm_flexible_message())
            if not calendar._itsm_weekly():
                raise ValidationError(
                    self.env._(
                        "The working schedule “%(calendar)s” has no working hours."
                        " Add some, or choose another schedule.",
                        calendar=calendar.display_name,
                    )
                )

    @api.model
    def _itsm_hours_changed(self, calendars):
        """Forget the cached hours and measure anew what was measured on them.

        :param calendars: those whose hours have changed; may be none
        """
        self.env.registry.clear_cache()
        if calendars:
            self.env["itsm.sla.clock"]._on_calendar_change(calendars)

    @api.constrains("attendance_ids", "flexible_hours", "schedule_type")
    def _check_itsm_use(self):
        for calendar in self:
            # sudo: a promise counts, whoever may see it.
            if not calendar.sudo()._itsm_is_used():
                continue
            if calendar.flexible_hours:
                raise ValidationError(
                    self.env._(
                        "Service levels are measured on “%(calendar)s”, so it needs "
                        "fixed hours. Make another schedule for flexible work.",
                        calendar=calendar.display_name,
                    )
                )
            calendar._itsm_check_usable()

    def _itsm_is_used(self):
        """Hook: tell whether promises are measured on the calendar."""
        self.ensure_one()
        Policy = self.env["itsm.sla.policy"].with_context(active_test=False)
        return bool(
            Policy.search_count([("calendar_id", "=", self.id)], limit=1)
            or self.env["itsm.sla.clock"].search_count(
                [("calendar_id", "=", self.id), ("is_unfinished", "=", True)], limit=1
            )
        )

    def _itsm_calendars(self, gone=False):
        # The holidays of a deleted calendar become those of all.
        return self._itsm_all_calendars() if gone else self

    @tools.ormcache("self.id", "company_id", "resource_id")
    def _itsm_cached_timeline(self, company_id, resource_id):
        # sudo: a promise is the same whoever looks at it; only its end is shown.
        calendar = self.sudo()
        resource = calendar.env["resource.resource"].browse(resource_id or ())
        own = resource.calendar_id
        if calendar.flexible_hours or (resource and (not own or own.flexible_hours)):
            # Odoo only approximates them, differently for each window it is asked for.
            raise UserError(calendar._itsm_flexible_message(resource))
        return worktime.timeline_of(
            worktime.WorkingHours(
                (resource or calendar).tz,
                tuple(calendar._itsm_weekly()),
                tuple(calendar._itsm_leaves(company_id, resource)),
            )
        )

    def _itsm_flexible_message(self, resource=None):
        if resource and not self.flexible_hours:
            return self.env._(
                "“%(resource)s” has flexible working hours, on which no deadline can be"
                " computed. Give it a working schedule with fixed hours.",
                resource=resource.display_name,
            )
        return self.env._(
            "The working schedule “%(calendar)s” is flexible, so no deadline can be"
            " computed on it. Choose a schedule with fixed hours, or define fixed hours"
            " in this one.",
            calendar=self.display_name,
        )

    def _itsm_weekly(self):
        """Return the rows of the week for ``WorkingHours``."""
        rows = self.env["resource.calendar.attendance"].search_fetch(
            [
                ("calendar_id", "=", self.id),
                ("display_type", "=", False),
                ("day_period", "!=", "lunch"),
            ],
            ["dayofweek", "hour_from", "hour_to", "week_type"],
        )
        two_weeks = self.two_weeks_calendar
        return [
            (week, int(row.dayofweek), _minute(row.hour_from), _minute(row.hour_to))
            for row in rows
            for week in ((int(row.week_type),) if two_weeks else (0, 1))
            if _minute(row.hour_from) < _minute(row.hour_to)
        ]

    def _itsm_leaves(self, company_id, resource):
        """Return the leaves for ``WorkingHours``: holidays and, if any, the resource's.

        With a resource, holidays are those of its company, as in Odoo. Without one,
        Odoo takes the holidays without calendar of every company that the user may
        see. Here another company's holiday does not count: the company is that of
        the calendar, else the given one; without both, the holidays of all count.
        """
        holiday = fields.Domain("resource_id", "=", False)
        company_id = self.company_id.id or company_id
        if resource:
            own = fields.Domain("resource_id", "=", resource.id)
            domain = own | holiday & fields.Domain(
                "company_id", "=", resource.company_id.id
            )
        elif company_id:
            domain = holiday & (
                fields.Domain("calendar_id", "=", self.id)
                | fields.Domain("company_id", "in", [company_id, False])
            )
        else:
            domain = holiday
        leaves = self.env["resource.calendar.leaves"].search_fetch(
            domain
            & fields.Domain("calendar_id", "in", [self.id, False])
            & fields.Domain("time_type", "=", "leave"),
            ["date_from", "date_to"],
        )
        return [
            (worktime.epoch(leave.date_from), worktime.epoch(leave.date_to))
            for leave in leaves
        ]


class ResourceCalendarAttendance(models.Model):
    _name = "resource.calendar.attendance"
    _inherit = ["resource.calendar.attendance", "itsm.hours.source"]
    _hours_fields = frozenset(
        {
            "calendar_id",
            "dayofweek",
            "day_period",
            "display_type",
            "hour_from",
            "hour_to",
            "week_type",
        }
    )


class ResourceCalendarLeaves(models.Model):
    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "itsm.hours.source"]
    _hours_fields = frozenset(
        {
            "calendar_id",
            "company_id",
            "date_from",
            "date_to",
            "resource_id",
            "time_type",
        }
    )

    def _itsm_calendars(self, gone=False):
        # A person's own leave moves no promise of a desk.
        holidays = self.filtered(lambda leave: not leave.resource_id)
        # A holiday without calendar counts on all of them.
        everywhere = any(not leave.calendar_id for leave in holidays)
        return self._itsm_all_calendars() if everywhere else holidays.calendar_id


class ResourceResource(models.Model):
    _name = "resource.resource"
    _inherit = ["resource.resource", "itsm.hours.source"]
    _hours_fields = frozenset({"tz", "company_id", "calendar_id"})
    _hours_from_birth = False

    def _itsm_calendars(self, gone=False):
        # The leaves of a deleted resource become holidays, maybe of all calendars.
        return self._itsm_all_calendars() if gone else self.calendar_id


def _minute(hours):
    """Return the minute of the day, rounded as Odoo rounds it."""
    fraction, whole = math.modf(hours)
    minute = 60 * int(whole) + int(float_round(60 * fraction, precision_digits=0))
    return min(max(minute, 0), 24 * 60)
