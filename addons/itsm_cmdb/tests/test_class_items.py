from odoo.exceptions import UserError, ValidationError

from .class_common import ClassCase


class TestTree(ClassCase):
    """The tree of classes: what it refuses, what it inherits."""

    def test_no_class_below_itself(self):
        for parent in (self.leaf, self.top):
            with self.assertRaises(ValidationError):
                self.top.parent_id = parent

    def test_move_that_would_lose_values(self):
        self._ci("A", self.leaf, attributes={"zz_tier": "gold"})
        with self.assertRaises(UserError):
            self.leaf.parent_id = self.top
        self.leaf.parent_id = self.middle
        self._ci("B", self.leaf, attributes={"zz_weight": 2.0})
        self.assertEqual(self.leaf.parent_id, self.middle)

    def test_class_in_use_is_not_deleted(self):
        item = self._ci("A", self.leaf, active=False)
        with self.assertRaises(UserError):
            self.leaf.unlink()
        with self.assertRaises(UserError):
            self.middle.unlink()
        item.class_id = self.top
        (self.middle | self.leaf).unlink()
        self.assertFalse((self.middle | self.leaf).exists())

    def test_by_code(self):
        self.assertEqual(self.Class._by_code("zz_leaf"), self.leaf)
        self.assertFalse(self.Class._by_code("zz_unknown"))
        self.leaf.code = "zz_renamed"
        self.assertEqual(self.Class._by_code("zz_renamed"), self.leaf)
        self.assertFalse(self.Class._by_code("zz_leaf"))
        self.leaf.unlink()
        self.assertFalse(self.Class._by_code("zz_renamed"))

    def test_items_are_counted_with_those_below(self):
        self._ci("A", self.leaf)
        self._ci("B", self.middle)
        self.env.invalidate_all()
        self.assertEqual(
            [each.item_count for each in self.top | self.middle | self.leaf], [2, 2, 1]
        )
        action = self.middle.action_view_items()
        self.assertEqual(self.Ci.search_count(action["domain"]), 2)

    def test_descendants(self):
        self.leaf.active = False
        self.assertEqual(self.top._descendants(), self.top | self.middle | self.leaf)

    def test_headings_have_no_items(self):
        self.middle.is_abstract = True
        with self.assertRaises(ValidationError):
            self._ci("A", self.middle)

    def test_life_cycle_is_inherited(self):
        own = self._make_lifecycle("Short", ["planned", "in_use"])
        other = self._make_lifecycle("Long")
        self.top.lifecycle_id = own
        self.assertEqual(self.leaf.effective_lifecycle_id, own)
        self.middle.lifecycle_id = other
        self.assertEqual(self.leaf.effective_lifecycle_id, other)
        self.middle.lifecycle_id = False
        self.assertEqual(self.leaf.effective_lifecycle_id, own)

    def test_a_class_always_has_a_life_cycle(self):
        first = self.env["itsm.ci.lifecycle"].search([], limit=1)
        self.assertEqual(self._class("zz_alone").effective_lifecycle_id, first)


class TestLifecycle(ClassCase):
    """Stages: where items begin, what leads where, what is in use."""

    def test_default_stage(self):
        lifecycle = self._make_lifecycle("Short", ["planned", "in_use", "retired"])
        self.assertEqual(lifecycle._default_stage().status, "planned")
        lifecycle.stage_ids[1].is_start = True
        self.assertEqual(lifecycle._default_stage().status, "in_use")
        self.assertEqual(lifecycle._default_stage("retired").status, "retired")
        self.assertFalse(lifecycle._default_stage("missing"))

    def test_stages_lead_within_their_life_cycle(self):
        one = self._make_lifecycle("One", ["planned"])
        two = self._make_lifecycle("Two", ["planned"])
        with self.assertRaises(ValidationError):
            one.stage_ids.next_ids = two.stage_ids

    def test_needs_a_stage(self):
        with self.assertRaises(ValidationError):
            self.env["itsm.ci.lifecycle"].create({"name": "None", "stage_ids": []})

    def test_what_is_used_is_not_deleted(self):
        lifecycle = self._make_lifecycle("Short", ["planned", "in_use"])
        self.top.lifecycle_id = lifecycle
        item = self._ci("A", self.leaf)
        item.stage_id = lifecycle.stage_ids[0]
        with self.assertRaises(UserError):
            lifecycle.stage_ids[0].unlink()
        with self.assertRaises(UserError):
            lifecycle.unlink()
        lifecycle.stage_ids[1].unlink()
        self.assertEqual(len(lifecycle.stage_ids), 1)


