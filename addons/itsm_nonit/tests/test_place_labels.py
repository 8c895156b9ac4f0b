from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .scan_common import ScanCase


@tagged("post_install", "-at_install")
class TestPlaceLabels(ScanCase):
    """Labels for places and things."""

    def _wizard(self, **vals):
        wizard = self.env["itsm.label.print"].with_user(self.agent)
        return wizard.create(vals)

    def test_tokens_are_made_once(self):
        places = self.house | self.ward
        self.assertFalse(any(places.mapped("token")))
        places._ensure_tokens()
        tokens = places.mapped("token")
        self.assertEqual(len(set(tokens)), 2)
        self.assertTrue(all(len(token) >= 16 for token in tokens))
        places._ensure_tokens()
        self.assertEqual(places.mapped("token"), tokens)
        self.assertEqual(places._by_token(tokens[1]), self.ward)
        for wrong in ("", None, False, str(self.ward.id), "%" * 20, tokens[0] + "x"):
            self.assertFalse(places._by_token(wrong))

    def test_token_is_no_fact_that_people_write_or_read(self):
        self.ward._ensure_tokens()
        for user in (self.requester, self.portal):
            with self.assertRaises(AccessError):
                self.ward.with_user(user).read(["token"])
        with self.assertRaises(AccessError):
            self.ward.with_user(self.agent).token = "x" * 22

    def test_what_stands_on_a_label(self):
        rows = (self.house | self.ward).with_user(self.agent)._label_rows()
        self.assertEqual([row["name"] for row in rows], ["House A", "Ward 3"])
        self.assertEqual(rows[1]["code"], "A-3")
        self.assertIn("House A", rows[1]["lines"])
        self.assertTrue(rows[1]["url"].endswith(f"/itsm/place/{self.ward.token}"))
        row = self.car._label_rows()[0]
        self.assertIn(self.car.token, row["url"])
        self.assertIn("House A", row["lines"])

    def test_sheets(self):
        wizard = self._wizard(
            location_ids=self.house.ids, with_contained=True, copies=2, first=3
        )
        places = [place for row in wizard._sheets()["sheets"][0] for place in row]
        names = [place and place["name"] for place in places]
        self.assertEqual(names, [None, None, "House A", "House A", "Ward 3", "Ward 3"])

    def test_marked_in_a_list(self):
        wizard = (
            self.env["itsm.label.print"]
            .with_user(self.agent)
            .with_context(active_model="itsm.location", active_ids=self.ward.ids)
            .create({})
        )
        self.assertEqual(wizard.location_ids, self.ward)
        self.assertFalse(wizard.bookable_ids)

    def test_wrong_choices(self):
        ids = self.ward.ids
        for vals in (
            {},
            {"location_ids": ids, "first": 0},
            {"location_ids": ids, "first": 25},
            {"location_ids": ids, "copies": 0},
            {"location_ids": ids, "copies": 1001},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._wizard(**vals).action_print()

    def test_sheet_as_it_is_printed(self):
        self.ward.name = "三号病房 <b>"
        wizard = self._wizard(location_ids=self.ward.ids, sheet="roll_62")
        action = wizard.action_print()
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.agent)
            ._render_qweb_html(action["report_name"], wizard.ids)
        )
        text = content.decode()
        self.assertIn("三号病房 &lt;b&gt;", text)
        self.assertIn("A-3", text)
        self.assertIn("size: 62mm 29mm", text)
