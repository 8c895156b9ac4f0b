from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ..tools import lifecycle
from .itsm_ticket_portal_form import _KEY, MAX_DESCRIPTION, PortalFormError, _as_text


class ItsmTicket(models.Model):
    """“I want to complain”: how a requester complains about a ticket of theirs.

    The page names nobody. What it is about is chosen in plain words, and who that is
    follows from the ticket.
    """

    _inherit = "itsm.ticket"

    @api.model
    def _portal_complaint_choices(self):
        """Return what a complaint may be about, in a requester's words."""
        return [
            ("person", self.env._("The person who worked on it")),
            ("team", self.env._("The whole team")),
            ("other", self.env._("Something else: the time, the result, the rules")),
        ]

    def _portal_may_complain(self):
        """Tell whether the user may complain about the ticket: it is their own."""
        self.ensure_one()
        ticket = self.sudo()  # sudo: plain facts of a ticket that the user sees
        return (
            ticket.type != "complaint"
            and not ticket.merged_into_id
            and ticket._is_requester(self.env.user.partner_id)
        )

    def _portal_open_complaint(self):
        """Return the user's complaint about the ticket that is still open."""
        self.ensure_one()
        # sudo: what a complaint is about is not for requesters; it is their own.
        found = self.sudo().search(
            Domain("complaint_ticket_id", "=", self.id)
            & Domain("partner_id", "=", self.env.user.partner_id.id)
            & Domain("state", "in", lifecycle.OPEN_STATES),
            limit=1,
        )
        return self.browse(found.id)

    def _portal_request(self, by_token):
        may_complain = not by_token and self._portal_may_complain()
        return {
            **super()._portal_request(by_token),
            "complain_url": may_complain and f"{self.access_url}/complain",
        }

    def _portal_complain(self, values, key):
        """Open the complaint that a form describes.

        :param values: what the form sent: ``about`` and ``text``
        :param key: the form's mark; sent twice it makes one ticket
        :raise PortalFormError: with what is wrong, by field
        """
        self.ensure_one()
        if not self._portal_may_complain():
            raise UserError(
                self.env._("Only the person who asked complains about this ticket.")
            )
        errors = {}
        about = values.get("about")
        if about not in dict(self._portal_complaint_choices()):
            errors["about"] = self.env._("What it is about: choose one of the answers.")
        text = self._portal_read_complaint(values, errors)
        if errors:
            raise PortalFormError(errors)
        return self._portal_open_new_complaint(self._complaint_of(about), text, key)

    @api.model
    def _portal_read_complaint(self, values, errors):
        """Return what happened, in the requester's own words."""
        text = _as_text(values.get("text")).strip()
        if not text:
            errors["text"] = self.env._("What happened: tell us in your own words.")
        elif len(text) > MAX_DESCRIPTION:
            errors["text"] = self.env._(
                "What happened: at most %(count)s characters.", count=MAX_DESCRIPTION
            )
        return text

    @api.model
    def _portal_open_new_complaint(self, about, text, key):
        """Open a complaint of the current user and return it with their rights.

        :param about: values that say whom or what it is about; verified
        """
        vals = {
            "type": "complaint",
            "description": plaintext2html(text),
            "partner_id": self.env.user.partner_id.id,
            "channel_id": self.env.ref("itsm_helpdesk.channel_portal").sudo().id,
            **about,
        }
        if _KEY.fullmatch(key or ""):
            vals["portal_key"] = key
        # sudo: requesters may not create tickets but by such forms; all values were
        # checked, or are those of their own ticket.
        tickets = self.sudo().with_context(mail_create_nosubscribe=True)
        return self.browse(tickets.create(vals).id)

    def _complaint_of(self, about):
        """Return whom and what a complaint about this ticket is about."""
        ticket = self.sudo()  # sudo: who worked on it is not for the page
        vals = {
            "name": self.env._(
                "Complaint about %(ticket)s", ticket=ticket.display_name
            ),
            "desk_id": ticket.desk_id.id,
            "complaint_ticket_id": ticket.id,
        }
        if about == "person":
            vals["complaint_about_user_id"] = ticket.user_id.id
        elif about == "team":
            vals["complaint_about_team_id"] = ticket.team_id.id
            vals["complaint_about_user_id"] = ticket.user_id.id
        return vals
