from datetime import date, datetime

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command

from ..models.itsm_ci_incoming import MANY
from .common import CmdbCase


class TestItemInsertion(CmdbCase):
    """Many new items are inserted otherwise than a few: nobody must see that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.room = cls.env["itsm.location"].create({"name": "Room", "kind": "room"})
        cls.maker = cls.env["res.partner"].create({"name": "Maker"})
        cls.ward = cls.env["hr.department"].create({"name": "Ward"})

    def _vals(self, number):
        vals = {
            "name": f"Item {number}",
            "class_id": self.class_server.id,
            "company_id": self.company.id,
            "attributes": {"memory_gb": number, "roles": ["db", "web"]},
        }
        if number % 2:
            vals |= {
                "location_id": self.room.id,
                "manufacturer_id": self.maker.id,
                "purchase_date": date(2026, 1, 31),
                "purchase_value": 12.345,
                "verified_at": datetime(2026, 2, 1, 12, 0),
                "note": "<p>Said <script>bad()</script>so</p>",
                "user_department_ids": [Command.set(self.ward.ids)],
                "ip_addresses": f"10.77.0.{number}",
                "status": "in_stock",
            }
        return vals

    def _seen(self, items):
        """Return all that is stored of items, but what is each one's own."""
        own = {"id", "code", "token", "display_name", "write_date", "create_date"}
        own.add("provenance")
        names = [
            name
            for name, field in items._fields.items()
            if field.store and field.type != "one2many" and name not in own
        ]
        return items.read(names, load=None)

    def test_many_are_as_one_by_one(self):
        vals_list = [self._vals(number) for number in range(1, MANY + 3)]
        with self.env.cr.savepoint() as savepoint:
            alone = self.Ci.browse().union(*(self.Ci.create(v) for v in vals_list))
            expected = self._seen(alone)
            savepoint.rollback()
            self.env.invalidate_all()
        together = self.Ci.create(vals_list)
        in_cache = self._seen(together)
        self.env.invalidate_all()
        stored = self._seen(together)
        for one, cached, other in zip(expected, in_cache, stored, strict=True):
            for seen in (one, cached, other):
                seen.pop("id")
            self.assertEqual(cached, one)
            self.assertEqual(other, one)

    def test_lists_that_were_looked_at_know_the_new_items(self):
        kind = self.env["itsm.ci.model"].create({"name": "M"})
        inverse = [
            field
            for field in self.env.registry.field_inverses[self.Ci._fields["model_id"]]
            if field.type == "one2many"
        ]
        before = {field: kind[field.name] for field in inverse}
        items = self.Ci.create(
            [self._vals(2) | {"model_id": kind.id} for _number in range(MANY + 1)]
        )
        self.assertFalse(any(before.values()))
        for field in inverse:
            self.assertEqual(kind[field.name], items)
        self.assertEqual(items.model_id, kind)

    def test_each_has_a_history_and_identities(self):
        items = self.Ci._under("ledger").create(
            [self._vals(2) | {"serial_number": f"SN-77-{n}"} for n in range(MANY + 1)]
        )
        self.assertEqual(len(items.revision_ids), len(items))
        self.assertIn("serial_number", items[-1].provenance)
        self.assertEqual(
            self.env["itsm.ci.identity"].search_count(
                [("ci_id", "in", items.ids), ("value", "=like", "sn-77-%")]
            ),
            len(items),
        )

    def test_one_wrong_value_among_many_is_refused(self):
        vals_list = [self._vals(2) for _number in range(MANY + 1)]
        vals_list[7] = self._vals(2) | {"attributes": {"memory_gb": "much"}}
        with self.assertRaises(ValidationError):
            self.Ci.create(vals_list)
        vals_list[7] = self._vals(2) | {"criticality": "none"}
        with self.assertRaises(ValueError):
            self.Ci.create(vals_list)

    def test_many_of_another_company_are_refused(self):
        vals_list = [self._vals(2) for _number in range(MANY + 1)]
        own = self.Ci.with_user(self.outsider)
        with self.assertRaises(AccessError):
            own.create(vals_list)
        allowed = [vals | {"company_id": self.branch.id} for vals in vals_list]
        self.assertEqual(len(own.create(allowed)), len(allowed))

    def test_dates_of_attributes_may_be_dates(self):
        item = self._ci("Server", attributes={"installed_on": date(2026, 3, 4)})
        self.assertEqual(
            item._snapshot()[item.id]["attributes.installed_on"], "2026-03-04"
        )
        self.Ci._write_values({item.id: {"attributes.installed_on": date(2026, 3, 5)}})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(item.attributes["installed_on"], "2026-03-05")
