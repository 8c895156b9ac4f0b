import logging
import re

from odoo import api, models, tools
from odoo.fields import Domain

from ..tools import lifecycle, mail_guard

_logger = logging.getLogger(__name__)

_NUMBER_IN_SUBJECT = re.compile(r"[A-Za-z]{2,8}[-/\d]*\d{3,}")


class ItsmTicket(models.Model):
    """Where an incoming mail goes: a new ticket, an existing one, or nowhere.

    Odoo finds the thread by ``References`` (RFC 5322, 3.6.4); this adds what a
    service desk needs. The kinds of senders stand in ``tools/mail_guard.py``.
    """

    _inherit = "itsm.ticket"

    @api.model
    def _mail_kind(self, message, message_dict):
        """Return what sent the mail, see :func:`mail_guard.classify`."""
        return mail_guard.classify(
            message, message_dict.get("email_from") or "", message.get_content_type()
        )

    @api.model
    def _is_automatic_mail(self, message, message_dict):
        """Tell whether a machine sent the mail."""
        return self._mail_kind(message, message_dict) != mail_guard.HUMAN

    @api.model
    def _reroute_mail(self, message, message_dict, routes):
        """Return the routes a desk wants, in Odoo's form of five-tuples.

        A mail to two desks makes two tickets, but an answer is kept only once.
        """
        wanted, answered = [], set()
        for route in routes:
            if route[0] == "itsm.ticket":
                route = self._reroute_ticket(message, message_dict, route)
                if not route or route[1] in answered:
                    continue
                answered.update({route[1]} - {0})
            wanted.append(route)
        return wanted

    @api.model
    def _reroute_ticket(self, message, message_dict, route):
        """Return the route to a ticket or for a new one, None for no ticket at all."""
        model, thread_id, custom_values, user_id, alias = route
        values = dict(custom_values or {})
        # sudo: the mail gateway looks for tickets before it knows who writes.
        ticket = self.sudo().browse(thread_id or ()).exists()
        if not ticket:
            ticket = self._ticket_in_subject(message_dict)
        ticket = ticket._after_merges()
        if ticket and ticket._takes_answers():
            return model, ticket.id, custom_values, user_id, alias
        if ticket:
            values.update(desk_id=ticket.desk_id.id, itsm_follow_up_of=ticket.id)
            message_dict["parent_id"] = False
        if self._makes_no_ticket(message, message_dict, values.get("desk_id")):
            return None
        return model, 0, values, user_id, alias

    def _after_merges(self):
        """Return the ticket that holds the content of this one."""
        ticket, seen = self, self
        while ticket.merged_into_id - seen:
            ticket = ticket.merged_into_id
            seen |= ticket
        return ticket

    def _takes_answers(self):
        """Tell whether an answer belongs here; nobody looks into a long ended one."""
        return self.state not in lifecycle.ENDED_STATES or self._ended_lately()

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """Count only what came by mail; the date is indexed, unlike Odoo's own."""
        return (
            Domain("opened_at", ">=", "-7d")
            & Domain("channel_id.code", "=", "mail")
            & Domain(super()._detect_loop_sender_domain(email_from_normalized))
        )

    @api.model
    def _ticket_in_subject(self, message_dict):
        """Return the sender's ticket whose number the subject carries.

        For mail programs that drop ``References``. A number alone is no proof:
        anyone could write it.
        """
        numbers = _NUMBER_IN_SUBJECT.findall(message_dict.get("subject") or "")
        sender = tools.email_normalize(message_dict.get("email_from") or "")
        if not numbers or not sender:
            return self.sudo().browse()
        tickets = self.sudo().search(
            Domain("number", "in", [number.upper() for number in numbers[:5]])
        )
        return tickets.filtered(lambda ticket: ticket._knows_address(sender))[:1]

    def _knows_address(self, address):
        """Tell whether the holder of a mail address takes part in the ticket."""
        self.ensure_one()
        partners = self.partner_id | self.requested_for_id | self.message_partner_ids
        known = {*partners.mapped("email_normalized")}
        known.add(tools.email_normalize(self.email_from or ""))
        return address in known

    @api.model
    def _makes_no_ticket(self, message, message_dict, desk_id):
        """Tell whether the mail must not become a ticket, and log why."""
        kind = self._mail_kind(message, message_dict)
        # sudo: see above.
        desk = self.env["itsm.desk"].sudo().browse(desk_id or ())
        sender = tools.email_normalize(message_dict.get("email_from") or "")
        reason = None
        if (
            kind in (mail_guard.BOUNCE, mail_guard.AUTO_REPLY)
            or kind == mail_guard.AUTO_GENERATED
            and not desk.accept_generated_mail
        ):
            reason = kind
        elif self._database_mark() in str(message.get(mail_guard.OWN_TICKET_HEADER)):
            reason = "own mail came back"
        elif sender and self.env["mail.alias"].sudo().search_count(
            [("alias_full_name", "=", sender)], limit=1
        ):
            reason = "sent by an own alias"
        if reason:
            _logger.info(
                "Mail %s from %s makes no ticket: %s",
                message_dict.get("message_id"),
                message_dict.get("email_from"),
                reason,
            )
        return bool(reason)

    @api.model
    def _database_mark(self):
        """Return what marks the mails of this database."""
        return (
            self.env["ir.config_parameter"].sudo().get_param("database.uuid")
            or self.env.cr.dbname
        )