class TestValues(ClassCase):
    """What items say for their attributes is checked when it is written."""

    def test_types_are_checked(self):
        item = self._ci("Box", self.leaf)
        for values in (
            {"zz_slots": "four"},
            {"zz_slots": 4.5},
            {"zz_weight": "heavy"},
            {"zz_tier": "Gold"},
        ):
            with self.subTest(values=values):
                with self.assertRaises(ValidationError):
                    item.attributes = values
                item.invalidate_recordset()
        item.attributes = {"zz_slots": 4, "zz_weight": 2, "zz_tier": "gold"}
        self.assertEqual(item.attributes["zz_slots"], 4)

    def test_sentence_names_item_and_attribute(self):
        self.leaf.attribute_ids.name = "Bays"
        with self.assertRaises(ValidationError) as refusal:
            self._ci("Box", self.leaf, attributes={"zz_slots": "four"})
        for word in ("Box", "Bays", "four"):
            self.assertIn(word, str(refusal.exception))

    def test_all_items_of_a_batch_are_checked(self):
        rows = [
            {"name": name, "class_id": self.leaf.id, "attributes": {"zz_slots": value}}
            for name, value in (("A", 1), ("B", 2), ("C", "x"))
        ]
        with self.assertRaises(ValidationError):
            self.Ci.create(rows)

    def test_required(self):
        self.leaf.attribute_ids.required = True
        with self.assertRaises(ValidationError):
            self._ci("A", self.leaf)
        self._ci("A", self.leaf, attributes={"zz_slots": 0})

    def test_required_later_does_not_block_other_saves(self):
        item = self._ci("A", self.leaf)
        self.leaf.attribute_ids.required = True
        item.write({"name": "B", "asset_code": "X-1"})
        self.assertEqual(item.name, "B")
        with self.assertRaises(ValidationError):
            item.attributes = {"zz_weight": 1.0}

    def test_records_must_exist(self):
        partner = self.env["ir.model"]._get("res.partner")
        self._attribute(self.leaf, "zz_vendor", type="many2one", model_id=partner.id)
        gone = self.env["res.partner"].create({"name": "Gone"})
        item = self._ci("A", self.leaf, attributes={"zz_vendor": gone.id})
        self.assertEqual(item.attributes["zz_vendor"], gone)
        gone_id = gone.id
        gone.unlink()
        with self.assertRaises(ValidationError):
            self._ci("B", self.leaf, attributes={"zz_vendor": gone_id})

    def test_form_shows_the_attributes_of_the_chosen_class(self):
        spec = {"class_id": {"fields": {}}, "attributes": {}}
        shown = self.Ci.onchange({"class_id": self.leaf.id}, ["class_id"], spec)
        keys = [each["name"] for each in shown["value"]["attributes"]]
        self.assertEqual(keys, ["zz_weight", "zz_tier", "zz_slots"])
        typed = shown["value"]["attributes"]
        typed[0]["value"] = 2.5
        values = {"class_id": self.top.id, "attributes": typed}
        shown = self.Ci.onchange(values, ["class_id"], spec)["value"]["attributes"]
        self.assertEqual([(e["name"], e["value"]) for e in shown], [("zz_weight", 2.5)])

    def test_new_class_keeps_values_of_equal_keys(self):
        side = self._class(
            "zz_side", self.top, attributes={"zz_slots": "integer", "zz_x": "char"}
        )
        item = self._ci(
            "A",
            self.leaf,
            attributes={"zz_slots": 4, "zz_weight": 1, "zz_tier": "gold"},
        )
        item.class_id = side
        self.assertEqual(
            {key: value for key, value in item.attributes._values.items() if value},
            {"zz_slots": 4, "zz_weight": 1},
        )
