import json
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError

from .staging_common import StagingCase


class TestReconciliation(StagingCase):
    """A source overwrites only what it may; overrides end by themselves."""

    def _says(self, source, **values):
        return self._rows(
            self._applied([self._row(serial_number="R-1", **values)], source)
        )

    def _aged(self, item, days):
        """Let what is said of an item be so many days older."""
        said = {
            key: [source, str(fields.Datetime.to_datetime(at) - timedelta(days=days))]
            for key, (source, at) in item.provenance.items()
        }
        self.env.cr.execute(
            "UPDATE itsm_ci SET provenance = %s::jsonb WHERE id = %s",
            [json.dumps(said), item.id],
        )
        item.invalidate_recordset()

    def test_a_scan_does_not_overwrite_a_count(self):
        item = self._ci("r", serial_number="R-1")
        self._says(self.count, host_name="counted")
        row = self._says(self.scan, host_name="scanned")
        self.assertEqual(item.host_name, "counted")
        self.assertEqual(row.outcome, "unchanged")
        self.assertEqual(self._codes(row), ["held"])
        self.assertIn(self.count.name, row.message)
        self.assertTrue(row.has_notes)
        self._aged(item, 366)
        self._says(self.scan, host_name="scanned")
        self.assertEqual(item.host_name, "scanned")
        self.assertEqual(item.provenance["host_name"][0], self.scan.id)

    def test_better_sources_win(self):
        item = self._ci("r", serial_number="R-1")
        self._says(self.scan, host_name="scanned")
        self._says(self.ledger, host_name="booked")
        self.assertEqual(item.host_name, "booked")

    def test_a_manual_edit_is_a_dated_override(self):
        item = self._ci("r", serial_number="R-1")
        self._says(self.ledger, host_name="booked", domain_name="a.example")
        item.with_user(self.engineer).host_name = "typed"
        self._says(self.ledger, host_name="booked", domain_name="b.example")
        self.assertEqual((item.host_name, item.domain_name), ("typed", "b.example"))
        line = item.statement_ids.filtered(lambda each: each.key == "host_name")
        self.assertTrue(line.is_override)
        self.assertTrue(line.holds)
        self.assertEqual(line.value, "typed")
        self.assertEqual((line.held_until - line.said_at).days, 180)
        line.with_user(self.engineer).action_release()
        self._says(self.ledger, host_name="booked")
        self.assertEqual(item.host_name, "booked")

    def test_override_ends(self):
        item = self._ci("r", serial_number="R-1")
        item.host_name = "typed"
        self._aged(item, 181)
        line = item.statement_ids.filtered(lambda each: each.key == "host_name")
        self.assertFalse(line.holds)
        self._says(self.scan, host_name="scanned")
        self.assertEqual(item.host_name, "scanned")

    def test_saying_the_same_holds_longer(self):
        with freeze_time("2026-01-01 10:00:00"):
            item = self._ci("r", serial_number="R-1")
            self._says(self.scan, host_name="same")
        before = item.provenance["host_name"]
        self._says(self.scan, host_name="same")
        self.assertEqual(item.provenance["host_name"][0], before[0])
        self.assertGreaterEqual(item.provenance["host_name"][1], before[1])
        self.assertEqual(
            len(item.revision_ids.filtered(lambda each: each.kind == "changed")), 1
        )

    def test_a_worse_source_does_not_take_over_what_it_confirms(self):
        item = self._ci("r", serial_number="R-1")
        self._says(self.count, host_name="same")
        self._says(self.scan, host_name="same")
        self.assertEqual(item.provenance["host_name"][0], self.count.id)

    def test_rules_by_class_and_attribute(self):
        item = self._ci("r", serial_number="R-1")
        Rule = self.env["itsm.ci.source.rule"]
        Rule.create(
            {
                "source_id": self.scan.id,
                "class_id": self.class_device.id,
                "key": "host_name",
                "rank": 1,
                "freshness_days": 10,
            }
        )
        Rule.create(
            {"source_id": self.scan.id, "key": "attributes.tier", "policy": "never"}
        )
        self._says(self.count, host_name="counted", memory_gb=8)
        row = self._says(self.scan, host_name="scanned", memory_gb=16, tier="gold")
        self.assertEqual(item.host_name, "scanned")
        self.assertEqual(item.attributes["memory_gb"], 8)
        self.assertFalse(item.attributes["tier"])
        self.assertEqual(sorted(self._codes(row)), ["held", "never"])

    def test_rules_name_known_attributes_once(self):
        Rule = self.env["itsm.ci.source.rule"]
        with self.assertRaises(ValidationError):
            Rule.create({"source_id": self.scan.id, "key": "attributes.no_such_key"})

    def test_release_needs_the_item(self):
        item = self._ci("r", serial_number="R-1", host_name="typed")
        item.invalidate_recordset()
        lines = item.statement_ids
        self.assertTrue(lines)
        with self.assertRaises(AccessError):
            lines.with_user(self.agent).action_release()
        with self.assertRaises(AccessError):
            lines.with_user(self.outsider).action_release()
