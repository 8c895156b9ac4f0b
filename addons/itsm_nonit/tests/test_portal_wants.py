from lxml import html

from odoo.tests import HttpCase, tagged

from odoo.addons.itsm_helpdesk.tests.request_common import RequestCase

from .common import NonitCase


@tagged("post_install", "-at_install")
class TestPortalWants(NonitCase, RequestCase, HttpCase):
    """One portal for staff: sorted by what they want, not by who delivers it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.broken = cls.env["itsm.service.category"].create({"name": "Is broken"})
        cls.wanted = cls.env["itsm.service.category"].create({"name": "Is wanted"})
        cls.printer = cls._service("Printer fault", category_id=cls.broken.id)
        cls.pipe = cls._service(
            "Pipe fault", category_id=cls.broken.id, desk_id=cls.desk_other.id
        )
        cls.pens = cls._service(
            "Pens", category_id=cls.wanted.id, desk_id=cls.desk_other.id
        )
        (cls.desk | cls.desk_other).portal_published = True

    def _page(self, path):
        self.authenticate(self.portal.login, self.portal.login)
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.content)

    def _links(self, tree):
        return tree.xpath("//*[@id='wrap']//a/@href")

    def _url(self, category):
        return f"/my/services?category={category.id}"

    def test_home(self):
        links = self._links(self._page("/my/desk"))
        for category in (self.broken, self.wanted):
            self.assertEqual(links.count(self._url(category)), 1)
        self.assertFalse([link for link in links if "desk=" in link])

    def test_one_category_of_two_desks(self):
        links = self._links(self._page(self._url(self.broken)))
        for service in (self.printer, self.pipe):
            self.assertIn(f"/my/services/{service.id}", links)
        self.assertNotIn(f"/my/services/{self.pens.id}", links)

    def test_new_ticket_asks_for_the_wish_first(self):
        links = self._links(self._page("/my/tickets/new"))
        wish = links.index(self._url(self.broken))
        desk = links.index(f"/my/tickets/new?desk={self.desk.id}")
        self.assertLess(wish, desk)

    def test_what_is_for_others_is_no_wish(self):
        self.pens.available_group_ids = self.env.ref("itsm_helpdesk.group_itsm_admin")
        links = self._links(self._page("/my/tickets/new"))
        self.assertNotIn(self._url(self.wanted), links)
