from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_helpdesk.models.row_lock import wait_for_rows

from ..tools import bookings
from .itsm_booking import CONDITIONS, WAITING_STATES

# From which states each verb leads on.
_SOURCES = {
    "confirm": ("held",),
    "hold": ("confirmed",),
    "cancel": WAITING_STATES,
    "refuse": WAITING_STATES,
    "hand_over": ("confirmed",),
    "give_back": ("out",),
    "mark_missed": ("confirmed",),
}


class ItsmBooking(models.Model):
    """What is done with bookings: confirmed, handed over, given back, given up."""

    _inherit = "itsm.booking"

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def confirm(self):
        """Promise what was held, without waiting for an approval."""
        self._begin("confirm")
        waiting = self.filtered(lambda each: each.ticket_id.state == "approval")
        if waiting:
            raise UserError(
                self.env._(
                    "%(booking)s waits for the approval of its request. It is "
                    "confirmed by that.",
                    booking=waiting[0].display_name,
                )
            )
        self._write_system({"state": "confirmed"})
        return True

    def cancel(self, reason=None):
        """Give the bookings up; others can have the pieces.

        :param reason: why; whoever they were for reads it
        """
        self._begin("cancel")
        self._free("cancelled")
        self._tell_freed(reason)
        return True

    def mark_missed(self):
        """Note that nobody came; others can have the pieces."""
        self._begin("mark_missed")
        early = self.filtered(lambda each: each.start > fields.Datetime.now())
        if early:
            raise UserError(
                self.env._(
                    "%(booking)s has not begun yet. Cancel it, if it is not needed.",
                    booking=early[0].display_name,
                )
            )
        self._free("missed")
        return True

    def hand_over(self, meter=None, condition="good", note=None, photos=()):
        """Hand the thing over with what is written down then.

        :param meter: reading of the meter, where the thing has one
        :param condition: ``good``, ``worn`` or ``damaged``
        :param photos: attachments, or their ids
        """
        self.ensure_one()
        self._begin("hand_over")
        self._refuse_not_back()
        values = self._handover_values("out", meter, condition, note, photos)
        if self.has_meter and meter < self.bookable_id.meter:
            raise UserError(self._meter_text(self.bookable_id.meter))
        now = fields.Datetime.now()
        self._refuse_too_early(now)
        self._write_system(
            {
                **values,
                "state": "out",
                # From now on nobody else can have it.
                "blocked_from": min(self.blocked_from, now),
                "handed_over_at": now,
                "handed_over_by_id": self.env.uid,
            }
        )
        self._note(self.env._("%(booking)s: handed over.", booking=self.display_name))
        return True

    def give_back(
        self, meter=None, condition="good", note=None, photos=(), damage=None
    ):
        """Take the thing back with what is written down then.

        :param damage: what is broken; a ticket is opened for it
        """
        self.ensure_one()
        self._begin("give_back")
        values = self._handover_values("in", meter, condition, note, photos)
        if self.has_meter and meter < self.meter_out:
            raise UserError(self._meter_text(self.meter_out))
        damage = (damage or "").strip()
        if condition == "damaged" and not damage:
            raise UserError(self.env._("Say what is damaged; it will be repaired."))
        now = fields.Datetime.now()
        after = fields.Datetime.add(now, minutes=self.bookable_id.buffer_after)
        self._write_system(
            {
                **values,
                "state": "returned",
                "returned_at": now,
                "returned_to_id": self.env.uid,
                # What comes back early can be had by others.
                "blocked_until": max(min(self.blocked_until, after), self.blocked_from),
            }
        )
        if self.has_meter:
            # sudo: the reading of what the agent took back.
            self.bookable_id.sudo().meter = meter
        if damage:
            self._report_damage(damage)
        self._note(self.env._("%(booking)s: given back.", booking=self.display_name))
        self._tell_over()
        return True

    def action_cancel(self):
        """Cancel by a button; the reason can be written in the chatter."""
        return self.cancel()

    def action_hand_over(self):
        """Open the form of the hand-over."""
        return self._open_handover("out", self.env._("Hand Over"))

    def action_give_back(self):
        """Open the form of the return."""
        return self._open_handover("in", self.env._("Take Back"))

    def action_view_ticket(self):
        """Open the request of the booking."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ticket",
            "res_id": self.ticket_id.id,
            "view_mode": "form",
        }

    def _open_handover(self, direction, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "itsm.booking.handover",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_booking_id": self.id,
                "default_direction": direction,
                "default_meter": self.meter_out
                if direction == "in"
                else self.bookable_id.meter,
            },
        }

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def _begin(self, verb):
        """Check who asks and in which state; be the only one who moves them."""
        self.check_access("write")
        wait_for_rows(self)
        wrong = self.filtered(lambda each: each.state not in _SOURCES[verb])
        if wrong:
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(booking)s is “%(state)s”, so this is not possible.",
                    booking=wrong[0].display_name,
                    state=states[wrong[0].state],
                )
            )

    def _refuse_not_back(self):
        """Refuse to hand over what somebody else still has."""
        thing = self.bookable_id
        thing.sudo()._claim()  # sudo: the counter, as when it is booked
        out = self.search(
            [("bookable_id", "=", thing.id), ("state", "=", "out")], order="end"
        )
        if sum(out.mapped("quantity")) + self.quantity > thing.quantity:
            raise UserError(
                self.env._(
                    "“%(thing)s” is not back yet: %(person)s has it until %(end)s.",
                    thing=thing.name,
                    person=out[0].partner_id.display_name,
                    end=self.env["itsm.ticket"]._portal_moment(out[0].end),
                )
            )

    def _refuse_too_early(self, now):
        """Refuse to hand over what is promised to somebody else before."""
        if now >= self.blocked_from:
            return
        thing = self.bookable_id
        others = thing._uses(now, self.blocked_from, besides=self)[thing.id]
        taken = bookings.peak(others, now, self.blocked_from)
        if taken + self.quantity > thing.quantity:
            raise UserError(
                self.env._(
                    "Somebody else has booked “%(thing)s” before. Hand it over after "
                    "that.",
                    thing=thing.name,
                )
            )

    def _handover_values(self, direction, meter, condition, note, photos):
        """Return what is written down, checked."""
        if condition not in dict(CONDITIONS):
            raise UserError(self.env._("Choose in which condition it is."))
        is_number = isinstance(meter, int | float) and not isinstance(meter, bool)
        if self.has_meter and not (is_number and meter > 0):
            raise UserError(
                self.env._("Write down the reading of the meter; it cannot be empty.")
            )
        return {
            f"meter_{direction}": meter if self.has_meter else 0,
            f"condition_{direction}": condition,
            f"note_{direction}": (note or "").strip() or False,
            f"photo_{direction}_ids": [
                fields.Command.set(self._own_photos(photos).ids)
            ],
        }

    @api.model
    def _own_photos(self, photos):
        """Return the photos as this booking's files; others' files are not taken."""
        Attachment = self.env["ir.attachment"]
        ids = photos.ids if isinstance(photos, models.BaseModel) else list(photos)
        files = Attachment.search(
            [
                ("id", "in", ids),
                ("create_uid", "=", self.env.uid),
                ("res_id", "in", [0, False]),
            ]
        )
        # sudo: files that the user has just sent become the booking's.
        files.sudo().write({"res_model": self._name, "res_id": self.id})
        return files

    @api.model
    def _meter_text(self, least):
        return self.env._(
            "The meter cannot show less than before (%(least)s). Read it again.",
            least=f"{least:g}",
        )

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def _free(self, state):
        """Let others have the pieces."""
        self._write_system({"state": state})

    def _report_damage(self, damage):
        """Open a ticket for what is broken, with the photos."""
        thing = self.bookable_id
        ticket = self.env["itsm.ticket"].create(
            {
                "name": self.env._("Damage: %(thing)s", thing=thing.name),
                "description": damage,
                "type": "incident",
                "desk_id": thing.desk_id.id,
                "location_id": thing.location_id.id,
                "partner_id": self.env.user.partner_id.id,
                "related_ids": [fields.Command.set(self.ticket_id.ids)],
            }
        )
        for photo in self.photo_in_ids:
            photo.copy({"res_model": ticket._name, "res_id": ticket.id})
        self._write_system({"damage_ticket_id": ticket.id})

    def _note(self, text):
        """Note something on the request that the booking belongs to."""
        # sudo: the request may be another desk's; it is told what was done for it.
        for ticket in self.sudo().ticket_id:
            ticket.message_post(
                body=text,
                author_id=self.env.user.partner_id.id,
                subtype_xmlid="mail.mt_note",
            )

    def _tell_freed(self, reason):
        """Tell whoever it was for that the booking is given up."""
        reason = (reason or "").strip()
        for booking in self:
            text = booking.env._(
                "The booking is cancelled: %(booking)s.", booking=booking.display_name
            )
            text = f"{text} {reason}".strip()
            booking.message_post(body=text, subtype_xmlid="mail.mt_note")
            # sudo: the requester reads it on their request.
            booking.sudo().ticket_id._tell_of_booking(text)

    def _tell_over(self):
        """What is over may be all that its request was about."""
        # sudo: whether a request is done does not depend on who took the thing back.
        self.sudo().ticket_id._bookings_over()
