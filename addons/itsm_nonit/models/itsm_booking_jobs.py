from odoo import api, fields, models
from odoo.fields import Domain

_TEMPLATE = "itsm_nonit.mail_template_booking_%s"


class ItsmBooking(models.Model):
    """What happens to bookings by themselves: reminders, and the end.

    Each step is done once for each booking and committed in batches, so several
    workers can run the job and a kill loses nothing.
    """

    _inherit = "itsm.booking"

    @api.model
    def _cron_run(self, limit=200):
        """Remind who has booked, ask for what is late, and end what is over."""
        now = fields.Datetime.now()
        over = Domain("end", "<=", now)
        steps = [
            (
                Domain("state", "=", "confirmed")
                & Domain("start", ">", now)
                & Domain("reminded_at", "=", False)
                & Domain("remind_from", "<=", now),
                lambda found: found._remind(),
            ),
            (
                over
                & Domain("state", "=", "out")
                & Domain("overdue_told_at", "=", False),
                lambda found: found._ask_back(),
            ),
            (
                over
                & Domain("state", "=", "confirmed")
                & Domain("bookable_id.needs_handover", "=", True),
                lambda found: found._free("missed"),
            ),
            (
                over
                & Domain("state", "=", "confirmed")
                & Domain("bookable_id.needs_handover", "=", False),
                lambda found: found._end(),
            ),
            # Nobody decided in time.
            (over & Domain("state", "=", "held"), lambda found: found._lapse()),
        ]
        for domain, process in steps:
            self._run_in_batches(domain, process, limit)

    @api.model
    def _run_in_batches(self, domain, process, limit):
        Cron = self.env["ir.cron"]
        last = 0
        while True:
            found = self.search(
                domain & Domain("id", ">", last), order="id", limit=limit
            )
            if not found:
                return
            last = found[-1].id
            # Those that another worker holds are left to it.
            process(found.try_lock_for_update())
            if not Cron._commit_progress(len(found)):
                return

    def _remind(self):
        """Remind people of what they booked."""
        self._send("reminder")
        self._write_system({"reminded_at": fields.Datetime.now()})

    def _ask_back(self):
        """Ask for what should be back, and tell the desk."""
        self._send("overdue")
        self._write_system({"overdue_told_at": fields.Datetime.now()})
        for booking in self:
            desk = booking.desk_id
            agent = booking.handed_over_by_id or desk.default_team_id.leader_id
            booking.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=(agent or desk.manager_ids[:1]).id or self.env.uid,
                summary=booking.env._(
                    "Not back yet: %(booking)s", booking=booking.display_name
                ),
            )

    def _end(self):
        """What nobody takes back is over with its time."""
        self._write_system({"state": "returned"})
        self._tell_over()

    def _lapse(self):
        """Give up what nobody decided on in time, and say so on the request."""
        self._free("cancelled")
        for booking in self:
            text = booking.env._(
                "The time of the booking has passed before it was approved: "
                "%(booking)s.",
                booking=booking._in_words_of(booking.ticket_id),
            )
            booking.ticket_id._tell_of_booking(text)

    def _send(self, name):
        template = self.env.ref(_TEMPLATE % name, raise_if_not_found=False)
        if template and self:
            template.send_mail_batch(self.ids, force_send=False)

    def _in_words_of(self, ticket):
        """Return what is booked in the requester's language and zone."""
        person = self.partner_id
        zone = ticket._portal_zone(person) if ticket else person.tz
        there = self.with_context(lang=person.lang or self.env.lang, tz=zone or "UTC")
        return there.display_name

    def _mail_when(self):
        """Return thing and time as the person of the booking reads them."""
        self.ensure_one()
        return self._in_words_of(self.sudo().ticket_id)
