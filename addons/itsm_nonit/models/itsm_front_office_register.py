import base64
import binascii
import io

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from odoo.addons.itsm_helpdesk.models.itsm_ticket import TICKET_TYPES
from odoo.addons.itsm_helpdesk.models.itsm_ticket_portal_form import (
    MAX_DESCRIPTION,
    MAX_SUBJECT,
    PortalFormError,
)
from odoo.addons.itsm_helpdesk.tools.form import definition as form_definition
from odoo.addons.itsm_helpdesk.tools.upload import MAX_FILES


class Caller:
    """Who asks by telephone: an object in the context, which no client can send."""

    def __init__(self, partner, channel):
        self.partner_id = partner.id
        self.channel_id = channel.id


class ItsmFrontOffice(models.AbstractModel):
    """How a call becomes a ticket: by the service's form, or in plain words."""

    _inherit = "itsm.front.office"

    @api.model
    def register(self, call):
        """Register a call.

        :param call: ``{"partner_id", "service_id", "location_id", "raw", "files",
            "subject", "words", "desk_id", "type"}``; without a service the subject
            counts; ``files`` is ``{key: [[name, base64]]}``
        :return: ``{"id", "number", "desk", "people"}``, or ``{"errors": {path:
            sentence}}`` when answers are wrong
        """
        self._check_agent()
        call = call if isinstance(call, dict) else {}
        partner = self._caller_record(call.get("partner_id"))
        channel = self.env.ref("itsm_helpdesk.channel_phone", raise_if_not_found=False)
        channel = (channel or self.env["itsm.channel"]).sudo()
        try:
            with self.env.cr.savepoint():
                if call.get("service_id"):
                    ticket = self._register_request(call, Caller(partner, channel))
                else:
                    ticket = self._register_words(call, partner, channel)
        except PortalFormError as error:
            return {"errors": error.errors}
        ticket = ticket.sudo()  # sudo: what was just registered, maybe elsewhere
        return {"id": ticket.id, "number": ticket.number, "desk": ticket.desk_id.name}

    @api.model
    def _register_request(self, call, caller):
        """Open a request by the form of its service."""
        service = self._record("itsm.service", call["service_id"])
        place = self._record("itsm.location", call.get("location_id"))
        service._check_may_request()
        definition = service._portal_definition(trying=False)
        raw = call.get("raw")
        ticket = (
            self.env["itsm.ticket"]
            .with_context(itsm_caller=caller)
            ._request_submit(
                service,
                raw if isinstance(raw, dict) else {},
                self._sent_files(definition, call.get("files")),
            )
        )
        # sudo: part of the registration; the desk may be another one than the agent's.
        new = ticket.with_context(itsm_caller=None).sudo()
        words = self._words(call)
        extra = {
            "description": plaintext2html(words) if words else False,
            "location_id": False if new.location_id else place.id,
        }
        extra = {name: value for name, value in extra.items() if value}
        if extra:
            new.write(extra)
        return ticket

    @api.model
    def _register_words(self, call, partner, channel):
        """Open a ticket for what is in no catalogue."""
        subject = self._typed(call.get("subject"))[:MAX_SUBJECT]
        desk = self._record("itsm.desk", call.get("desk_id"))
        if not subject:
            raise UserError(
                self.env._("Choose the service, or say in a few words what it is.")
            )
        if not desk:
            raise UserError(self.env._("Choose the desk that should take care of it."))
        kind = call.get("type")
        words = self._words(call)
        return self.env["itsm.ticket"].create(
            {
                "name": subject,
                "description": plaintext2html(words) if words else False,
                "partner_id": partner.id,
                "desk_id": desk.id,
                "type": kind if kind in dict(TICKET_TYPES) else "incident",
                "channel_id": channel.id,
                "location_id": self._record(
                    "itsm.location", call.get("location_id")
                ).id,
            }
        )

    @api.model
    def _words(self, call):
        words = call.get("words")
        return words.strip()[:MAX_DESCRIPTION] if isinstance(words, str) else ""

    @api.model
    def _sent_files(self, definition, files):
        """Return the files of a form as streams; the form judges them."""
        keys = form_definition.file_keys(definition)
        sent = {}
        for key, rows in (files if isinstance(files, dict) else {}).items():
            if key not in keys or not isinstance(rows, list):
                continue
            for row in rows[: MAX_FILES + 1]:
                try:
                    name, data = row
                    content = base64.b64decode(data, validate=True)
                except (TypeError, ValueError, binascii.Error):
                    raise UserError(
                        self.env._("A file did not arrive whole. Please add it again.")
                    ) from None
                sent.setdefault(key, []).append((str(name), io.BytesIO(content)))
        return sent


class ItsmTicket(models.Model):
    """Requests that an agent registers are the caller's own."""

    _inherit = "itsm.ticket"

    @api.model
    def _request_origin(self, service, requested_for):
        caller = self.env.context.get("itsm_caller")
        if not isinstance(caller, Caller):
            return super()._request_origin(service, requested_for)
        return {
            "partner_id": caller.partner_id,
            "requested_for_id": caller.partner_id,
            "channel_id": caller.channel_id,
        }
