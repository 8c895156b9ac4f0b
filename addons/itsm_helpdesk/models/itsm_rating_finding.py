from datetime import timedelta

from odoo import api, fields, models

from .row_lock import take_turn

# Digits of a telephone number that somebody types, and how often they may.
PHONE_DIGITS = 4
_TRIES = 5
_TRY_HOURS = 24
_KEY_HOURS = 1
_MAIL_MINUTES = 15
_MAILS_A_DAY = 3


class ItsmRatingInvitation(models.Model):
    """How somebody without a login who scanned a code comes to rate their ticket.

    A stranger learns nothing here: not whether a ticket exists, not whose it is.
    """

    _inherit = "itsm.rating.invitation"

    @api.model
    def _key_by_phone(self, scan, number, phone):
        """Return a key for who knows a ticket's number and the end of its telephone.

        :param scan: what :meth:`_scan` says of the code
        :return: None alike for a wrong number, a wrong telephone and too many tries
        """
        ticket = self._scanned_ticket(scan, number)
        digits = _digits(phone)
        if not ticket or len(digits) < PHONE_DIGITS or not ticket._may_try_phone():
            return None
        person = ticket._person_by_phone(digits)
        if not person or self._is_refused(ticket, person, scan):
            return None
        key = self._scan_values(ticket, person, scan, timedelta(hours=_KEY_HOURS))
        invitations, tokens = self._issue([{**key, "shows_facts": False}])
        return tokens[invitations.id]

    @api.model
    def _mail_key(self, scan, number):
        """Mail a link to whoever a ticket was for; say nothing of it to who asks."""
        ticket = self._scanned_ticket(scan, number)
        if not ticket:
            return
        take_turn(ticket, "rating_turn")
        person = ticket._rating_person()
        if (
            not person.email_normalized
            or self._is_refused(ticket, person, scan)
            or self._mailed_lately(ticket)
        ):
            return
        key = self._scan_values(ticket, person, scan, timedelta(days=1))
        invitations, tokens = self._issue([key])
        invitations._mail(tokens)

    @api.model
    def _scan(self, kind, token):
        """Return what a scanned code stands for, or None.

        :param kind: ``desk`` or ``badge``
        """
        if kind == "desk":
            desk = self.env["itsm.desk"]._by_token(token)
            found = desk.active and {"desk": desk, "user": None, "name": desk.name}
        else:
            user = self.env["itsm.rating.badge"]._by_token(token).user_id
            found = user.active and {"desk": None, "user": user, "name": user.name}
        return {**found, "way": f"qr_{kind}"} if found else None

    @api.model
    def _scanned_ticket(self, scan, number):
        """Return the ticket of a number that was typed, if the code is for it."""
        number = (number or "").replace("\0", "").strip().upper()[:50]
        # sudo: whoever scans has no rights; nothing of the ticket leaves this model.
        tickets = self.env["itsm.ticket"].sudo().search([("number", "=", number)])
        if scan["desk"]:
            return tickets.filtered(lambda ticket: ticket.desk_id == scan["desk"])[:1]
        return tickets.filtered(lambda ticket: ticket._worked_on_by(scan["user"]))[:1]

    @api.model
    def _is_refused(self, ticket, person, scan):
        may_rate = ticket._may_be_rated(person, scan["way"])
        return not may_rate or bool(ticket._rating_of(person))

    @api.model
    def _scan_values(self, ticket, person, scan, lasts):
        return {
            "ticket_id": ticket.id,
            "partner_id": person.id,
            "user_id": scan["user"] and scan["user"].id,
            "way": scan["way"],
            "expires_at": fields.Datetime.now() + lasts,
        }

    @api.model
    def _mailed_lately(self, ticket):
        """Nobody fills a stranger's mailbox from here."""
        now = fields.Datetime.now()
        sent = (
            self.sudo()
            .search(
                [
                    ("ticket_id", "=", ticket.id),
                    ("way", "in", ("qr_desk", "qr_badge")),
                    ("shows_facts", "=", True),
                    ("sent_at", ">", now - timedelta(days=1)),
                ]
            )
            .mapped("sent_at")
        )
        if len(sent) >= _MAILS_A_DAY:
            return True
        return bool(sent) and max(sent) > now - timedelta(minutes=_MAIL_MINUTES)


class ItsmTicket(models.Model):
    _inherit = "itsm.ticket"

    rating_tries = fields.Integer(
        readonly=True,
        copy=False,
        export_string_translation=False,
        groups="base.group_system",
    )
    rating_tried_at = fields.Datetime(
        readonly=True,
        copy=False,
        export_string_translation=False,
        groups="base.group_system",
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"rating_tries", "rating_tried_at"}

    def _worked_on_by(self, user):
        """Hook: tell whether a person did the work that a badge is scanned for."""
        self.ensure_one()
        return self.user_id == user

    def _may_try_phone(self):
        """Count a try to name the end of a telephone; refuse one too many."""
        self.ensure_one()
        take_turn(self, "rating_turn")
        self.invalidate_recordset(["rating_tries", "rating_tried_at"])
        now = fields.Datetime.now()
        since = self.rating_tried_at
        if not since or since < now - timedelta(hours=_TRY_HOURS):
            self._write_system({"rating_tries": 1, "rating_tried_at": now})
            return True
        if self.rating_tries >= _TRIES:
            return False
        self._write_system({"rating_tries": self.rating_tries + 1})
        return True

    def _person_by_phone(self, digits):
        """Return who of the requesters has a telephone that ends so, or nobody."""
        people = self.requested_for_id | self.partner_id
        employee_ids = self.env["res.partner"]._itsm_employee_by_partner(people)
        Employee = self.env["hr.employee"].sudo()
        for person in people:
            employee = Employee.browse(employee_ids.get(person.id, ()))
            phones = (person.phone, employee.work_phone, employee.mobile_phone)
            if any(_digits(phone).endswith(digits) for phone in phones):
                return person
        return people.browse()


def _digits(text):
    """Return the digits of what stands for a telephone number."""
    return "".join(char for char in text or "" if char in "0123456789")
