from lxml import html

from odoo import http
from odoo.tests import HttpCase

from .common import ApprovalCase


class ApprovalPortalCase(ApprovalCase, HttpCase):
    """Browses the pages with real sessions, as the people of ``ApprovalCase``."""

    def _login(self, user):
        """Open a session of ``user``; None is a visitor nobody knows."""
        if user is None:
            self.authenticate(None, None)
        else:
            self.authenticate(user.login, user.login.ljust(8, "x"))

    def _get(self, url, **kw):
        """Return the answer to a visit, without following where it leads."""
        self.env.flush_all()
        return self.url_open(url, allow_redirects=False, **kw)

    def _page(self, url, status=200):
        """Return a page that must be there, as a tree."""
        response = self._get(url)
        self.assertEqual(response.status_code, status, url)
        return html.fromstring(response.text)

    def _post(self, url, csrf=True, **data):
        """Send a form of the session's user."""
        self.env.flush_all()
        if csrf:
            data["csrf_token"] = http.Request.csrf_token(self)
        response = self.url_open(
            url, data=data or {"x": "1"}, allow_redirects=False, method="POST"
        )
        self.env.invalidate_all()
        return response

    def _rpc(self, model, method, *args):
        """Call a method as the session's user does from a browser."""
        return self.make_jsonrpc_request(
            "/web/dataset/call_kw",
            {"model": model, "method": method, "args": list(args), "kwargs": {}},
        )

    def _texts(self, tree, css):
        """Return the texts of the nodes that have a class."""
        nodes = tree.xpath(f"//*[contains(concat(' ', @class, ' '), ' {css} ')]")
        return [" ".join(node.text_content().split()) for node in nodes]
