import base64
import io
import random
from datetime import date, timedelta

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged

from .import_common import ItemImportCase

CLASSES = ("server", "printer", "laptop", "application", "certificate", "switch")
WORDS = (
    "N/A",
    "=SUM(A1)",
    "007",
    "  ",
    "电脑，（彩色）",
    "a b",
    "x" * 200,
    "Ⅳ-½",
    "无",
)


@tagged("post_install", "-at_install")
class TestCmdbExport(ItemImportCase):
    """Workbooks to fill in, and of items as they stand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_records()

    @classmethod
    def _make_records(cls):
        """People, places and partners, some of whom share their name."""
        env = cls.env(su=True)
        cls.people = env["hr.employee"].create(
            [
                {"name": "Wang Fang", "work_email": "wang1@example.com"},
                {"name": "Wang Fang", "work_email": "wang2@example.com"},
                {"name": "Li Lei"},
            ]
        )
        sites = env["itsm.location"].create(
            [{"name": "North", "kind": "site"}, {"name": "South", "kind": "site"}]
        )
        cls.places = env["itsm.location"].create(
            [
                {"name": "101", "parent_id": sites[0].id},
                {"name": "101", "parent_id": sites[1].id},
                {"name": "Yard"},
            ]
        )
        cls.departments = env["hr.department"].create(
            [{"name": "Radiology of the Test"}, {"name": "Ward of the Test"}]
        )
        cls.partners = env["res.partner"].create(
            [{"name": "Same Ltd", "ref": "V-1"}, {"name": "Same Ltd", "ref": "V-2"}]
        )

    def _download(self, lang="en_US", **vals):
        Wizard = self.env["itsm.ci.workbook"].with_context(lang=lang)
        wizard = Wizard.create(vals)
        action = wizard.action_download()
        self.assertIn(f"/{wizard.id}/content/", action["url"])
        return base64.b64decode(wizard.content)

    def _classes(self, *codes):
        Class = self.env["itsm.ci.class"]
        return Class.union(*(Class._by_code(code) for code in codes))

    def test_template(self):
        content = self._download(class_ids=self._classes("computer", "rack").ids)
        book = openpyxl.load_workbook(io.BytesIO(content))
        visible = [sheet for sheet in book if sheet.sheet_state == "visible"]
        names = self._classes("desktop", "laptop", "rack", "server").mapped("name")
        self.assertLessEqual(set(names), {sheet.title for sheet in visible})
        # One sheet more tells relations; headings have none.
        self.assertNotIn(self._classes("computer").name, book.sheetnames)
        sheet = book[self._classes("server").name]
        self.assertEqual(sheet.max_row, 1)
        headers = [cell.value for cell in sheet[1]]
        self.assertEqual(len(headers), len(set(headers)))
        self.assertTrue(any("GB" in header for header in headers))
        self.assertTrue(any(cell.comment for cell in sheet[1]))
        self.assertTrue(sheet.data_validations.dataValidation)

    def test_filled_template_is_understood(self):
        content = self._download(class_ids=self._classes("server").ids)
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheet = book[self._classes("server").name]
        labels = dict(self.env["itsm.ci.import.vocabulary"]._targets())
        for column, cell in enumerate(sheet[1], 1):
            if cell.value == labels["name"]:
                sheet.cell(2, column, "filled in")
            elif cell.value == labels["asset_code"]:
                sheet.cell(2, column, "FILL-1")
        output = io.BytesIO()
        book.save(output)
        job = self._apply(output.getvalue(), "template.xlsx")
        self.assertEqual(self._counts(job), (1, 0, 0, 0))
        self.assertEqual(self._item("FILL-1").name, "filled in")

    def test_every_column_of_a_template_finds_its_way(self):
        classes = self.env["itsm.ci.class"].search([("is_abstract", "=", False)])
        content = self._download(class_ids=classes.ids)
        job = self._upload(content, "all.xlsx")
        for sheet in job.sheet_ids:
            with self.subTest(sheet=sheet.name):
                self.assertEqual(
                    sheet.column_ids.filtered(lambda c: not c.goes_to).mapped("header"),
                    [],
                )
        items = job.sheet_ids.filtered(lambda sheet: sheet.kind == "items")
        self.assertEqual(items.class_id, classes)

    def test_nothing_chosen(self):
        with self.assertRaises(UserError):
            self._download()
        with self.assertRaises(UserError):
            self._download(kind="items", class_ids=self._classes("ups").ids)

    def test_headers_in_the_language_of_the_reader(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        field = self.env["ir.model.fields"].sudo()._get("itsm.ci", "serial_number")
        field.with_context(lang="fr_FR").field_description = "Numéro de série"
        items = self._random_items(3)
        content = self._export(items, lang="fr_FR")
        sheet = self._book(content).worksheets[0]
        self.assertIn("Numéro de série", [cell.value for cell in sheet[1]])
        job = self._plan(content, "items.xlsx")
        self.assertEqual(self._counts(job), (0, 0, 3, 0))

    # ------------------------------------------------------------------
    # Export, then import
    # ------------------------------------------------------------------

    def _export(self, items, **vals):
        return self._download(kind="items", ci_ids=items.ids, **vals)

    def _random_items(self, count, seed=1):
        """Return items of several classes with random values in all they can hold."""
        generator = random.Random(seed)
        values = [self._random_values(generator, number) for number in range(count)]
        return self.env["itsm.ci"].create(values)

    def _random_values(self, generator, number):
        item_class = self._classes(generator.choice(CLASSES))
        stages = item_class.effective_lifecycle_id.stage_ids
        pick = generator.choice

        def maybe(value):
            return value if generator.random() < 0.6 else False

        # Of one's own: people cannot give an address to two items.
        own = f"{generator.getrandbits(16):04x}"
        day = date(2000, 1, 1) + timedelta(generator.randrange(9000))
        return {
            "name": f"{pick(WORDS).strip() or 'item'} {number}",
            "class_id": item_class.id,
            "stage_id": pick(stages).id,
            "criticality": pick("1234"),
            "environment": maybe(pick(("production", "test", "recovery"))),
            "serial_number": maybe(f"EXP-{generator.randrange(10**9)}"),
            "asset_code": maybe(f"00{generator.randrange(10**9)}"),
            "host_name": maybe(f"host-{number}"),
            "ip_addresses": maybe(f"2001:db8::{own}:1, 2001:db8::{own}:{number + 2:x}"),
            "mac_addresses": maybe(f"02:00:{number:02x}:01:{own[:2]}:{own[2:]}"),
            "location_id": maybe(pick(self.places).id),
            "owner_id": maybe(pick(self.people).id),
            "custodian_id": maybe(pick(self.people).id),
            "department_id": maybe(pick(self.departments).id),
            "user_department_ids": maybe([(6, 0, self.departments.ids)]),
            "supplier_id": maybe(pick(self.partners).id),
            "purchase_date": maybe(day),
            "warranty_end": maybe(day + timedelta(1000)),
            "purchase_value": maybe(generator.randrange(10**8) / 100),
            "rack_units": maybe(generator.randrange(1, 40)),
            "note": maybe("<p>two<br/>lines &amp; more</p>"),
            "attributes": {
                spec.key: value
                for spec in item_class._attribute_specs()
                if (value := self._random_attribute(generator, spec)) is not None
            },
        }

    def _random_attribute(self, generator, spec):
        if generator.random() < 0.3 and not spec.required:
            return None
        keys = [key for key, _label in spec.options]
        make = {
            "char": lambda: generator.choice(("Xeon 6248", "00:1b:21:3c:4d:5e", "7")),
            "text": lambda: "first\nsecond",
            "integer": lambda: generator.randrange(1, 5000),
            "float": lambda: generator.randrange(1, 10**6) / 8,
            "boolean": lambda: generator.random() < 0.5,
            "date": lambda: str(date(2020, 1, 1) + timedelta(generator.randrange(999))),
            "datetime": lambda: "2021-02-03 04:05:06",
            "selection": lambda: generator.choice(keys),
            "tags": lambda: sorted(generator.sample(keys, 2)),
        }.get(spec.type)
        return make() if make else None

    def test_export_and_import_is_identity(self):
        for seed in range(6):
            with self.subTest(seed=seed):
                items = self._random_items(40, seed)
                before = items._snapshot()
                job = self._plan(self._export(items), "items.xlsx")
                self.assertEqual(
                    self._rows(job, outcome="update").mapped("message")
                    + self._rows(job, outcome="refused").mapped("message"),
                    [],
                )
                self.assertEqual(self._counts(job), (0, 0, 40, 0))
                job._apply_all()
                self.assertEqual(items._snapshot(), before)

    def test_relations_are_exported_and_the_same(self):
        items = self._random_items(6)
        made = [
            self._relate(items[n], "depends_on", items[n + 1], weight=n + 1.5)
            for n in range(5)
        ]
        outside = self._random_items(1, seed=9)
        self._relate(items[0], "depends_on", outside)
        content = self._export(items)
        job = self._plan(content, "items.xlsx")
        self.assertEqual(job._result().relations["unchanged"], len(made))
        self.assertEqual(job.update_count + job.create_count + job.refused_count, 0)
        bare = self._export(items, with_relations=False)
        self.assertEqual(
            len(self._book(content).worksheets),
            len(self._book(bare).worksheets) + 1,
        )

    def test_what_was_changed_in_an_export_comes_back(self):
        item = self._ci("old name", self._classes("server"), asset_code="CH-1")
        book = self._book(self._export(item.with_env(self.env)))
        sheet = book.worksheets[0]
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == "old name":
                    cell.value = "new name"
        output = io.BytesIO()
        book.save(output)
        # What a person entered holds against the ledger, not against a person.
        job = self._plan(output.getvalue(), "items.xlsx")
        self.assertEqual(self._counts(job), (0, 0, 1, 0))
        manual = self.env["itsm.ci.source"].search([("code", "=", "manual")])
        job = self._apply(output.getvalue(), "items.xlsx", source_id=manual.id)
        self.assertEqual(self._counts(job), (0, 1, 0, 0))
        self.assertEqual(item.name, "new name")
