import uuid
from unittest.mock import patch

from lxml import html

from odoo import http
from odoo.exceptions import ValidationError
from odoo.tests import HttpCase

from .common import ItsmCase


class PortalCase(ItsmCase, HttpCase):
    """Browses the portal with real sessions, as the people of ``ItsmCase``."""

    def setUp(self):
        super().setUp()
        # Requests run in the test's transaction; what was made must be there.
        self.env.flush_all()

    def _login(self, user):
        """Open a session of ``user``; None is a visitor nobody knows."""
        if user is None:
            self.authenticate(None, None)
        else:
            self.authenticate(user.login, user.login.ljust(8, "x"))

    def _get(self, url, **kw):
        """Return the answer to a visit, without following where it leads."""
        return self.url_open(url, allow_redirects=False, **kw)

    def _page(self, url):
        """Return a page that must be there, as a tree."""
        response = self._get(url)
        self.assertEqual(response.status_code, 200, url)
        return html.fromstring(response.text)

    def _post(self, url, data=None, files=None, csrf=True):
        """Send a form of the session's user."""
        data = dict(data or {})
        if csrf:
            data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(
            url, data=data, files=files, allow_redirects=False, method="POST"
        )

    def _form(self, **values):
        """Return a form filled in as it should be."""
        return {
            "name": "Scanner jams",
            "description": "It takes two sheets at once.",
            "type": "incident",
            "urgency": "2",
            "impact": "3",
            "desk_id": str(self.desk.id),
            "portal_key": uuid.uuid4().hex,
            **values,
        }

    def _send(self, files=None, **values):
        """Send a new ticket; return the answer and the ticket, if there is one."""
        before = self.Ticket.search([])
        response = self._post("/my/tickets/new", self._form(**values), files)
        self.env.invalidate_all()
        return response, self.Ticket.search([]) - before

    def _errors(self, response):
        """Return the names of the fields that an answer finds wrong."""
        self.assertEqual(response.status_code, 200)
        tree = html.fromstring(response.text)
        return {
            link.get("href").removeprefix("#itsm_")
            for link in tree.xpath("//*[@id='itsm_errors']//a")
        }

    def _check_refusal_is_shown(self, url, form, typed):
        """What a rule of the organisation refuses is said above what was typed."""
        said = "Tickets about this are closed until Monday."
        count = self.Ticket.search_count([])
        create = patch.object(
            type(self.Ticket), "create", side_effect=ValidationError(said)
        )
        with create:
            response = self._post(url, form)
        self.assertEqual(response.status_code, 200)
        tree = html.fromstring(response.text)
        [errors] = tree.xpath("//*[@id='itsm_errors']")
        self.assertIn(said, errors.text_content())
        self.assertFalse(errors.xpath(".//a"))
        self.assertIn(typed, tree.xpath("//form//textarea/text()"))
        self.assertEqual(self.Ticket.search_count([]), count)

    def _is_hidden(self, response):
        """Tell whether an answer gives nothing away: it leads home."""
        return response.status_code in (302, 303) and response.headers[
            "Location"
        ].endswith("/my")
