from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .staging_common import StagingCase

NAME = "Vault of secrets"


@tagged("post_install", "-at_install")
class HiddenCase(StagingCase):
    """An item of a class that only some see, and traces of it in every model."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.insiders = cls.env["res.groups"].create({"name": "Insiders"})
        cls.class_secret = cls._class(
            "test_secret", cls.class_server, group_ids=cls.insiders.ids
        )
        cls.insider = cls._make_user(
            "insider", "Ina Insider", "itsm_cmdb.group_cmdb_manager"
        )
        cls.insider.group_ids |= cls.insiders
        cls.room = cls.env["itsm.location"].create(
            {"name": "Cellar", "company_id": cls.company.id}
        )
        cls.employee_keeper = cls._make_employee(cls.keeper)
        cls.secret = cls._ci(
            NAME,
            cls.class_secret,
            serial_number="HIDDEN-1",
            location_id=cls.room.id,
            owner_id=cls.employee_keeper.id,
            stage_id=cls.stages["in_use"].id,
        )
        cls.open = cls._ci("Open", owner_id=cls.employee_keeper.id)
        cls.space = cls.env["itsm.ip.space"].create(
            {"name": "Hostile", "company_id": cls.company.id}
        )
        cls.network = cls.env["itsm.ip.network"].create(
            {"name": "Net", "cidr": "10.9.0.0/24", "space_id": cls.space.id}
        )
        cls.env.flush_all()

    @classmethod
    def _address(cls, text, item, **vals):
        interface = cls.env["itsm.ci.interface"].create({"ci_id": item.id, **vals})
        return cls.env["itsm.ip.address"].create(
            {
                "address": text,
                "space_id": cls.space.id,
                "interface_id": interface.id,
                "is_shared": True,
            }
        )

    def _assert_hidden(self, records, *strangers):
        """Nobody but insiders finds or reads the records, or counts them."""
        self.env.flush_all()
        domain = [("id", "in", records.ids)]
        self.assertEqual(records.with_user(self.insider).search(domain), records)
        self.assertTrue(records.with_user(self.insider).read())
        for user in strangers or (self.keeper, self.cmdb_manager, self.auditor):
            with self.subTest(model=records._name, user=user.name):
                Model = self._as(user)[records._name].with_context(active_test=False)
                self.assertFalse(Model.search(domain))
                self.assertFalse(Model._read_group(domain, [], ["__count"])[0][0])
                with self.assertRaises(AccessError):
                    Model.browse(records.ids).read()


class TestHiddenTraces(HiddenCase):
    """What hangs on a hidden item is as hidden as the item."""

    def test_addresses_and_interfaces(self):
        address = self._address("10.9.0.5", self.secret)
        self._assert_hidden(address)
        self._assert_hidden(address.interface_id)

    def test_history_of_relations(self):
        self._relate(self.open, "depends_on", self.secret)
        self.env.flush_all()
        rows = self.env["itsm.ci.history"].search(
            [("ci_id", "in", (self.open | self.secret).ids), ("key", "=", "relation")]
        )
        self.assertEqual(rows.ci_id, self.open | self.secret)
        self._assert_hidden(rows)

    def test_conflicts(self):
        self._address("10.9.0.6", self.secret)
        other = self._address("10.9.0.6", self.open)
        # As ledgers and scanners may say it; people are refused.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_ip_address SET is_shared = FALSE WHERE id = %s", other.ids
        )
        self.env.invalidate_all()
        found = self.env["itsm.ip.conflict"].search(
            [("space_id", "=", self.space.id), ("kind", "=", "duplicate")]
        )
        self.assertEqual(len(found), 2)
        self._assert_hidden(found)

    def test_ranges_of_other_companies(self):
        found = self.env["itsm.ip.range"].create(
            {"network_id": self.network.id, "first": "10.9.0.9", "last": "10.9.0.12"}
        )
        self._assert_hidden(found, self.outsider)

    def test_rows_of_batches(self):
        batch = self._planned(
            [
                self._row(
                    item_class="test_secret", name="Vault 2", serial_number="HIDDEN-2"
                ),
                self._row(
                    item_class="test_secret", serial_number="HIDDEN-1", asset_code="A"
                ),
            ]
        )
        self.assertEqual(set(self._outcomes(batch)), {"create", "update"})
        self._assert_hidden(self._rows(batch))

    def test_duplicates_and_what_was_said_of_them(self):
        self._ci("Copy", self.class_secret, serial_number="HIDDEN-1")
        self.env.flush_all()
        found = self.env["itsm.ci.duplicate"].search([("value", "=", "hidden-1")])
        self.assertEqual(found.ci_count, 2)
        self._assert_hidden(found)
        found.with_user(self.insider).action_not_duplicates()
        self._assert_hidden(
            self.env["itsm.ci.distinct"].search([("value", "=", "hidden-1")])
        )

    def test_distinct_of_other_companies(self):
        for name in ("One", "Two"):
            self._ci(name, serial_number="TWIN-1")
        self.env.flush_all()
        found = self.env["itsm.ci.duplicate"].search([("value", "=", "twin-1")])
        found.action_not_duplicates()
        said = self.env["itsm.ci.distinct"].search([("value", "=", "twin-1")])
        self._assert_hidden(said, self.outsider)

    def test_lists_of_attestations(self):
        campaign = self.env["itsm.ci.attestation"].create(
            {
                "name": "Hostile",
                "company_id": self.company.id,
                "domain": f"[('id', 'in', {(self.secret | self.open).ids})]",
                "due_date": fields.Date.today() + timedelta(days=30),
            }
        )
        campaign.action_start()
        lines = campaign.line_ids.filtered(lambda line: line.ci_id == self.secret)
        self._assert_hidden(lines, self.engineer, self.cmdb_manager, self.auditor)
        # Who owns it answers for it.
        self.assertEqual(lines.with_user(self.keeper).ci_name, NAME)

    def test_an_address_in_hidden_hands_is_taken_all_the_same(self):
        hidden = self._address("10.9.0.1", self.secret)
        hidden.is_shared = False
        network = self.network.with_user(self.keeper)
        self.assertEqual(network.next_free_address(), "10.9.0.2")
        wizard = self._as(self.keeper)["itsm.ip.assign"].create(
            {"network_id": network.id, "address": "10.9.0.1", "ci_id": self.open.id}
        )
        with self.assertRaises(UserError) as caught:
            wizard.action_assign()
        self.assertNotIn(NAME, str(caught.exception))
        interface = self.env["itsm.ci.interface"].create({"ci_id": self.open.id})
        with self.assertRaises(UserError) as caught:
            self._as(self.keeper)["itsm.ip.address"].create(
                {
                    "address": "10.9.0.1",
                    "space_id": self.space.id,
                    "interface_id": interface.id,
                }
            )
        self.assertNotIn(NAME, str(caught.exception))
        network.with_user(self.cmdb_manager).gateway = "10.9.0.1"

    def test_an_ipv6_address_written_otherwise_is_the_same(self):
        network = self.env["itsm.ip.network"].create(
            {"name": "Six", "cidr": "2001:db8:9::/64", "space_id": self.space.id}
        )
        self._address("2001:db8:9::7", self.secret)
        wizard = self._as(self.keeper)["itsm.ip.assign"].create(
            {
                "network_id": network.id,
                "address": "2001:DB8:9:0::0007",
                "ci_id": self.open.id,
            }
        )
        with self.assertRaises(UserError):
            wizard.action_assign()

    def test_a_relation_that_is_there_tells_no_name(self):
        self._relate(self.open, "test_uses", self.secret)
        with self.assertRaises(AccessError) as caught:
            self._as(self.keeper)["itsm.ci.relation"].create(
                {
                    "source_id": self.open.id,
                    "type_id": self._relation_type("test_uses").id,
                    "target_id": self.secret.id,
                }
            )
        self.assertNotIn(NAME, str(caught.exception))

    def test_searching_by_what_is_hidden(self):
        Ci = self._as(self.keeper)["itsm.ci"]
        self.assertFalse(Ci.name_search("Vault"))
        self.assertFalse(Ci.name_search("HIDDEN-1"))
        self.assertFalse(Ci.search([("serial_number", "=", "HIDDEN-1")]))
        groups = Ci.formatted_read_group([], ["class_id"], ["__count"])
        classes = [group["class_id"] and group["class_id"][0] for group in groups]
        self.assertNotIn(self.class_secret.id, classes)
        self.keeper.group_ids |= self.env.ref("base.group_allow_export")
        with self.assertRaises(AccessError):
            Ci.browse(self.secret.id).export_data(["name"])
        with self.assertRaises(AccessError):
            Ci.browse(self.secret.id).message_post(body="Hello")
        Ci.browse(self.secret.id).message_subscribe(self.keeper.partner_id.ids)
        self.assertNotIn(self.keeper.partner_id, self.secret.message_partner_ids)

    def test_mass_ids_do_not_help(self):
        both = (self.open | self.secret).with_user(self.keeper)
        for attempt in (
            lambda: both.impact_graph({"direction": "neighbours"}),
            lambda: both.impact_report(),
            lambda: both.action_confirm(),
            lambda: both.action_print_labels(),
            lambda: both._label_rows(),
            lambda: both.write({"criticality": "1"}),
            lambda: both._write_values({self.secret.id: {"name": "Mine"}}),
        ):
            with self.assertRaises(AccessError):
                attempt()


class TestHiddenStocktake(HiddenCase):
    """A count shows nobody what they may not see."""

    def _sheet(self, user, **vals):
        return self._as(user)["itsm.ci.stocktake"].create(
            {
                "name": "Raid",
                "company_id": self.company.id,
                "location_ids": self.room.ids,
                "class_ids": self.class_device.ids,
                "leader_ids": user.ids,
                **vals,
            }
        )

    def test_who_starts_it_counts_what_they_see(self):
        with self.assertRaises(UserError):
            self._sheet(self.keeper).action_start()
        visible = self._ci(
            "Plain", location_id=self.room.id, stage_id=self.stages["in_use"].id
        )
        sheet = self._sheet(self.keeper)
        sheet.action_start()
        self.assertEqual(sheet.sudo().line_ids.ci_id, visible)

    def test_lines_of_a_wider_count(self):
        sheet = self._sheet(self.insider, counter_ids=self.keeper.ids)
        sheet.action_start()
        line = sheet.line_ids
        self.assertEqual(line.ci_id, self.secret)
        self._assert_hidden(line.sudo(False))
        mine = sheet.with_user(self.keeper)
        self.assertEqual(mine.expected_count, 1)
        self.assertFalse(mine.room_state(self.room.id)["pending"])
        answer = mine.scan("HIDDEN-1", self.room.id)
        self.assertEqual(answer["kind"], "expected")
        self.assertNotIn(NAME, str(answer))
        self.assertNotIn("HIDDEN-1", str(answer))
        self.assertFalse(mine._report_lines())
        # It was seen all the same.
        self.env.invalidate_all()
        self.assertEqual(sheet.line_ids.result, "seen")

    def test_nobody_makes_themselves_a_leader(self):
        sheet = self._sheet(self.insider)
        for vals in (
            {"leader_ids": [Command.link(self.keeper.id)]},
            {"counter_ids": [Command.set(self.keeper.ids)]},
        ):
            with self.assertRaises(AccessError):
                sheet.with_user(self.keeper).write(vals)
        sheet.write({"counter_ids": self.keeper.ids})

    def test_a_count_begins_as_a_draft(self):
        forged = {
            "default_state": "review",
            "default_signed_by_id": self.insider.id,
            "default_signed_at": "2026-01-01 00:00:00",
        }
        sheet = (
            self._as(self.keeper)["itsm.ci.stocktake"]
            .with_context(**forged)
            .create({"name": "Forged", "company_id": self.company.id})
        )
        self.assertEqual((sheet.state, sheet.signed_at), ("draft", False))
        self.assertFalse(sheet.signed_by_id)

    def test_hostile_terms(self):
        sheet = self._sheet(self.insider)
        sheet.action_start()
        for term in (None, 7, [], {"a": 1}, "%", "\\", "'; DROP TABLE itsm_ci"):
            self.assertIsInstance(sheet.find_rooms(term), list)
        for room in ("1", None, True, -1, 2**40, [1]):
            with self.assertRaises(UserError):
                sheet.room_state(room)
