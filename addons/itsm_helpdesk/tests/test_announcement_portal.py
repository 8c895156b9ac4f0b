import re

from odoo.tests import tagged
from odoo.tools import mute_logger

from .announcement_common import AnnouncementCase
from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestAnnouncementPortal(AnnouncementCase, PortalCase):
    """The pages of an announcement, with a login and behind a link."""

    def setUp(self):
        super().setUp()
        self.desk.portal_published = True
        self.ticket = self._create_ticket()
        self.news = self._sent(
            kind="disturbance", ticket_id=self.ticket.id, ask_confirmation=True
        )
        self.url = f"/my/notices/{self.news.id}"
        self._flush_tracking()

    def _row(self, partner=None):
        self.env.invalidate_all()
        partner = partner or self.portal.partner_id
        return self.news.receipt_ids.filtered(lambda row: row.partner_id == partner)

    def _link(self, partner=None):
        return "/itsm/notice/" + self._row(partner)._link().rsplit("/", 1)[1]

    def test_opening_is_reading(self):
        self._login(self.portal)
        self.assertFalse(self._row().read_at)
        page = self._page(self.url)
        self.assertIn("Mail is slow", page.text_content())
        self.assertTrue(self._row().read_at)
        self.assertFalse(self._row().confirmed_at)

    def test_confirm(self):
        self._login(self.portal)
        response = self._post(f"{self.url}/confirm")
        self.assertEqual(response.status_code, 303)
        self.assertTrue(self._row().confirmed_at)
        self.assertEqual(self.news.confirmed_count, 1)
        page = self._page(self.url)
        self.assertFalse(page.xpath("//form[contains(@action,'/confirm')]"))

    def test_forms_need_a_token(self):
        self._login(self.portal)
        for verb in ("confirm", "join", "reply"):
            with mute_logger("odoo.http"):
                response = self._post(f"{self.url}/{verb}", {"text": "x"}, csrf=False)
            self.assertEqual(response.status_code, 400)
        self.assertFalse(self._row().confirmed_at)
        self.assertEqual(self.ticket.affected_count, 1)

    def test_visiting_changes_nothing_but_read(self):
        self._login(self.portal)
        for verb in ("confirm", "join", "reply"):
            with mute_logger("odoo.http"):
                response = self._get(f"{self.url}/{verb}")
            self.assertIn(response.status_code, (404, 405))
        self.assertFalse(self._row().confirmed_at)

    def test_not_for_others(self):
        draft = self._news(audience="all")
        for user, news_id in (
            (self.requester, self.news.id),
            (self.portal, draft.id),
            (self.portal, 0),
            (self.portal, 10**12),
        ):
            self._login(user)
            for response in (
                self._get(f"/my/notices/{news_id}"),
                self._post(f"/my/notices/{news_id}/confirm"),
                self._post(f"/my/notices/{news_id}/join"),
                self._post(f"/my/notices/{news_id}/reply", {"text": "Hello"}),
            ):
                self.assertEqual(response.status_code, 303)
                self.assertTrue(response.headers["Location"].endswith("/my/notices"))
        self.env.invalidate_all()
        self.assertEqual(self.ticket.affected_count, 1)
        self.assertEqual(self.news.reply_count, 0)
        self._login(None)
        self.assertIn("/web/login", self._get(self.url).headers["Location"])

    def test_the_banner_and_me_too(self):
        self._login(self.portal)
        for url in ("/my/desk", f"/my/tickets/new?desk={self.desk.id}"):
            page = self._page(url)
            forms = page.xpath("//form[contains(@action,'/join')]/@action")
            self.assertEqual(forms, [f"{self.url}/join"], url)
        self._login(self.requester)
        self.assertFalse(self._page("/my/desk").xpath("//article"))
        self._login(self.portal)
        for _twice in range(2):
            response = self._post(f"{self.url}/join")
            self.assertEqual(response.status_code, 303)
        self.env.invalidate_all()
        self.assertEqual(self.ticket.affected_count, 2)
        page = self._page("/my/desk")
        self.assertTrue(page.xpath("//*[contains(@class,'o_itsm_joined')]"))
        self.assertFalse(page.xpath("//form[contains(@action,'/join')]"))
        for url in ("/my/tickets", "/my/desk"):
            shown = self._page(url).xpath("//*[contains(@class,'o_itsm_joined_list')]")
            self.assertIn(self.ticket.number, shown[0].text_content())
            self.assertNotIn(self.ticket.name, shown[0].text_content())

    def test_the_all_clear_stands_there(self):
        self.news.all_clear("<p>All is well.</p>")
        self._run()
        self._login(self.portal)
        page = self._page("/my/desk")
        banner = page.xpath("//article[contains(@class,'alert-success')]")
        self.assertIn("All is well.", banner[0].text_content())
        self.assertFalse(page.xpath("//form[contains(@action,'/join')]"))
        new = self._page(f"/my/tickets/new?desk={self.desk.id}")
        self.assertFalse(new.xpath("//article"))

    def test_what_is_over_can_be_read_again(self):
        self.news.action_end()
        self._login(self.portal)
        self.assertIn("Mail is slow", self._page(self.url).text_content())
        self.assertIn("Mail is slow", self._page("/my/notices").text_content())
        self._login(self.requester)
        self.assertEqual(self._get(self.url).status_code, 303)

    def test_a_reply(self):
        self._login(self.portal)
        self._post(f"{self.url}/reply", {"text": "On ward 3, too <script>"})
        self.env.invalidate_all()
        self.assertEqual(self.news.reply_count, 1)
        page = self._post(f"{self.url}/reply", {"text": "   "})
        self.assertEqual(page.status_code, 200)
        self.assertIn('role="alert"', page.text)

    # ------------------------------------------------------------------
    # Links of mails
    # ------------------------------------------------------------------

    def _token(self, url):
        """Return the token of the form on a page without a login."""
        page = self._page(url)
        return page.xpath("//input[@name='csrf_token']/@value")[0]

    def test_scanners_that_open_links_confirm_nothing(self):
        self._login(None)
        link = self._link(self.outsider)
        response = self._get(link)
        self.assertEqual(response.status_code, 200)
        self.assertIn("noindex", response.headers["X-Robots-Tag"])
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        row = self._row(self.outsider)
        self.assertFalse(row.read_at or row.confirmed_at)

    def test_confirm_without_a_login(self):
        self._login(None)
        link = self._link(self.outsider)
        data = {"csrf_token": self._token(link)}
        response = self._post(f"{link}/confirm", data, csrf=False)
        self.assertEqual(response.status_code, 303)
        self.assertTrue(self._row(self.outsider).confirmed_at)
        self.assertFalse(self._row().confirmed_at, "nobody else's")
        self._post(f"{link}/join", data, csrf=False)
        self.env.invalidate_all()
        self.assertIn(self.outsider, self.ticket.reporter_ids.partner_id)

    def test_forged_links(self):
        self._login(None)
        good = self._link(self.outsider).rsplit("/", 1)[1]
        other = self.env["itsm.approval.vote"]
        self.assertNotIn(good, str(other))
        for token in ("x", good[:-2], good + "A", "a" * 3000, "%00", "Ä"):
            with self.subTest(token=token[:20]):
                response = self._get(f"/itsm/notice/{token}")
                self.assertIn(response.status_code, (404, 414))
                self.assertNotIn("Mail is slow", response.text)
        self.news.active = False
        self.env.flush_all()
        self.assertEqual(self._get(f"/itsm/notice/{good}").status_code, 404)

    def test_the_page_of_a_link_names_no_ticket(self):
        self._login(None)
        text = self._get(self._link(self.outsider)).text
        self.assertNotIn(self.ticket.name, text)
        self.assertFalse(re.search(r"/my/tickets/\d", text))
