from odoo import fields, http
from odoo.tests import HttpCase, tagged

from .common import ItsmCase
from .rating_common import RatingMixin


@tagged("post_install", "-at_install")
class TestRatingProof(RatingMixin, ItsmCase, HttpCase):
    """Printed codes pass through the hands of those who are rated."""

    def _sheet(self, **vals):
        ticket = self._finished("in_progress", **vals)
        _key, token = self._key(ticket, way="work_sheet")
        return ticket, f"/itsm/rate/{token}"

    def _send(self, url, grade="5"):
        body = self.url_open(url).text
        token = body.partition('name="csrf_token" value="')[2].partition('"')[0]
        return self.url_open(url, data={"csrf_token": token, "grade": grade})

    def test_people_of_the_desk_are_refused(self):
        ticket, url = self._sheet()
        for user in (self.agent, self.agent2, self.manager):
            with self.subTest(user.login):
                self.authenticate(user.login, user.login)
                self.assertEqual(self.url_open(url).status_code, 403)
                sent = {"csrf_token": http.Request.csrf_token(self), "grade": "5"}
                answer = self.url_open(url, data=sent)
                self.assertEqual(answer.status_code, 403)
        self.assertFalse(self._ratings_of(ticket))

    def test_colleagues_of_the_requester_may_help(self):
        ticket, url = self._sheet()
        self.authenticate(self.colleague.login, self.colleague.login)
        self.assertEqual(self._send(url).status_code, 200)
        self.assertEqual(self._ratings_of(ticket).rating, 5)

    def test_agents_rate_what_they_asked_for_themselves(self):
        ticket, url = self._sheet(partner_id=self.agent2.partner_id.id)
        self.authenticate(self.agent2.login, self.agent2.login)
        self.assertEqual(self._send(url, "4").status_code, 200)
        self.assertEqual(self._ratings_of(ticket).rating, 4)

    def test_the_person_is_told_and_has_the_last_word(self):
        """Whoever used the paper without a login: the requester replaces it."""
        ticket, url = self._sheet()
        before = self._mails_to(self.person)
        self.authenticate(None, None)
        self.assertEqual(self._send(url).status_code, 200)
        self.assertEqual(self._ratings_of(ticket).rating, 5)
        mail = self._mails_to(self.person) - before
        self.assertEqual(len(mail), 1)
        link = mail.body_html.partition("/itsm/rate/")[2].partition('"')[0]
        self.assertEqual(self._send(f"/itsm/rate/{link}", "2").status_code, 200)
        rating = self._ratings_of(ticket)
        self.assertEqual((len(rating), rating.rating), (1, 2))
        self.assertEqual(rating.itsm_way, "receipt")
        self.assertEqual(self._mails_to(self.person) - before, mail, "no second mail")

    def test_links_of_mails_need_no_receipt(self):
        ticket = self._finished()
        _key, token = self._key(ticket)
        before = self._mails_to(self.person)
        self.authenticate(None, None)
        self._send(f"/itsm/rate/{token}")
        self.assertTrue(self._ratings_of(ticket))
        self.assertEqual(self._mails_to(self.person), before)

    def test_telephone_numbers_prove_little(self):
        key, _token = self._key(self._finished(), way="qr_desk", shows_facts=False)
        self.assertFalse(key._came_by_mail())
        key, _token = self._key(self._finished(), way="qr_desk")
        self.assertTrue(key._came_by_mail())
        self.assertGreater(key.expires_at, fields.Datetime.now())
