from odoo.tests import tagged

from .staging_common import StagingCase
from .test_feed import FeedCase


class TestStagingAddresses(StagingCase):
    """IP and MAC addresses come in as lists; several, written in many ways."""

    def _macs(self, item):
        return sorted(item.interface_ids.mapped("mac_address"))

    def test_several_addresses(self):
        row = self._row(
            name="a",
            serial_number="AD-1",
            ip_addresses="10.9.0.2/24；１0.9.0.1\n127.0.0.1",
            mac_addresses=["00-1B-21-3C-4D-5F", "001b.213c.4d5e"],
        )
        self._applied([row])
        item = self._item(serial_number="AD-1")
        self.assertEqual(item.ip_addresses, "10.9.0.1, 10.9.0.2")
        self.assertEqual(self._macs(item), ["00:1b:21:3c:4d:5e", "00:1b:21:3c:4d:5f"])
        self.assertEqual(set(item.ip_address_ids.mapped("state")), {"assigned"})
        again = self._applied([row])
        self.assertEqual(self._outcomes(again), ["unchanged"])

    def test_order_and_repeats_say_nothing_else(self):
        self._applied(
            [
                self._row(
                    name="a", serial_number="AD-2", ip_addresses="10.9.0.4, 10.9.0.3"
                )
            ]
        )
        batch = self._planned(
            [self._row(serial_number="AD-2", ip_addresses="10.9.0.3 10.9.0.4 10.9.0.3")]
        )
        self.assertEqual(self._outcomes(batch), ["unchanged"])

    def test_what_is_no_address_refuses_the_row(self):
        batch = self._planned(
            [
                self._row(name="a", serial_number="B1", ip_addresses="10.9.0.400"),
                self._row(name="b", serial_number="B2", mac_addresses="00:1b:21"),
                self._row(name="c", serial_number="B3", ip_addresses="DHCP"),
            ]
        )
        rows = self._rows(batch)
        self.assertEqual(rows.mapped("outcome"), ["refused", "refused", "create"])
        self.assertEqual(self._codes(rows[0]), ["bad_address"])
        self.assertEqual(self._codes(rows[1]), ["bad_mac"])
        self.assertIn("10.9.0.400", rows[0].message)
        self.assertNotIn("ip_addresses", rows[2].differences)

    def test_found_by_any_of_its_mac_addresses(self):
        item = self._ci("a", mac_addresses="00:1b:21:3c:4d:5e, 00:1b:21:3c:4d:5f")
        rule = self.env.ref("itsm_cmdb.identifier_mac_address")
        row = self._rows(
            self._planned([self._row(mac_addresses="00-1B-21-3C-4D-5F", name="a")])
        )
        self.assertEqual((row.ci_id, row.identifier_id), (item, rule))
        item.mac_addresses = "00:1b:21:3c:4d:5e"
        row = self._rows(
            self._planned([self._row(mac_addresses="00-1B-21-3C-4D-5F", name="a")])
        )
        self.assertEqual(row.outcome, "create")

    def test_one_address_on_two_items_is_kept_and_told(self):
        rows = [
            self._row(name=f"n{n}", serial_number=f"TW-{n}", ip_addresses="10.9.9.9")
            for n in range(2)
        ]
        batch = self._applied(rows, self.scan)
        self.assertEqual(self._outcomes(batch), ["create", "create"], batch.result())
        one, two = (self._item(serial_number=f"TW-{n}") for n in range(2))
        self.env.flush_all()
        found = self.env["itsm.ip.conflict"].search(
            [("kind", "=", "duplicate"), ("address", "=", "10.9.9.9")]
        )
        self.assertEqual(found.ci_id, one | two)

    def test_undo_leaves_no_address(self):
        batch = self._applied(
            [
                self._row(name="u1", serial_number="UA-1", ip_addresses="10.9.8.1"),
                self._row(name="u2", serial_number="UA-2", ip_addresses="10.9.8.2"),
            ]
        )
        Address = self.env["itsm.ip.address"]
        kept = Address.search([("address", "=", "10.9.8.2")])
        kept._observe(
            kept.space_id, [("10.9.8.2", None, None, "2026-01-01 00:00:00")], self.scan
        )
        self.env.flush_all()
        batch.undo()
        self.assertFalse(self.Ci.search([("serial_number", "in", ["UA-1", "UA-2"])]))
        self.assertFalse(Address.search([("address", "=", "10.9.8.1")]))
        self.assertEqual((kept.state, bool(kept.ci_id)), ("free", False))

    def test_merging_moves_interfaces_and_addresses(self):
        one = self._ci(
            "one", mac_addresses="00:1b:21:00:00:01", ip_addresses="10.9.7.1"
        )
        two = self._ci(
            "two",
            mac_addresses="00:1b:21:00:00:01, 00:1b:21:00:00:02",
            ip_addresses="10.9.7.2",
        )
        (one | two)._merge(one)
        self.assertEqual(one.mac_addresses, "00:1b:21:00:00:01, 00:1b:21:00:00:02")
        self.assertEqual(one.ip_addresses, "10.9.7.1, 10.9.7.2")
        self.assertFalse(two.interface_ids)
        self.assertFalse(two.ip_addresses or two.mac_addresses)
        row = self._rows(self._planned([self._row(mac_addresses="00:1b:21:00:00:02")]))
        self.assertEqual(row.ci_id, one)


