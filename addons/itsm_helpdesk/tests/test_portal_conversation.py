import json

from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalConversation(PortalCase):
    """Internal words never reach the requester, by whatever road."""

    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket(partner_id=self.portal.partner_id.id)
        self.ticket.requested_for_id = self.requester.partner_id
        token = self.ticket._portal_ensure_token()
        self.token = token
        as_agent = self.ticket.with_user(self.agent)
        as_agent.message_post(
            body="Public word", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.note = as_agent.message_post(
            body="Secret note", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        hidden = as_agent.message_post(
            body="Secret word", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        hidden.sudo().is_internal = True
        self.env.flush_all()

    def _fetch(self, **kw):
        params = {
            "thread_model": "itsm.ticket",
            "thread_id": self.ticket.id,
            "fetch_params": {"limit": 30},
            **kw,
        }
        return json.dumps(self.make_jsonrpc_request("/mail/chatter_fetch", params))

    def test_chatter_shows_public_words_only(self):
        """With the login and with the link; the agent sees the same on the portal."""
        for user in (self.portal, self.requester, self.agent):
            for kw in ({}, {"token": self.token}):
                with self.subTest(user.name, kw=kw):
                    self._login(user)
                    words = self._fetch(**kw)
                    self.assertIn("Public word", words)
                    self.assertNotIn("Secret", words)
        self._login(None)
        words = self._fetch(token=self.token)
        self.assertIn("Public word", words)
        self.assertNotIn("Secret", words)

    def test_page_holds_no_internal_words(self):
        for user in (self.portal, self.requester):
            self._login(user)
            self.assertNotIn("Secret", self._get(f"/my/tickets/{self.ticket.id}").text)

    def test_other_roads_to_messages(self):
        """The back office's own routes give a requester no more."""
        self._login(self.requester)
        params = {"thread_model": "itsm.ticket", "thread_id": self.ticket.id}
        words = json.dumps(self.make_jsonrpc_request("/mail/thread/messages", params))
        self.assertNotIn("Secret", words)
        call = {
            "model": "mail.message",
            "method": "search_read",
            "args": [[["res_id", "=", self.ticket.id]], ["body"]],
            "kwargs": {},
        }
        words = json.dumps(self.make_jsonrpc_request("/web/dataset/call_kw", call))
        self.assertNotIn("Secret", words)

    def test_page_names_no_addresses_and_no_internal_facts(self):
        self.ticket.tag_ids = self.env["itsm.tag"].create({"name": "TagOfAgents"})
        self.ticket.user_id = self.agent
        self.ticket._write_system({"is_major": True})
        self.env.flush_all()
        for user, own in ((self.portal, "portal@"), (self.requester, "requester@")):
            self._login(user)
            page = self._get(f"/my/tickets/{self.ticket.id}").text
            self.assertIn("Anna", page)
            self.assertNotIn("TagOfAgents", page)
            self.assertNotIn("Emil Engineer", page)
            foreign = page.replace(f"{own}staff.example.com", "")
            self.assertNotIn("@staff.example.com", foreign)

    def test_strangers_fetch_nothing(self):
        for user in (None, self.stranger):
            self._login(user)
            for kw in ({}, {"token": "wrong"}):
                with self.subTest(user and user.name, kw=kw), mute_logger("odoo.http"):
                    try:
                        words = self._fetch(**kw)
                    except JsonRpcException:
                        continue
                    self.assertNotIn("word", words)
