from odoo.tests import tagged

from . import ledgers
from .import_common import ItemImportCase


@tagged("post_install", "-at_install")
class TestImportProfile(ItemImportCase):
    """Profiles: settings for files of a kind, and imports from scripts."""

    def test_shipped_chinese_profile(self):
        profile = self.env.ref("itsm_cmdb.import_profile_ledger_zh")
        dry = profile.run(ledgers.finance_ledger(), "台账.xls", dry_run=True)
        self.assertEqual((dry.created, dry.refused), (6, 0))
        self.assertFalse(self._item("GZ-0001"))
        self.assertFalse(self.Import.search([]))
        result = profile.run(ledgers.finance_ledger(), "台账.xls")
        self.assertEqual((result.created, result.updated), (6, 0))
        self.assertEqual(self._item("GZ-0002").serial_number, "SN-A002")
        again = profile.run(ledgers.finance_ledger(), "台账.xls")
        self.assertEqual((again.created, again.updated, again.unchanged), (0, 0, 6))

    def test_shipped_english_profile(self):
        profile = self.env.ref("itsm_cmdb.import_profile_ledger_en")
        rows = [
            ["Asset Tag", "Description", "Category", "Assigned To", "Acquisition Cost"],
            ["EN-1", "Ward laptop", "Laptops", "Nobody Known", "$1,200.50"],
            ["EN-2", "Ward printer", "Printer", None, "80"],
            ["Total", None, None, None, 1280.5],
        ]
        result = profile.run(ledgers.xls(Assets=rows), "assets.xls")
        self.assertEqual((result.created, result.refused), (2, 0))
        self.assertEqual(self._item("EN-1").class_id.code, "laptop")
        self.assertEqual(self._item("EN-1").purchase_value, 1200.5)

    def test_errors_are_rows_with_reasons(self):
        profile = self.env.ref("itsm_cmdb.import_profile_ledger_zh")
        result = profile.run(ledgers.mixed_ledger(), "x.xls", dry_run=True)
        self.assertEqual([row for row, _reasons in result.errors], [7, 8])
        self.assertTrue(all(reasons and reasons[0] for _row, reasons in result.errors))

    def test_settings_are_kept_and_used(self):
        rows = [["Key", "What", "Kind of Thing"], ["K-1", "box", "thingy"]]
        content = ledgers.xls(Sheet1=rows)
        job = self._upload(content)
        job.sheet_ids.kind = "items"
        by_header = {column.header: column for column in job.sheet_ids.column_ids}
        for header, key in zip(rows[0], ("asset_code", "name", "class"), strict=True):
            by_header[header].goes_to = key
        job.people_policy = "refuse"
        job.action_plan()
        self.assertEqual(job.refused_count, 1)
        job.value_ids.class_id = self.env["itsm.ci.class"]._by_code("mobile")
        action = job.action_save_profile()
        profile = self.env["itsm.import.profile"].browse(action["res_id"])
        self.assertEqual(profile.target, "itsm.ci")
        self.assertFalse(any(profile.ci_column_ids.mapped("sample")))
        copied = profile.copy()
        for name, what in (("ci_column_ids", "goes_to"), ("ci_value_ids", "source")):
            self.assertEqual(copied[name].mapped(what), profile[name].mapped(what))
        result = profile.run(content, "again.xls")
        self.assertEqual((result.created, result.refused), (1, 0))
        self.assertEqual(self._item("K-1").class_id.code, "mobile")
        copy = self._upload(content, template_id=profile.id)
        self.assertEqual(copy.people_policy, "refuse")

    def test_ticket_profiles_are_others(self):
        """Neither wizard offers the profiles of the other."""
        domain = self.env["itsm.import"]._fields["template_id"].domain
        self.assertIn("itsm.ticket", domain)
        profile = self.env["itsm.import.profile"].create(
            {"name": "Items", "target": "itsm.ci"}
        )
        self.assertEqual(profile._target()._import_fields(), [])
