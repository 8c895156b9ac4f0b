from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .test_change_delta import DeltaCase


@tagged("post_install", "-at_install")
class TestChangeProposal(DeltaCase):
    """“Change Under a Change …”: the item as it will be, on a form like its own."""

    def _proposal(self, item=None, user=None):
        item = (item or self.server).with_user(user or self.implementer)
        action = item.action_change_under()
        return item.env[action["res_model"]].browse(action["res_id"])

    def _deltas(self, change=None):
        return {
            delta.key: (delta.old, delta.new)
            for delta in (change or self.change).delta_ids
        }

    def test_only_what_differs_is_planned(self):
        proposal = self._proposal()
        self.assertEqual(proposal.change_id, self.change, "the draft that is meant")
        self.assertEqual(proposal.attributes["memory_gb"], 8)
        self.assertEqual(proposal.host_name, "alpha")
        with Form(proposal) as form:
            form.host_name = "beta"
        proposal.attributes = {"memory_gb": 16, "os_name": "A"}
        action = proposal.action_plan()
        self.assertEqual(action["res_id"], self.change.id)
        self.assertEqual(
            self._deltas(),
            {"host_name": ("alpha", "beta"), "attributes.memory_gb": (8, 16)},
        )
        self.assertEqual(self.server.host_name, "alpha")

    def test_shows_what_is_planned_already(self):
        self._plan()
        self._plan("host_name", "beta")
        proposal = self._proposal()
        self.assertEqual(proposal.attributes["memory_gb"], 16)
        proposal.write({"attributes": {"memory_gb": 32, "os_name": "A"}})
        proposal.host_name = "alpha"
        proposal.action_plan()
        self.assertEqual(self._deltas(), {"attributes.memory_gb": (8, 32)})

    def test_new_change(self):
        proposal = self._proposal(self.database)
        self.assertFalse(proposal.change_id)
        proposal.serial_number = "SN1"
        action = proposal.action_plan()
        change = self.env["itsm.change"].browse(action["res_id"])
        self.assertNotEqual(change, self.change)
        self.assertEqual(change.ci_ids, self.database)
        self.assertEqual(self._deltas(change), {"serial_number": (False, "SN1")})
        self.assertEqual(change.create_uid, self.implementer)

    def test_relations(self):
        self._relate(self.server, "depends_on", self.storage)
        proposal = self._proposal()
        proposal.ending_ids = self.server.relation_ids
        proposal.line_ids = [
            Command.create({"type_id": self.needs.id, "other_ci_id": item.id, **vals})
            for item, vals in (
                (self.database, {}),
                (self.database, {"direction": "to"}),
            )
        ]
        proposal.action_plan()
        rows = {
            (delta.kind, delta.ci_id.name, delta.other_ci_id.name)
            for delta in self.change.delta_ids
        }
        self.assertEqual(
            rows,
            {
                ("relation_end", "srv", "disks"),
                ("relation_add", "srv", "db"),
                ("relation_add", "db", "srv"),
            },
        )

    def test_new_item(self):
        action = self.mine.action_plan_new_item()
        proposal = self.mine.env[action["res_model"]].browse(action["res_id"])
        proposal.write({"class_id": self.class_server.id, "name": "srv2"})
        proposal.write({"host_name": "gamma", "attributes": {"memory_gb": 32}})
        proposal.line_ids = [
            Command.create({"type_id": self.needs.id, "other_ci_id": self.database.id})
        ]
        proposal.action_plan()
        new = self.change.delta_ids.filtered(lambda delta: delta.kind == "new_item")
        self.assertEqual(
            new.values,
            {"host_name": "gamma", "attributes.memory_gb": 32, "criticality": "3"},
        )
        # And again, otherwise.
        action = new.with_user(self.implementer).action_plan_otherwise()
        proposal = self.mine.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(proposal.attributes["memory_gb"], 32)
        proposal.host_name = "delta"
        proposal.action_plan()
        self.assertEqual(new.values["host_name"], "delta")
        self._close()
        made = new.result_ci_id
        self.assertEqual(made.host_name, "delta")
        self.assertEqual(made.relation_ids.target_id, self.database)

    def test_choice_of_an_item(self):
        self.change.ci_ids |= self.database
        action = self.mine.action_plan_item()
        choice = self.mine.env[action["res_model"]].with_context(**action["context"])
        choice = choice.create({"ci_id": self.database.id})
        action = choice.action_choose()
        proposal = self.mine.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(
            (proposal.ci_id, proposal.change_id), (self.database, self.change)
        )

    def test_rights(self):
        with self.assertRaises(AccessError):
            self._proposal(user=self.keeper)
        proposal = self._proposal(user=self.implementer2)
        self.assertFalse(proposal.change_id)
        proposal.change_id = self.change
        proposal.host_name = "beta"
        with self.assertRaises(AccessError):
            proposal.action_plan()
