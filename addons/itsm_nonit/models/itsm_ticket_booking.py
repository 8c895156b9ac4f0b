from collections import namedtuple
from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.itsm_helpdesk.models.itsm_ticket_portal_form import PortalFormError

from .itsm_booking import WAITING_STATES

# What a form asks to book: the thing (perhaps none yet), from when to when, how many
# pieces, for how many people, and the question to point at when it cannot be.
Wish = namedtuple("Wish", "service thing start end quantity persons key")


class ItsmTicket(models.Model):
    """Requests that hold what they ask for, from the moment they are sent.

    The thing is taken in the transaction that opens the request: either both are
    there, or neither. Afterwards the booking follows the request.
    """

    _inherit = "itsm.ticket"

    booking_ids = fields.One2many(
        "itsm.booking",
        "ticket_id",
        "Bookings",
        groups="itsm_helpdesk.group_itsm_agent,itsm_helpdesk.group_itsm_auditor",
    )
    booking_count = fields.Integer(
        "Number of Bookings",
        compute="_compute_booking_count",
        groups="itsm_helpdesk.group_itsm_agent,itsm_helpdesk.group_itsm_auditor",
    )

    @api.depends("booking_ids")
    def _compute_booking_count(self):
        for ticket in self:
            ticket.booking_count = len(ticket.booking_ids)

    def action_view_bookings(self):
        """Open the bookings of the ticket, or the calendar to make one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_nonit.itsm_booking_action"
        )
        context = {
            "default_ticket_id": self.id,
            "default_partner_id": (self.requested_for_id or self.partner_id).id,
            "default_purpose": self.name,
        }
        if not self.booking_ids:
            return {**action, "domain": [], "context": context}
        views = [(False, "list"), (False, "form"), (False, "calendar")]
        return {
            **action,
            "views": views,
            "domain": [("ticket_id", "=", self.id)],
            "context": context,
        }

    # ------------------------------------------------------------------
    # Sending the form
    # ------------------------------------------------------------------

    @api.model
    def _create_requests(self, vals_list):
        """Take what is asked for, then open the requests.

        What another took meanwhile is refused before any number is used up. A part of
        a request is opened all the same: somebody at its desk looks for a way out.
        """
        wishes = [self._booking_wish(vals) for vals in vals_list]
        refused = {}
        for index, wish in enumerate(wishes):
            found, sentence = self._booking_find(wish)
            wishes[index] = found
            if sentence and not vals_list[index].get("is_part"):
                raise PortalFormError({wish.key: sentence})
            if sentence:
                refused[index] = sentence
        tickets = super()._create_requests(vals_list)
        for index, ticket in enumerate(tickets):
            if index in refused:
                ticket._booking_note_refusal(refused[index])
            elif wishes[index]:
                ticket._booking_hold(wishes[index])
        return tickets

    def _request_update(self, raw, files=None):
        """Corrected answers move the booking with them."""
        result = super()._request_update(raw, files)
        self.sudo()._booking_follow_answers()  # sudo: super checked who corrects
        return result

    @api.model
    def _booking_wish(self, vals):
        """Return what the answers ask to book, None for nothing."""
        service = self.env["itsm.service"].sudo().browse(vals.get("service_id") or ())
        return self._booking_wish_of(service, vals.get("answers") or {})

    @api.model
    def _booking_wish_of(self, service, answers):
        if not service.booking_kind:
            return None
        start = self._booking_moment(answers.get(service.booking_from_key))
        end = self._booking_moment(answers.get(service.booking_to_key), is_end=True)
        thing = answers.get(service.booking_what_key)
        # What the form did not ask, because of other answers, is not wanted.
        if not (start and end and (thing or service.booking_any)):
            return None
        # sudo: things have no rights for requesters; the form offered it to them.
        return Wish(
            service,
            self.env["itsm.bookable"].sudo().browse(thing or ()).exists(),
            start,
            end,
            int(answers.get(service.booking_quantity_key) or 1),
            int(answers.get(service.booking_persons_key) or 0),
            service.booking_what_key if thing else service.booking_from_key,
        )

    @api.model
    def _booking_moment(self, value, is_end=False):
        """Return the UTC time that an answer means; a day counts to its end."""
        if not value:
            return None
        if not isinstance(value, datetime) and len(str(value)) > 10:
            return fields.Datetime.to_datetime(value)
        if isinstance(value, datetime):
            return value
        day = fields.Date.to_date(value) + timedelta(days=int(is_end))
        local = self.env.tz.localize(datetime.combine(day, time()))
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    @api.model
    def _booking_find(self, wish, besides=None):
        """Take what is wished for; return the wish with its thing, and a sentence.

        :return: the wish with the thing that was taken, and False; or None, and the
            sentence that says why it cannot be had
        """
        if not wish:
            return None, False
        candidates = wish.thing or self._booking_candidates(wish)
        sentence = False
        for thing in candidates:
            sentence = self._booking_refusal(thing, wish, besides)
            if not sentence:
                thing._claim()
                return wish._replace(thing=thing), False
        if len(candidates) == 1 and sentence:
            return None, sentence
        return None, self.env._(
            "Nothing that suits is free at that time (%(when)s). Choose another time.",
            when=self.env["itsm.bookable"]._span_text(wish.start, wish.end)
            if wish.end > wish.start
            else self._portal_moment(wish.start),
        )

    @api.model
    def _booking_candidates(self, wish):
        """Return the things of which any will do: of the service's desk and kind."""
        Bookable = self.env["itsm.bookable"].sudo()  # sudo: see _booking_wish_of
        return Bookable.search(
            Domain("is_published", "=", True)
            & Domain("kind", "=", wish.service.booking_kind)
            & Domain("desk_id", "=", wish.service.desk_id.id)
        )

    @api.model
    def _booking_refusal(self, thing, wish, besides):
        if thing.kind != wish.service.booking_kind or not thing.active:
            return self.env._(
                "“%(thing)s” cannot be booked with this form. Choose another.",
                thing=thing.name,
            )
        return thing._refusal(
            wish.start, wish.end, wish.quantity, wish.persons, besides
        )

    def _booking_hold(self, wish):
        """Keep what was taken for this request."""
        self.ensure_one()
        # sudo: requesters book by the form only; the thing was taken above.
        Booking = self.env["itsm.booking"].sudo()._as_system()
        Booking.with_context(mail_create_nosubscribe=True).create(
            {
                **self._booking_values(wish),
                "ticket_id": self.id,
                "is_from_form": True,
                "partner_id": (self.requested_for_id or self.partner_id).id,
            }
        )
        if not self.location_id and wish.thing.location_id:
            self.sudo().location_id = wish.thing.location_id
        self._booking_wait()

    def _booking_values(self, wish):
        return {
            "bookable_id": wish.thing.id,
            "start": wish.start,
            "end": wish.end,
            "quantity": wish.quantity,
            "persons": wish.persons,
            "purpose": self.name,
        }

    def _booking_note_refusal(self, sentence):
        self.sudo().message_post(
            body=self.env._(
                "Nothing could be booked: %(reason)s Book something by hand.",
                reason=sentence,
            ),
            subtype_xmlid="mail.mt_note",
        )

    def _booking_follow_answers(self):
        """Move the booking to what the corrected form asks for."""
        self.ensure_one()
        booking = self.booking_ids.filtered(
            lambda each: each.is_from_form and each.state in WAITING_STATES
        )[:1]
        wish = self._booking_wish_of(self.service_id, self._answers_raw())
        if not wish:
            booking._free("cancelled")
            return
        if booking and not wish.thing and self._booking_is_same(booking, wish):
            return
        found, sentence = self._booking_find(wish, besides=booking)
        if sentence:
            raise PortalFormError({wish.key: sentence})
        if not booking:
            self._booking_hold(found)
        elif not self._booking_is_same(booking, found):
            booking._write_system(self._booking_values(found))

    @api.model
    def _booking_is_same(self, booking, wish):
        return (
            booking.bookable_id == (wish.thing or booking.bookable_id)
            and booking.start == wish.start
            and booking.end == wish.end
            and booking.quantity == wish.quantity
            and booking.persons == wish.persons
        )

    # ------------------------------------------------------------------
    # The booking follows the request
    # ------------------------------------------------------------------

    def _after_transition(self, verb):
        res = super()._after_transition(verb)
        # sudo: whoever decides on the request need not see its bookings.
        tickets = self.sudo()
        if verb == "approve":
            tickets._bookings_approved()
        elif verb == "ask_approval":
            tickets._bookings_in("confirmed")._write_system({"state": "held"})
        elif verb in ("refuse", "cancel"):
            state = "refused" if verb == "refuse" else "cancelled"
            tickets._bookings_in(*WAITING_STATES)._free(state)
        elif verb == "reopen":
            tickets._bookings_take_up()
        return res

    def _bookings_in(self, *states):
        return self.booking_ids.filtered(lambda booking: booking.state in states)

    def _bookings_approved(self):
        """What was held is promised."""
        for ticket in self:
            held = ticket._bookings_in("held")
            held._write_system({"state": "confirmed"})
            for booking in held:
                text = ticket.env._(
                    "The booking is confirmed: %(booking)s.",
                    booking=booking._in_words_of(ticket),
                )
                ticket._tell_of_booking(text)

    def _request_work(self):
        res = super()._request_work()
        for ticket in self.sudo():  # sudo: as in _after_transition
            ticket._booking_wait()
        return res

    def _bookings_take_up(self):
        """Whoever takes up a request gets its things back, where nobody else has."""
        for ticket in self:
            lost = ticket.booking_ids.filtered(
                lambda each: (
                    each.is_from_form
                    and each.state in ("cancelled", "refused")
                    and each.start > fields.Datetime.now()
                )
            )[:1]
            if not lost or ticket._bookings_in(*WAITING_STATES, "out", "returned"):
                continue
            try:
                with self.env.cr.savepoint():
                    state = "held" if ticket.state == "approval" else "confirmed"
                    lost._write_system({"state": state})
                    lost._take()
            except UserError as error:
                lost.invalidate_recordset()
                ticket._booking_note_refusal(str(error))

    def _booking_wait(self):
        """Requests that have nothing to do until the start wait for it.

        Their promise is not running out meanwhile.
        """
        self.ensure_one()
        ticket = self._by_itself()
        starts = ticket._bookings_in("confirmed").mapped("start")
        if (
            starts
            and min(starts) > fields.Datetime.now()
            and ticket.state in ("new", "in_progress")
            and not ticket._has_planned_work()
            and not any(ticket._open_work())
        ):
            ticket.set_pending("date", until=min(starts))

    def _bookings_over(self):
        """Resolve the requests of which nothing but the booking was wanted."""
        for ticket in self:
            if ticket._bookings_in(*WAITING_STATES, "out"):
                continue
            done = ticket._by_itself()
            if done._has_planned_work():
                done._work_finished()
            elif (
                done.state in ("new", "in_progress", "pending")
                and done.service_id.auto_resolve
                and done._is_request()
                and not done._open_children()
                and not any(done._open_work())
            ):
                done.resolve("fulfilled", done._fulfilment_text())

    def _open_work(self):
        """What somebody still has out holds its request open."""
        # sudo: a thing that the user may not see holds the ticket open too.
        return [*super()._open_work(), self.sudo()._bookings_in("out")]

    def _has_other_work(self):
        return super()._has_other_work() or bool(self.sudo()._bookings_in("out"))

    def _tell_of_booking(self, text):
        """Tell the requester on the request what became of the booking."""
        for ticket in self:
            ticket._by_itself().message_post(
                body=text, message_type="comment", subtype_xmlid="mail.mt_comment"
            )