@tagged("post_install", "-at_install")
class TestFeedAddresses(FeedCase):
    """The feed takes addresses of items, and addresses seen on the wire."""

    def test_items_with_addresses(self):
        row = self._row(
            name="f",
            mac_addresses=["00:1b:21:aa:00:01"],
            ip_addresses="2001:DB8::7, 10.9.6.1",
        )
        result = self._post(self._body(row)).json()
        self.assertEqual(result["created"], 1, result)
        item = self._item(mac_addresses="00:1b:21:aa:00:01")
        self.assertEqual(item.ip_addresses, "10.9.6.1, 2001:db8::7")
        self.assertEqual(self._post(self._body(row)).json()["unchanged"], 1)

    def test_addresses_seen(self):
        seen = [
            {
                "address": "10.9.5.1",
                "mac": "00-1B-21-AA-00-02",
                "host": "printer.lan",
                "seen_at": "2026-03-01T08:00:00Z",
            },
            {"address": "10.9.5.300"},
            {"address": "10.9.5.2", "mac": "no"},
            {"address": "10.9.5.3", "seen_at": "2999-01-01 00:00:00"},
            {"address": "10.9.5.4", "other": "x"},
            {"address": ["10.9.5.5"]},
            "10.9.5.6",
        ]
        Address = self.env["itsm.ip.address"]
        dry = self._post(self._body(addresses=seen, dry_run=True)).json()
        self.assertEqual(dry["addresses"]["seen"], 1)
        self.assertFalse(Address.search([("address", "=like", "10.9.5.%")]))
        result = self._post(self._body(addresses=seen)).json()["addresses"]
        self.assertEqual(
            [each["row"] for each in result["refused"]], [2, 3, 4, 5, 6, 7]
        )
        self.assertTrue(all(each["message"] for each in result["refused"]))
        row = Address.search([("address", "=like", "10.9.5.%")])
        self.assertEqual((row.address, row.state), ("10.9.5.1", "seen"))
        self.assertEqual(row.seen_mac, "00:1b:21:aa:00:02")
        self.assertEqual(str(row.seen_at), "2026-03-01 08:00:00")
        self.assertEqual(
            (row.host_name, row.seen_source_id), ("printer.lan", self.scan)
        )
        conflict = self.env["itsm.ip.conflict"].search(
            [("address_id", "=", row.id), ("kind", "=", "undocumented")]
        )
        self.assertTrue(conflict)

    def test_addresses_must_be_a_list_within_limits(self):
        for addresses, status in (({}, 200), ("x", 400), ([None] * 20_001, 413)):
            answer = self._post(self._body(addresses=addresses))
            self.assertEqual(answer.status_code, status)
