from odoo.fields import Command
from odoo.tests import Form, tagged

from .class_common import ClassCase


@tagged("post_install", "-at_install")
class TestClassRules(ClassCase):
    """The form of a class shows and keeps its rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Identifier = cls.env["itsm.ci.identifier"]
        cls.kind = cls._relation_type("test_rule_kind")
        cls.other = cls._class("zz_other")
        cls.above = cls._rule(cls.top, cls.other)
        cls.own = cls._rule(cls.other, cls.leaf)
        cls.foreign = cls._rule(cls.other, cls.other)

    @classmethod
    def _rule(cls, source, target):
        return cls.env["itsm.ci.relation.rule"].create(
            {
                "type_id": cls.kind.id,
                "source_class_id": source.id,
                "target_class_id": target.id,
            }
        )

    def _form(self, item_class):
        return Form(
            item_class.with_user(self.cmdb_manager), "itsm_cmdb.itsm_ci_class_view_form"
        )

    # ------------------------------------------------------------------
    # Identification
    # ------------------------------------------------------------------

    def test_own_identifier_through_the_form(self):
        with self._form(self.middle) as form, form.identifier_ids.new() as line:
            line.name = "Weight"
            line.keys = "attributes.zz_weight"
        rule = self.middle.identifier_ids
        self.assertEqual(rule.keys, "attributes.zz_weight")
        used = self.Identifier._rules_by_class()[self.leaf.id]
        self.assertIn(rule.id, [each.id for each in used])

    def test_identifiers_from_above(self):
        general = self.Identifier.search(
            [("class_id", "=", False), ("always", "=", False)]
        )
        self.assertTrue(general)
        self.assertLessEqual(general, self.leaf.inherited_identifier_ids)
        rule = self.Identifier.create(
            {"name": "Name", "keys": "name", "class_id": self.top.id}
        )
        self.assertIn(rule, self.leaf.inherited_identifier_ids)
        self.assertFalse(general & self.leaf.inherited_identifier_ids)
        self.assertNotIn(rule, self.top.inherited_identifier_ids)
        always = self.Identifier.create(
            {"name": "Token", "keys": "asset_code", "always": True}
        )
        self.Identifier.create(
            {"name": "Leaf", "keys": "host_name", "class_id": self.leaf.id}
        )
        self.assertNotIn(rule, self.leaf.inherited_identifier_ids)
        self.assertIn(always, self.leaf.inherited_identifier_ids)

    def test_archived_own_identifier_stays_on_the_form(self):
        rule = self.Identifier.create(
            {"name": "Name", "keys": "name", "class_id": self.leaf.id, "active": False}
        )
        self.leaf.invalidate_recordset()
        self.assertEqual(self.leaf.identifier_ids, rule)

    # ------------------------------------------------------------------
    # Usual relations
    # ------------------------------------------------------------------

    def test_relations_of_the_class_and_those_above(self):
        self.assertEqual(self.leaf.relation_rule_ids, self.above | self.own)
        self.assertEqual(self.middle.relation_rule_ids, self.above)

    def test_relations_are_kept_through_the_form(self):
        with self._form(self.leaf) as form:
            with form.relation_rule_ids.new() as line:
                self.assertEqual(line.source_class_id, self.leaf)
                line.type_id = self.kind
                line.target_class_id = self.middle
                line.usual = True
            with form.relation_rule_ids.edit(0) as line:
                line.usual = True
        self.assertTrue(self.above.usual)
        new = self.leaf.source_rule_ids
        self.assertEqual((new.target_class_id, new.usual), (self.middle, True))
        self.assertEqual(self.leaf.relation_rule_ids, self.above | self.own | new)

    def test_what_is_taken_off_the_list_is_deleted(self):
        self.assertTrue(self.leaf.relation_rule_ids)
        late = self._rule(self.leaf, self.other)
        self.leaf.with_user(self.cmdb_manager).write(
            {"relation_rule_ids": [Command.delete(self.own.id)]}
        )
        self.assertFalse(self.own.exists())
        kept = self.above | late | self.foreign
        self.assertEqual(kept.exists(), kept)

    def test_other_changes_delete_nothing(self):
        with self._form(self.leaf) as form:
            form.name = "Renamed"
        self.assertEqual(self.leaf.relation_rule_ids.exists(), self.above | self.own)
