from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .booking_common import BookingCase


@tagged("post_install", "-at_install")
class TestComplaintParts(BookingCase):
    """Goods, bookings and visits of a complaint tell those complained about nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls._create_ticket(
            type="complaint",
            complaint_about_user_id=cls.agent.id,
            complaint_shared=True,
            user_id=cls.agent2.id,
        )

    def _seen_by(self, user, records):
        self.env.flush_all()
        found = self._as(user)[records._name].search([("id", "in", records.ids)])
        readable = found.browse(records.ids)._filtered_access("read")
        self.assertEqual(found, readable)
        return bool(found)

    def _assert_hidden(self, records):
        self.assertTrue(records)
        with self.subTest(records._name):
            self.assertTrue(self._seen_by(self.agent2, records))
            self.assertFalse(self._seen_by(self.agent, records))

    def test_goods(self):
        pen = self.env["product.product"].create({"name": "Pen", "type": "consu"})
        line = self.env["itsm.goods.line"].create(
            {"ticket_id": self.complaint.id, "product_id": pen.id, "quantity": 2}
        )
        issue = self.env["itsm.goods.issue"].create({"ticket_id": self.complaint.id})
        for records in (line, issue, issue.line_ids):
            self._assert_hidden(records)

    def test_booking(self):
        booking = self.Booking.create(
            {
                "bookable_id": self.room.id,
                "start": self._at(9),
                "end": self._at(10),
                "ticket_id": self.complaint.id,
            }
        )
        self._assert_hidden(booking)
        twin = {"bookable_id": self.room.id, "start": self._at(9), "end": self._at(10)}
        with self.assertRaises(UserError, msg="it is taken, also for whom it hides"):
            self._as(self.agent)["itsm.booking"].create(twin)

    def test_visit_and_what_belongs_to_it(self):
        visit = self.env["itsm.visit"].create(
            {
                "ticket_id": self.complaint.id,
                "user_id": self.agent2.id,
                "planned_start": self._at(9) - timedelta(days=1),
            }
        )
        self._assert_hidden(visit)
        spell = (
            self.env["itsm.visit.spell"]
            .sudo()
            .create({"visit_id": visit.id, "start": self._at(9)})
        )
        self._assert_hidden(spell)
