import base64
import io
from datetime import datetime, timedelta

import openpyxl

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form

from .common import CmdbCase

DAY = datetime(2026, 1, 10, 9)


class TestItemComparison(CmdbCase):
    """What differs between moments, and between items."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Comparison = cls.env["itsm.ci.comparison"]
        cls.item = cls.Ci._under(at=DAY).create(
            {
                "name": "Server",
                "class_id": cls.class_server.id,
                "serial_number": "S1",
                "attributes": {"memory_gb": 64, "tier": "gold"},
            }
        )
        cls.item._under(at=DAY + timedelta(days=5)).write(
            {"name": "Database", "attributes": {"memory_gb": 128, "tier": "gold"}}
        )
        cls.switch, cls.other = cls._ci("Switch"), cls._ci("Other switch")
        cls.relation = cls._relate(cls.item, "depends_on", cls.switch)
        cls._relate(cls.item, "depends_on", cls.other)
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE itsm_ci_relation SET started_at = %s WHERE id = %s",
            [DAY, cls.relation.id],
        )
        cls.env.invalidate_all()

    def _rows(self, comparison):
        return {
            line.label: (line.left_text or "", line.right_text or "")
            for line in comparison.line_ids
        }

    def _compare(self, **vals):
        action = self.Comparison._open(
            {"kind": "moments", "ci_ids": self.item.ids, "left_at": DAY, **vals}
        )
        return self.Comparison.browse(action["res_id"])

    def test_two_moments_of_an_item(self):
        rows = self._rows(self._compare())
        self.assertEqual(rows["Name"], ("Server", "Database"))
        self.assertEqual(rows["Memory Gb"], ("64", "128"))
        self.assertNotIn("Tier", rows)
        self.assertNotIn("Serial Number", rows)

    def test_relations_are_part_of_it(self):
        depends = self.relation.type_id.name
        rows = self._compare().line_ids.filtered(lambda row: row.section == "relation")
        self.assertEqual(rows.label, depends)
        self.assertEqual(rows.right_text, "Other switch")
        self.assertFalse(rows.left_text)
        without = self._compare(with_relations=False)
        self.assertNotIn(depends, self._rows(without))

    def test_other_terms_of_a_relation_differ(self):
        group = self.env["itsm.ci.dependency.group"].create(
            {"name": "Uplinks", "ci_id": self.item.id}
        )
        for vals, word in (
            ({"strength": "soft"}, "Soft"),
            ({"weight": 7}, "7"),
            ({"group_id": group.id}, "Uplinks"),
        ):
            # Since the day, and of an earlier transaction.
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE itsm_ci_relation SET started_at = %s,"
                " create_date = create_date - interval '1 day' WHERE active",
                [DAY],
            )
            self.env.invalidate_all()
            # The item of the tests speaks of that day; this is of today.
            relation = self.item.with_context(itsm_ci_origin=None).relation_ids
            relation = relation.filtered(lambda each: each.target_id == self.switch)
            moment = fields.Datetime.now() - timedelta(minutes=5)
            relation.write(vals)
            rows = self._compare(left_at=moment).line_ids
            with self.subTest(vals=vals):
                self.assertEqual(rows.mapped("section"), ["relation"])
                self.assertIn("Switch", rows.left_text)
                self.assertIn("Switch", rows.right_text)
                self.assertNotIn(word, rows.left_text)
                self.assertIn(word, rows.right_text)

    def test_everything_that_there_is(self):
        comparison = self._compare(only_differences=False)
        rows = self._rows(comparison)
        self.assertEqual(rows["Tier"], ("Gold", "Gold"))
        self.assertEqual(rows["Serial Number"], ("S1", "S1"))
        self.assertLess(comparison.line_count, len(comparison.line_ids))

    def test_before_it_was_there(self):
        rows = self._compare(left_at=DAY - timedelta(days=1)).line_ids
        self.assertEqual(rows[0].section, "item")
        self.assertEqual(self._rows(rows.comparison_id)["Name"], ("", "Database"))

    def test_two_past_moments(self):
        comparison = self._compare(
            left_at=DAY + timedelta(hours=1), right_at=DAY + timedelta(hours=2)
        )
        self.assertFalse(comparison.line_ids)

    def test_one_item_with_others(self):
        twin = self._ci("Twin", attributes={"memory_gb": 128, "tier": "silver"})
        action = (self.item | twin | self.switch).action_compare()
        comparison = self.Comparison.browse(action["res_id"])
        self.assertEqual(comparison.line_ids.right_id, twin | self.switch)
        rows = comparison.line_ids.filtered(lambda row: row.right_id == twin)
        texts = {row.label: (row.left_text, row.right_text) for row in rows}
        self.assertEqual(texts["Tier"], ("Gold", "Silver"))
        self.assertNotIn("Memory Gb", texts)
        related = rows.filtered(lambda row: row.section == "relation")
        self.assertEqual(set(related.mapped("left_text")), {"Switch", "Other switch"})
        self.assertFalse(any(related.mapped("right_text")))

    def test_the_screen_compares_again(self):
        form = Form(self._compare())
        form.left_at = DAY + timedelta(days=6)
        comparison = form.save()
        again = comparison.action_compare()
        self.assertIs(again, True, "the form is not opened on top of itself")
        self.assertNotIn("Name", self._rows(comparison))

    def test_too_many_are_a_matter_for_a_baseline(self):
        items = self.Ci.create(
            [
                {"name": f"S{number}", "class_id": self.class_server.id}
                for number in range(201)
            ]
        )
        with self.assertRaises(UserError):
            self._compare(ci_ids=items.ids)

    def test_items_that_the_reader_may_not_see_are_not_named(self):
        group = self.env["res.groups"].create({"name": "Secret keepers"})
        secret = self._class("test_secret", self.class_server, group_ids=group.ids)
        hidden = self._ci("Very secret", secret)
        self._relate(self.item, "depends_on", hidden)
        self._as(self.keeper)
        action = self.item.with_user(self.keeper).action_as_it_was()
        comparison = self.Comparison.with_user(self.keeper).browse(action["res_id"])
        self.assertNotIn("Very secret", str(self._rows(comparison)))

    def test_the_workbook_holds_texts_and_no_formulas(self):
        self.item.name = "=1+1"
        comparison = self._compare()
        action = comparison.action_export()
        self.assertIn(str(comparison.id), action["url"])
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(comparison.file)))
        rows = list(book.active.iter_rows(values_only=True))
        self.assertEqual(len(rows), len(comparison.line_ids) + 1)
        cells = [cell for row in book.active.iter_rows() for cell in row]
        self.assertTrue(any(cell.value == "=1+1" for cell in cells))
        self.assertFalse([cell for cell in cells if cell.data_type == "f"])
