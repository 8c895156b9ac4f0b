from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_common import ApprovalPortalCase

EVIL = "<script>alert(1)</script>"


@tagged("post_install", "-at_install")
class TestMailLink(ApprovalPortalCase):
    """The page behind a mail's link, seen without a login."""

    def setUp(self):
        super().setUp()
        self.policy = self._policy(self._step("Step", self._line(self.ann)))
        self.approval = self._ask(self.policy, name="Microscope")
        self.vote = self.approval.vote_ids
        self.url = f"/approval/{self.vote._link_token(self.ann.partner_id)}"
        self._login(None)

    def _assert_no_form(self, url, status):
        response = self._get(url)
        self.assertEqual(response.status_code, status)
        self.assertNotIn('name="verb"', response.text)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")

    def test_opening_does_not_vote(self):
        """Nor do scanners that only want the headers, or guess the form."""
        for method in ("GET", "HEAD"):
            for url in (self.url, f"{self.url}?verb=approve&decision=approve"):
                response = self.url_open(url, method=method)
                self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(self.vote.state, "waiting")
        self.assertTrue(self.vote.sudo().link_nonce)

    def test_page(self):
        response = self._get(self.url)
        for part in ("Microscope", self.ann.name, self.asker.name):
            self.assertIn(part, response.text)
        self.assertIn("noindex", response.headers["X-Robots-Tag"])
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("no-store", response.headers["Cache-Control"])

    def test_vote_once(self):
        """The link decides once; sent again it changes nothing."""
        response = self._post(self.url, verb="approve", text="Fine")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.approval.state, "granted")
        vote = self.vote
        self.assertEqual((vote.way, vote.comment), ("mail", "Fine"))
        self.assertEqual(vote.decided_by_id, self.ann.partner_id)
        again = self._post(self.url, verb="reject", text="No")
        self.assertEqual(again.status_code, 410)
        self.assertEqual(vote.decision, "approve")
        self._assert_no_form(self.url, 410)

    def test_reject_needs_a_reason(self):
        response = self._post(self.url, verb="reject", text=" ")
        self.assertIn('role="alert"', response.text)
        self.assertEqual(self.approval.state, "waiting")
        self._post(self.url, verb="reject", text=f"No {EVIL}")
        self.assertEqual(self.approval.state, "refused")
        self.assertEqual(self.vote.comment, f"No {EVIL}")

    def test_ask(self):
        """A question leaves the link good."""
        self._post(self.url, verb="ask", text="Why?")
        self.assertEqual(self.approval.state, "question")
        self.assertIn('name="verb"', self._get(self.url).text)

    def test_unknown_verb(self):
        for verb in ("withdraw", "answer", ""):
            self._post(self.url, verb=verb, text="x")
            self.assertEqual(self.approval.state, "waiting")

    @mute_logger("odoo.http")
    def test_csrf(self):
        response = self._post(self.url, csrf=False, verb="approve")
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.approval.state, "waiting")

    def test_forged(self):
        """Changed, cut, foreign and senseless links do nothing and say so."""
        token = self.url.rsplit("/", 1)[1]
        flipped = token[:30] + ("A" if token[30] != "A" else "B") + token[31:]
        for bad in (flipped, token[:-4], "abc", "A" * 60, "%C3%A9", "A" * 3000, "AQ"):
            with self.subTest(token=bad[:20]):
                self._assert_no_form(f"/approval/{bad}", 404)
                self._post(f"/approval/{bad}", verb="approve")
                self.assertEqual(self.approval.state, "waiting")

    def test_expired(self):
        self.frozen.tick(timedelta(days=15))
        self._login(None)
        self._assert_no_form(self.url, 410)
        self._post(self.url, verb="approve")
        self.assertEqual(self.approval.state, "waiting")

    def test_withdrawn(self):
        self.approval.with_user(self.asker).withdraw("Not needed")
        self._assert_no_form(self.url, 410)
        self._post(self.url, verb="approve")
        self.assertEqual(self.approval.state, "withdrawn")

    def test_decided_elsewhere(self):
        self._vote(self.ann, self.approval, "reject")
        self._assert_no_form(self.url, 410)

    def test_replaced_by_a_reminder(self):
        self.vote.sudo().link_nonce = self.vote._new_nonce()
        self._assert_no_form(self.url, 410)

    def test_names_are_escaped(self):
        self.ann.partner_id.name = f"Ann {EVIL}"
        approval = self._ask(self.policy, name=f"T {EVIL}")
        token = approval.vote_ids._link_token(self.ann.partner_id)
        page = self._get(f"/approval/{token}").text
        self.assertNotIn(EVIL, page)
        self.assertIn("T &lt;script&gt;", page)
        self.assertIn("Ann &lt;script&gt;", page)

    def test_delegate(self):
        """A delegate's link names both, and is nothing without the delegation."""
        delegation = self._delegate(self.ann, self.bob, end=3)
        url = f"/approval/{self.vote._link_token(self.bob.partner_id)}"
        page = self._get(url).text
        self.assertIn(self.bob.name, page)
        self.assertIn(self.ann.name, page)
        delegation.unlink()
        self._assert_no_form(url, 410)
        self._delegate(self.ann, self.bob, end=3)
        self._post(url, verb="approve")
        self.assertEqual(self.vote.decided_by_id, self.bob.partner_id)
        self.assertEqual(self.vote.partner_id, self.ann.partner_id)

    def test_link_is_no_login(self):
        """Who holds the link sees its page and nothing else."""
        self._get(self.url)
        response = self._get(f"/my/approvals/{self.approval.id}")
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])

    def test_language_of_the_person(self):
        """The page speaks the approver's language, not the visitor's."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.ann.partner_id.lang = "fr_FR"
        values = self.env["itsm.approval.vote"]._link_page(self.url.rsplit("/", 1)[1])
        self.assertEqual(values["context"]["lang"], "fr_FR")

    def test_bad_links_raise_nothing(self):
        with self.assertRaises(UserError):
            self.env["itsm.approval.vote"]._decide_by_link("x", "approve")
