from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models.itsm_ci_event_effects import KIND_RULES
from .life_common import LifeCase


@tagged("post_install", "-at_install")
class TestEvents(LifeCase):
    """What events do to items, what they refuse, and how they are taken back."""

    # ------------------------------------------------------------------
    # Effects
    # ------------------------------------------------------------------

    def test_stock_in(self):
        new = self._laptop("New", "ordered")
        self._event("stock_in", new, location_id=self.room.id).action_done()
        self.assertEqual(new.status, "in_stock")
        self.assertEqual(new.location_id, self.room)

    def test_hand_over_gives_custodian_department_and_place(self):
        event = self._handed_over(self.laptop, location_id=self.room.id)
        self.assertEqual(event.state, "done")
        self.assertEqual(self.laptop.status, "in_use")
        self.assertEqual(self.laptop.custodian_id, self.employee_portal)
        self.assertEqual(self.laptop.department_id, self.department)
        self.assertEqual(self.laptop.location_id, self.room)

    def test_thirty_laptops_at_once_from_the_list(self):
        items = self.Ci.browse()
        for index in range(30):
            items |= self._laptop(f"Bulk {index}")
        action = (
            items.with_user(self.keeper)
            .with_context(itsm_event_kind="hand_over")
            .action_new_event()
        )
        form = Form(self.Event.with_user(self.keeper).with_context(**action["context"]))
        form.custodian_id = self.employee_portal
        event = form.save()
        self.assertEqual(event.kind, "hand_over")
        self.assertEqual(event.line_ids.ci_id, items)
        event.action_done()
        self.assertEqual(set(items.mapped("status")), {"in_use"})
        self.assertEqual(items.custodian_id, self.employee_portal)

    def test_return_empties_the_custodian(self):
        self._handed_over(self.laptop)
        event = self._event("return", self.laptop)
        self.assertEqual(event.from_custodian_id, self.employee_portal)
        event.action_done()
        self.assertEqual(self.laptop.status, "in_stock")
        self.assertFalse(self.laptop.custodian_id)

    def test_move_into_a_rack_and_out_of_it(self):
        rack = self.env["itsm.location"].create(
            {"name": "R1", "kind": "rack", "company_id": self.company.id}
        )
        server = self._ci("Server")
        self._event("move", server, location_id=rack.id, rack_position=7).action_done()
        self.assertEqual(server.location_id, rack)
        self.assertEqual(server.rack_position, 7)
        self._event("move", server, location_id=self.room.id).action_done()
        self.assertEqual(server.location_id, self.room)
        self.assertFalse(server.rack_position)

    def test_repair_and_back_to_what_it_was(self):
        self._handed_over(self.laptop)
        event = self._event("repair", self.laptop, supplier_id=self.supplier.id)
        event.action_begin()
        self.assertEqual(event.state, "underway")
        self.assertEqual(self.laptop.status, "in_repair")
        event.line_ids.write({"cost": 120, "condition_after": "good"})
        event.action_done()
        self.assertEqual(event.state, "done")
        self.assertEqual(self.laptop.status, "in_use")
        self.assertEqual(self.laptop.custodian_id, self.employee_portal)
        self.assertEqual(self.laptop.condition, "good")
        self.assertEqual(event.cost, 120)

    def test_repair_cost_of_an_item_is_the_sum_of_its_repairs(self):
        for cost in (100, 50):
            event = self._event("repair", self.laptop)
            event.line_ids.cost = cost
            event.action_done()
        open_event = self._event("repair", self.laptop)
        open_event.line_ids.cost = 999
        self.laptop.invalidate_recordset()
        self.assertEqual(self.laptop.repair_cost, 150)

    def test_item_retired_while_in_repair_stays_retired(self):
        event = self._event("repair", self.laptop)
        event.action_begin()
        self.laptop.stage_id = self.stages["retired"]
        event.action_done()
        self.assertEqual(self.laptop.status, "retired")

    def test_loan_and_reminder(self):
        due = fields.Date.today() + timedelta(days=5)
        event = self._event(
            "loan", self.laptop, custodian_id=self.employee_portal.id, due_date=due
        )
        event.action_begin()
        self.assertEqual(self.laptop.status, "in_use")
        self.assertEqual(self.laptop.custodian_id, self.employee_portal)
        activity = event.activity_ids
        self.assertEqual(activity.date_deadline, due)
        self.assertEqual(activity.user_id, self.keeper)
        event.action_done()
        self.assertEqual(self.laptop.status, "in_stock")
        self.assertFalse(self.laptop.custodian_id)
        self.assertFalse(event.activity_ids)

    def test_longer_loan_moves_the_reminder(self):
        event = self._event(
            "loan",
            self.laptop,
            custodian_id=self.employee_portal.id,
            due_date=fields.Date.today(),
        )
        event.action_begin()
        later = fields.Date.today() + timedelta(days=9)
        event.due_date = later
        self.assertEqual(event.activity_ids.mapped("date_deadline"), [later])

    def test_count_verifies(self):
        moment = fields.Datetime.now() - timedelta(hours=3)
        event = self._event("count", self.laptop, date=moment)
        event.action_done()
        self.assertEqual(self.laptop.verified_at, event.date)

    def test_upgrade_changes_attributes(self):
        server = self._ci("Server", attributes={"memory_gb": 16, "os_name": "Debian"})
        attributes = self.class_server._attributes_by_key()
        event = self._event(
            "upgrade",
            server,
            change_ids=[
                Command.create(
                    {"attribute_id": attributes["memory_gb"].id, "new_value": "64"}
                ),
                Command.create(
                    {"attribute_id": attributes["tier"].id, "new_value": "Gold"}
                ),
                Command.create(
                    {
                        "attribute_id": attributes["roles"].id,
                        "new_value": "web，Database",
                    }
                ),
                Command.create(
                    {"attribute_id": attributes["is_virtual"].id, "new_value": "是"}
                ),
            ],
        )
        self.assertEqual(event.change_ids[0].old_value, "16")
        event.action_done()
        values = server.attributes._values
        self.assertEqual(values["memory_gb"], 64)
        self.assertEqual(values["tier"], "gold")
        self.assertEqual(values["roles"], ["web", "db"])
        self.assertIs(values["is_virtual"], True)
        self.assertEqual(values["os_name"], "Debian")

    def test_upgrade_refuses_what_is_no_value(self):
        server = self._ci("Server")
        attributes = self.class_server._attributes_by_key()
        for key, value in [
            ("memory_gb", "much"),
            ("tier", "Bronze"),
            ("installed_on", "tomorrow"),
            ("is_virtual", "perhaps"),
        ]:
            event = self._event(
                "upgrade",
                server,
                change_ids=[
                    Command.create(
                        {"attribute_id": attributes[key].id, "new_value": value}
                    )
                ],
            )
            with self.subTest(key=key), self.assertRaisesRegex(UserError, value):
                event.action_done()

    def test_upgrade_of_an_attribute_that_the_item_lacks(self):
        attribute = self.class_server._attributes_by_key()["memory_gb"]
        event = self._event(
            "upgrade",
            self.laptop,
            change_ids=[
                Command.create({"attribute_id": attribute.id, "new_value": "8"})
            ],
        )
        with self.assertRaisesRegex(UserError, "Laptop One"):
            event.action_done()

    def test_history_names_the_event(self):
        event = self._handed_over(self.laptop)
        revision = self.laptop.revision_ids.filtered(
            lambda one: "custodian_id" in (one.changes or {})
        )
        self.assertEqual(revision.res_model, "itsm.ci.event")
        self.assertEqual(revision.res_id, event.id)

    # ------------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------------

    def test_disposed_is_not_handed_over(self):
        gone = self._laptop("Gone", "disposed")
        event = self._event("hand_over", gone, custodian_id=self.employee_portal.id)
        with self.assertRaisesRegex(UserError, "Gone"):
            event.action_done()
        self.assertEqual(event.state, "draft")

    def test_allowed_statuses_of_each_kind(self):
        """What is gone stays gone; what is nobody's is not given back."""
        for kind, rule in KIND_RULES.items():
            with self.subTest(kind=kind):
                self.assertNotIn("disposed", rule.statuses)
        self.assertNotIn("in_stock", KIND_RULES["return"].statuses)
        self.assertNotIn("in_repair", KIND_RULES["hand_over"].statuses)

    def test_item_twice_on_an_event(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self._event("count", [self.laptop, self.laptop])

    def test_item_on_another_open_event(self):
        self._event("repair", self.laptop).action_begin()
        other = self._event(
            "hand_over", self.laptop, custodian_id=self.employee_portal.id
        )
        with self.assertRaisesRegex(UserError, "still open"):
            other.action_done()

    def test_other_company(self):
        foreign = self._ci("Foreign", self.class_laptop, company_id=self.branch.id)
        with self.assertRaisesRegex(UserError, "Foreign"):
            self.Event.create(
                {
                    "kind": "count",
                    "company_id": self.company.id,
                    "line_ids": [Command.create({"ci_id": foreign.id})],
                }
            )

    def test_missing_facts(self):
        for kind in ("hand_over", "move", "loan", "disposal"):
            event = self._event(kind, self.laptop)
            verb = event.action_submit if kind == "disposal" else event.action_done
            with self.subTest(kind=kind), self.assertRaisesRegex(UserError, "fill in"):
                verb()
        with self.assertRaisesRegex(UserError, "no items"):
            self._event("count", []).action_done()

    def test_many_problems_are_not_all_listed(self):
        items = self.Ci.browse()
        for index in range(8):
            items |= self._laptop(f"Gone {index}", "disposed")
        event = self._event("hand_over", items, custodian_id=self.employee_portal.id)
        with self.assertRaises(UserError) as caught:
            event.action_done()
        self.assertEqual(len(str(caught.exception).splitlines()), 6)
        self.assertIn("3 more", str(caught.exception))

    def test_state_and_number_are_not_written(self):
        event = self._event("count", self.laptop)
        for vals in ({"state": "done"}, {"number": "X"}, {"signed_at": "2026-01-01"}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                event.write(vals)
        with self.assertRaises(AccessError):
            self._event("count", self.laptop, state="done")
        made = self.Event.with_user(self.keeper).with_context(default_state="done")
        self.assertEqual(made.create({"kind": "count"}).state, "draft")

    def test_what_is_done_stays(self):
        event = self._handed_over(self.laptop)
        for vals in (
            {"custodian_id": self.employee_requester.id},
            {"kind": "loan"},
            {"date": fields.Datetime.now()},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                event.write(vals)
        with self.assertRaises(UserError):
            event.line_ids.accessories = "Charger"
        with self.assertRaises(UserError):
            event.line_ids.unlink()
        with self.assertRaises(UserError):
            event.write(
                {"line_ids": [Command.create({"ci_id": self._laptop("Two").id})]}
            )
        with self.assertRaises(UserError):
            event.unlink()
        with self.assertRaises(UserError):
            event.action_done()

    def test_agents_read_only(self):
        event = self._event("count", self.laptop)
        with self.assertRaises(AccessError):
            event.with_user(self.agent).action_done()
        self.assertTrue(event.with_user(self.agent).number)

    # ------------------------------------------------------------------
    # Taking back
    # ------------------------------------------------------------------

    def test_counter_event(self):
        event = self._handed_over(self.laptop, location_id=self.room.id)
        event.action_reverse()
        self.assertEqual(self.laptop.status, "in_stock")
        self.assertFalse(self.laptop.custodian_id)
        self.assertFalse(self.laptop.location_id)
        self.assertTrue(event.is_reversed)
        self.assertEqual(event.reversal_ids.state, "done")
        with self.assertRaises(UserError):
            event.action_reverse()
        with self.assertRaises(UserError):
            event.reversal_ids.action_reverse()

    def test_counter_event_of_a_loan_that_is_out(self):
        event = self._event(
            "loan",
            self.laptop,
            custodian_id=self.employee_portal.id,
            due_date=fields.Date.today(),
        )
        event.action_begin()
        event.action_reverse()
        self.assertEqual(event.state, "done")
        self.assertEqual(self.laptop.status, "in_stock")

    def test_changed_since_is_not_taken_back(self):
        event = self._handed_over(self.laptop)
        self._event(
            "hand_over", self.laptop, custodian_id=self.employee_requester.id
        ).action_done()
        with self.assertRaisesRegex(UserError, "Laptop One"):
            event.action_reverse()
        self.assertEqual(self.laptop.custodian_id, self.employee_requester)

    def test_cancel_is_for_what_has_not_begun(self):
        event = self._event("count", self.laptop)
        event.action_cancel()
        self.assertEqual(event.state, "cancelled")
        done = self._handed_over(self.laptop)
        with self.assertRaises(UserError):
            done.action_cancel()

    def test_next_event_of_the_item_form(self):
        with self.assertRaises(UserError):
            self.laptop.with_context(itsm_event_kind="nonsense").action_new_event()
        event = self._event("repair", self.laptop)
        event.action_begin()
        self.laptop.invalidate_recordset()
        self.assertEqual(self.laptop.open_event_id, event)
        self.assertEqual(self.laptop.event_count, 1)
