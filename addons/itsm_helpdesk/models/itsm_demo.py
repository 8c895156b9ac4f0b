from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# The facts that happen at a moment; a step of a story moves them to its own.
_MOMENTS = (
    "opened_at",
    "first_response_at",
    "pending_since",
    "resolved_at",
    "closed_at",
)


class ItsmDemo(models.AbstractModel):
    """Gives the demo tickets a past.

    The records stand in ``demo/``; each is followed by its story, a list of steps
    ``(hours ago, who, verb, arguments …)`` that is played here. The steps go through
    the ticket's own verbs with the rights of the person who acts, so the demo can
    hold nothing that people could not have done; only the times are moved back.
    Nobody gets mail from it.
    """

    _name = "itsm.demo"
    _description = "Demo Stories of Tickets"

    @api.model
    def _play(self, ticket_id, opening, steps=()):
        """Play the story of a ticket.

        :param ticket_id: id of a ticket just created by a data file
        :param opening: ``(hours ago, who)``
        :param steps: what happened since, oldest first
        """
        ticket = self.env["itsm.ticket"].browse(ticket_id)
        if ticket.opened_at < self.env.cr.now().replace(microsecond=0):
            return  # Loaded again: the story was played before.
        opened, opener = opening
        latest = min(step[0] for step in steps) if steps else opened
        self._date_opening(ticket, self._moment(opened), self._person(ticket, opener))
        for hours, who, verb, *arguments in steps:
            self._play_step(ticket, self._moment(hours), who, verb, arguments)
        self._date_row(ticket, "write_date", self._moment(latest))
        self.env["itsm.sla.clock"]._follow(ticket | ticket.child_ids)
        self._drop_mails(ticket | ticket.child_ids)

    @api.model
    def _moment(self, hours):
        return fields.Datetime.now() - timedelta(hours=hours)

    @api.model
    def _person(self, ticket, who):
        """Return a contact: of a login, the ``partner`` who asks, or the ``system``."""
        if who == "partner":
            return ticket.partner_id
        user = self.env["res.users"].search([("login", "=", who)])
        return user.partner_id or self.env.ref("base.partner_root")

    @api.model
    def _date_opening(self, ticket, moment, person):
        """Let a person open the ticket at a moment."""
        ticket.env.cr.flush()
        ticket._write_system({"opened_at": moment})
        self._date_events(ticket, 0, moment)
        self._sign(ticket.message_ids, person)
        self._date_row(ticket, "create_date", moment)
        self._date_messages(ticket.message_ids, moment)

    @api.model
    def _date_row(self, ticket, column, moment):
        """Move a date that the ORM keeps to itself."""
        ticket.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE itsm_ticket SET %s = %s WHERE id = %s RETURNING id",
                SQL.identifier(column),
                moment,
                ticket.id,
            )
        )
        ticket.invalidate_recordset([column])

    @api.model
    def _play_step(self, ticket, moment, who, verb, arguments):
        """Let a person use a verb, and move what it left behind to its moment."""
        Message = self.env["mail.message"]
        newest = Message.search([], order="id desc", limit=1).id
        newest_event = self.env["itsm.sla.event"].search([], order="id desc", limit=1)
        family = ticket | ticket.child_ids
        before = {member: member.read(_MOMENTS)[0] for member in family}
        self._act(ticket, who, verb, arguments)
        self.env.cr.flush()
        family.invalidate_recordset()
        for member in family:
            changed = {
                name: moment
                for name in _MOMENTS
                if member[name] and member[name] != before[member][name]
            }
            member._write_system(changed)
        self._date_events(family, newest_event.id, moment)
        messages = Message.search([("id", ">", newest)])
        self._sign(messages, self._person(ticket, who))
        self._date_messages(messages, moment)

    @api.model
    def _act(self, ticket, who, verb, arguments):
        """Do what the step says, as the person who does it."""
        person = self._person(ticket, who)
        if person.user_ids:
            ticket = ticket.with_user(person.user_ids[0])
        if verb == "says":
            ticket.message_post(
                body=arguments[0],
                author_id=person.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        elif verb == "notes":
            ticket.message_post(
                body=arguments[0], author_id=person.id, message_type="comment"
            )
        else:
            getattr(ticket, verb)(*arguments)

    @api.model
    def _date_events(self, tickets, after, moment):
        """Move what the step was to the clocks, the events after an id, to a moment."""
        self.env["itsm.sla.event"].flush_model()
        self.env.execute_query(
            SQL(
                "UPDATE itsm_sla_event SET at = %s WHERE res_model = %s"
                " AND res_id IN %s AND id > %s RETURNING id",
                moment,
                tickets._name,
                tuple(tickets.ids),
                after,
            )
        )
        self.env["itsm.sla.event"].invalidate_model(["at"])

    @api.model
    def _sign(self, messages, person):
        """Name the person in what the system logged for them; mails stay its own."""
        messages.filtered(
            lambda message: (
                message.author_id == self.env.ref("base.partner_root")
                and message.message_type != "auto_comment"
            )
        ).author_id = person

    @api.model
    def _date_messages(self, messages, moment):
        """Move messages, and the changes that they show, to a moment."""
        messages.date = moment
        messages.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE mail_tracking_value SET create_date = %s"
                " WHERE mail_message_id IN %s RETURNING id",
                moment,
                tuple(messages.ids) or (0,),
            )
        )

    @api.model
    def _request(self, who, service, answers, approvers=()):
        """Let a person ask for a service, and others approve it, one after the other.

        :param who: login of who asks
        :param service: code of the service
        :param approvers: logins
        """
        newest = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        people = {
            user.login: user
            for user in self.env["res.users"].search(
                [("login", "in", [who, *approvers])]
            )
        }
        Ticket = self.env["itsm.ticket"]
        ticket = Ticket.browse(
            Ticket.with_user(people[who]).request_service(service, answers)
        )
        for login in approvers:
            ticket.approval_id.with_user(people[login]).vote("approve")
        self.env.cr.flush()
        self.env["mail.mail"].search([("id", ">", newest)]).unlink()

    @api.model
    def _newest_mail(self):
        """Return the id of the newest mail, for :meth:`_drop_mails_after`."""
        return self.env["mail.mail"].search([], order="id desc", limit=1).id or 0

    @api.model
    def _drop_mails_after(self, newest):
        """Drop mails of what was played; the people of the demo do not exist.

        Those that approvals send at the end of the transaction are made now.
        """
        self.env["itsm.approval"]._send_mails()
        self.env["mail.mail"].search([("id", ">", newest)]).unlink()

    @api.model
    def _drop_mails(self, tickets):
        """Drop the mails of a story; its people do not exist."""
        mails = self.env["mail.mail"].search(
            [("model", "=", "itsm.ticket"), ("res_id", "in", tickets.ids)]
        )
        mails.notification_ids.notification_status = "sent"
        mails.unlink()
