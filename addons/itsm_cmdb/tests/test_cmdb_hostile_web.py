import gzip
import io
import json
import zipfile
from urllib.parse import urlsplit

from odoo import http
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .life_common import PNG
from .test_cmdb_hostile_hidden import NAME, HiddenCase
from .test_feed import URL, FeedCase

LOGGERS = ("odoo.http", "odoo.addons.base.models.ir_rule")


@tagged("post_install", "-at_install")
class TestHostileWeb(HiddenCase, HttpCase):
    """Addresses that tell of items, opened by those who may not know them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret.image_1920 = PNG
        cls.foreign = cls._ci("Foreign thing", company_id=cls.branch.id)
        (cls.secret | cls.foreign | cls.open)._ensure_tokens()
        cls.desk.portal_published = True
        (cls.env["itsm.desk"].search([]) - cls.desk).portal_published = False
        cls.event = cls.env["itsm.ci.event"].create(
            {
                "kind": "hand_over",
                "company_id": cls.company.id,
                "custodian_id": cls.employee_keeper.id,
                "line_ids": [(0, 0, {"ci_id": cls.secret.id})],
            }
        )
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": "vault.txt",
                "raw": NAME.encode(),
                "res_model": "itsm.ci",
                "res_id": cls.secret.id,
            }
        )

    def _sign_in(self, user):
        self.authenticate(user.login, user.login.ljust(8, "x"))

    def _pages(self):
        ids = {"ci": self.secret.id, "event": self.event.id, "file": self.file.id}
        return [
            address % ids
            for address in (
                "/web/image/itsm.ci/%(ci)s/image_1920",
                "/web/image/itsm.ci/%(ci)s/image_128",
                "/web/content/itsm.ci/%(ci)s/image_1920",
                "/web/content/%(file)s",
                "/web/content/%(file)s?download=1",
                "/mail/view?model=itsm.ci&res_id=%(ci)s",
                "/report/html/itsm_cmdb.itsm_ci_event_report/%(event)s",
            )
        ]

    @mute_logger(*LOGGERS)
    def test_pictures_files_and_reports(self):
        for user in (None, self.portal, self.requester, self.keeper, self.outsider):
            if user:
                self._sign_in(user)
            for page in self._pages():
                with self.subTest(user=user and user.name, page=page):
                    answer = self.url_open(page)
                    self.assertNotIn(NAME, answer.text)
                    self.assertNotIn("HIDDEN-1", answer.text)
                    # Odoo answers for a hidden picture with a grey one.
                    self.assertNotEqual(answer.content, self.file.raw)

    @mute_logger(*LOGGERS)
    def test_calls_of_the_client(self):
        self._sign_in(self.keeper)
        secret = self.secret.id
        for model, method, args, kwargs in (
            ("itsm.ci", "read", [[secret], ["name"]], {}),
            ("itsm.ci", "web_read", [[secret]], {"specification": {"name": {}}}),
            ("itsm.ci", "message_post", [[secret]], {"body": "x"}),
            ("itsm.ci", "copy", [[secret]], {}),
            ("itsm.ci", "action_archive", [[secret]], {}),
            ("itsm.ci", "unlink", [[secret]], {}),
            ("itsm.ci", "impact_graph", [[secret]], {"options": {}}),
            ("itsm.ci.event.line", "read", [self.event.line_ids.ids], {}),
            ("itsm.ci.revision", "read", [self.secret.revision_ids.ids], {}),
            (
                "ir.actions.report",
                "render_qweb_html",
                ["itsm_cmdb.itsm_ci_event_report", self.event.ids],
                {},
            ),
        ):
            with self.subTest(model=model, method=method):
                try:
                    answer = self.make_jsonrpc_request(
                        f"/web/dataset/call_kw/{model}/{method}",
                        {
                            "model": model,
                            "method": method,
                            "args": args,
                            "kwargs": kwargs,
                        },
                    )
                except JsonRpcException as error:
                    answer = error
                self.assertNotIn(NAME, str(answer))
        answer = self.make_jsonrpc_request(
            "/mail/data",
            {
                "fetch_params": [
                    [
                        "mail.thread",
                        {
                            "thread_model": "itsm.ci",
                            "thread_id": secret,
                            "request_list": ["attachments", "followers", "activities"],
                        },
                    ]
                ]
            },
        )
        self.assertNotIn("vault.txt", json.dumps(answer))
        self.assertEqual(self.secret.exists().active, True)

    def test_label_of_another_companys_item(self):
        """The form is not filled in with it, and no ticket is linked to it."""
        self._sign_in(self.requester)
        text = self.url_open(f"/ci/{self.foreign.token}").text
        self.assertNotIn(self.foreign.name, text)
        text = self.url_open(f"/my/tickets/new?ci={self.foreign.token}").text
        self.assertNotIn(self.foreign.name, text)
        self.assertNotIn(self.foreign.token, text.split("</header>")[-1])
        before = self.Ticket.search_count([])
        self.url_open(
            "/my/tickets/new",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "ci": self.foreign.token,
                "desk_id": str(self.desk.id),
                "type": "incident",
                "name": "It is broken",
                "description": "Really",
                "impact": "3",
                "urgency": "3",
            },
        )
        self.assertEqual(self.Ticket.search_count([]), before)
        self.assertFalse(self.foreign.ticket_link_ids)

    @mute_logger(*LOGGERS)
    def test_labels_lead_nowhere_else(self):
        self._sign_in(self.keeper)
        for token in (
            "..%2f..%2fweb",
            "%2f%2fevil.example",
            "A" * 65,
            "A" * 15,
            "é" * 20,
            f"{self.open.token}?x=//evil.example",
        ):
            answer = self.url_open(f"/ci/{token}", allow_redirects=False)
            with self.subTest(token=token):
                self.assertIn(answer.status_code, (301, 303, 404))
                target = urlsplit(answer.headers.get("Location", ""))
                self.assertIn(target.netloc, ("", urlsplit(self.base_url()).netloc))
                self.assertFalse(target.path.startswith("//"))
        answer = self.url_open(f"/ci/{self.secret.token}")
        self.assertNotIn(NAME, answer.text)

    def test_names_are_texts_on_pages(self):
        evil = "<img src=x onerror=alert(1)>"
        self.open.write({"name": evil, "note": f"<p>x</p>{evil}<script>y</script>"})
        self.open.custodian_id = self.employee_requester
        self.assertNotIn("onerror", self.open.note)
        self.assertNotIn("<script", self.open.note)
        self._sign_in(self.requester)
        for page in (
            "/my/equipment",
            f"/my/equipment/{self.open.token}",
            f"/ci/{self.open.token}",
            f"/my/tickets/new?ci={self.open.token}",
        ):
            text = self.url_open(page).text
            with self.subTest(page=page):
                self.assertNotIn(evil, text)


@tagged("post_install", "-at_install")
class TestHostileFeed(FeedCase):
    """Bodies that no program means."""

    def test_numbers_that_are_none(self):
        for text in ("1e999", "-1e999", "1" * 5000, "1e-999", "9" * 30):
            values = f'{{"name": "n", "purchase_value": {text}, "memory_gb": {text}}}'
            body = (
                f'{{"source": "{self.scan.code}", "dry_run": true, "rows":'
                f' [{{"class": "test_server", "values": {values}}}]}}'
            )
            with self.subTest(text=text[:10]):
                answer = self._post(body)
                self.assertIn(answer.status_code, (200, 400), answer.text[:300])
                self.assertNotIn("Infinity", answer.text)

    def test_compressed_bodies_are_not_unpacked(self):
        bomb = gzip.compress(b'{"rows": [' + b" " * 50_000_000 + b"]}")
        answer = self._post(bomb, **{"Content-Encoding": "gzip"})
        self.assertEqual(answer.status_code, 400)

    def test_forms_and_other_verbs(self):
        for method in ("GET", "PUT", "DELETE"):
            answer = self.opener.request(
                method,
                self.base_url() + URL,
                headers={"Authorization": f"Bearer {self.key}"},
                timeout=10,
            )
            self.assertEqual(answer.status_code, 405)
        answer = self._post(
            "source=x", **{"Content-Type": "application/x-www-form-urlencoded"}
        )
        self.assertEqual(answer.status_code, 400)

    @mute_logger("odoo.http", "odoo.addons.rpc.controllers.json2")
    def test_the_key_reads_no_items(self):
        item = self._ci("Server")
        for model, method, body in (
            ("itsm.ci", "read", {"ids": item.ids, "fields": ["name"]}),
            ("itsm.ci", "search_read", {"domain": []}),
            ("itsm.ci", "impact_graph", {"ids": item.ids}),
            ("itsm.ci.batch", "create", {"vals_list": [{"name": "x"}]}),
            ("itsm.ci.source", "search_read", {"domain": []}),
        ):
            answer = self.url_open(
                f"/json/2/{model}/{method}",
                data=json.dumps(body),
                headers={
                    "Authorization": f"Bearer {self.key}",
                    "Content-Type": "application/json",
                },
            )
            with self.subTest(model=model, method=method):
                self.assertGreaterEqual(answer.status_code, 400)
                self.assertNotIn("Server", answer.text)

    def test_formulas_stay_texts_in_exports(self):
        """What a scanner sent is no formula in the file that somebody opens."""
        self._post(
            self._body(self._row(name="=cmd|' /C calc'!A0", serial_number="F-1"))
        )
        item = self._item(serial_number="F-1")
        self.assertEqual(item.name, "=cmd|' /C calc'!A0")
        wizard = self.env["itsm.ci.impact.analysis"].create({"ci_ids": item.ids})
        wizard.action_analyse()
        action = wizard.action_export()
        file_id = int(action["url"].split("/")[-1].split("?")[0])
        self._assert_no_formula(self.env["ir.attachment"].browse(file_id).raw)

    def _assert_no_formula(self, content):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            for part in book.namelist():
                if part.startswith("xl/worksheets/"):
                    self.assertNotIn(b"<f>", book.read(part))
