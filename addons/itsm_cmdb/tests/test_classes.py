import copy
from contextlib import suppress

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form

from .class_common import ClassCase


class TestDefinitions(ClassCase):
    """The property definition follows the attributes, in the whole tree below."""

    def test_inherited_first(self):
        self.assertEqual(self._keys(self.leaf), ["zz_weight", "zz_tier", "zz_slots"])
        self.assertEqual(list(self.leaf._attributes_by_key()), self._keys(self.leaf))
        self.assertEqual(
            self.leaf.all_attribute_ids.mapped("key"), self._keys(self.leaf)
        )
        self.assertEqual(self._keys(self.top), ["zz_weight"])

    def test_follows_attributes(self):
        weight = self.top.attribute_ids
        weight.write({"unit": "kg", "help": "With rails", "required": True})
        self.assertEqual(
            self.leaf.attribute_definition[0],
            {
                "name": "zz_weight",
                "string": "Zz Weight",
                "type": "float",
                "required": True,
                "suffix": "kg",
                "help": "With rails",
            },
        )
        self._attribute(self.top, "zz_colour", sequence=1)
        self.assertEqual(
            self._keys(self.leaf), ["zz_colour", "zz_weight", "zz_tier", "zz_slots"]
        )
        weight.active = False
        self.assertEqual(self._keys(self.leaf), ["zz_colour", "zz_tier", "zz_slots"])
        weight.active = True
        weight.unlink()
        self.assertEqual(self._keys(self.leaf), ["zz_colour", "zz_tier", "zz_slots"])

    def test_follows_options(self):
        tier = self.middle.attribute_ids
        self.env["itsm.ci.attribute.option"].create(
            {"attribute_id": tier.id, "key": "lead", "name": "Lead"}
        )
        tier.option_ids.filtered(lambda each: each.key == "gold").unlink()
        tier.option_ids.filtered(lambda each: each.key == "iron").name = "Steel"
        self.assertEqual(
            self.leaf.attribute_definition[1]["selection"],
            [["iron", "Steel"], ["lead", "Lead"]],
        )

    def test_follows_parent(self):
        self.leaf.parent_id = self.top
        self.assertEqual(self._keys(self.leaf), ["zz_weight", "zz_slots"])
        self.middle.parent_id = False
        self.leaf.parent_id = self.middle
        self.assertEqual(self._keys(self.leaf), ["zz_tier", "zz_slots"])

    def test_follows_through_the_form_of_the_class(self):
        self.middle.write(
            {
                "attribute_ids": [
                    Command.create({"key": "zz_new", "name": "New", "type": "date"}),
                    Command.update(self.middle.attribute_ids.id, {"name": "Rank"}),
                ]
            }
        )
        self.assertEqual(
            [each["string"] for each in self.leaf.attribute_definition],
            ["Zz Weight", "Rank", "New", "Zz Slots"],
        )

    def test_keys_are_proposed_once(self):
        """A form fills in code and key from the names, but replaces none."""
        form = Form(self.env["itsm.ci.class"])
        form.name = "Zz Infusion Pump"
        with form.attribute_ids.new() as attribute:
            attribute.name = "Zz Flow Rate"
            attribute.type = "selection"
            with attribute.option_ids.new() as option:
                option.name = "Very Slow"
        form.name = "Zz Pump"
        made = form.save()
        self.assertEqual(made.code, "zz_infusion_pump")
        self.assertEqual(made.attribute_ids.key, "zz_flow_rate")
        self.assertEqual(made.attribute_ids.option_ids.key, "very_slow")

    def test_copy_has_its_own_attributes(self):
        twin = self.middle.copy()
        self.assertEqual(self._keys(twin), ["zz_weight", "zz_tier"])
        self.assertNotEqual(twin.code, self.middle.code)
        self.assertFalse(twin.attribute_ids & self.middle.attribute_ids)

    def test_labels_in_the_language_of_the_reader(self):
        tier = self.middle.attribute_ids
        tier.with_context(lang="zh_CN").write({"name": "等级", "unit": "级"})
        tier.option_ids[0].with_context(lang="zh_CN").name = "金"
        item = self._ci("Box", self.leaf, attributes={"zz_tier": "gold"})
        english = item.with_context(lang="en_US").read(["attributes"])
        chinese = item.with_context(lang="zh_CN").read(["attributes"])
        self.assertEqual(english[0]["attributes"][1]["string"], "Zz Tier")
        shown = chinese[0]["attributes"][1]
        self.assertEqual((shown["string"], shown["suffix"]), ("等级", "级"))
        self.assertEqual(shown["selection"], [["gold", "金"], ["iron", "Iron"]])
        # Whoever saves in Chinese does not change what others read.
        tier.with_context(lang="zh_CN").sequence = 3
        self.env.registry.clear_cache()
        definition = self.leaf.with_context(lang="en_US").attribute_definition
        self.assertEqual(definition[1]["string"], "Zz Tier")

    def test_new_translation_is_shown_at_once(self):
        self.leaf.with_context(lang="zh_CN").attribute_definition  # noqa: B018
        slots = self.leaf.attribute_ids
        slots.update_field_translations("name", {"zh_CN": "插槽", "en_US": "Bays"})
        labels = [
            self.leaf.with_context(lang=lang).attribute_definition[2]["string"]
            for lang in ("zh_CN", "en_US")
        ]
        self.assertEqual(labels, ["插槽", "Bays"])

    def test_grouping_knows_the_choices_of_all_classes(self):
        other = self._class(
            "zz_other", attributes={"zz_tier": ("selection", {"clay": "Clay"})}
        )
        self._ci("A", self.leaf, attributes={"zz_tier": "iron"})
        self._ci("B", other, attributes={"zz_tier": "clay"})
        groups = self.Ci._read_group(
            [("class_id", "in", (self.leaf | other).ids)],
            ["attributes.zz_tier"],
            ["__count"],
        )
        self.assertEqual(sorted(groups), [("clay", 1), ("iron", 1)])

    def test_the_form_of_an_item_cannot_change_the_definition(self):
        item = self._ci("Box", self.leaf)
        forged = item.read(["attributes"])[0]["attributes"]
        forged[0].update(string="Forged", definition_changed=True)
        for user in (self.cmdb_manager, self.env.user):
            with suppress(UserError):
                item.with_user(user).write({"attributes": copy.deepcopy(forged)})
            self.assertEqual(self.leaf.attribute_definition[0]["string"], "Zz Weight")
        with self.assertRaises(UserError):
            self.leaf.with_context(itsm_ci_definition=True).attribute_definition = []
        self.assertEqual(self._keys(self.leaf), ["zz_weight", "zz_tier", "zz_slots"])


