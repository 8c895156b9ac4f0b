from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.form import definition as form_definition
from ..tools.form import reading
from .itsm_ticket_portal_form import PortalFormError, _as_text


class ItsmService(models.Model):
    """The form page of a service: what it starts with, sending, keeping for later."""

    _inherit = "itsm.service"

    # ------------------------------------------------------------------
    # What the page starts with
    # ------------------------------------------------------------------

    def _portal_form(self, like=0, trying=False, is_new=False):
        """Return the form as the user finds it.

        :param like: id of an own request whose answers are taken over
        :param trying: the working copy is tried; nothing is kept of it
        :param is_new: nothing is filled in, for what the user sends
        :return: dict of ``definition``, ``raw``, ``person`` (for whom it is),
            ``for_others``, ``trying``, ``currency``, and ``notice`` and ``draft``
            where answers came from elsewhere
        """
        self.ensure_one()
        others = (
            self.for_others and self.env["itsm.ticket"]._portal_may_ask_for_others()
        )
        form = {
            "definition": self._portal_definition(trying),
            "raw": {},
            "person": {},
            "for_others": others,
            "trying": trying,
            "currency": self._answer_currency().name,
        }
        if is_new:
            return form
        if like:
            form.update(self._portal_form_like(form["definition"], like))
        elif not trying:
            form.update(self._portal_form_left(form["definition"]))
        if not form["raw"]:
            form["raw"] = reading.defaults(
                form["definition"],
                self._portal_facts(),
                fields.Date.context_today(self),
            )
        return form

    def _portal_definition(self, trying):
        """Return the questions, of the published version or the working copy."""
        if trying:
            return self._form_definition()
        # sudo: versions are not for requesters; they are asked what is in them.
        return self.sudo().version_id._definition(self.env.lang) or {}

    def _portal_form_like(self, definition, ticket_id):
        """Return the answers of an own request, without its files.

        A foreign or unknown id changes nothing.
        """
        Ticket = self.env["itsm.ticket"]
        ticket = Ticket.search(
            Ticket._portal_mine_domain()
            & Domain("id", "=", ticket_id)
            & Domain("service_id", "=", self.id)
        )
        if not ticket:
            return {}
        again = ticket._request_again()
        return {
            "raw": reading.prefill(definition, again, self.env.tz.zone),
            "person": self._portal_person(ticket.sudo().requested_for_id),
            "notice": self.env._(
                "Filled in as in %(number)s. Please check it before you send it.",
                number=ticket.number,
            ),
        }

    def _portal_form_left(self, definition):
        """Return what the user typed before and did not send."""
        draft = self._portal_draft()
        if not draft:
            return {}
        notice = self.env._(
            "You began this on %(moment)s; we kept it for you.",
            moment=self.env["itsm.ticket"]._portal_moment(draft.write_date),
        )
        if form_definition.file_keys(definition):
            again = self.env._("Files have to be chosen again.")
            notice = f"{notice} {again}"
        return {
            "raw": draft.values or {},
            "person": self._portal_person(draft.sudo().requested_for_id),
            "draft": True,
            "notice": notice,
        }

    @api.model
    def _portal_person(self, contact):
        """Return a colleague as the field “for somebody else” shows them."""
        if not contact or contact == self.env.user.partner_id:
            return {}
        employee_id = contact._itsm_employee_by_partner(contact).get(contact.id)
        if not employee_id:
            return {}
        return {"requested_for": str(employee_id), "requested_for_name": contact.name}

    @api.model
    def _portal_facts(self, partner=None):
        """Return what is known of a person, for answers that are filled in.

        :param partner: the person's contact; default: the user's
        """
        partner = partner or self.env.user.partner_id
        person = self.env["itsm.form.lookup"]._employee(partner)
        # sudo: names of places only, which forms offer anyway.
        Location = self.env["itsm.location"].sudo()
        return {
            "name": _pair(person) or partner.name,
            "work_phone": person.work_phone or partner.phone,
            "email": person.work_email or partner.email,
            "job_title": person.job_title,
            "department": _pair(person.department_id),
            "location": _pair(Location._of_work_location(person.work_location_id)),
            "manager": _pair(person.parent_id),
            "company": _pair(person.company_id or self.env.company),
        }

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    def _portal_send(self, form):
        """Open the request; return the ticket.

        :raise PortalFormError: with a sentence for each answer that is wrong
        """
        return self.env["itsm.ticket"]._request_submit(
            self,
            form["raw"],
            form["files"],
            requested_for=self._portal_read_person(form),
            portal_key=form["portal_key"],
        )

    def _portal_try(self, form):
        """Return what the working copy would make of these answers."""
        return self.env["itsm.ticket"]._request_preview(
            self,
            form["raw"],
            form["files"],
            requested_for=self._portal_read_person(form),
        )

    def _portal_read_person(self, form):
        """Return the contact who needs it, or none.

        :raise PortalFormError: naming the other wrong answers too
        """
        if not form["for_others"]:
            return None
        Ticket, errors = self.env["itsm.ticket"], {}
        person = Ticket._portal_read_person(form["person"], errors)
        if errors and not form["trying"]:
            try:
                version = self.sudo().version_id  # sudo: as in _portal_definition
                Ticket._request_read(version, form["raw"], form["files"])
            except PortalFormError as error:
                errors.update(error.errors)
        if errors:
            raise PortalFormError(errors)
        return Ticket._portal_contact(person)

    # ------------------------------------------------------------------
    # For later
    # ------------------------------------------------------------------

    def _portal_draft(self):
        return self.env["itsm.request.draft"].search(
            Domain("user_id", "=", self.env.uid)
            & Domain("service_id", "=", self.id)
            & Domain("ticket_id", "=", False),
            limit=1,
        )

    def _portal_keep(self, form):
        """Keep what the user typed, as it is; nothing of it is judged yet."""
        Ticket, contact = self.env["itsm.ticket"], self.env["res.partner"]
        if form["for_others"]:
            person = Ticket._portal_read_person(form["person"], errors={})
            contact = Ticket._portal_contact(person)
        values = {
            "values": _trimmed(form["raw"]),
            "requested_for_id": contact.id,
        }
        # sudo: service and person were offered by the page; through RPC the names would
        # be told for any id.
        draft = self._portal_draft().sudo()
        if draft:
            draft.write(values)
        else:
            draft.create({**values, "user_id": self.env.uid, "service_id": self.id})

    def _portal_forget(self):
        """Throw away what the user typed and did not send."""
        self.env["itsm.request.draft"]._forget(self)


def _pair(record):
    return (record.id, record.display_name) if record else None


def _trimmed(value):
    """Return what was typed without what no answer can be: endless or unprintable."""
    if isinstance(value, dict):
        return {key: _trimmed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_trimmed(each) for each in value[: form_definition.MAX_OPTIONS]]
    return _as_text(value)[: form_definition.MAX_TEXT]
