import re

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .portal_common import PortalCase
from .rating_common import RatingMixin


@tagged("post_install", "-at_install")
class TestRatingRoutes(RatingMixin, PortalCase):
    """Pages behind links and codes: for who holds them, once, and by a button only."""

    def setUp(self):
        super().setUp()
        self._login(None)

    def _send_rating(self, url, grade="4", csrf=True, **values):
        response = self._post(url, {"grade": grade, **values}, csrf=csrf)
        self.env.invalidate_all()
        return response

    def _invite(self, ticket=None, **vals):
        """Return a ticket and the address of its key."""
        ticket = ticket or self._finished()
        return ticket, f"/itsm/rate/{self._key(ticket, **vals)[1]}"

    # ------------------------------------------------------------------
    # Keys
    # ------------------------------------------------------------------

    def test_opening_rates_nothing(self):
        """Mail scanners follow every link, more than once, and with HEAD."""
        ticket, url = self._invite()
        for grade in ("1", "5", "9", "<script>"):
            response = self._get(f"{url}?grade={grade}")
            self.assertEqual(response.status_code, 200)
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
            self.assertIn("no-store", response.headers["Cache-Control"])
            self.assertNotIn('<script>"', response.text)
        self._get(f"{url}/quiet")
        self.url_open(url, method="HEAD")
        self.assertFalse(self._ratings_of(ticket))
        self.assertFalse(self.person.itsm_rating_quiet)
        self.assertEqual(
            self.Key.search([("ticket_id", "=", ticket.id)]).state, "waiting"
        )
        checked = self._page(f"{url}?grade=2").xpath("//input[@name='grade'][@checked]")
        self.assertEqual([star.get("value") for star in checked], ["2"])

    def test_rates_once(self):
        ticket, url = self._invite()
        reason = self.env["itsm.rating.reason"]._offered(self.desk)[:1]
        response = self._send_rating(
            url, "2", comment="Slow <b>", reason=str(reason.id)
        )
        self.assertEqual(response.status_code, 200)
        self.assertIn("fa-check-circle", response.text)
        rating = self._ratings_of(ticket)
        self.assertEqual((rating.rating, rating.feedback), (2, "Slow <b>"))
        self.assertEqual(rating.partner_id, self.person)
        self.assertEqual(rating.itsm_reason_ids, reason)
        self.assertEqual(rating.itsm_way, "mail")
        for again in (self._get(url), self._send_rating(url, "5")):
            self.assertEqual(again.status_code, 410)
        self.assertEqual(self._ratings_of(ticket).rating, 2)

    def test_what_is_not_a_rating(self):
        ticket, url = self._invite()
        self.assertEqual(self._send_rating(url, csrf=False).status_code, 400)
        for grade in ("", "0", "6", "4.5", "-1", "x", "\0"):
            with self.subTest(grade):
                response = self._send_rating(url, grade, comment="Kept")
                self.assertEqual(response.status_code, 200)
                self.assertIn("Kept", response.text)
        self.assertFalse(self._ratings_of(ticket))

    def test_expired_guessed_and_gone(self):
        ticket = self._finished()
        with freeze_time("2026-01-01 10:00:00"):
            _key, old = self._key(ticket, days=1)
        self.assertEqual(self._get(f"/itsm/rate/{old}").status_code, 410)
        self.assertEqual(self._send_rating(f"/itsm/rate/{old}").status_code, 410)
        for guess in ("x" * 32, "1", "desk", "..%2f..", "a" * 5000, "%00" * 32):
            with self.subTest(guess[:20]):
                for response in (
                    self._get(f"/itsm/rate/{guess}"),
                    self._send_rating(f"/itsm/rate/{guess}"),
                    self._get(f"/itsm/rate/{guess}/quiet"),
                ):
                    self.assertIn(response.status_code, (400, 404))
                    self.assertNotIn(ticket.number, response.text)
        self.assertFalse(self._ratings_of(ticket))

    def test_key_of_one_ticket_rates_no_other(self):
        ticket, url = self._invite()
        other = self._finished()
        self._send_rating(url, "1", ticket=str(other.id), ticket_id=str(other.id))
        self.assertTrue(self._ratings_of(ticket))
        self.assertFalse(self._ratings_of(other))

    def test_opened_again_or_over(self):
        ticket, url = self._invite()
        ticket.reopen("Broken again")
        self.env.flush_all()
        response = self._send_rating(url)
        self.assertEqual(response.status_code, 200)
        self.assertFalse(self._ratings_of(ticket))
        ticket.resolve()
        ticket.close()
        ticket._write_system({"closed_at": "2026-01-01"})
        self.env.flush_all()
        self.assertEqual(self._send_rating(url).status_code, 410)
        self.assertFalse(self._ratings_of(ticket))

    def test_rated_on_the_portal_meanwhile(self):
        ticket, url = self._invite()
        ticket._rate(self.person, self._form("5"), "portal")
        self.env.flush_all()
        self.assertEqual(self._get(url).status_code, 410)

    def test_work_sheet_while_the_work_goes_on(self):
        ticket, url = self._invite(self._finished("in_progress"), way="work_sheet")
        self.assertEqual(self._send_rating(url, "5").status_code, 200)
        self.assertEqual(self._ratings_of(ticket).itsm_way, "work_sheet")
        self.assertEqual(self._send_rating(url, "1").status_code, 410)

    def test_quiet_by_a_button_and_back(self):
        _ticket, url = self._invite()
        for quiet in ("1", "0", "1"):
            self._post(f"{url}/quiet", {"quiet": quiet})
            self.env.invalidate_all()
            self.assertEqual(self.person.itsm_rating_quiet, quiet == "1")
        for way in ("work_sheet", "qr_desk"):
            _ticket, url = self._invite(way=way)
            self._post(f"{url}/quiet", {"quiet": "0"})
            self.env.invalidate_all()
            self.assertTrue(self.person.itsm_rating_quiet, way)

    # ------------------------------------------------------------------
    # Stickers and badges, signed in
    # ------------------------------------------------------------------

    def _sticker(self, desk=None):
        desk = desk or self.desk
        desk._ensure_tokens()
        return f"/itsm/rate/desk/{desk.token}"

    def _badge(self, user=None):
        badge = self.env["itsm.rating.badge"]._for_users(user or self.agent)
        badge._ensure_tokens()
        return f"/itsm/rate/badge/{badge.token}"

    def test_last_ticket_of_who_is_signed_in(self):
        ticket = self._finished()
        url = self._sticker()
        self.env.flush_all()
        self._login(self.portal)
        self.assertIn(ticket.number, self._get(url).text)
        response = self._send_rating(url, "5", ticket=str(ticket.id))
        self.assertIn("fa-check-circle", response.text)
        rating = self._ratings_of(ticket)
        self.assertEqual((rating.rating, rating.itsm_way), (5, "qr_desk"))
        self.assertNotIn(ticket.number, self._get(url).text)
        self._login(self.colleague)
        page = self._get(url).text
        self.assertNotIn(ticket.number, page)

    def test_badge_rates_the_engineer(self):
        ticket = self._finished()
        self._finished(user_id=self.agent2.id)
        url = self._badge()
        self.env.flush_all()
        self._login(self.portal)
        self.assertIn(self.agent.name, self._get(url).text)
        self._send_rating(url, "4", ticket=str(ticket.id))
        rating = self._ratings_of(ticket)
        self.assertEqual(rating.rated_partner_id, self.agent.partner_id)
        self.assertEqual(rating.itsm_way, "qr_badge")

    def test_ids_of_others_are_not_taken(self):
        mine = self._finished()
        theirs = self._finished(partner_id=self.requester.partner_id.id)
        old = self._finished("closed")
        old._write_system({"closed_at": "2026-01-01", "resolved_at": "2026-01-01"})
        url = self._sticker()
        self.env.flush_all()
        self._login(self.portal)
        for ticket_id in (theirs.id, old.id, 0, -1, 10**12, "x", ""):
            with self.subTest(ticket_id):
                self._send_rating(url, "1", ticket=str(ticket_id))
        self.assertFalse(self.Ticket.union(mine, theirs, old).rating_ids)

    def test_codes_that_are_none(self):
        self._sticker()
        self.desk_other._ensure_tokens()
        token = self.desk_other.token
        self.desk_other.active = False
        self.env.flush_all()
        for url in (
            f"/itsm/rate/desk/{token}",
            f"/itsm/rate/badge/{self.desk.token}",
            "/itsm/rate/desk/" + "y" * 22,
            "/itsm/rate/badge/1",
        ):
            for user in (None, self.portal, self.manager):
                with self.subTest(url, user=user and user.name):
                    self._login(user)
                    self.assertEqual(self._get(url).status_code, 404)
                    self.assertEqual(self._send_rating(url).status_code, 404)
        gone = self._badge(self.agent2)
        self.agent2.active = False
        self.env.flush_all()
        self.assertEqual(self._get(gone).status_code, 404)

    # ------------------------------------------------------------------
    # Stickers, without a login
    # ------------------------------------------------------------------

    def _find(self, url, number, phone="", by="phone"):
        response = self._post(url, {"number": number, "phone": phone, "by": by})
        self.env.invalidate_all()
        return response

    def test_stranger_is_told_nothing(self):
        ticket = self._finished(name="Embarrassing printer")
        self.employee_portal.work_phone = "+49 30 555-7002"
        url = self._sticker()
        self.env.flush_all()
        self.assertNotIn("Embarrassing", self._get(url).text)
        known = self._find(url, ticket.number, "0000")
        unknown = self._find(url, "INC9999999", "0000")

        def same(response):
            text = re.sub(
                r'(csrf_token[^>]*?value|INC\d+|value)="?[^"\s]*', "", response.text
            )
            return re.sub(r'"csrf_token": "\w+"|INC\d+|csrf_token: "\w+"', "", text)

        self.assertEqual(same(known), same(unknown))
        self.assertNotIn("Embarrassing", known.text)
        for phone in ("", "2", "002", "7003", "%", "____"):
            with self.subTest(phone):
                self.assertEqual(self._find(url, ticket.number, phone).status_code, 200)
        self.assertFalse(self.Key.search([("ticket_id", "=", ticket.id)]))

    def test_phone_leads_to_a_page_without_facts(self):
        ticket = self._finished(name="Embarrassing printer")
        self.employee_portal.work_phone = "+49 30 555-7002"
        url = self._sticker()
        self.env.flush_all()
        response = self._find(url, ticket.number.lower(), "7002")
        self.assertEqual(response.status_code, 303)
        page = self._get(response.headers["Location"])
        self.assertIn(ticket.number, page.text)
        self.assertNotIn("Embarrassing", page.text)
        self.assertNotIn(self.agent.name.split()[0], page.text)
        self._send_rating(response.headers["Location"], "3")
        rating = self._ratings_of(ticket)
        self.assertEqual((rating.rating, rating.itsm_way), (3, "qr_desk"))
        self.assertEqual(self._find(url, ticket.number, "7002").status_code, 200)

    def test_phone_is_not_guessed(self):
        ticket = self._finished()
        self.employee_portal.work_phone = "7002"
        url = self._sticker()
        self.env.flush_all()
        for guess in range(5):
            self._find(url, ticket.number, f"000{guess}")
        self.assertEqual(self._find(url, ticket.number, "7002").status_code, 200)
        tomorrow = fields.Datetime.add(fields.Datetime.now(), hours=25)
        with freeze_time(tomorrow):
            invitation = self.Key._scan("desk", self.desk.token)
            self.assertTrue(self.Key._key_by_phone(invitation, ticket.number, "7002"))

    def test_link_by_mail_to_who_asked_and_not_often(self):
        ticket = self._finished()
        url = self._sticker()
        self.env.flush_all()
        answers = [
            self._find(url, number, by="mail")
            for number in (ticket.number, ticket.number, "INC9999999")
        ]
        self.assertEqual({answer.status_code for answer in answers}, {200})
        mail = self._mails_to(self.person)
        self.assertEqual(len(mail), 1)
        token = re.search(r"/itsm/rate/([\w-]{32})", mail.body_html)[1]
        self.assertEqual(self.Key._by_token(token).ticket_id, ticket)
        self.assertNotIn("/quiet", mail.body_html)

    def test_sticker_of_another_desk(self):
        ticket = self._finished()
        self.employee_portal.work_phone = "7002"
        url = self._sticker(self.desk_other)
        self.env.flush_all()
        self.assertEqual(self._find(url, ticket.number, "7002").status_code, 200)
        self._find(url, ticket.number, by="mail")
        self.assertFalse(self.Key.search([("ticket_id", "=", ticket.id)]))
        badge = self._badge(self.agent2)
        self.env.flush_all()
        self.assertEqual(self._find(badge, ticket.number, "7002").status_code, 200)
        self.assertFalse(self.Key.search([("ticket_id", "=", ticket.id)]))
