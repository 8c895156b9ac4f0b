from odoo.exceptions import ValidationError

from .staging_common import StagingCase


class TestIdentity(StagingCase):
    """Items are found by ordered rules; junk never identifies."""

    def _found(self, item_class="test_server", **values):
        batch = self._planned([self._row(item_class=item_class, name="x", **values)])
        return self._rows(batch)

    def test_serial_in_other_spelling(self):
        item = self._ci("a", serial_number="ＳＮ 00-1")
        row = self._found(serial_number="sn00-1")
        self.assertEqual(row.ci_id, item)
        self.assertEqual(
            row.identifier_id, self.env.ref("itsm_cmdb.identifier_serial_number")
        )
        self.assertNotIn("serial_number", row.differences or {})

    def test_code_always_identifies(self):
        item = self._ci("a")
        self.assertEqual(self._found(code=item.code.lower()).ci_id, item)
        self.env["itsm.ci.identifier"].create(
            {"name": "Own", "class_id": self.class_server.id, "keys": "host_name"}
        )
        self.assertEqual(self._found(code=item.code).ci_id, item)

    def test_junk_never_identifies(self):
        for junk in ("N/A", "To be filled by O.E.M.", "无", "0", "-", "0000-0000"):
            with self.subTest(junk=junk):
                self._ci("a", serial_number=junk)
                row = self._found(serial_number=junk, asset_code="")
                self.assertEqual(self._codes(row), ["unidentified"])

    def test_junk_list_is_data(self):
        item = self._ci("a", serial_number="DUMMY-7")
        self.assertEqual(self._found(serial_number="DUMMY-7").ci_id, item)
        junk = self.env["itsm.ci.junk.value"].create({"name": "dummy-7"})
        row = self._found(serial_number="DUMMY-7")
        self.assertEqual(self._codes(row), ["unidentified"])
        junk.unlink()
        self.assertEqual(self._found(serial_number="DUMMY-7").ci_id, item)

    def test_manufacturer_tells_serials_apart(self):
        other = self.env["res.partner"].create(
            {"name": "Otherworks", "is_company": True}
        )
        one = self._ci("a", serial_number="77", manufacturer_id=self.maker.id)
        two = self._ci("b", serial_number="77", manufacturer_id=other.id)
        row = self._found(serial_number="77", manufacturer_id="Testmaker Systems")
        self.assertEqual(row.ci_id, one)
        row = self._found(serial_number="77", manufacturer_id="Otherworks")
        self.assertEqual(row.ci_id, two)
        row = self._found(serial_number="77")
        self.assertEqual(row.outcome, "refused")
        self.assertEqual(row.reasons[0]["code"], "ambiguous")
        self.assertIn(one.code, row.message)
        self.assertIn(two.code, row.message)

    def test_rules_that_point_to_different_items(self):
        self._ci("a", serial_number="S-1")
        self._ci("b", asset_code="A-1")
        row = self._found(serial_number="S-1", asset_code="A-1")
        self.assertEqual((row.outcome, self._codes(row)), ("refused", ["conflict"]))

    def test_host_and_domain(self):
        item = self._ci("a", host_name="SRV1", domain_name="one.example")
        self.assertEqual(
            self._found(host_name="srv1", domain_name="ONE.example").ci_id, item
        )
        self.assertEqual(self._found(host_name="srv1").ci_id, item)
        row = self._found(host_name="srv1", domain_name="two.example")
        self.assertEqual(row.outcome, "create")

    def test_class_must_fit(self):
        item = self._ci("a", serial_number="C-1")
        self.assertEqual(
            self._found(item_class="test_device", serial_number="C-1").ci_id, item
        )
        self._class("test_printer", self.class_device)
        row = self._found(item_class="test_printer", serial_number="C-1")
        self.assertEqual(self._codes(row), ["class_differs"])

    def test_attribute_rule_follows_changes(self):
        """Identities follow values, rules, junk and the class tree."""
        item = self._ci("a", attributes={"os_name": "Key One"})
        self.assertEqual(self._codes(self._found(os_name="key one")), ["unidentified"])
        rule = self.env["itsm.ci.identifier"].create(
            {
                "name": "By system",
                "class_id": self.class_device.id,
                "keys": "attributes.os_name",
            }
        )
        self.assertEqual(self._found(os_name="KEY ONE").ci_id, item)
        item.attributes = {"os_name": "Key Two"}
        self.assertEqual(self._found(os_name="key one").outcome, "create")
        self.assertEqual(self._found(os_name="key two").ci_id, item)
        rule.active = False
        self.assertEqual(self._codes(self._found(os_name="key two")), ["unidentified"])
        rule.active = True
        self.class_server.parent_id = False
        self.assertEqual(self._codes(self._found(os_name="key two")), ["unidentified"])

    def test_mac_addresses_of_interfaces(self):
        item = self._ci("a")
        self.env["itsm.ci.interface"].create(
            [
                {"ci_id": item.id, "name": "eth0", "mac_address": "00:1b:21:3c:4d:5e"},
                {"ci_id": item.id, "name": "eth1", "mac_address": "00:1b:21:3c:4d:5f"},
            ]
        )
        rule = self.env.ref("itsm_cmdb.identifier_mac_address")
        values = self.env["itsm.ci.identity"].search(
            [("ci_id", "=", item.id), ("identifier_id", "=", rule.id)]
        )
        self.assertEqual(
            sorted(values.mapped("value")), ["001b213c4d5e", "001b213c4d5f"]
        )

    def test_other_companies_are_never_found(self):
        self._ci("a", serial_number="F-1", company_id=self.branch.id)
        self.assertEqual(self._found(serial_number="F-1").outcome, "create")
        shared = self._ci("b", serial_number="F-2", company_id=False)
        self.assertEqual(self._found(serial_number="F-2").ci_id, shared)

    def test_archived_items(self):
        item = self._ci("a", serial_number="Z-1")
        item.active = False
        row = self._found(serial_number="Z-1")
        self.assertEqual(self._codes(row), ["archived"])
        again = self._ci("b", serial_number="Z-1")
        self.assertEqual(self._found(serial_number="Z-1").ci_id, again)

    def test_rules_name_known_attributes(self):
        with self.assertRaises(ValidationError):
            self.env["itsm.ci.identifier"].create(
                {"name": "No", "keys": "no_such_field"}
            )
        with self.assertRaises(ValidationError):
            self.env["itsm.ci.identifier"].create({"name": "No", "keys": " , "})

    def test_few_queries_for_many_items(self):
        items = self.Ci.create(
            [
                {
                    "name": f"q{n}",
                    "class_id": self.class_server.id,
                    "serial_number": f"Q{n}",
                }
                for n in range(200)
            ]
        )
        self.env.flush_all()
        with self.assertQueryCount(5):
            items._refresh_identities()
