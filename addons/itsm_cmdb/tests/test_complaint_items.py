from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CmdbCase


@tagged("post_install", "-at_install")
class TestComplaintItems(CmdbCase):
    """The items of a complaint tell those complained about nothing."""

    def test_links_are_hidden_as_the_ticket(self):
        complaint = self._create_ticket(
            type="complaint",
            complaint_about_user_id=self.agent.id,
            complaint_shared=True,
            ci_ids=self._ci("server").ids,
        )
        other = self._create_ticket(ci_ids=self._ci("printer").ids)
        self.env.flush_all()
        link = complaint.ci_link_ids
        ours = self._as(self.agent2)[link._name].search([])
        self.assertIn(link, ours)
        theirs = self._as(self.agent)[link._name]
        found = theirs.search([])
        self.assertNotIn(link, found)
        self.assertIn(other.ci_link_ids, found, "tickets are seen as before")
        with self.assertRaises(AccessError):
            theirs.browse(link.id).read(["ticket_id"])
