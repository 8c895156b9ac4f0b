from odoo.exceptions import AccessError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .life_common import PNG
from .test_portal_equipment import EquipmentCase

LOGGERS = ("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models")


@tagged("post_install", "-at_install")
class TestPortalEquipmentHostile(EquipmentCase):
    """Somebody who guesses ids and tokens gets nothing more."""

    def setUp(self):
        super().setUp()
        self.event._ensure_signature_tokens()
        self.form_url = f"/my/equipment/forms/{self.event.sudo().signature_token}"
        self.laptop.image_1920 = PNG
        self.env.flush_all()

    def _rpc(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def test_token_of_somebody_elses_item(self):
        self._sign_in(self.portal)
        url = f"/my/equipment/{self.second.token}"
        self.assertEqual(self.url_open(url).status_code, 404)
        response = self._post(f"{url}/dispute", words="Mine!")
        self.assertEqual(response.status_code, 404)
        self.assertFalse(self.second.activity_ids)

    def test_guessed_ids(self):
        self._sign_in(self.portal)
        for guess in (self.laptop.id, self.laptop.code, "0", "-1", "forms"):
            with self.subTest(guess=guess):
                response = self.url_open(f"/my/equipment/{guess}")
                self.assertEqual(response.status_code, 404)
        for guess in (self.event.id, self.event.number, "A" * 32):
            with self.subTest(form=guess):
                response = self.url_open(f"/my/equipment/forms/{guess}")
                self.assertEqual(response.status_code, 404)

    def test_form_of_somebody_else(self):
        for user in (self.requester, self.colleague, self.agent):
            self._sign_in(user)
            with self.subTest(user=user.name):
                self.assertEqual(self.url_open(self.form_url).status_code, 404)
                response = self.url_open(f"{self.form_url}/print")
                self.assertEqual(response.status_code, 404)
                answer = self.make_jsonrpc_request(
                    f"{self.form_url}/sign", {"name": "Mallory", "signature": PNG}
                )
                self.assertTrue(answer["error"])
        self.event.invalidate_recordset()
        self.assertFalse(self.event.signed_at)

    def test_visitors_sign_in_first(self):
        self.authenticate(None, None)
        for url in ("/my/equipment", self.form_url, f"{self.form_url}/print"):
            response = self.url_open(url, allow_redirects=False)
            with self.subTest(url=url):
                self.assertEqual(response.status_code, 303)
                self.assertIn("/web/login", response.headers["Location"])

    @mute_logger(*LOGGERS)
    def test_rpc_of_the_models(self):
        calls = [
            ("itsm.ci", "search_read", [[]], {"fields": ["name"]}),
            ("itsm.ci", "read", [self.laptop.ids, ["name", "token"]], {}),
            ("itsm.ci", "web_search_read", [[], {"name": {}}], {}),
            ("itsm.ci", "name_search", ["Laptop"], {}),
            ("itsm.ci", "search_count", [[]], {}),
            ("itsm.ci", "export_data", [self.laptop.ids, ["token"]], {}),
            ("itsm.ci", "action_print_labels", [self.laptop.ids], {}),
            ("itsm.ci.event", "search_read", [[]], {}),
            ("itsm.ci.event", "read", [self.event.ids, ["signature_token"]], {}),
            ("itsm.ci.event", "action_done", [self.event.ids], {}),
            ("itsm.ci.event", "action_reverse", [self.event.ids], {}),
            ("itsm.ci.event", "action_print_form", [self.event.ids], {}),
            ("itsm.ci.event", "write", [self.event.ids, {"note": "x"}], {}),
            ("itsm.ci.event.line", "search_read", [[]], {}),
            ("itsm.ci.contract", "search_read", [[]], {}),
            ("itsm.ci.expiry", "search_read", [[]], {}),
            ("itsm.ci.label.print", "create", [{}], {}),
        ]
        for user in (self.portal, self.requester):
            self._sign_in(user)
            for model, method, args, kwargs in calls:
                with (
                    self.subTest(user=user.name, model=model, method=method),
                    self.assertRaises(JsonRpcException),
                ):
                    self._rpc(model, method, *args, **kwargs)

    @mute_logger(*LOGGERS)
    def test_private_helpers_are_not_called(self):
        self._sign_in(self.portal)
        for model, method in (
            ("itsm.ci", "_portal_mine"),
            ("itsm.ci", "_by_token"),
            ("itsm.ci", "_portal_cards"),
            ("itsm.ci.event", "_portal_sign"),
            ("itsm.ci.event", "_render_form"),
        ):
            with self.subTest(method=method), self.assertRaises(JsonRpcException):
                self._rpc(model, method, self.laptop.ids)

    @mute_logger(*LOGGERS)
    def test_pictures_and_files(self):
        self.event.with_user(self.keeper).write({"signature": PNG})
        document = self.event.document_id
        self._sign_in(self.requester)
        for url, id_ in (
            ("/web/image/itsm.ci/%s/image_128", self.laptop.id),
            ("/web/image/itsm.ci.event/%s/signature", self.event.id),
        ):
            with self.subTest(url=url):
                # Both are the picture that stands for none.
                nothing = self.url_open(url % 999999999).content
                self.assertEqual(self.url_open(url % id_).content, nothing)
        for url in (
            f"/web/content/{document.id}",
            f"/web/content/itsm.ci.event/{self.event.id}/signature",
        ):
            with self.subTest(url=url):
                self.assertIn(self.url_open(url).status_code, (403, 404))

    @mute_logger(*LOGGERS, "odoo.addons.web.controllers.report")
    def test_reports_of_events(self):
        self._sign_in(self.portal)
        for kind in ("pdf", "html", "text"):
            for name, record in (
                ("itsm_cmdb.itsm_ci_event_report", self.event),
                ("itsm_cmdb.itsm_ci_event_document", self.event),
                ("itsm_cmdb.itsm_ci_label_report", self.laptop),
            ):
                url = f"/report/{kind}/{name}/{record.id}"
                with self.subTest(url=url):
                    response = self.url_open(url)
                    self.assertNotEqual(response.status_code, 200)
                    self.assertNotIn("Laptop One", response.text)

    @mute_logger(*LOGGERS)
    def test_threads(self):
        """Neither messages nor followers of items come out by the mail routes."""
        self.laptop.message_post(body="Secret remark")
        self._sign_in(self.requester)
        calls = [
            (
                "/mail/thread/messages",
                {"thread_model": "itsm.ci", "thread_id": self.laptop.id},
            ),
            (
                "/mail/message/post",
                {
                    "thread_model": "itsm.ci",
                    "thread_id": self.laptop.id,
                    "post_data": {"body": "Hello", "message_type": "comment"},
                },
            ),
            (
                "/mail/data",
                {
                    "fetch_params": [
                        [
                            "mail.thread",
                            {
                                "thread_model": "itsm.ci",
                                "thread_id": self.laptop.id,
                                "request_list": [
                                    "followers",
                                    "attachments",
                                    "messages",
                                ],
                            },
                        ]
                    ]
                },
            ),
        ]
        for url, params in calls:
            with self.subTest(url=url):
                try:
                    answer = str(self.make_jsonrpc_request(url, params))
                except JsonRpcException:
                    continue
                self.assertNotIn("Secret", answer)
                self.assertNotIn("Laptop One", answer)
        self.assertNotIn("Hello", str(self.laptop.message_ids.mapped("body")))

    def test_model_rights(self):
        for user in (self.portal, self.requester):
            for record in (self.laptop, self.event, self.event.line_ids):
                with (
                    self.subTest(user=user.name, model=record._name),
                    self.assertRaises(AccessError),
                ):
                    record.with_user(user).read(["display_name"])

    def test_bombs(self):
        self._sign_in(self.portal)
        answers = [
            self.make_jsonrpc_request(f"{self.form_url}/sign", params)
            for params in (
                {"name": "A", "signature": "x" * 3_000_000},
                {"name": ["A"], "signature": ["B"]},
                {"name": {}, "signature": 7},
                {},
            )
        ]
        self.assertTrue(all(answer["error"] for answer in answers))
        url = f"/my/equipment/{self.laptop.token}/dispute"
        self._post(url, words="x" * 100_000)
        self.assertLess(len(self.laptop.activity_ids.note), 2000)

    def test_outsider_with_a_login_reports_nothing_by_a_label(self):
        customer = self._make_user("customer", "Cu Stomer", "base.group_portal")
        self._sign_in(customer)
        page = self.url_open(f"/my/tickets/new?ci={self.laptop.token}").text
        self.assertNotIn("Laptop One", page)
        self.assertNotIn('name="ci"', page)
