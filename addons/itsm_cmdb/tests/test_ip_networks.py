from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..tools.origin import Origin
from .common import CmdbCase


class AddressCase(CmdbCase):
    """A space of its own with a few networks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Network = cls.env["itsm.ip.network"]
        cls.Address = cls.env["itsm.ip.address"]
        cls.Conflict = cls.env["itsm.ip.conflict"]
        cls.space = cls.env["itsm.ip.space"].create({"name": "Tests", "sequence": -1})

    @classmethod
    def _network(cls, cidr, **vals):
        return cls.Network.create(
            {"name": f"Net {cidr}", "cidr": cidr, "space_id": cls.space.id, **vals}
        )

    @classmethod
    def _address(cls, text, item=None, **vals):
        if item is not None:
            item._add_first_interfaces()
            vals["interface_id"] = item.interface_ids[:1].id
        return cls.Address.create({"address": text, "space_id": cls.space.id, **vals})

    def _conflicts(self):
        self.env.flush_all()
        self.Conflict.invalidate_model()
        return {
            (row.kind, row.address)
            for row in self.Conflict.search([("space_id", "=", self.space.id)])
        }


@tagged("post_install", "-at_install")
class TestIpNetworks(AddressCase):
    """Networks find their place, addresses theirs, and nothing is given twice."""

    def test_a_network_finds_its_place_whatever_comes_first(self):
        small = self._network("10.1.1.0/24")
        address = self._address("10.1.1.9", state="reserved")
        self.assertEqual(address.network_id, small)
        wide = self._network("10.0.0.0/8")
        middle = self._network("10.1.0.0/16")
        tiny = self._network("10.1.1.8/29")
        self.assertEqual(small.parent_id, middle)
        self.assertEqual(middle.parent_id, wide)
        self.assertEqual(tiny.parent_id, small)
        self.assertEqual(address.network_id, tiny)
        middle.active = False
        self.assertEqual(small.parent_id, wide)
        tiny.unlink()
        self.assertEqual(address.network_id, small)

    def test_the_same_network_twice_is_refused(self):
        self._network("10.0.0.0/24")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._network(" １0.0.0.0/255.255.255.0 ")

    def test_another_space_may_have_the_same_network(self):
        self._network("10.0.0.0/24")
        other = self.env["itsm.ip.space"].create({"name": "Branch"})
        self.assertTrue(self._network("10.0.0.0/24", space_id=other.id))

    def test_wrong_texts_are_refused_with_a_proposal(self):
        with self.assertRaisesRegex(ValidationError, "10.0.0.0/24"):
            self._network("10.0.0.7/24")
        with self.assertRaises(ValidationError):
            self._network("10.0.0.0")
        with self.assertRaises(ValidationError):
            self._network("10.0.0.0/24", gateway="10.0.1.1")
        with self.assertRaises(ValidationError):
            self._address("10.0.0.300")

    def test_the_gateway_is_reserved(self):
        network = self._network("10.0.0.0/29", gateway="10.0.0.1")
        self.assertEqual(network.address_ids.mapped("address"), ["10.0.0.1"])
        self.assertEqual(network.next_free_address(), "10.0.0.2")

    def test_another_gateway_frees_the_former(self):
        network = self._network("10.0.0.0/29", gateway="10.0.0.1")
        network.gateway = "10.0.0.6"
        self.assertEqual(network.next_free_address(), "10.0.0.1")
        network.gateway = "10.0.0.1"
        self.assertEqual(network.next_free_address(), "10.0.0.2")
        network.unlink()
        kept = self.Address.search(
            [("space_id", "=", self.space.id), ("state", "=", "reserved")]
        )
        self.assertFalse(kept)

    def test_a_network_cannot_shrink_below_its_ranges(self):
        network = self._network("10.0.0.0/24")
        self.env["itsm.ip.range"].create(
            {"network_id": network.id, "first": "10.0.0.200", "last": "10.0.0.220"}
        )
        with self.assertRaises(ValidationError):
            network.cidr = "10.0.0.0/25"

    def test_an_address_outside_is_not_given_by_the_dialog(self):
        network = self._network("10.0.0.0/29")
        assign = self.env["itsm.ip.assign"].create(
            {"network_id": network.id, "address": "10.9.9.9", "ci_id": self._ci("a").id}
        )
        with self.assertRaises(UserError):
            assign.action_assign()

    def test_a_company_keeps_its_addresses(self):
        self.space.company_id = self.branch
        with self.assertRaises(ValidationError):
            self._address("10.0.0.1", self._ci("a"))
        self.space.company_id = self.company
        self.assertTrue(self._address("10.0.0.1", self._ci("a")))

    def test_next_free_skips_addresses_ranges_and_networks_inside(self):
        network = self._network("10.0.0.0/27")
        self._address("10.0.0.1", state="reserved")
        self.env["itsm.ip.range"].create(
            {"network_id": network.id, "first": "10.0.0.2", "last": "10.0.0.7"}
        )
        self._network("10.0.0.8/30")
        self.assertEqual(network.next_free_address(), "10.0.0.12")

    def test_a_full_network_says_so(self):
        network = self._network("10.0.0.0/30")
        self._address("10.0.0.1", state="reserved")
        self._address("10.0.0.2", state="reserved")
        self.assertEqual(network.utilisation, 100)
        with self.assertRaises(UserError):
            network.next_free_address()

    def test_ipv6(self):
        network = self._network("2001:DB8::/64", gateway="2001:db8::1")
        self.assertEqual(network.family, "6")
        self.assertEqual(network.next_free_address(), "2001:db8::2")
        self.assertLess(network.utilisation, 0.001)

    def test_ranges_stay_inside_and_apart(self):
        network = self._network("10.0.0.0/24")
        Range = self.env["itsm.ip.range"]
        Range.create(
            {"network_id": network.id, "first": "10.0.0.50", "last": "10.0.0.99"}
        )
        for first, last in (
            ("10.0.0.99", "10.0.0.110"),
            ("10.0.1.1", "10.0.1.5"),
            ("10.0.0.20", "10.0.0.10"),
        ):
            with self.subTest(first=first), self.assertRaises(ValidationError):
                Range.create({"network_id": network.id, "first": first, "last": last})

    def test_assigning_by_the_dialog(self):
        network = self._network("10.0.0.0/29", gateway="10.0.0.1")
        server = self._ci("db1")
        form = Form(
            self.env["itsm.ip.assign"]
            .with_user(self.engineer)
            .with_context(default_network_id=network.id)
        )
        form.ci_id = server
        form.save().action_assign()
        self.assertEqual(server.ip_addresses, "10.0.0.2")
        self.assertEqual(server.ip_address_ids.state, "assigned")

    def test_an_address_taken_meanwhile_is_refused(self):
        network = self._network("10.0.0.0/29")
        assign = self.env["itsm.ip.assign"].with_context(default_network_id=network.id)
        one, other = (
            assign.create({"ci_id": self._ci(name).id, "address": "10.0.0.1"})
            for name in ("a", "b")
        )
        one.action_assign()
        with self.assertRaisesRegex(UserError, "10.0.0.2"):
            other.action_assign()

    def test_people_cannot_give_an_address_to_two_items(self):
        self._network("10.0.0.0/24")
        one, other = self._ci("a"), self._ci("b")
        first = self._address("10.0.0.5", one)
        with self.assertRaises(ValidationError):
            self._address("10.0.0.5", other)
        first.is_shared = True
        self._address("10.0.0.5", other, is_shared=True)
        self.assertFalse(self._conflicts())

    def test_releasing_frees_it(self):
        network = self._network("10.0.0.0/24")
        address = self._address("10.0.0.1", self._ci("a"))
        address.action_release()
        self.assertEqual(address.state, "free")
        self.assertEqual(network.next_free_address(), "10.0.0.1")

    def test_an_item_may_not_be_in_a_state_that_its_interface_denies(self):
        with self.assertRaises(ValidationError):
            self._address("10.0.0.1", state="assigned")
        address = self._address("10.0.0.2", self._ci("a"))
        with self.assertRaises(ValidationError):
            address.state = "reserved"


@tagged("post_install", "-at_install")
class TestIpConflicts(AddressCase):
    """What ledgers and scanners say is kept, and shown where it disagrees."""

    def test_each_kind(self):
        network = self._network("10.0.0.0/24")
        self.env["itsm.ip.range"].create(
            {"network_id": network.id, "first": "10.0.0.100", "last": "10.0.0.200"}
        )
        one, other = self._ci("a"), self._ci("b")
        self._address("10.0.0.5", one)
        scanned = self.Address.with_context(itsm_ci_origin=Origin(source="scan"))
        other._add_first_interfaces()
        scanned.create(
            {
                "address": "10.0.0.5",
                "space_id": self.space.id,
                "interface_id": other.interface_ids.id,
            }
        )
        self._address("192.168.1.1", state="reserved")
        self._address("10.0.0.150", one)
        one.interface_ids.mac_address = "00:1B:21:3C:4D:5E"
        self._address("10.0.0.6", one)
        self.Address._observe(
            self.space,
            [
                ("10.0.0.6", "00-1b-21-3c-4d-5f", None, "2026-01-01 10:00:00"),
                ("10.0.0.77", None, "stranger", "2026-01-01 10:00:00"),
            ],
            self._source(),
        )
        self.assertEqual(
            self._conflicts(),
            {
                ("duplicate", "10.0.0.5"),
                ("outside", "192.168.1.1"),
                ("dhcp", "10.0.0.150"),
                ("mac", "10.0.0.6"),
                ("undocumented", "10.0.0.77"),
            },
        )

    def test_what_is_gone_has_no_addresses(self):
        """Disposed of: free. Retired: still its own, but named as a conflict."""
        self._network("10.0.0.0/24")
        one, other = self._ci("a"), self._ci("b")
        self._address("10.0.0.5", one)
        kept = self._address("10.0.0.6", other)
        one.status = "disposed"
        other.status = "retired"
        self.assertFalse(one.ip_addresses)
        self.assertEqual(kept.ci_id, other)
        self.assertEqual(self._conflicts(), {("ended", "10.0.0.6")})

    def test_what_was_seen_before_does_not_replace_what_was_seen_since(self):
        for moment, mac in (
            ("2026-01-02 00:00:00", "00:00:00:00:00:02"),
            ("2026-01-01 00:00:00", "00:00:00:00:00:01"),
        ):
            self.Address._observe(
                self.space, [("10.0.0.1", mac, None, moment)], self._source()
            )
        address = self.Address.search([("space_id", "=", self.space.id)])
        self.assertEqual(address.seen_mac, "00:00:00:00:00:02")
        self.assertEqual(address.state, "seen")

    def _source(self):
        Source = self.env["itsm.ci.source"]
        return Source.search([("code", "=", "test_scan")]) or Source.create(
            {"name": "Scanner", "code": "test_scan", "kind": "scan"}
        )

    def test_sightings_of_known_addresses_in_few_queries(self):
        source = self._source()
        server = self._ci("many")

        def observed(net, count):
            """Return the queries for so many, each seen at its own moment."""
            rows = [
                (f"10.8.{net}.{n}", None, None, f"2026-01-01 10:00:{n:02}")
                for n in range(1, count + 1)
            ]
            for number, (text, *_rest) in enumerate(rows):
                self._address(text, **({"item": server} if number % 2 else {}))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Address._observe(self.space, rows, source)
            self.env.flush_all()
            queries = self.env.cr.sql_log_count - before
            known = self.Address.search([("address", "=like", f"10.8.{net}.%")])
            self.assertEqual(
                known.mapped("seen_at"),
                [fields.Datetime.to_datetime(row[3]) for row in rows],
            )
            return queries

        observed(0, 2)
        few, many = observed(1, 3), observed(2, 50)
        self.assertEqual(few, many)
        self.assertLess(many, 15)

    def test_a_sighting_is_no_change_of_the_item(self):
        server = self._ci("seen", ip_addresses="10.7.0.1")
        address = server.ip_address_ids
        before = server.revision_ids
        self.Address._observe(
            address.space_id,
            [("10.7.0.1", None, None, "2026-01-01 10:00:00")],
            self._source(),
        )
        self.env.flush_all()
        server.invalidate_recordset()
        self.assertTrue(address.seen_at)
        self.assertEqual(server.revision_ids, before)


@tagged("post_install", "-at_install")
class TestItemAddresses(AddressCase):
    """Addresses and interfaces of an item in the short form of ledgers."""

    def test_written_and_read_as_texts(self):
        self._network("10.0.0.0/24")
        server = self._ci(
            "a",
            ip_addresses="10.0.0.9、10.0.0.10",
            mac_addresses="00-1B-21-3C-4D-5E;00:1b:21:3c:4d:5f",
        )
        self.assertEqual(server.ip_addresses, "10.0.0.9, 10.0.0.10")
        self.assertEqual(server.mac_addresses, "00:1b:21:3c:4d:5e, 00:1b:21:3c:4d:5f")
        self.assertEqual(len(server.interface_ids), 2)
        self.assertEqual(
            self.Ci.search([("mac_addresses", "ilike", "00:1b:21:3c:4d:5f")]), server
        )
        server.ip_addresses = "10.0.0.10"
        self.assertEqual(server.ip_address_ids.mapped("address"), ["10.0.0.10"])
        freed = self.Address.search(
            [("space_id", "=", self.space.id), ("address", "=", "10.0.0.9")]
        )
        self.assertEqual(freed.state, "free")

    def test_the_same_texts_change_nothing(self):
        server = self._ci("a", ip_addresses="10.0.0.9", mac_addresses="001b213c4d5e")
        before = (server.interface_ids, server.ip_address_ids)
        server.write({"ip_addresses": "10.0.0.9", "mac_addresses": "00:1B:21:3C:4D:5E"})
        self.assertEqual((server.interface_ids, server.ip_address_ids), before)

    def test_changes_of_addresses_are_in_the_history(self):
        server = self._ci("a")
        self._address("10.0.0.9", server)
        server.interface_ids.mac_address = "001b213c4d5e"
        changed = {}
        for revision in server.revision_ids.sorted("id"):
            changed |= revision.changes or {}
        self.assertEqual(changed["ip_addresses"], [None, "10.0.0.9"])
        self.assertEqual(changed["mac_addresses"], [None, "00:1b:21:3c:4d:5e"])

    def test_a_wrong_mac_is_refused(self):
        with self.assertRaises(ValidationError):
            self._ci("a", mac_addresses="00:1b:21")

    def test_many_items_cost_no_more_queries_each(self):
        """The queries of 30 items are those of 5, but for what is in portions."""
        self._network("10.0.0.0/16")
        counts = []
        for start, count in ((0, 5), (50, 30)):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Ci.create(
                [
                    {
                        "name": f"pc{number}",
                        "class_id": self.class_server.id,
                        "company_id": self.company.id,
                        "ip_addresses": f"10.0.1.{number}",
                        "mac_addresses": f"02:00:00:00:00:{number:02x}",
                    }
                    for number in range(start, start + count)
                ]
            )
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 5)
