from .portal_common import PortalCase
from .request_common import RequestCase


class PortalRequestCase(RequestCase, PortalCase):
    """Services and requests, as people use them in a browser."""

    def _links(self, tree, path="//a/@href"):
        return tree.xpath(path)

    def _hidden_service(self, **vals):
        """Return a published service that is offered to nobody of these tests."""
        nobody = self.env["res.groups"].create({"name": "Nobody"})
        return self._service("Hidden thing", available_group_ids=nobody.ids, **vals)

    def _text(self, tree):
        return " ".join(tree.text_content().split())

    def _request(self, service, files=None, csrf=True, test=False, **data):
        """Send the form of a service; return the answer and the tickets it made."""
        before = self.Ticket.search([])
        url = f"/my/services/{service.id}/request{'?test=1' if test else ''}"
        response = self._post(url, data, files, csrf)
        self.env.invalidate_all()
        return response, self.Ticket.search([]) - before