class TestAttributeRules(ClassCase):
    """What an attribute may be, and what of it stays once items have values."""

    def test_key_rules(self):
        for key in (
            "Weight",
            "2nd",
            "zz-x",
            "zz_html",
            "名称",
            "name",
            "serial_number",
        ):
            with self.subTest(key=key), self.assertRaises(ValidationError):
                self._attribute(self.top, key)

    def test_key_once_on_each_path(self):
        for item_class, key in ((self.leaf, "zz_weight"), (self.top, "zz_slots")):
            with self.subTest(key=key), self.assertRaises(ValidationError):
                self._attribute(
                    item_class, key, type="float" if key == "zz_weight" else "integer"
                )
        side = self._class("zz_side", self.top)
        self._attribute(side, "zz_slots", type="integer")

    def test_key_with_one_type_everywhere(self):
        side = self._class("zz_side", self.top)
        with self.assertRaises(ValidationError):
            self._attribute(side, "zz_slots", type="char")

    def test_key_on_the_path_of_a_new_parent(self):
        side = self._class("zz_side", attributes={"zz_slots": "integer"})
        with self.assertRaises(ValidationError):
            self.leaf.parent_id = side

    def test_record_attribute_needs_a_model(self):
        partner = self.env["ir.model"]._get("res.partner")
        wizard = self.env["ir.model"]._get("base.language.install")
        mixin = self.env["ir.model"]._get("mail.thread")
        made = self._attribute(
            self.top, "zz_vendor", type="many2one", model_id=partner.id
        )
        self.assertEqual(self.top.attribute_definition[1]["comodel"], "res.partner")
        with self.assertRaises(ValidationError):
            made.type = "char"
        for model in (wizard, mixin, self.env["ir.model"]):
            with self.subTest(model=model.model), self.assertRaises(ValidationError):
                made.model_id = model

    def test_values_hold_type_and_key(self):
        self._ci("A", self.leaf, attributes={"zz_slots": 0})
        slots = self.leaf.attribute_ids
        for vals in (
            {"type": "char"},
            {"key": "zz_bays"},
            {"class_id": self.top.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                slots.write(vals)
        with self.assertRaises(UserError):
            slots.unlink()
        slots.write({"type": "integer", "key": "zz_slots", "name": "Bays"})
        slots.active = False
        self.assertNotIn("zz_slots", self._keys(self.leaf))

    def test_without_values_type_and_key_are_free(self):
        item = self._ci("A", self.leaf, attributes={"zz_slots": False})
        self.leaf.attribute_ids.write({"type": "char", "key": "zz_bays"})
        item.attributes = {"zz_bays": "two"}
        self.assertEqual(item.attributes["zz_bays"], "two")

    def test_values_of_items_far_below_and_archived_ones(self):
        self._ci("A", self.leaf, attributes={"zz_weight": 1.5}, active=False)
        with self.assertRaises(UserError):
            self.top.attribute_ids.unlink()

    def test_chosen_option_stays(self):
        self._ci("A", self.leaf, attributes={"zz_tier": "gold"})
        gold, iron = self.middle.attribute_ids.option_ids.sorted("key")
        with self.assertRaises(UserError):
            gold.unlink()
        with self.assertRaises(UserError):
            gold.key = "gilded"
        gold.name = "Gilded"
        iron.unlink()
        tags = self._attribute(
            self.leaf,
            "zz_roles",
            type="tags",
            option_ids=[
                Command.create({"key": key, "name": key}) for key in ("web", "db")
            ],
        )
        self._ci("B", self.leaf, attributes={"zz_roles": ["db"]})
        with self.assertRaises(UserError):
            tags.option_ids.filtered(lambda each: each.key == "db").unlink()
        tags.option_ids.filtered(lambda each: each.key == "web").unlink()
