import json
from odoo.tests import tagged

from .portal_request_common import PortalRequestCase
from .request_common import question


@tagged("post_install", "-at_install")
class TestY(PortalRequestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._approval_policy(cls.head)
        cls.service = cls._service(
            "Laptop zebra",
            [question("device"), question("n", "number"), question("d", "date"), question("c", "choice", options={"a": "A"}), question("who", "person"), question("photo", "file"), question("t", "table", columns=[question("x"), question("p", "person")])],
            approval_policy_id=cls.policy.id,
        )

    def rpc(self, url, **params):
        r = self.url_open(url, data=json.dumps({"jsonrpc": "2.0", "params": params}), headers={"Content-Type": "application/json"})
        return r.json()

    def test_garbage(self):
        self._login(self.portal)
        nul = "a\0b"
        for data in ({"q_device": nul}, {"q_n": nul}, {"q_d": nul}, {"q_c": nul}, {"q_who": nul}, {"q_t.0.x": nul}, {"n_who": nul, "q_who": "x"}, {"portal_key": nul, "q_device": "x"}, {"requested_for": nul, "requested_for_name": nul}, {"q_photo": "1"}, {"q_photo": "99999999999999"}, {"q_who": "9"*30}, {"q_n": "9"*500}, {"q_n": "nan"}, {"q_n": "1e400"}, {"q_d": "99999-01-01"}, {"q_device": "\ud7ff\uffff"}, {"q_device": "x"*200000}):
            r, t = self._request(self.service, **data)
            print("G", list(data.items())[0][0], repr(list(data.values())[0])[:20], r.status_code, bool(t), t.name if t else "")
            r = self._post(f"/my/services/{self.service.id}/draft", data)
            print("  draft", r.status_code)
            r = self._get(f"/my/services/{self.service.id}/request")
            print("  form", r.status_code)
        rows = {f"q_t.{i}.x": "y" for i in range(900)}
        r, t = self._request(self.service, **rows)
        print("ROWS", r.status_code, bool(t))
        for url in ("/my/services?search=%00", "/my/services?category=%00", "/my/services?category=²", f"/my/services/{self.service.id}/request?like=²", "/my/services/99999999999", "/my/services?search=%25%5C_", "/my/services/page/-1", "/my/services/page/999999999999999999999", "/my/approvals/page/99999999999999999999", "/my/approvals?filterby=%00", "/my/approvals/99999999999999", "/itsm/services/export?ids=1", "/itsm/services/export?ids=99999999999999", "/itsm/services/export?ids=²", "/approval/%00", "/approval/a%00", "/my/tickets?search=%00", "/my/tickets/1/form"):
            print("U", url, self._get(url).status_code)
        for params in ({"path": "who", "term": nul}, {"path": None, "term": None}, {"path": [], "term": {}}, {"path": {"a": 1}}, {"path": "t.p", "term": "Hed"}, {"path": "who", "term": "h"*10000}):
            r = self.rpc(f"/my/services/{self.service.id}/lookup", **params)
            print("L", str(params)[:40], str(r.get("result", r.get("error", {}).get("data", {}).get("name")))[:100])
        for term in (nul, None, [], {}, 5, "%", "_"*50, "ze", "x"*100000):
            r = self.rpc("/my/services/suggest", term=term)
            print("S", str(term)[:20], str(r.get("result", r.get("error", {}).get("data", {}).get("name")))[:100])
            r = self.rpc("/my/approvals/absence/people", term=term)
            print("P", str(term)[:20], str(r.get("result", r.get("error", {}).get("data", {}).get("name")))[:100])
        self._login(self.head)
        t = self._submit(self.service, device="x")
        a = t.approval_id.id
        for text in (nul,):
            r = self._post(f"/my/approvals/{a}/ask", {"text": text})
            print("ASK", r.status_code, t.approval_id.state)
        r = self._post(f"/my/approvals/{a}/reject", {}, files={"text": ("a.txt", b"x")})
        print("FILE", r.status_code)
        r = self._post("/my/approvals/absence", {"delegate_id": "²", "date_from": nul, "date_to": "2026-13-45", "note": nul})
        print("ABS", r.status_code)
        for kw in ({"grade": nul}, {"comment": nul, "grade": "5"}):
            r = self._post(f"/my/tickets/{t.id}/rate", kw)
            print("RATE", r.status_code)
