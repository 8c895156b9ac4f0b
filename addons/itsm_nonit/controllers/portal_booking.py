from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.itsm_helpdesk.controllers.portal_request import ItsmPortalRequest

_MAX_ID = 2**31 - 1
_MAX_PERSONS = 10_000
_KINDS = ("room", "vehicle", "equipment")


class ItsmPortalBooking(ItsmPortalRequest):
    """What is free, chosen with a few taps, and the form that books it."""

    def _itsm_home_blocks(self):
        return {
            **super()._itsm_home_blocks(),
            "bookings": request.env["itsm.booking"]._portal_mine()._portal_rows(),
            "books": bool(request.env["itsm.bookable"]._portal_things()),
        }

    @http.route(
        "/my/desk/book",
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_itsm_book(self, kind="", day="", persons="", done="", **kw):
        """All that the user may book, and when it is free on a day."""
        Bookable = request.env["itsm.bookable"]
        things = Bookable.sudo().union(*Bookable._portal_things())
        kinds = dict(Bookable._fields["kind"]._description_selection(request.env))
        offered = [each for each in _KINDS if each in things.mapped("kind")]
        kind = kind if kind in offered else ""
        chosen = Bookable._portal_day(day)
        persons = _as_count(persons)
        shown = things.filtered(lambda thing: not kind or thing.kind == kind)
        return request.render(
            "itsm_nonit.portal_book",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_book",
                "rows": shown._portal_rows(chosen, persons),
                "kinds": [(each, kinds[each]) for each in offered],
                "kind": kind,
                "days": Bookable._portal_days(chosen),
                "day": chosen.isoformat(),
                "persons": persons,
                "mine": request.env["itsm.booking"]._portal_mine()._portal_rows(),
                "is_cancelled": done == "cancelled",
                "problem": None,
            },
        )

    @http.route(
        "/my/desk/book/<int:thing_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_itsm_book_thing(self, thing_id, day="", persons="", **asked):
        """One thing: tap a start, then an end, and get to the form."""
        thing, service = self._itsm_find_thing(thing_id)
        if not thing:
            return request.redirect("/my/desk/book")
        start = thing._portal_time(asked.get("from"))
        last_day = asked.get("until") and thing._portal_day(asked["until"])
        return request.render(
            "itsm_nonit.portal_book_thing",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_book_thing",
                "thing": thing._portal_page(
                    service,
                    thing._portal_day(day),
                    start,
                    last_day,
                    _as_count(persons),
                ),
            },
        )

    @http.route(
        "/my/desk/book/<int:thing_id>/image",
        type="http",
        auth="user",
        readonly=True,
        sitemap=False,
    )
    def portal_itsm_book_image(self, thing_id, **kw):
        """The picture of a thing that the user may book."""
        thing, _service = self._itsm_find_thing(thing_id)
        if not thing.image_256:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_image_stream_from(thing, "image_256")
        return stream.get_response()

    @http.route(
        "/my/desk/bookings/<int:booking_id>/cancel",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_itsm_booking_cancel(self, booking_id, **kw):
        """Give up an own booking."""
        Booking = request.env["itsm.booking"]
        booking = Booking._portal_find(booking_id) if _is_id(booking_id) else Booking
        if not booking:
            return request.redirect("/my/desk/book")
        try:
            with request.env.cr.savepoint():
                booking._portal_cancel()
        except UserError:
            # It was handed over or freed meanwhile; the page shows how it stands.
            request.env.invalidate_all()
            return request.redirect("/my/desk/book")
        return request.redirect("/my/desk/book?done=cancelled")

    @http.route()
    def portal_itsm_request(self, service_id, like="", test="", **kw):
        """The form of a service, filled in with what was chosen on these pages."""
        thing_id = _as_count(kw.get("book", ""), _MAX_ID)
        if thing_id:
            Bookable = request.env["itsm.bookable"]
            request.update_context(
                itsm_booking_choice={
                    "what": thing_id,
                    "from": Bookable._portal_time(kw.get("from")),
                    "to": Bookable._portal_time(kw.get("to")),
                    "persons": _as_count(kw.get("persons", "")),
                }
            )
        return super().portal_itsm_request(service_id, like=like, test=test, **kw)

    def _itsm_find_thing(self, thing_id):
        Bookable = request.env["itsm.bookable"]
        if not _is_id(thing_id):
            return Bookable, request.env["itsm.service"]
        return Bookable._portal_find_thing(thing_id)


def _is_id(number):
    return 0 < number <= _MAX_ID


def _as_count(text, most=_MAX_PERSONS):
    """Return the number that a link holds, or 0 when it is none."""
    is_number = text.isascii() and text.isdecimal() and len(text) < 11
    return min(int(text), most) if is_number else 0
