from odoo import http
from odoo.http import request

from .portal_request import ItsmPortalRequest


class ItsmPortalFormLookup(ItsmPortalRequest):
    """Finding the records that answer a question, while somebody types."""

    @http.route(
        [
            "/my/services/<int:service_id>/lookup",
            "/my/services/<int:service_id>/lookup/<any(test):test>",
        ],
        type="jsonrpc",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_itsm_service_lookup(self, service_id, path="", term="", test=None):
        """Find records for the form of a service that the user may ask for."""
        service = self._itsm_find_service(service_id, trying=bool(test))
        if not service:
            return []
        definition = service._portal_definition(bool(test))
        return request.env["itsm.form.page"]._lookup(definition, path, term)

    @http.route(
        "/my/tickets/<int:ticket_id>/lookup",
        type="jsonrpc",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_itsm_ticket_lookup(self, ticket_id, path="", term=""):
        """Find records for the form of the user's own request."""
        ticket = self._itsm_find_own(ticket_id)
        if not ticket:
            return []
        definition = ticket._portal_form_again()["definition"]
        return request.env["itsm.form.page"]._lookup(definition, path, term)
