import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import CmdbCase


class TestItems(CmdbCase):
    """What an item gets by itself, and what it may not say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rack = cls.env["itsm.location"].create({"name": "R1", "kind": "rack"})
        cls.room = cls.env["itsm.location"].create({"name": "Room", "kind": "room"})

    # ------------------------------------------------------------------
    # What a new item gets
    # ------------------------------------------------------------------

    def test_codes_and_tokens_are_unique_and_given_in_batches(self):
        items = self.Ci.create(
            [
                {"name": f"Server {number}", "class_id": self.class_server.id}
                for number in range(5)
            ]
        )
        self.assertEqual(len(set(items.mapped("code"))), 5)
        self.assertTrue(all(code.startswith("CI") for code in items.mapped("code")))
        self.assertEqual(len(set(items.mapped("token"))), 5)
        self.assertTrue(all(len(token) >= 20 for token in items.mapped("token")))

    def test_a_code_from_a_file_is_kept_and_the_sequence_goes_on_behind_it(self):
        given = self._ci("Imported", code="CI9000000")
        self.assertEqual(given.code, "CI9000000")
        self.assertGreater(self._ci("Next").code, "CI9000000")

    @mute_logger("odoo.sql_db")
    def test_a_code_is_used_once(self):
        first = self._ci("First")
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self._ci("Second", code=first.code)

    def test_a_copy_has_its_own_identity(self):
        item = self._ci("Server", serial_number="S1", attributes={"memory_gb": 64})
        copy = item.copy()
        self.assertNotEqual(copy.code, item.code)
        self.assertNotEqual(copy.token, item.token)
        self.assertFalse(copy.serial_number)
        self.assertEqual(copy.attributes["memory_gb"], 64)

    def test_it_begins_in_the_first_stage_of_its_life_cycle(self):
        item = self._ci("Server")
        self.assertEqual(item.stage_id, self.lifecycle._default_stage())
        self.assertEqual(item.status, item.stage_id.status)

    def test_the_form_offers_the_stage_of_the_class(self):
        form = Form(self.Ci.with_user(self.keeper))
        form.name = "Server"
        form.class_id = self.class_server
        self.assertEqual(form.stage_id, self.lifecycle._default_stage())
        self.assertEqual(form.save().status, self.lifecycle._default_stage().status)

    # ------------------------------------------------------------------
    # Status and stages
    # ------------------------------------------------------------------

    def test_status_is_given_at_creation(self):
        item = self._ci("Server", status="in_stock")
        self.assertEqual(item.stage_id, self.stages["in_stock"])

    def test_status_is_written_to_items_of_several_life_cycles(self):
        other = self._make_lifecycle("Papers", ["planned", "in_use"])
        paper = self._ci("Manual", self._class("test_paper", lifecycle_id=other.id))
        server = self._ci("Server")
        (paper | server).status = "in_use"
        self.assertEqual(server.stage_id, self.stages["in_use"])
        self.assertEqual(paper.stage_id.lifecycle_id, other)
        self.assertEqual(paper.status, "in_use")

    def test_a_status_that_the_life_cycle_does_not_know_is_refused(self):
        other = self._make_lifecycle("Papers", ["planned", "in_use"])
        paper = self._ci("Manual", self._class("test_paper", lifecycle_id=other.id))
        with self.assertRaises(ValidationError):
            paper.status = "in_repair"
        with self.assertRaises(ValidationError):
            self._ci("Other", paper.class_id, status="in_repair")

    def test_people_go_where_a_stage_leads(self):
        self.stages["in_use"].next_ids = self.stages["in_repair"]
        item = self._ci("Server", status="in_use")
        mine = item.with_user(self.keeper)
        with self.assertRaises(UserError):
            mine.stage_id = self.stages["disposed"]
        with self.assertRaises(UserError):
            mine.status = "disposed"
        mine.stage_id = self.stages["in_repair"]
        self.assertEqual(item.status, "in_repair")
        # Where nothing is said, everything is allowed.
        mine.status = "disposed"
        self.assertEqual(item.status, "disposed")

    def test_what_was_planned_goes_its_own_ways(self):
        self.stages["in_use"].next_ids = self.stages["in_repair"]
        item = self._ci("Server", status="in_use").with_user(self.keeper)
        item._under(origin=self.department).status = "disposed"
        self.assertEqual(item.status, "disposed")

    def test_a_stage_of_another_life_cycle_is_refused(self):
        other = self._make_lifecycle("Papers", ["planned", "in_use"])
        with self.assertRaises(ValidationError):
            self._ci("Server").stage_id = other.stage_ids[0]

    def test_a_new_class_keeps_the_status_and_drops_other_attributes(self):
        other = self._make_lifecycle("Papers", ["planned", "in_use"])
        paper = self._class("test_paper", lifecycle_id=other.id)
        item = self._ci("Server", status="in_use", attributes={"memory_gb": 64})
        item.class_id = paper
        self.assertEqual(item.status, "in_use")
        self.assertEqual(item.stage_id.lifecycle_id, other)
        self.assertFalse(item.attributes._values)

    # ------------------------------------------------------------------
    # Attributes
    # ------------------------------------------------------------------

    def test_an_attribute_that_the_class_does_not_have_is_refused(self):
        with self.assertRaises(ValidationError):
            self._ci("Server", attributes={"wheels": 4})
        with self.assertRaises(ValidationError):
            self._ci("Server").attributes = {"wheels": 4}

    def test_screens_cannot_change_what_attributes_there_are(self):
        item = self._ci("Server", attributes={"memory_gb": 64}).with_user(self.keeper)
        shown = item.read(["attributes"])[0]["attributes"]
        before = self.class_server.attribute_definition
        for each in shown:
            each["definition_changed"] = True
            each["string"] = "Mine"
        shown.append(
            {
                "name": "extra",
                "string": "Extra",
                "type": "char",
                "definition_changed": True,
            }
        )
        item.write({"attributes": shown})
        self.env.invalidate_all()
        self.assertEqual(self.class_server.attribute_definition, before)
        self.assertEqual(item.attributes["memory_gb"], 64)

    def test_what_an_archived_attribute_says_survives_a_screen(self):
        item = self._ci("Server", attributes={"memory_gb": 64, "os_name": "Debian"})
        self.class_server.attribute_ids.filtered(
            lambda each: each.key == "memory_gb"
        ).active = False
        self.env.invalidate_all()
        shown = item.read(["attributes"])[0]["attributes"]
        self.assertNotIn("memory_gb", [each["name"] for each in shown])
        next(each for each in shown if each["name"] == "os_name")["value"] = "Ubuntu"
        item.write({"attributes": shown})
        self.assertEqual(
            item.attributes._values, {"memory_gb": 64, "os_name": "Ubuntu"}
        )

    # ------------------------------------------------------------------
    # Racks, companies, system fields, deleting
    # ------------------------------------------------------------------

    def test_units_of_a_rack_are_taken_once(self):
        self._ci("Low", location_id=self.rack.id, rack_position=1, rack_units=2)
        self._ci("High", location_id=self.rack.id, rack_position=3, rack_units=1)
        with self.assertRaises(ValidationError):
            self._ci("Between", location_id=self.rack.id, rack_position=2)
        old = self._ci(
            "Old",
            status="retired",
            location_id=self.rack.id,
            rack_position=1,
            rack_units=4,
        )
        with self.assertRaises(ValidationError):
            old.status = "in_use"

    def test_units_are_not_taken_twice_within_one_save(self):
        with self.assertRaises(ValidationError):
            self.Ci.create(
                [
                    {
                        "name": name,
                        "class_id": self.class_server.id,
                        "location_id": self.rack.id,
                        "rack_position": 7,
                    }
                    for name in ("One", "Two")
                ]
            )

    def test_a_rack_position_needs_a_rack(self):
        with self.assertRaises(ValidationError):
            self._ci("Server", location_id=self.room.id, rack_position=1)
        with self.assertRaises(ValidationError):
            self._ci("Server", rack_position=1)

    def test_an_item_that_leaves_its_rack_leaves_its_units(self):
        item = self._ci("Server", location_id=self.rack.id, rack_position=1)
        item.location_id = self.room
        self.assertFalse(item.rack_position)

    def test_places_are_of_the_same_company(self):
        there = self.env["itsm.location"].create(
            {"name": "Branch", "kind": "site", "company_id": self.branch.id}
        )
        with self.assertRaises(ValidationError):
            self._ci("Server", location_id=there.id)
        self.assertTrue(
            self._ci("Server", location_id=there.id, company_id=self.branch.id)
        )

    def test_nobody_sets_what_the_system_keeps(self):
        item = self._ci("Server")
        for vals in ({"token": "x"}, {"provenance": {}}, {"code": "CI1"}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                item.with_user(self.cmdb_manager).write(vals)
        with self.assertRaises(AccessError):
            self.Ci.with_user(self.keeper).create(
                {"name": "X", "class_id": self.class_server.id, "token": "x"}
            )

    def test_deleting_is_for_drafts(self):
        draft = self._ci("Draft", status="planned")
        used = self._ci("Used", status="in_use")
        changed = self._ci("Changed", status="planned")
        changed.name = "Changed again"
        related = self._ci("Related", status="planned")
        self._relate(related, "depends_on", used)
        draft.with_user(self.cmdb_manager).unlink()
        self.assertFalse(draft.exists())
        for item in (used, changed, related):
            with self.subTest(item=item.name), self.assertRaises(UserError):
                item.with_user(self.cmdb_manager).unlink()
        with self.assertRaises(AccessError):
            self._ci("Draft", status="planned").with_user(self.keeper).unlink()

    def test_users_of_an_item_are_departments(self):
        item = self._ci(
            "Server", user_department_ids=[Command.set(self.department.ids)]
        )
        self.assertEqual(item.user_department_ids, self.department)
