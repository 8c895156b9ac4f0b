from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .life_common import PNG, LifeCase


@tagged("post_install", "-at_install")
class TestEventLimits(LifeCase):
    """What is left as it is by an event, and what it says of itself."""

    def test_a_rack_position_is_for_racks(self):
        server = self._ci("Server")
        event = self._event("move", server, location_id=self.room.id, rack_position=7)
        event.action_done()
        self.assertEqual((server.location_id, server.rack_position), (self.room, 0))

    def test_nobody_is_given_what_they_have(self):
        self._handed_over(self.laptop)
        again = self._event(
            "hand_over", self.laptop, custodian_id=self.employee_portal.id
        )
        with self.assertRaisesRegex(UserError, self.employee_portal.name):
            again.action_done()

    def test_a_count_speaks_for_the_stock_take(self):
        for kind, source in (("count", "stocktake"), ("upgrade", "manual")):
            item = self._ci(f"Item {kind}")
            event = self._event(kind, item)
            if kind == "upgrade":
                attribute = self.class_server._attributes_by_key()["memory_gb"]
                event.change_ids = [
                    Command.create({"attribute_id": attribute.id, "new_value": "8"})
                ]
            event.line_ids.condition_before = "good"
            event.action_done()
            said = item.provenance["condition"][0]
            with self.subTest(kind=kind):
                self.assertEqual(said, self.env.ref(f"itsm_cmdb.source_{source}").id)

    def test_both_signatures_stay(self):
        event = self._event(
            "hand_over", self.laptop, custodian_id=self.employee_portal.id
        )
        event.write({"desk_signature": PNG})
        for picture in (PNG, False):
            with self.assertRaises(UserError):
                event.write({"desk_signature": picture})

    def test_what_was_cancelled_is_not_signed(self):
        event = self._event(
            "hand_over", self.laptop, custodian_id=self.employee_portal.id
        )
        event.action_cancel()
        with self.assertRaises(UserError):
            event.write({"signature": PNG})
        self.assertFalse(event.signed_at)
