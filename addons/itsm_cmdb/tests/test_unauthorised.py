from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from .test_audit import AuditCase


class TestUnauthorised(AuditCase):
    """Changes of what is controlled that nothing covered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._rule(
            "Uncovered",
            kind="changes",
            field_ids=[Command.create({"name": "host_name"})],
            watched_from=fields.Datetime.now() - timedelta(days=1),
        )
        attributes = cls.class_server.attribute_ids
        attributes.filtered(lambda a: a.key == "memory_gb").is_controlled = True
        cls.item = cls._used(
            "srv", host_name="alpha", attributes={"memory_gb": 8, "os_name": "A"}
        )
        cls.cover = cls._used("Stands for a change")

    def _run(self):
        self.env.flush_all()
        self.rule._run()
        self.env.invalidate_all()
        return self._findings()

    def _covered(self):
        """Let items stand for what covers a change."""
        cover = patch.object(
            type(self.rule), "_covering_models", lambda self: ["itsm.ci"]
        )
        cover.start()
        self.addCleanup(cover.stop)
        return self.item._under(origin=self.cover)

    def test_found_once_with_what_and_who(self):
        self.assertFalse(self._run(), "a creation is no change")
        self.item.with_user(self.keeper).write({"host_name": "beta"})
        finding = self._run()
        self.assertEqual(finding.ci_id, self.item)
        self.assertEqual(finding.details, {"host_name": ["alpha", "beta"]})
        self.assertEqual(finding.changed_by_id, self.keeper)
        self.assertIn("alpha → beta", finding.details_text)
        self.assertEqual(self._run(), finding)
        # Each change has its own.
        self.item.host_name = "gamma"
        self.assertEqual(len(self._run()), 2)

    def test_what_was_written_long_ago_and_appears_late(self):
        """A long transaction's revision is older than the last run."""
        self.assertFalse(self._run())
        self.item.host_name = "beta"
        self.env.flush_all()
        self.env["itsm.ci.revision"].search([("ci_id", "=", self.item.id)])[
            0
        ].sudo()._write({"at": fields.Datetime.now() - timedelta(hours=20)})
        self.assertEqual(len(self._run()), 1)

    def test_attributes_that_are_controlled(self):
        self.item.attributes = {"memory_gb": 8, "os_name": "B"}
        self.assertFalse(self._run(), "this attribute is not controlled")
        self.item._write_values({self.item.id: {"attributes.memory_gb": 16}})
        finding = self._run()
        self.assertEqual(finding.details, {"attributes.memory_gb": [8, 16]})
        self.assertIn("8 → 16", finding.details_text)

    def test_attribute_of_a_class_above(self):
        attribute = self.env["itsm.ci.attribute"].create(
            {
                "class_id": self.class_device.id,
                "key": "inherited_one",
                "name": "Inherited",
                "type": "char",
                "is_controlled": True,
            }
        )
        self.item._write_values({self.item.id: {"attributes.inherited_one": "x"}})
        self.assertEqual(len(self._run()), 1)
        attribute.is_controlled = False
        self.item._write_values({self.item.id: {"attributes.inherited_one": "y"}})
        self.assertEqual(len(self._run()), 1)

    def test_uncontrolled_field_is_left_alone(self):
        self.item.write({"name": "other", "owner_id": self.employee_engineer.id})
        self.assertFalse(self._run())

    def test_covered_change_is_none(self):
        self._covered().host_name = "beta"
        self.assertFalse(self._run())

    def test_under_something_that_covers_nothing(self):
        self.item._under(origin=self.cover, source="scan").host_name = "beta"
        self.assertEqual(len(self._run()), 1)

    def test_put_back(self):
        self.item.host_name = "beta"
        finding = self._run()
        self.item.host_name = "alpha"
        found = self._run()
        self.assertEqual(finding.state, "fixed")
        # Putting it back was not covered either; it is the second finding.
        self.assertEqual(len(found), 2)

    def test_made_again_under_cover(self):
        self.item.host_name = "beta"
        finding = self._run()
        self._covered().host_name = "gamma"
        self._run()
        self.assertEqual(finding.state, "fixed")
        self.assertEqual(len(self._findings()), 1)

    def test_accepted_with_a_reason(self):
        self.item.host_name = "beta"
        finding = self._run()
        with self.assertRaises(UserError):
            finding.with_user(self.keeper).action_fixed()
        finding._accept("Emergency at night", None)
        self._run()
        self.assertEqual(finding.state, "accepted")

    def test_before_it_was_watched(self):
        self.item.host_name = "beta"
        self.rule.watched_from = fields.Datetime.now() + timedelta(days=1)
        self.assertFalse(self._run())

    def test_shipped_rules_run(self):
        for name in ("uncovered", "uncovered_place"):
            self._shipped(name).watched_from = fields.Datetime.now() - timedelta(1)
        self.item.host_name = "beta"
        rule = self._shipped("uncovered")
        rule._run()
        self.assertIn(self.item, self._findings(rule).ci_id)
        self._shipped("uncovered_place")._run()
        self.assertIn("itsm.ci.event", rule._covering_models())
