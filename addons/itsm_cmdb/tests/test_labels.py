import base64
import io

from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .life_common import LifeCase


@tagged("post_install", "-at_install")
class TestLabels(LifeCase):
    """Sheets of labels, and the tokens in their codes."""

    def _wizard(self, items, user=None, **vals):
        return (
            self.env["itsm.ci.label.print"]
            .with_user(user or self.keeper)
            .with_context(active_model="itsm.ci", active_ids=items.ids)
            .create(vals)
        )

    def test_token_is_made_once_and_cannot_be_guessed(self):
        items = self.laptop | self._laptop("Two")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_ci SET token = NULL WHERE id IN %s", (tuple(items.ids),)
        )
        items.invalidate_recordset(["token"])
        items._ensure_tokens()
        tokens = items.mapped("token")
        self.assertEqual(len(set(tokens)), 2)
        self.assertTrue(all(len(token) >= 22 for token in tokens))
        items._ensure_tokens()
        self.assertEqual(items.mapped("token"), tokens)
        self.assertEqual(self.Ci._by_token(tokens[0]), self.laptop)

    def test_making_a_token_is_no_change_of_the_item(self):
        count = len(self.laptop.revision_ids)
        self.laptop._ensure_tokens()
        self.laptop.invalidate_recordset()
        self.assertEqual(len(self.laptop.revision_ids), count)

    def test_agent_prints_but_does_not_set_tokens(self):
        rows = self.laptop.with_user(self.agent)._label_rows()
        self.assertIn(f"/ci/{self.laptop.token}", rows[0]["url"])
        with self.assertRaises(AccessError):
            self.laptop.with_user(self.keeper).token = "x" * 22
        with self.assertRaises(AccessError):
            self.laptop.with_user(self.requester)._label_rows()

    def test_label_says_what_the_thing_is(self):
        self.laptop.asset_code = "A-17"
        row = self.laptop.with_user(self.keeper)._label_rows()[0]
        self.assertEqual(row["code"], self.laptop.code)
        self.assertEqual(row["name"], "Laptop One")
        self.assertEqual(row["lines"], ["A-17", self.company.name])
        picture = base64.b64decode(row["qr"].removeprefix("data:image/png;base64,"))
        self.assertGreaterEqual(Image.open(io.BytesIO(picture)).width, 100)

    def test_used_sheet_copies_and_pages(self):
        items = self.laptop
        for index in range(11):
            items |= self._laptop(f"More {index}")
        plan = self._wizard(items, sheet="a4_3x8", first=6, copies=2)._sheets()
        sheets = plan["sheets"]
        self.assertEqual([len(sheet) for sheet in sheets], [8, 2])
        places = [place for row in sheets[0] for place in row]
        self.assertEqual(places[:5], [None] * 5)
        self.assertTrue(all(places[5:]))
        self.assertEqual(places[5], places[6])

    def test_wrong_choices(self):
        for vals in (
            {"first": 0},
            {"first": 25},
            {"copies": 0},
            {"copies": 5000},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._wizard(self.laptop, **vals).action_print()

    def test_sheet_as_it_is_printed(self):
        self.laptop.name = "心电图机 12 <b>"
        wizard = self._wizard(self.laptop, sheet="roll_62")
        action = wizard.action_print()
        self.assertEqual(action["report_name"], "itsm_cmdb.itsm_ci_label_report_roll")
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.keeper)
            ._render_qweb_html(action["report_name"], wizard.ids)
        )
        text = html.decode()
        self.assertIn("心电图机 12 &lt;b&gt;", text)
        self.assertIn(self.laptop.code, text)
        self.assertIn("size: 62mm 29mm", text)


@tagged("post_install", "-at_install")
class TestScan(LifeCase, HttpCase):
    """Where the code on a label leads to, for whom."""

    def setUp(self):
        super().setUp()
        self.laptop._ensure_tokens()
        self.url = f"/ci/{self.laptop.token}"

    def _sign_in(self, user):
        self.authenticate(user.login, user.login.ljust(8, "x"))

    def test_visitor_signs_in_and_comes_back(self):
        self.authenticate(None, None)
        for url in (self.url, "/ci/AAAAAAAAAAAAAAAAAAAAAA"):
            response = self.url_open(url, allow_redirects=False)
            with self.subTest(url=url):
                self.assertEqual(response.status_code, 303)
                self.assertIn("/web/login", response.headers["Location"])
        self.assertIn("redirect=", response.headers["Location"])

    def test_engineer_and_agent_open_the_item(self):
        for user in (self.keeper, self.agent):
            self._sign_in(user)
            response = self.url_open(self.url, allow_redirects=False)
            with self.subTest(user=user.name):
                self.assertEqual(response.status_code, 303)
                self.assertTrue(
                    response.headers["Location"].endswith(
                        f"/odoo/itsm.ci/{self.laptop.id}"
                    )
                )

    def test_staff_may_report_it(self):
        for user in (self.portal, self.requester):
            self._sign_in(user)
            response = self.url_open(self.url)
            with self.subTest(user=user.name):
                self.assertEqual(response.status_code, 200)
                self.assertIn("Laptop One", response.text)
                self.assertIn(f"/my/tickets/new?ci={self.laptop.token}", response.text)

    def test_restricted_class_is_known_and_no_more(self):
        self.class_laptop.group_ids = self.env.ref("itsm_cmdb.group_cmdb_manager")
        for user in (self.requester, self.agent):
            self._sign_in(user)
            response = self.url_open(self.url)
            with self.subTest(user=user.name):
                self.assertEqual(response.status_code, 200)
                self.assertNotIn("Laptop One", response.text)
                self.assertNotIn(self.laptop.code, response.text)
                self.assertIn(f"/my/tickets/new?ci={self.laptop.token}", response.text)

    def test_unknown_tokens_and_ids_are_not_found(self):
        self._sign_in(self.requester)
        for token in (
            "AAAAAAAAAAAAAAAAAAAAAA",
            str(self.laptop.id),
            self.laptop.code,
            "%25",
            "..%2f..",
            "é" * 22,
            "A" * 500,
        ):
            with self.subTest(token=token):
                response = self.url_open(f"/ci/{token}")
                self.assertEqual(response.status_code, 404)
                self.assertNotIn("Laptop", response.text)

    def test_outsiders_learn_nothing(self):
        customer = self._make_user("customer", "Cu Stomer", "base.group_portal")
        self._sign_in(customer)
        self.assertEqual(self.url_open(self.url).status_code, 404)
        self.assertEqual(self.url_open("/ci/AAAAAAAAAAAAAAAAAAAAAA").status_code, 404)
