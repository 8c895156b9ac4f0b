from datetime import date, datetime, timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import bookings

_ICONS = {"room": "fa-building-o", "vehicle": "fa-car", "equipment": "fa-cube"}
# The hours that the bars show, as most of the work is done in them.
_FIRST_HOUR, _LAST_HOUR = 6, 22
# How many days can be tapped; later ones are typed.
_DAYS = 14
# How far ahead the pages look.
_MAX_DAYS = 730


class ItsmBookable(models.Model):
    """What staff see of things: which they may book, when they are free."""

    _inherit = "itsm.bookable"

    @api.model
    def _offered_domain(self, user):
        """Return the domain of what any form may offer to a user."""
        return Domain("is_published", "=", True) & Domain(
            "company_id", "in", [False, user.company_id.id]
        )

    @api.model
    def _portal_things(self):
        """Return what the user may book, each with the service that books it.

        :return: ``{thing: service}`` in the order of the things; things with the
            rights of the system, services with the user's own
        """
        Service = self.env["itsm.service"]
        services = Service.search(
            Service._portal_domain() & Domain("booking_kind", "!=", False),
            order="sequence, name, id",
        )
        found = {}
        for service in services:
            for thing in service._booking_offered():
                found.setdefault(thing, service)
        things = self.sudo().union(*found).sorted() if found else self.sudo()
        return {thing: found[thing] for thing in things}

    @api.model
    def _portal_find_thing(self, thing_id):
        """Return a thing that the user may book, and its service; none for others."""
        for thing, service in self._portal_things().items():
            if thing.id == thing_id:
                return thing, service
        return self.browse(), self.env["itsm.service"]

    @api.model
    def _portal_day(self, text):
        """Return the day that a link names, else today; days gone are today."""
        today = fields.Date.context_today(self)
        try:
            day = date.fromisoformat(text)
        except (TypeError, ValueError):
            return today
        return min(max(day, today), today + timedelta(days=_MAX_DAYS))

    @api.model
    def _portal_time(self, text):
        """Return the UTC time that a link names in local time, else None."""
        try:
            local = datetime.fromisoformat(text)
        except (TypeError, ValueError):
            return None
        start, _end = self._day_bounds(self._portal_day(local.date().isoformat()))
        found = start + timedelta(hours=local.hour, minutes=local.minute)
        # On the days on which clocks change, hours are not where they use to be.
        shift = local.replace(tzinfo=None) - self._local(found)
        return found + shift

    @api.model
    def _local(self, moment):
        """Return a UTC time as the reader's, without the zone."""
        return self.env["itsm.ticket"]._portal_local(moment).replace(tzinfo=None)

    @api.model
    def _portal_days(self, day, first=None):
        """Return the days that can be tapped."""
        Ticket = self.env["itsm.ticket"]
        first = first or fields.Date.context_today(self)
        days = [first + timedelta(days=number) for number in range(_DAYS)]
        if day not in days:
            days.append(day)
        noon = timedelta(hours=12)
        shown = []
        for each in days:
            moment = self._day_bounds(each)[0] + noon
            shown.append(
                {
                    "value": each.isoformat(),
                    "weekday": Ticket._portal_skeleton(moment, "E"),
                    "date": Ticket._portal_skeleton(moment, "MMMd"),
                    "current": each == day,
                }
            )
        return shown

    def _portal_rows(self, day, persons=0):
        """Return what the list shows of each thing on a day."""
        start, end = self._day_bounds(day)
        low, high = start - timedelta(days=1), end + timedelta(days=1)
        uses = self._uses(low, high)
        rows = []
        for thing in self.with_context(bin_size=True):
            if persons and thing.capacity and thing.capacity < persons:
                continue
            opened, free, spells = thing._portal_free(uses[thing.id], start, end)
            rows.append(
                {
                    **thing._portal_card(),
                    "bar": thing._portal_bar(start, opened, free),
                    "free": thing._spells_text(spells),
                    "is_free": bool(spells),
                    "all_day": spells == [(start, end)],
                    "is_closed": not opened,
                    "url": f"/my/desk/book/{thing.id}?day={day.isoformat()}",
                }
            )
        return rows

    def _portal_free(self, uses, start, end):
        """Return what is open and what is free of a day, and what can be booked.

        What has passed today is neither free nor taken any more.
        """
        now = fields.Datetime.now()
        ahead = (max(start, now), max(end, now))
        opened = bookings.common(self._opened(start, end), [ahead])
        free = bookings.common(opened, bookings.gaps(uses, start, end, self._terms()))
        spells = [
            (begins[0], spell[1])
            for spell in free
            if (begins := bookings.starts([spell], [spell], now))
        ]
        return opened, free, spells

    def _portal_card(self):
        """Return what stands on a thing's card."""
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        moment = int(self.write_date.timestamp())
        return {
            "id": self.id,
            "name": self.name,
            "kind": kinds[self.kind],
            "icon": _ICONS[self.kind],
            "place": self.location_id.complete_name or "",
            "capacity": self.capacity,
            "pieces": self.quantity,
            "text": self.description or "",
            "image_url": self.with_context(bin_size=True).image_256
            and f"/my/desk/book/{self.id}/image?unique={moment}",
        }

    def _portal_bar(self, start, opened, free):
        """Return the day as a bar: what is closed, what is free, in percent."""
        first = start + timedelta(hours=_FIRST_HOUR)
        last = start + timedelta(hours=_LAST_HOUR)
        return {
            "open": bookings.shares(opened, first, last),
            "free": bookings.shares(free, first, last),
            "from": self._clock(first),
            "to": self._clock(last),
        }

    # ------------------------------------------------------------------
    # One thing: from when, to when
    # ------------------------------------------------------------------

    def _portal_page(self, service, day, start, last_day, persons):
        """Return what the page of one thing shows.

        :param start: the start that was tapped, or None
        :param last_day: the day on which it is given back
        """
        self.ensure_one()
        low, high = self._day_bounds(day)
        row = self._portal_rows(day)[0]
        chosen = start and self._local(start).date() == day and start
        page = {
            **row,
            "day": day.isoformat(),
            "days": self._portal_days(day),
            "starts": self._portal_starts(low, high, chosen),
            "start": None,
            "ends": [],
            "end_days": [],
            "service": service.name,
            "needs_approval": bool(service._portal_approvers()),
            "persons": persons,
            "longest": self.longest_minutes
            and self.env["itsm.ticket"]._portal_duration(60 * self.longest_minutes),
        }
        if chosen:
            page.update(self._portal_ends(service, chosen, last_day or day, persons))
        return page

    def _portal_starts(self, low, high, chosen):
        earliest = fields.Datetime.now() + timedelta(minutes=self.lead_minutes)
        terms = self._terms()
        uses = self._uses(*terms.blocked(low, high))[self.id]
        gaps = bookings.gaps(uses, low, high, terms)
        return [
            {
                "label": self._clock(moment),
                "value": self._local(moment).isoformat(timespec="minutes"),
                "current": moment == chosen,
                "is_odd": not _FIRST_HOUR <= self._local(moment).hour < _LAST_HOUR,
            }
            for moment in bookings.starts(self._opened(low, high), gaps, earliest)
        ]

    def _portal_ends(self, service, start, last_day, persons):
        """Return until when it can be had, on the day it is given back."""
        Ticket = self.env["itsm.ticket"]
        low, high = self._day_bounds(last_day)
        terms = self._terms()
        far = max(high, start)
        uses = self._uses(*terms.blocked(start, far))[self.id]
        gaps = bookings.gaps(uses, start, far, terms)
        moments = bookings.ends(start, self._opened(low, high), gaps, terms)
        days = 1 + (self.longest_minutes or 1440 * _DAYS) // 1440
        first = self._local(start).date()
        return {
            "start": self._local(start).isoformat(timespec="minutes"),
            "start_text": Ticket._portal_moment(start),
            "ends": [
                {
                    "label": self._clock(moment, is_end=True),
                    "duration": Ticket._portal_duration(
                        (moment - start).total_seconds()
                    ),
                    "url": f"/my/services/{service.id}/request?book={self.id}"
                    f"&from={self._local(start).isoformat(timespec='minutes')}"
                    f"&to={self._local(moment).isoformat(timespec='minutes')}"
                    f"&persons={persons}",
                }
                for moment in moments
            ],
            "end_days": self._portal_days(last_day, first)[:days],
        }
