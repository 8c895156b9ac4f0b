import copy
from contextlib import suppress

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CmdbCase


class ClassCase(CmdbCase):
    """A device class with subclasses, made anew for the tests of classes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.top = cls._class("zz_top", attributes={"zz_weight": "float"})
        cls.middle = cls._class(
            "zz_middle",
            cls.top,
            attributes={"zz_tier": ("selection", {"gold": "Gold", "iron": "Iron"})},
        )
        cls.leaf = cls._class("zz_leaf", cls.middle, attributes={"zz_slots": "integer"})

    def _attribute(self, item_class, key, **vals):
        return self.env["itsm.ci.attribute"].create(
            {"class_id": item_class.id, "key": key, "name": key.title(), **vals}
        )

    def _keys(self, item_class):
        return [each["name"] for each in item_class.attribute_definition]


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


@tagged("post_install", "-at_install")
class TestShippedClasses(CmdbCase):
    """What the addon brings along."""

    def test_every_class_of_the_promise(self):
        for code in (
            *("server", "virtual_machine", "cluster", "storage", "network_device"),
            *("switch", "router", "access_point", "firewall", "desktop", "laptop"),
            *("printer", "mobile", "ups", "air_conditioner", "rack", "room"),
            *("operating_system", "software_instance", "database", "middleware"),
            *("application", "business_service", "licence", "certificate"),
            *("circuit", "document"),
        ):
            with self.subTest(code=code):
                found = self.Class._by_code(code)
                self.assertTrue(found)
                self.assertFalse(found.is_abstract)
                self.assertTrue(found.attribute_definition)
                self.assertTrue(found.icon.startswith("fa-"))
                self.assertTrue(found.effective_lifecycle_id._default_stage())

    def test_server_inherits_from_computer(self):
        keys = list(self.Class._by_code("server")._attributes_by_key())
        self.assertEqual(keys[0], "processor")
        self.assertLess(keys.index("memory"), keys.index("form_factor"))

    def test_equipment_goes_through_every_status(self):
        lifecycle = self.Class._by_code("server").effective_lifecycle_id
        statuses = dict(self.env["itsm.ci.stage"]._fields["status"].selection)
        self.assertEqual(set(lifecycle.stage_ids.mapped("status")), set(statuses))
        self.assertEqual(lifecycle._default_stage().status, "in_use")

    def test_stages_lead_somewhere(self):
        for lifecycle in (
            self.env.ref("itsm_cmdb.lifecycle_equipment"),
            self.env.ref("itsm_cmdb.lifecycle_logical"),
        ):
            in_use = lifecycle._default_stage("in_use")
            self.assertIn("retired", in_use.next_ids.mapped("status"))
            self.assertNotIn("disposed", in_use.next_ids.mapped("status"))
            for stage in lifecycle.stage_ids:
                self.assertTrue(stage.next_ids)

    def test_dates_that_expire_are_dates(self):
        watched = self.env["itsm.ci.attribute"].search([("is_expiry", "=", True)])
        self.assertGreaterEqual(len(watched), 6)
        self.assertEqual(set(watched.mapped("type")), {"date"})

    def test_manager_makes_a_class_on_the_form(self):
        Class = self.Class.with_user(self.cmdb_manager)
        with Form(Class) as form:
            form.name = "Infusion Pump"
            form.code = "infusion_pump"
            form.parent_id = self.Class._by_code("hardware")
            with form.attribute_ids.new() as line:
                line.name = "Flow Rate"
                line.key = "flow_rate"
                line.type = "float"
                line.unit = "ml/h"
        made = Class._by_code("infusion_pump")
        self.assertEqual(made.attribute_definition[-1]["suffix"], "ml/h")
        item = self.Ci.with_user(self.engineer).create(
            {
                "name": "Pump 1",
                "class_id": made.id,
                "attributes": {"flow_rate": 12.5},
            }
        )
        self.assertEqual(item.attributes["flow_rate"], 12.5)
