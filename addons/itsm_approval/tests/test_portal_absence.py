from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .portal_common import ApprovalPortalCase

URL = "/my/approvals/absence"


@tagged("post_install", "-at_install")
class TestPortalAbsence(ApprovalPortalCase):
    """An approver names a delegate on the portal."""

    def setUp(self):
        super().setUp()
        self.env["hr.employee"].create(
            {"name": self.portal.name, "work_contact_id": self.portal.partner_id.id}
        )
        self.stranger = self._person("stranger", "base.group_portal")
        self.today = fields.Date.today()
        self.mine = [("partner_id", "=", self.portal.partner_id.id)]
        self._login(self.portal)

    def _send(self, **data):
        values = {
            "delegate_id": str(self.ann.partner_id.id),
            "date_from": str(self.today),
            "date_to": str(self.today + timedelta(days=3)),
            **data,
        }
        return self._post(URL, **values)

    def _found(self):
        return self.env["itsm.approval.delegation"].search(self.mine)

    def test_save_and_end(self):
        self._send(note="Urgent only", partner_id=str(self.bob.partner_id.id))
        delegation = self._found()
        self.assertEqual(delegation.delegate_id, self.ann.partner_id)
        self.assertEqual(delegation.note, "Urgent only")
        policy = self._policy(self._step("S", self._line(self.portal)))
        approval = self._ask(policy)
        self._vote(self.ann, approval)
        self.assertEqual(approval.vote_ids.decided_by_id, self.ann.partner_id)
        self.assertIn(self.ann.name, self._page("/my/approvals").text_content())
        self._post(f"{URL}/{delegation.id}/end")
        self.assertFalse(self._found().filtered("is_active"))

    def test_started_delegation_is_kept(self):
        """What a delegate could decide yesterday can still be seen."""
        delegation = self._delegate(self.portal, self.ann, start=-2, end=2)
        self._post(f"{URL}/{delegation.id}/end")
        self.assertEqual(delegation.date_to, self.today - timedelta(days=1))

    def test_wrong_input(self):
        yesterday = str(self.today - timedelta(days=1))
        for wrong in (
            {"date_to": yesterday},
            {"date_from": yesterday, "date_to": yesterday},
            {"date_from": "2026-99-99"},
            {"date_to": ""},
            {"delegate_id": str(self.portal.partner_id.id)},
            {"delegate_id": str(self.stranger.partner_id.id)},
            {"delegate_id": "x", "delegate_name": "Nobody"},
            {"delegate_id": "9" * 30},
        ):
            with self.subTest(**wrong):
                response = self._send(**wrong)
                self.assertEqual(response.status_code, 200)
                self.assertIn("is-invalid", response.text)
                self.assertFalse(self._found())

    def test_others_delegations_stay(self):
        foreign = self._delegate(self.bob, self.ann, end=5)
        self._post(f"{URL}/{foreign.id}/end")
        self.assertTrue(foreign.exists())
        self.assertEqual(foreign.date_to, self.today + timedelta(days=5))

    def test_colleagues_only(self):
        """Staff find staff; strangers with a login find none of them."""

        def find(term):
            people = self.make_jsonrpc_request(f"{URL}/people", {"term": term})
            return [person["name"] for person in people]

        self.assertIn(self.ann.name, find("an"))
        self.assertNotIn(self.stranger.name, find(self.stranger.name))
        self.assertEqual(find("a"), [])
        self.assertEqual(find("%%"), [])
        self._login(self.stranger)
        self.assertNotIn(self.ann.name, find("an"))
