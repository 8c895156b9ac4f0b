import uuid

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from ..models.itsm_ticket_portal_form import _KEY, MAX_DESCRIPTION, MIN_SEARCH
from .portal import ItsmPortal
from .portal_sending import ItsmPortalSending


class ItsmPortalComplaint(ItsmPortalSending, ItsmPortal):
    """“I want to complain”, from the page of one's own ticket."""

    def _itsm_find_to_complain(self, ticket_id):
        """Return the ticket that the user may complain about, or none."""
        try:
            ticket, _by_token = self._itsm_find(ticket_id)
        except (AccessError, MissingError):
            return request.env["itsm.ticket"]
        return ticket.filtered(lambda found: found._portal_may_complain())

    @http.route(
        "/my/tickets/<int:ticket_id>/complain",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_itsm_complaint(self, ticket_id, key="", **kw):
        """The form, or the complaint that is open already."""
        ticket = self._itsm_find_to_complain(ticket_id)
        if not ticket:
            return request.redirect("/my")
        complaint = ticket._portal_open_complaint()
        if complaint:
            return request.redirect(complaint.access_url)
        return self._itsm_render_complaint(ticket, key=key)

    @http.route(
        "/my/tickets/<int:ticket_id>/complain",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_itsm_complaint_send(self, ticket_id, portal_key=None, **post):
        """Open the complaint, or show the form again with what is wrong."""
        ticket = self._itsm_find_to_complain(ticket_id)
        if not ticket:
            return request.redirect("/my")
        if sent := self._itsm_sent_before(portal_key):
            return sent
        complaint = ticket._portal_open_complaint()
        if complaint:
            return request.redirect(complaint.access_url)
        return self._itsm_send_once(
            portal_key,
            lambda: ticket._portal_complain(post, portal_key),
            lambda errors: self._itsm_render_complaint(
                ticket, post, errors, portal_key
            ),
        )

    def _itsm_complaint_key(self, key):
        """Return the mark of the form: of the one that led here, unless it was sent.

        What was typed there before somebody chose to complain is known by it.
        """
        known = isinstance(key, str) and _KEY.fullmatch(key)
        if known and not request.env["itsm.ticket"]._portal_sent(key):
            return key
        return uuid.uuid4().hex

    def _itsm_render_complaint(self, ticket, values=None, errors=None, key=""):
        return request.render(
            "itsm_helpdesk.portal_complaint",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_ticket_new",
                "number": ticket.number,
                "subject": ticket.name,
                "url": ticket.access_url,
                "choices": ticket._portal_complaint_choices(),
                "values": values or {},
                "errors": errors or {},
                "portal_key": self._itsm_complaint_key(key),
                "max_text": MAX_DESCRIPTION,
            },
        )

    # ------------------------------------------------------------------
    # Without a ticket
    # ------------------------------------------------------------------

    @http.route("/my/complain", type="http", auth="user", website=True, methods=["GET"])
    def portal_itsm_complaint_general(self, desk="", key="", **kw):
        """First the tickets that it may be about, then a form for anything else."""
        return self._itsm_render_general_complaint({"desk_id": desk}, key=key)

    @http.route(
        "/my/complain", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_itsm_complaint_general_send(self, portal_key=None, **post):
        """Open the complaint, or show the form again with what is wrong."""
        if sent := self._itsm_sent_before(portal_key):
            return sent
        Ticket = request.env["itsm.ticket"]
        return self._itsm_send_once(
            portal_key,
            lambda: Ticket._portal_complain_generally(post, portal_key),
            lambda errors: self._itsm_render_general_complaint(
                post, errors, portal_key
            ),
        )

    def _itsm_render_general_complaint(self, values, errors=None, key=""):
        Ticket = request.env["itsm.ticket"]
        return request.render(
            "itsm_helpdesk.portal_complaint_general",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_ticket_new",
                "tickets": Ticket._portal_to_complain_about(),
                "key": key,
                "desks": Ticket._portal_desks().mapped(
                    lambda desk: {"id": desk.id, "name": desk.name}
                ),
                "for_others": Ticket._portal_may_ask_for_others(),
                "min_search": MIN_SEARCH,
                "values": values,
                "errors": errors or {},
                "portal_key": self._itsm_complaint_key(key),
                "max_text": MAX_DESCRIPTION,
            },
        )
