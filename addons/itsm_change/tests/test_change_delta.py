from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ChangeCase


class DeltaCase(ChangeCase):
    """A change that gives a server more memory."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls._ci(
            "srv", host_name="alpha", attributes={"memory_gb": 8, "os_name": "A"}
        )
        cls.database, cls.storage = cls._ci("db"), cls._ci("disks")
        cls.needs = cls._relation_type("depends_on")
        cls.owner = cls.env["hr.employee"].create({"name": "Olga Owner"})
        cls.change = cls._change(
            ci_ids=cls.server.ids, coordinator_id=cls.coordinator.id
        )
        cls.Delta = cls.env["itsm.change.delta"].with_user(cls.implementer)
        cls.mine = cls.change.with_user(cls.implementer)

    def _plan(self, key="attributes.memory_gb", new=16, **vals):
        return self.Delta.create(
            {
                "change_id": self.change.id,
                "ci_id": self.server.id,
                "key": key,
                "new": new,
                **vals,
            }
        )

    def _plan_relation(self, source, target, kind="relation_add", **vals):
        return self.Delta.create(
            {
                "change_id": self.change.id,
                "kind": kind,
                "ci_id": source.id if source else False,
                "relation_type_id": self.needs.id,
                "other_ci_id": target.id if target else False,
                **vals,
            }
        )

    def _close(self, code="successful", note=None):
        """Close the change as its coordinator, who may write no items."""
        self.change._write_system({"state": "review"})
        self._only_gates()
        self.change.with_user(self.coordinator).close(code, note)

    def _memory(self):
        return (self.server.attributes._values or {}).get("memory_gb")


@tagged("post_install", "-at_install")
class TestChangeDelta(DeltaCase):
    """What will differ is planned, approved, and applied at a successful end."""

    def test_applied_under_the_change(self):
        delta = self._plan()
        self.assertEqual((delta.old, delta.new), (8, 16))
        self.assertIn("8", delta.old_text)
        self.assertIn("16", delta.new_text)
        self.assertEqual(self._memory(), 8, "a plan is no change")
        self._close()
        self.assertEqual(self._memory(), 16)
        self.assertEqual(delta.state, "applied")
        self.assertTrue(delta.applied_at)
        revision = self.server.revision_ids.sorted("id")[-1]
        self.assertEqual(
            (revision.res_model, revision.res_id), ("itsm.change", self.change.id)
        )
        self.assertEqual(revision.user_id, self.coordinator)

    def test_all_kinds_in_one_transaction(self):
        self._relate(self.server, "depends_on", self.storage)
        self._plan("host_name", "beta")
        self._plan("owner_id", self.owner.id)
        self._plan("attributes.os_name", None)
        self._plan_relation(self.server, self.storage, "relation_end")
        new = self.Delta.create(
            {
                "change_id": self.change.id,
                "kind": "new_item",
                "class_id": self.class_server.id,
                "item_name": "srv2",
                "values": {"host_name": "gamma", "attributes.memory_gb": 32},
            }
        )
        self._plan_relation(self.database, None, new_item_id=new.id)
        self._close("with_issues", "A cable was too short.")
        made = new.result_ci_id
        self.assertEqual(
            (made.name, made.host_name, made.attributes._values["memory_gb"]),
            ("srv2", "gamma", 32),
        )
        self.assertEqual(made.company_id, self.company)
        self.assertEqual(self.server.host_name, "beta")
        self.assertEqual(self.server.owner_id, self.owner)
        self.assertNotIn("os_name", self.server._snapshot()[self.server.id])
        self.assertFalse(self.server.relation_ids)
        relation = self.database.relation_ids
        self.assertEqual(relation.target_id, made)
        self.assertEqual(
            (relation.origin_model, relation.origin_id), ("itsm.change", self.change.id)
        )
        self.assertIn(made, self.change.ci_ids)
        self.assertEqual(set(self.change.delta_ids.mapped("state")), {"applied"})

    def test_nothing_where_it_failed(self):
        for code in ("rolled_back", "failed"):
            with self.subTest(code=code):
                self.change._write_system({"state": "draft"})
                delta = self._plan()
                self.server.host_name = f"other {code}"
                self._close(code, "The firmware did not fit.")
                self.assertEqual(self._memory(), 8)
                self.assertEqual(delta.state, "refused")
                delta.sudo()._as_system().unlink()

    def test_cancelled(self):
        delta = self._plan()
        self.mine.cancel("Not needed any more.")
        self.assertEqual(delta.state, "refused")

    def test_drift_is_refused_until_accepted(self):
        delta = self._plan()
        self.server.write({"attributes": {"memory_gb": 12, "os_name": "A"}})
        delta.invalidate_recordset()
        self.assertTrue(delta.is_drifted)
        self.assertIn("12", delta.problem)
        holds, text = self.change._gate_facts()["delta"]
        self.assertFalse(holds)
        self.assertIn("12", text)
        with self.assertRaises(UserError) as refusal:
            self._close()
        self.assertIn("12", str(refusal.exception))
        self.assertEqual(self._memory(), 12)
        self.assertNotEqual(self.change.state, "closed")
        delta.with_user(self.coordinator).accept_drift()
        self.assertTrue(self.change._gate_facts()["delta"][0])
        self.assertIn("12", self.change.message_ids[0].body)
        self._close()
        self.assertEqual(self._memory(), 16)

    def test_drift_guards_the_start(self):
        self._plan()
        self.change._write_system({"state": "scheduled"})
        self.env["itsm.change.gate"].search([("key", "!=", "delta")]).active = False
        self.server.write({"attributes": {"memory_gb": 12, "os_name": "A"}})
        with self.assertRaises(UserError):
            self.mine.start()
        self.change.delta_ids.accept_drift()
        self.mine.start()
        self.assertEqual(self.change.state, "implement")

    def test_what_is_so_already_is_no_drift(self):
        self._plan()
        self._plan_relation(self.server, self.storage)
        self.server.write({"attributes": {"memory_gb": 16, "os_name": "A"}})
        self._relate(self.server, "depends_on", self.storage)
        self.assertTrue(self.change._gate_facts()["delta"][0])
        revisions = self.server.revision_ids
        self._close()
        self.assertEqual(self.server.revision_ids, revisions)

    def test_namesakes_of_a_new_item(self):
        new = self.Delta.create(
            {
                "change_id": self.change.id,
                "kind": "new_item",
                "class_id": self.class_server.id,
                "item_name": "srv2",
            }
        )
        self.assertFalse(new.problem)
        self._ci("SRV2")
        new.invalidate_recordset()
        self.assertTrue(new.problem)
        new.accept_drift()
        new.invalidate_recordset()
        self.assertFalse(new.problem)

    def test_all_or_nothing(self):
        """What one item refuses undoes what the others have taken."""
        self._plan()
        self.Delta.create(
            {
                "change_id": self.change.id,
                "kind": "attribute",
                "ci_id": self.database.id,
                "key": "stage_id",
                "new": self.env["itsm.ci.stage"]
                .search([("lifecycle_id", "!=", self.lifecycle.id)], limit=1)
                .id,
            }
        )
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._close()
        self.env.invalidate_all()
        self.assertEqual((self._memory(), self.change.state), (8, "draft"))

    # ------------------------------------------------------------------
    # What may be planned
    # ------------------------------------------------------------------

    def test_values_must_fit(self):
        for key, new in (
            ("attributes.memory_gb", "much"),
            ("attributes.memory_gb", True),
            ("attributes.tier", "bronze"),
            ("attributes.installed_on", "soon"),
            ("attributes.nothing_like_that", 1),
            ("company_id", self.branch.id),
            ("code", "CI1"),
            ("active", False),
            ("owner_id", 2**30),
            ("criticality", None),
            ("name", " " * 0),
        ):
            with self.subTest(key=key, new=new), self.assertRaises(UserError):
                self._plan(key, new)

    def test_values_as_the_history_has_them(self):
        for key, new, kept in (
            ("attributes.tier", "gold", "gold"),
            ("attributes.installed_on", "2026-11-21", "2026-11-21"),
            ("attributes.is_virtual", False, False),
            ("attributes.roles", ["web"], ["web"]),
            ("criticality", "1", "1"),
        ):
            with self.subTest(key=key):
                self.assertEqual(self._plan(key, new).new, kept)
        self._close()
        self.assertEqual(self.server.criticality, "1")
        values = self.server.attributes._values
        self.assertEqual((values["tier"], values["roles"]), ("gold", ["web"]))

    def test_relations_must_fit(self):
        with self.assertRaises(UserError):
            self._plan_relation(self.server, None)
        with self.assertRaises(UserError):
            self._plan_relation(self.server, self.database, "relation_end")
        self.needs.rule_ids = [
            Command.clear(),
            Command.create(
                {
                    "source_class_id": self._class("only_these").id,
                    "target_class_id": self.class_server.id,
                }
            ),
        ]
        with self.assertRaises(UserError):
            self._plan_relation(self.server, self.database)

    def test_planned_once(self):
        self._plan()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._plan(new=32)

    def test_items_that_differ_are_affected(self):
        self._plan_relation(self.database, self.storage)
        self.assertEqual(self.change.ci_ids, self.server | self.database)

    def test_new_item_is_what_the_change_is_made_on(self):
        change = self._change("Only a new one")
        self.assertFalse(change._gate_facts()["items"][0])
        self.Delta.create(
            {
                "change_id": change.id,
                "kind": "new_item",
                "class_id": self.class_server.id,
                "item_name": "srv2",
            }
        )
        change.invalidate_recordset()
        self.assertTrue(change._gate_facts()["items"][0])


@tagged("post_install", "-at_install")
class TestChangeDeltaRights(DeltaCase):
    """Who plans what will differ, and until when."""

    def test_system_facts(self):
        delta = self._plan()
        for vals in (
            {"old": 12},
            {"state": "applied"},
            {"is_unplanned": True},
            {"result_ci_id": self.database.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                delta.write(vals)
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                self._plan("host_name", "x", **vals)
        with self.assertRaises(UserError):
            delta.key = "host_name"

    def test_strangers(self):
        for user in (self.agent, self.keeper, self.implementer2):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.Delta.with_user(user).create(
                    {
                        "change_id": self.change.id,
                        "ci_id": self.server.id,
                        "key": "host_name",
                        "new": "x",
                    }
                )
        delta = self._plan()
        self.assertFalse(delta.with_user(self.change_other)._filtered_access("read"))

    def test_planning_tells_nothing_of_hidden_items(self):
        hidden = self._class(
            "hidden", group_ids=[Command.set(self.env.ref("base.group_system").ids)]
        )
        secret = self._ci("secret", hidden, host_name="vault")
        with self.assertRaises(AccessError):
            self._plan("host_name", "x", ci_id=secret.id)
        with self.assertRaises(AccessError):
            self.Delta.create(
                {
                    "change_id": self.change.id,
                    "kind": "new_item",
                    "class_id": hidden.id,
                    "item_name": "vault2",
                }
            )
        delta = self.env["itsm.change.delta"].create(
            {
                "change_id": self.change.id,
                "ci_id": secret.id,
                "key": "host_name",
                "new": "x",
            }
        )
        self.assertFalse(delta.with_user(self.implementer)._filtered_access("read"))
        secret.host_name = "cellar"
        mine = self.change.with_user(self.implementer).sudo()
        holds, text = mine._gate_facts()["delta"]
        self.assertFalse(holds)
        self.assertNotIn("cellar", text)
        self.assertNotIn("secret", text)

    def test_settled_and_unplanned(self):
        planned = self._plan()
        self.change._write_system({"state": "implement"})
        with self.assertRaises(UserError):
            planned.write({"new": 64})
        with self.assertRaises(UserError):
            planned.unlink()
        late = self._plan("host_name", "beta")
        self.assertTrue(late.is_unplanned)
        late.new = "gamma"
        with self.assertRaises(UserError):
            self._plan("host_name", "x", ci_id=self.database.id)
        with self.assertRaises(AccessError):
            self._plan("name", "x").with_user(self.implementer2).unlink()
        self.change._write_system({"state": "closed"})
        with self.assertRaises(UserError):
            self._plan("asset_code", "x")
        with self.assertRaises(UserError):
            planned.accept_drift()

    def test_approval_is_for_what_will_differ(self):
        def subject():
            self.change.invalidate_recordset()
            return self.change._approval_fingerprint()

        first = subject()
        delta = self._plan()
        second = subject()
        self.assertNotEqual(first, second)
        delta.new = 32
        self.assertNotEqual(second, subject())
        delta.new = 16
        self.server.write({"attributes": {"memory_gb": 12, "os_name": "A"}})
        delta.accept_drift()
        self.assertEqual(second, subject(), "accepting drift is no other plan")
