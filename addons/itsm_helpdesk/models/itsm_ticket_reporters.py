from odoo import api, fields, models
from odoo.exceptions import UserError

from .row_lock import wait_for_rows

_WORKERS = "itsm_helpdesk.group_itsm_agent,itsm_helpdesk.group_itsm_auditor"


class ItsmTicket(models.Model):
    """One matter that several people report is one ticket, and they are counted."""

    _inherit = "itsm.ticket"

    reporter_ids = fields.One2many(
        "itsm.ticket.reporter",
        "ticket_id",
        "Also Reported By",
        readonly=True,
        copy=False,
        groups=_WORKERS,
    )
    # A new ticket has been reported by one; the default spares it an update.
    affected_count = fields.Integer(
        "People Who Reported It",
        compute="_compute_affected_count",
        store=True,
        default=lambda self: 1,
        groups=_WORKERS,
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"affected_count", "reporter_ids"}

    @api.depends("reporter_ids")
    def _compute_affected_count(self):
        for ticket in self:
            ticket.affected_count = 1 + len(ticket.reporter_ids)

    def _affected_people(self):
        """Return the contacts who are hit, as far as they said so."""
        return self.partner_id | self.requested_for_id | self.reporter_ids.partner_id

    def also_reported(self, partner, channel=None, words=""):
        """Let somebody join the ticket who reports the same.

        They follow its conversation, so they hear what comes of it, and are counted.

        :param partner: contact, as a record or id
        :param channel: on which way they said so, as a record or id
        :param words: what they said beyond what is known; kept as a note
        """
        self.check_access("write")
        self._refuse_ended()
        partner = self._record_argument("res.partner", partner)
        if not partner:
            raise UserError(self.env._("Choose the caller first."))
        channel = self._record_argument("itsm.channel", channel)
        # Two agents may have the same person on the telephone.
        wait_for_rows(self)
        known = self.filtered(lambda ticket: partner in ticket._affected_people())
        if known:
            raise UserError(
                self.env._(
                    "%(person)s has reported %(ticket)s already.",
                    person=partner.name,
                    ticket=known[0].display_name,
                )
            )
        self._add_reporter(partner, channel, words if isinstance(words, str) else "")
        return True

    @api.model
    def _record_argument(self, model, value):
        """Return the record that a caller means by a record or an id."""
        if isinstance(value, models.BaseModel):
            return value
        is_id = isinstance(value, int) and not isinstance(value, bool)
        Model = self.env[model]
        return Model.search([("id", "=", value)]) if is_id else Model

    def _join(self, partner, words, announcement):
        """Let a reader of an announcement join; once, however often they say so.

        :return: whether they are new
        """
        self.ensure_one()
        wait_for_rows(self)
        if partner in self._affected_people():
            return False
        portal = self.env.ref("itsm_helpdesk.channel_portal", raise_if_not_found=False)
        channel = portal or self.env["itsm.channel"]
        self._add_reporter(partner, channel, words, announcement)
        return True

    def _add_reporter(self, partner, channel, words, announcement=None):
        """Note somebody who reports the same.

        :param announcement: where they said so themselves. They hear by it what comes
            of it, and need not follow what the requester and the desk write each other.
        """
        # sudo: reporters come by verbs only; these have asked who may.
        Reporter = self.env["itsm.ticket.reporter"].sudo()._as_system()
        person = self.env["itsm.form.lookup"]._employee(partner)
        Reporter.create(
            [
                {
                    "ticket_id": ticket.id,
                    "partner_id": partner.id,
                    "department_id": person.department_id.id,
                    "channel_id": channel.id,
                    "announcement_id": announcement.id if announcement else False,
                    "user_id": False if announcement else self.env.uid,
                    "words": words.strip(),
                }
                for ticket in self
            ]
        )
        if not announcement:
            self.message_subscribe(partner.ids)
        self._message_log_batch(
            author_id=partner.id if announcement else None,
            bodies={
                ticket.id: self.env._(
                    "%(person)s reports the same. %(words)s",
                    person=partner.name,
                    words=words.strip(),
                )
                for ticket in self
            },
        )

    def _move_content_to(self, target):
        """Who asked by a duplicate, or reported it, is counted with the other one."""
        result = super()._move_content_to(target)
        # sudo: contacts only; merging has asked who may.
        people = self.sudo()._affected_people() - target.sudo()._affected_people()
        for partner in people:
            target._add_reporter(partner, self.env["itsm.channel"], "")
        return result
