import json

from odoo.tests import tagged

from .portal_request_common import PortalRequestCase
from .request_common import question, when

NUL = "a\0b"


@tagged("post_install", "-at_install")
class TestRequestHostileHttp(PortalRequestCase):
    """What a client may send to the pages of services and approvals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._service(
            "Laptop zebra",
            [
                question("device"),
                question("number", "number"),
                question("day", "date"),
                question("who", "person"),
                question("photo", "file"),
                question("rows", "table", columns=[question("x")], max_rows=3),
                question("secret", shown_if=when("device", "equals", "safe")),
            ],
            approval_policy_id=cls._approval_policy(cls.head).id,
        )

    def _rpc(self, url, **params):
        """Return the result of a JSON-RPC call, or the name of its error."""
        answer = self.url_open(
            url,
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        ).json()
        return (
            answer["result"] if "result" in answer else answer["error"]["data"]["name"]
        )

    def _call(self, model, method, *args, **kwargs):
        return self._rpc(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    def test_answers_that_are_none(self):
        """They are refused or cleaned; no page breaks, then or later."""
        self._login(self.portal)
        for data in (
            {"q_device": NUL},
            {"q_number": "1e400"},
            {"q_number": "nan"},
            {"q_day": "99999-01-01"},
            {"q_who": "9" * 30},
            {"q_photo": "99999999999999"},
            {"q_device": "x" * 200_000},
            {f"q_rows.{row}.x": "y" for row in range(300)},
            {"q_rows.0.secret": "y", "q_rows.0": "y", "q_rows": "y"},
            {"portal_key": NUL, "requested_for": NUL},
        ):
            with self.subTest(next(iter(data.items()))):
                response, ticket = self._request(self.service, **data)
                self.assertIn(response.status_code, (200, 303))
                self.assertLessEqual(len(ticket), 1)
                self.assertNotIn("secret", ticket._answers_raw() if ticket else {})
                draft = f"/my/services/{self.service.id}/draft"
                self.assertEqual(self._post(draft, data).status_code, 303)
                self._page(f"/my/services/{self.service.id}/request")

    def test_search_terms_that_are_none(self):
        self._login(self.portal)
        lookup = f"/my/services/{self.service.id}/lookup"
        for term in (NUL, None, [], {}, 5, "%%", "__", "x" * 10_000):
            with self.subTest(term):
                self.assertEqual(self._rpc("/my/services/suggest", term=term), [])
                self.assertEqual(
                    self._rpc("/my/approvals/absence/people", term=term), []
                )
                self.assertEqual(self._rpc(lookup, path="who", term=term), [])
        for path in (None, [], {}, "rows", "nothing", NUL):
            self.assertEqual(self._rpc(lookup, path=path, term="Hedda"), [])
        for url in (
            "/my/tickets?search=%00",
            "/my/services?search=%00&category=%00",
            "/my/services/page/99999999999999999999",
            "/my/approvals?filterby=%00",
        ):
            self.assertEqual(self._get(url).status_code, 200, url)

    def test_texts_of_approvals_that_are_none(self):
        ticket = self._submit(self.service)
        self._login(self.head)
        url = f"/my/approvals/{ticket.approval_id.id}"
        file = {"text": ("reason.txt", b"Because")}
        self.assertEqual(self._post(f"{url}/reject", files=file).status_code, 200)
        self.assertEqual(self._post(f"{url}/ask", {"text": NUL}).status_code, 303)
        self.env.invalidate_all()
        self.assertEqual(ticket.approval_id.question_ids.text, "ab")

    def test_files_of_answers_are_for_who_reads_the_ticket(self):
        """Neither by number, nor as an answer of somebody else's request."""
        self._login(self.portal)
        photo = {"q_photo": ("door.txt", b"plans")}
        _response, ticket = self._request(self.service, files=photo)
        [file_id] = ticket._answers_raw()["photo"]
        self._login(self.requester)
        response = self._get(f"/web/content/{file_id}")
        self.assertNotEqual(response.content, b"plans")
        self.assertEqual(
            self._call("ir.attachment", "read", [file_id], ["name"]),
            "odoo.exceptions.AccessError",
        )
        response, stolen = self._request(self.service, q_photo=str(file_id))
        self.assertFalse(stolen)
        self.assertNotIn("door.txt", response.text)

    def test_hidden_services_by_rpc(self):
        """Not found by id, name, relation, count or group; nor asked for."""
        hidden = self._hidden_service()
        for user in (self.portal, self.requester):
            self._login(user)
            domain = [["id", "=", hidden.id]]
            for method, args in {
                "search_count": (domain,),
                "name_search": ("Hidden thing",),
                "search_read": (domain,),
                "formatted_read_group": (domain, ["name"], []),
            }.items():
                with self.subTest(method):
                    self.assertFalse(self._call("itsm.service", method, *args))
            for model, method, args in (
                ("itsm.service", "read", ([hidden.id], ["name"])),
                ("itsm.ticket", "request_service", (hidden.id, {})),
                ("itsm.ticket", "request_service", (hidden.code, {})),
                ("itsm.service.favourite", "create", ([{"service_id": hidden.id}],)),
                ("itsm.request.draft", "create", ([{"service_id": hidden.id}],)),
                ("itsm.ticket", "_request_submit", (hidden.id, {})),
            ):
                with self.subTest(model, method=method):
                    answer = self._call(model, method, *args)
                    self.assertRegex(str(answer), "Error$")
