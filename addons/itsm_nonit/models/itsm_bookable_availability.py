from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import bookings

# How far around a booking its neighbours and the open hours are looked at.
_DAY = timedelta(days=1)
# How many free spells a sentence names.
_MAX_NAMED = 4


class ItsmBookable(models.Model):
    """When things are free, and the sentence when they are not."""

    _inherit = "itsm.bookable"

    def _terms(self):
        """Return the terms as the pure functions take them."""
        self.ensure_one()
        return bookings.Terms(
            quantity=self.quantity,
            before=self.buffer_before,
            after=self.buffer_after,
            lead=self.lead_minutes,
            longest=self.longest_minutes,
        )

    def _opened(self, start, end):
        """Return the spells between two moments in which it can be had."""
        self.ensure_one()
        # sudo: hours of the thing; requesters have no right on calendars.
        thing = self.sudo()
        if not thing.resource_calendar_id:
            return [(start, end)]
        timeline = thing.resource_calendar_id._itsm_timeline(thing.company_id)
        return list(timeline.intervals(start, end))

    def _uses(self, start, end=None, besides=None):
        """Return what is taken of each thing between two moments.

        :param besides: bookings that do not count
        :return: ``{id: [Use]}``, also for those of which nothing is taken
        """
        Booking = self.env["itsm.booking"].sudo()  # sudo: taken is taken, by whomever
        now = fields.Datetime.now()
        # What is out stays taken until it is back, however late.
        ends = Domain("blocked_until", ">", start)
        if start <= now:
            ends |= Domain("state", "=", "out")
        domain = Domain("bookable_id", "in", self.ids) & Domain("is_open", "=", True)
        if end:
            domain &= Domain("blocked_from", "<", end)
        if besides:
            domain &= Domain("id", "not in", besides.ids)
        uses = {id_: [] for id_ in self.ids}
        for booking in Booking.search(domain & ends, order="blocked_from, id"):
            uses[booking.bookable_id.id].append(booking._as_use(now))
        return uses

    def _refusal(self, start, end, quantity=1, persons=0, besides=None):
        """Return the sentence that says why somebody cannot book it, or False.

        The cheap check; what makes sure is the claim on the row.
        """
        self.ensure_one()
        terms = self._terms()
        blocked = terms.blocked(start, max(start, end))
        code = bookings.refusal(
            start,
            end,
            quantity,
            self._opened(start - _DAY, max(start, end) + _DAY),
            self._uses(*blocked, besides=besides)[self.id],
            terms,
            fields.Datetime.now(),
        )
        if code:
            return self._refusal_text(code, start, end, quantity)
        if self.capacity and persons > self.capacity:
            return self.env._(
                "“%(thing)s” takes %(capacity)s persons at most. Choose a larger one.",
                thing=self.name,
                capacity=self.capacity,
            )
        return False

    def _refusal_text(self, code, start, end, quantity):
        """Return the sentence for what the pure check found."""
        if code == bookings.TAKEN:
            return self._taken_text(start, end, quantity)
        duration = self.env["itsm.ticket"]._portal_duration
        texts = {
            bookings.ORDER: self.env._(
                "The end must come after the start. Change one of them."
            ),
            bookings.PAST: self.env._(
                "This time has passed already. Choose a later one."
            ),
            bookings.LEAD: self.env._(
                "“%(thing)s” has to be booked at least %(time)s ahead.",
                thing=self.name,
                time=duration(60 * self.lead_minutes),
            ),
            bookings.LONGEST: self.env._(
                "“%(thing)s” can be booked for %(time)s at most.",
                thing=self.name,
                time=duration(60 * self.longest_minutes),
            ),
            bookings.TOO_MANY: self.env._(
                "There are %(count)s of “%(thing)s”. Choose a number from 1 to that.",
                thing=self.name,
                count=self.quantity,
            ),
            bookings.CLOSED: self.env._(
                "“%(thing)s” cannot be collected or given back at this time. %(hours)s",
                thing=self.name,
                hours=self._hours_text(start),
            ),
        }
        return texts[code]

    def _taken_text(self, start, end, quantity=1):
        """Return the sentence that says it is taken, and when it is free that day."""
        free = self._free_text(start, quantity)
        return self.env._(
            "“%(thing)s” is taken at that time (%(when)s). %(free)s",
            thing=self.name,
            when=self._span_text(start, end),
            free=free,
        )

    def _free_text(self, moment, quantity=1):
        """Return when it is free on a day, as a sentence."""
        start, end = self._day_around(moment)
        free = self._free_spells(max(start, fields.Datetime.now()), end, quantity)
        if not free:
            return self.env._("On that day nothing is left.")
        return self.env._(
            "Free on that day: %(spells)s.",
            spells=self._spells_text(free),
        )

    def _hours_text(self, moment):
        start, end = self._day_around(moment)
        opened = self._opened(start, end)
        if not opened:
            return self.env._("On that day it is not available at all.")
        return self.env._(
            "Hours on that day: %(spells)s.",
            spells=self._spells_text(opened),
        )

    def _free_spells(self, start, end, quantity=1):
        """Return the open spells between two moments in which it is free."""
        self.ensure_one()
        if start >= end:
            return []
        terms = self._terms()
        uses = self._uses(*terms.blocked(start, end))[self.id]
        gaps = bookings.gaps(uses, start, end, terms, quantity)
        return bookings.common(self._opened(start, end), gaps)

    # ------------------------------------------------------------------
    # Times in words
    # ------------------------------------------------------------------

    @api.model
    def _day_around(self, moment):
        """Return start and end, in UTC, of the reader's day."""
        return self._day_bounds(self.env["itsm.ticket"]._portal_local(moment).date())

    @api.model
    def _day_bounds(self, day):
        zone = self.env.tz
        return tuple(
            zone.localize(datetime.combine(each, time()))
            .astimezone(timezone.utc)
            .replace(tzinfo=None)
            for each in (day, day + _DAY)
        )

    @api.model
    def _clock(self, moment, is_end=False):
        """Return a moment as the reader's time of day."""
        Ticket = self.env["itsm.ticket"]
        local = Ticket._portal_local(moment)
        if is_end and not (local.hour or local.minute):
            return self.env._("midnight")
        return Ticket._portal_clock_time(moment)

    @api.model
    def _spells_text(self, spells):
        """Return spells of one day, such as “8:00–10:00, 14:00–midnight”."""
        return ", ".join(
            f"{self._clock(start)}–{self._clock(end, is_end=True)}"
            for start, end in spells[:_MAX_NAMED]
        )

    @api.model
    def _span_text(self, start, end):
        """Return from when until when, without saying one day twice."""
        Ticket = self.env["itsm.ticket"]
        begin = Ticket._portal_moment(start)
        if Ticket._portal_local(start).date() == Ticket._portal_local(end).date():
            return f"{begin}–{self._clock(end)}"
        return f"{begin} – {Ticket._portal_moment(end)}"
