from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools.misc import babel_locale_parse

from ..tools import date_words

# A weekday says which day is meant as long as there is only one of its name.
_WEEKDAY_DAYS = 6


class ItsmTicket(models.Model):
    """Moments and amounts of time, as requesters read them."""

    _inherit = "itsm.ticket"

    @api.model
    def _portal_moment(self, moment):
        """Return a moment with its weekday, in the reader's language and zone."""
        if not moment:
            return ""
        this_year = moment.year == fields.Datetime.now().year
        return self.env._(
            "%(day)s, %(time)s",
            day=self._portal_skeleton(moment, "MMMEd" if this_year else "yMMMEd"),
            time=self._portal_clock_time(moment),
        )

    @api.model
    def _portal_moment_short(self, moment):
        """Return a moment in few letters: weekday and time, or the far-off date."""
        if not moment:
            return ""
        if abs(moment - fields.Datetime.now()) > timedelta(days=_WEEKDAY_DAYS):
            return self._portal_skeleton(moment, "MMMd")
        return f"{self._portal_skeleton(moment, 'E')} {self._portal_clock_time(moment)}"

    @api.model
    def _portal_local(self, moment):
        return pytz.utc.localize(moment).astimezone(self.env.tz)

    @api.model
    def _portal_skeleton(self, moment, skeleton):
        """Return a moment in the order and words that a language has for its parts."""
        # The language that the words around it have.
        locale = babel_locale_parse(self.env.lang or "en_US")
        return date_words.in_parts(self._portal_local(moment), skeleton, locale)

    @api.model
    def _portal_clock_time(self, moment):
        return self.env["ir.qweb.field.datetime"].value_to_html(
            moment,
            {"time_only": True, "hide_seconds": True, "tz_name": self.env.tz.zone},
        )

    @api.model
    def _portal_duration(self, seconds):
        """Return an amount of time as people say it, not to be broken: “3 h 20 min”."""
        hours, minutes = divmod(max(0, int(seconds)) // 60, 60)
        values = {"hours": hours, "minutes": minutes}
        if not hours:
            text = self.env._("%(minutes)s min", **values)
        elif not minutes:
            text = self.env._("%(hours)s h", **values)
        else:
            text = self.env._("%(hours)s h %(minutes)s min", **values)
        return text.replace(" ", "\N{NO-BREAK SPACE}")

    def _portal_zone(self, partner):
        """Return the name of a person's time zone, else that of the desk."""
        self.ensure_one()
        # sudo: the requester's users and the desk's hours, only for their zone.
        ticket, person = self.sudo(), partner.sudo()
        return (
            person.tz
            or person.user_ids[:1].tz
            or ticket.desk_id.resource_calendar_id.tz
            or "UTC"
        )
