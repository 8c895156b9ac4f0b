from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .staging_common import StagingCase


class TestMerge(StagingCase):
    """Duplicates are found, told apart or merged; nothing of them is lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls._ci("one", serial_number="DUP", host_name="one")
        cls.two = cls._ci(
            "two", serial_number="dup", asset_code="A2", attributes={"memory_gb": 8}
        )

    def _duplicates(self):
        self.env.flush_all()
        self.env["itsm.ci.duplicate"].invalidate_model()
        return self.env["itsm.ci.duplicate"].search([("value", "=", "dup")])

    def test_found(self):
        found = self._duplicates()
        self.assertEqual(found.ci_ids, self.one | self.two)
        self.assertEqual(found.ci_count, 2)

    def test_other_companies_are_no_duplicates(self):
        self._ci("three", serial_number="DUP", company_id=self.branch.id)
        self.assertEqual(self._duplicates().ci_ids, self.one | self.two)

    def test_not_a_duplicate_is_kept(self):
        self._duplicates().with_user(self.cmdb_manager).action_not_duplicates()
        self.assertFalse(self._duplicates())
        self.assertEqual(
            self.env["itsm.ci.distinct"].search([("value", "=", "dup")]).ci_ids,
            self.one | self.two,
        )
        self._ci("three", serial_number="DUP")
        self.assertEqual(self._duplicates().ci_count, 3)

    def test_merge(self):
        self._relation_type("test_uses")
        network, power = self._ci("network"), self._ci("power")
        self._relate(self.one, "test_uses", network)
        self._relate(self.two, "test_uses", network)
        self._relate(self.two, "test_uses", power)
        self._relate(self.two, "test_uses", self.one)
        tickets = [self._create_ticket() for _number in range(2)]
        Link = self.env["itsm.ticket.ci"]
        Link.create({"ticket_id": tickets[0].id, "ci_id": self.one.id})
        Link.create({"ticket_id": tickets[0].id, "ci_id": self.two.id})
        Link.create({"ticket_id": tickets[1].id, "ci_id": self.two.id})
        message = self.two.message_post(body="Remember this", message_type="comment")
        paper = self.env["ir.attachment"].create(
            {"name": "bill.txt", "res_model": "itsm.ci", "res_id": self.two.id}
        )
        self.env["itsm.ci.interface"].create(
            [
                {"ci_id": self.one.id, "name": "eth0"},
                {"ci_id": self.two.id, "name": "eth0"},
                {"ci_id": self.two.id, "name": "eth1"},
            ]
        )
        self.env.flush_all()
        items = (self.one | self.two).with_user(self.cmdb_manager)
        wizard = self.env["itsm.ci.merge"].browse(items.action_merge()["res_id"])
        wizard = wizard.with_user(self.cmdb_manager)
        wizard.survivor_id = self.one
        wizard._onchange_survivor_id()
        line = wizard.line_ids.filtered(lambda each: each.key == "name")
        line.choice_id = line.choice_ids.filtered(lambda each: each.ci_id == self.two)
        wizard.action_merge()
        one, two = self.one, self.two
        self.assertEqual((one.name, one.host_name), ("two", "one"))
        self.assertEqual(one.asset_code, "A2")
        self.assertEqual(one.attributes["memory_gb"], 8)
        self.assertFalse(two.active)
        self.assertEqual(two.merged_into_id, one)
        self.assertEqual(two.status, "retired")
        self.assertEqual(one.relation_ids.target_id, network | power)
        self.assertEqual(len(one.relation_ids), 2)
        self.assertFalse(one.inverse_relation_ids)
        self.assertEqual(one.ticket_link_ids.ticket_id, tickets[0] | tickets[1])
        self.assertEqual(message.res_id, one.id)
        self.assertEqual(paper.res_id, one.id)
        names = self.env["itsm.ci.interface"].search([("ci_id", "=", one.id)])
        self.assertEqual(sorted(names.mapped("name")), ["eth0", "eth1"])
        self.assertFalse(self._duplicates())
        self.assertTrue(
            any(revision.reason for revision in one.revision_ids if revision.changes)
        )

    def _redundant(self, item, name, *providers, **vals):
        group = self.env["itsm.ci.dependency.group"].create(
            {"ci_id": item.id, "name": name, **vals}
        )
        for provider in providers:
            self._relate(item, "test_uses", provider, group_id=group.id)
        return group

    def test_redundancy_is_kept(self):
        self._relation_type("test_uses")
        left, right, third = (self._ci(name) for name in ("left", "right", "third"))
        power = self._redundant(self.two, "Power", left, right)
        lines = self._redundant(self.two, "lines ", third)
        own = self._redundant(self.one, "Lines", self._ci("fourth"))
        (self.one | self.two)._merge(self.one)
        self.assertEqual(power.ci_id, self.one)
        self.assertEqual(power.relation_ids.source_id, self.one)
        self.assertEqual(power.relation_ids.target_id, left | right)
        self.assertEqual(own.relation_ids.mapped("target_id.name"), ["fourth", "third"])
        self.assertFalse(lines.active)
        self.assertTrue(all(each.group_id for each in self.one.relation_ids))

    def test_redundancy_is_kept_against_a_plain_relation(self):
        self._relation_type("test_uses")
        left, right = self._ci("left"), self._ci("right")
        self._relate(self.one, "test_uses", left)
        three = self._ci("three")
        self._relate(three, "test_uses", right)
        power = self._redundant(self.two, "Power", left, right)
        items = self.one | self.two | three
        items._merge(self.one)
        self.assertEqual(power.relation_ids, self.one.relation_ids)
        self.assertEqual(power.relation_ids.target_id, left | right)

    def test_rows_find_the_survivor(self):
        (self.one | self.two)._merge(self.one)
        batch = self._planned([self._row(asset_code="A2", name="x")])
        self.assertEqual(self._rows(batch).ci_id, self.one)

    def test_sightings_are_joined(self):
        self._applied([self._row(code=self.one.code)], self.scan)
        self._applied([self._row(code=self.two.code)], self.scan)
        self._applied([self._row(code=self.two.code)], self.ledger)
        (self.one | self.two)._merge(self.one)
        self.assertEqual(self.one.sighting_ids.source_id, self.scan | self.ledger)
        self.assertFalse(self.two.sighting_ids)

    def test_sightings_keep_the_first_and_the_last_time(self):
        for item in (self.one, self.two):
            self._applied([self._row(code=item.code)], self.scan)
        days = {"first_at": ("02", "01"), "last_at": ("03", "04")}
        for name, (own, other) in days.items():
            self.one.sighting_ids[name] = f"2026-01-{own} 00:00:00"
            self.two.sighting_ids[name] = f"2026-01-{other} 00:00:00"
        self.env.flush_all()
        (self.one | self.two)._merge(self.one)
        found = self.one.sighting_ids
        self.assertEqual(
            (str(found.first_at.date()), str(found.last_at.date())),
            ("2026-01-01", "2026-01-04"),
        )

    def test_relations_keep_their_terms(self):
        self._relation_type("test_uses")
        power = self._ci("power")
        self._relate(self.two, "test_uses", power, strength="soft", weight=3)
        (self.one | self.two)._merge(self.one)
        found = self.one.relation_ids
        self.assertEqual((found.strength, found.weight), ("soft", 3))

    def test_archived_items_are_not_merged(self):
        self.two.active = False
        with self.assertRaises(UserError):
            (self.one | self.two)._merge(self.one)

    def test_only_managers(self):
        for user in (self.engineer, self.agent):
            with self.assertRaises(AccessError):
                (self.one | self.two).with_user(user).action_merge()
            with self.assertRaises(AccessError):
                (self.one | self.two).with_user(user)._merge(self.one)

    def test_different_classes_are_warned_of(self):
        other_class = self._class("test_cabinet", attributes={"doors": "integer"})
        third = self._ci("three", other_class, attributes={"doors": 2})
        wizards = self.env["itsm.ci.merge"].with_user(self.cmdb_manager)

        def warning(items):
            action = items.with_user(self.cmdb_manager).action_merge()
            return wizards.browse(action["res_id"])

        self.assertFalse(warning(self.one | self.two).class_warning)
        wizard = warning(self.one | third)
        self.assertIn(other_class.name, wizard.class_warning)
        self.assertIn(self.one.class_id.name, wizard.class_warning)
        # What the class that stays does not know is not offered, and stops nobody.
        doors = wizard.line_ids.filtered(lambda line: line.key == "attributes.doors")
        for survivor, known in ((self.one, False), (third, True), (self.one, False)):
            wizard.survivor_id = survivor
            self.assertEqual(doors.is_known, known)
            self.assertEqual(wizard.has_unknown, survivor == self.one)
        wizard.action_merge()
        self.assertEqual(third.merged_into_id, wizard.survivor_id)
        self.assertEqual(self.one.class_id, self.class_server)

    def test_options_are_named(self):
        licences = self._class(
            "test_licence",
            attributes={
                "counted": ("selection", {"named_user": "Named user", "cpu": "Core"})
            },
        )
        items = self.Ci
        for key in ("named_user", "cpu"):
            items |= self._ci(key, licences, attributes={"counted": key})
        items = items.with_user(self.cmdb_manager)
        with Form(
            self.env["itsm.ci.merge"].browse(items.action_merge()["res_id"])
        ) as f:
            f.survivor_id = items[1]
            self.assertFalse(f.has_unknown)
        wizard = f.record
        line = wizard.line_ids.filtered(lambda each: each.key == "attributes.counted")
        self.assertEqual(set(line.choice_ids.mapped("name")), {"Named user", "Core"})
        line.choice_id = line.choice_ids.filtered(lambda each: each.ci_id == items[0])
        wizard.action_merge()
        self.assertEqual(items[1].attributes._values["counted"], "named_user")

    def test_what_cannot_be_merged(self):
        foreign = self._ci("three", company_id=self.branch.id)
        for items in (self.one, self.one | foreign):
            with self.assertRaises(UserError):
                items._merge(self.one)
        with self.assertRaises(UserError):
            (self.one | self.two)._merge(foreign)
