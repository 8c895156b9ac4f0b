from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .portal_common import ApprovalPortalCase

EVIL = "<script>alert(1)</script>"


@tagged("post_install", "-at_install")
class TestPortal(ApprovalPortalCase):
    """Lists and pages of approvers and requesters."""

    def setUp(self):
        super().setUp()
        self.other = self._person("other", "base.group_portal")
        self.policy = self._policy(self._step("Step", self._line(self.portal)))

    def _asked_by(self, user, **vals):
        return self._ask(self.policy, requester_id=user.partner_id.id, **vals)

    # ------------------------------------------------------------------
    # Home and list
    # ------------------------------------------------------------------

    def test_home_counts_what_waits(self):
        """The tile counts the user's own turns, and questions to them."""
        self._ask(self.policy)
        mine = self._asked_by(self.portal)
        names = ["itsm_approval_count", "itsm_approval_question_count"]
        self._login(self.portal)
        counts = self.make_jsonrpc_request("/my/counters", {"counters": names})
        self.assertEqual(counts["itsm_approval_count"], 1)
        self.assertEqual(counts["itsm_approval_question_count"], 0)
        approval = self._asked_by(self.other)
        approval.with_user(self.portal).ask("What for?")
        self.env.flush_all()
        self._login(self.other)
        counts = self.make_jsonrpc_request("/my/counters", {"counters": names})
        self.assertEqual(counts["itsm_approval_question_count"], 1)
        self.assertNotIn(self.portal.partner_id, mine.vote_ids.partner_id)

    def test_lists(self):
        """Each list has what it says, and nothing of others."""
        waiting = self._ask(self.policy, name="Waiting one")
        decided = self._ask(self.policy, name="Decided one")
        self._vote(self.portal, decided)
        self._ask(self._policy(self._step("S", self._line(self.ann))), name="Foreign")
        self._login(self.portal)
        for filterby, expected in (
            ("waiting", [waiting.name]),
            ("decided", [decided.name]),
            ("asked", []),
            ("made up", [waiting.name]),
        ):
            with self.subTest(filterby=filterby):
                page = self._page(f"/my/approvals?filterby={filterby}")
                rows = self._texts(page, "o_itsm_approval_row")
                self.assertEqual(len(rows), len(expected))
                for row, name in zip(rows, expected, strict=True):
                    self.assertIn(name, row)

    def test_list_has_pages(self):
        for number in range(23):
            self._ask(self.policy, name=f"Thing {number:02}")
        self._login(self.portal)
        second = self._texts(self._page("/my/approvals/page/2"), "o_itsm_approval_row")
        self.assertEqual(len(second), 3)

    # ------------------------------------------------------------------
    # One approval
    # ------------------------------------------------------------------

    def test_page_shows_subject_and_trail(self):
        approval = self._ask(self.policy, name="Microscope", price=4711)
        self._login(self.portal)
        text = self._page(f"/my/approvals/{approval.id}").text_content()
        for part in ("Microscope", "4711", self.asker.name, self.portal.name):
            self.assertIn(part, text)

    def test_foreign_and_missing_ids_look_alike(self):
        """No number tells whether there is an approval."""
        approval = self._ask(self.policy)
        self._login(self.other)
        for id_ in (approval.id, approval.id + 10**6, 0, 2**40):
            for url, visit in (
                (f"/my/approvals/{id_}", self._get),
                (f"/my/approvals/{id_}/approve", self._post),
            ):
                with self.subTest(url=url):
                    response = visit(url)
                    self.assertEqual(response.status_code, 303)
                    self.assertURLEqual(response.headers["Location"], "/my/approvals")
        self.assertEqual(approval.state, "waiting")

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_rpc_shows_nothing_foreign(self):
        """What the pages hide the RPC hides as well."""
        approval = self._ask(self.policy)
        self.env.flush_all()
        self._login(self.other)
        self.assertEqual(self._rpc("itsm.approval", "search", []), [])
        calls = (
            ("itsm.approval", "read", [approval.id], ["name"]),
            ("itsm.approval", "trail", [approval.id]),
            ("itsm.approval", "vote", [approval.id], "approve"),
            ("itsm.approval", "write", [approval.id], {"state": "granted"}),
            ("itsm.approval.vote", "read", approval.vote_ids.ids, ["decision"]),
            ("itsm.approval.policy", "read", self.policy.ids, ["name"]),
            ("itsm.approval", "_portal_act", [approval.id], "approve", ""),
            ("itsm.approval.vote", "_link_page", "x"),
        )
        for model, method, *args in calls:
            with (
                self.subTest(call=f"{model}.{method}"),
                self.assertRaises(JsonRpcException),
            ):
                self._rpc(model, method, *args)
        self.assertEqual(approval.state, "waiting")

    @mute_logger("odoo.http")
    def test_own_voice_is_read_without_its_secret(self):
        """The approver sees the vote, though not the key of the mail link."""
        approval = self._ask(self.policy)
        self.env.flush_all()
        self._login(self.portal)
        votes = approval.vote_ids.ids
        found = self._rpc("itsm.approval.vote", "read", votes, ["state"])
        self.assertEqual(found[0]["state"], "waiting")
        with self.assertRaises(JsonRpcException):
            self._rpc("itsm.approval.vote", "read", votes, ["link_nonce"])

    def test_nothing_is_a_thread_or_has_a_token(self):
        """No mail token opens an approval: it is neither a thread nor shared."""
        Approval = self.env["itsm.approval"]
        self.assertNotIn("message_ids", Approval._fields)
        self.assertNotIn("access_token", Approval._fields)

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def test_approve(self):
        approval = self._ask(self.policy)
        self._login(self.portal)
        response = self._post(f"/my/approvals/{approval.id}/approve", text=f"A {EVIL}")
        self.assertEqual(response.status_code, 303)
        self.assertEqual(approval.state, "granted")
        vote = approval.vote_ids
        self.assertEqual((vote.way, vote.comment), ("portal", f"A {EVIL}"))
        page = self._get(response.headers["Location"]).text
        self.assertNotIn(EVIL, page)
        self.assertIn("A &lt;script&gt;", page)

    def test_names_are_escaped(self):
        self.asker.partner_id.name = f"N {EVIL}"
        approval = self._ask(self.policy, name=f"T {EVIL}")
        self._login(self.portal)
        for url in ("/my/approvals", f"/my/approvals/{approval.id}"):
            page = self._get(url).text
            self.assertIn("T &lt;script&gt;", page)
            self.assertIn("N &lt;script&gt;", page)
            self.assertNotIn(EVIL, page)

    def test_reject_needs_a_reason(self):
        approval = self._ask(self.policy)
        self._login(self.portal)
        url = f"/my/approvals/{approval.id}/reject"
        response = self._post(url, text="  ")
        self.assertEqual(response.status_code, 200)
        self.assertIn('role="alert"', response.text)
        self.assertEqual(approval.state, "waiting")
        self._post(url, text="Too dear")
        self.assertEqual(approval.state, "refused")
        self.assertIn("Too dear", approval.reason)

    def test_second_vote_says_so(self):
        """A page that is old by now decides nothing."""
        approval = self._ask(self.policy)
        self._vote(self.portal, approval, "reject")
        self._login(self.portal)
        response = self._post(f"/my/approvals/{approval.id}/approve")
        self.assertIn('role="alert"', response.text)
        self.assertEqual(approval.state, "refused")

    @mute_logger("odoo.http")
    def test_csrf(self):
        approval = self._ask(self.policy)
        self._login(self.portal)
        response = self._post(f"/my/approvals/{approval.id}/approve", csrf=False)
        self.assertEqual(response.status_code, 400)
        self.assertEqual(approval.state, "waiting")

    def test_only_by_post(self):
        """Following a link never decides."""
        approval = self._ask(self.policy)
        self._login(self.portal)
        response = self._get(f"/my/approvals/{approval.id}/approve")
        self.assertIn(response.status_code, (404, 405))
        self.assertEqual(approval.state, "waiting")

    def test_question_and_answer(self):
        """The approver asks, the requester answers, both on the portal."""
        approval = self._asked_by(self.other)
        url = f"/my/approvals/{approval.id}"
        self._login(self.portal)
        self._post(f"{url}/ask", text=f"Why {EVIL}?")
        self.assertEqual(approval.state, "question")
        self._login(self.other)
        page = self._get(url).text
        self.assertIn("Why &lt;script&gt;", page)
        self.assertIn(f"{url}/answer", page)
        self.assertNotIn(f"{url}/approve", page)
        self._post(f"{url}/answer", text="For the ward")
        self.assertEqual(approval.state, "waiting")
        self.assertEqual(approval.question_ids.answer, "For the ward")

    def test_only_requesters_withdraw(self):
        approval = self._asked_by(self.other)
        url = f"/my/approvals/{approval.id}/withdraw"
        self._login(self.portal)
        self._post(url, text="No")
        self.assertEqual(approval.state, "waiting")
        self._login(self.other)
        self._post(url, text="Not needed")
        self.assertEqual(approval.state, "withdrawn")
