from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.itsm_ticket_portal_form import PortalFormError


class ItsmPortalSending(CustomerPortal):
    """How every form that makes a ticket is sent: twice makes one ticket."""

    def _itsm_sent_before(self, portal_key):
        """Return the way to the ticket that a form made already, or nothing."""
        if request.env["itsm.ticket"]._portal_sent(portal_key):
            return self._itsm_to_sent(portal_key)
        return None

    def _itsm_to_sent(self, portal_key):
        return request.redirect(f"/my/tickets/sent/{portal_key}?done=again")

    def _itsm_send_once(self, portal_key, send, show, done="sent"):
        """Send a form and lead to its ticket; show it again where something is wrong.

        :param portal_key: mark of the form: sent twice, it makes one ticket
        :param send: opens the ticket and returns it; nothing, where it only tries
        :param show: renders the form with ``{path: sentence}`` of what is wrong; a
            sentence about no single field has the path ""
        :param done: what the ticket's page says then
        """
        try:
            with request.env.cr.savepoint():
                ticket = send()
        except PortalFormError as error:
            return show(error.errors)
        except (UserError, AccessError) as error:
            request.env.invalidate_all()
            return show({"": str(error)})
        except UniqueViolation as error:
            if "portal_key" not in (error.diag.constraint_name or ""):
                raise
            # The same form at the same moment: the other request made the ticket.
            return self._itsm_to_sent(portal_key)
        if not ticket:
            return show({})
        return request.redirect(f"{ticket.access_url}?done={done}")
