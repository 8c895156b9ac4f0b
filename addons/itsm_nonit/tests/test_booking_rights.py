from odoo.exceptions import AccessError
from odoo.tests import tagged

from .booking_common import BookingCase


@tagged("post_install", "-at_install")
class TestBookingRights(BookingCase):
    """Desks and companies apart; requesters have no right on the models at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.booking = cls._book()

    def _seen(self, user, records):
        found = self._as(user)[records._name].search([("id", "in", records.ids)])
        return bool(found)

    def test_who_reads(self):
        for user, sees in (
            (self.agent, True),
            (self.leader, True),
            (self.manager, True),
            (self.auditor, True),
            (self.admin, True),
            (self.stranger, False),
            (self.foreigner, False),
        ):
            for records in (self.car, self.booking):
                with self.subTest(user=user.login, model=records._name):
                    self.assertEqual(self._seen(user, records), sees)
        for user in (self.requester, self.portal):
            for records in (self.car, self.booking):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    self._seen(user, records)

    def test_who_changes(self):
        for user in (self.auditor, self.stranger, self.requester):
            booking = self.booking.with_user(user)
            with self.subTest(user=user.login):
                for action in (
                    lambda b=booking: b.hand_over(meter=120),
                    lambda b=booking: b.cancel(),
                    lambda b=booking: b.write({"purpose": "Mine"}),
                ):
                    with self.assertRaises(AccessError):
                        action()
        with self.assertRaises(AccessError):
            self.car.with_user(self.agent).quantity = 5
        self.car.with_user(self.leader).quantity = 2
        with self.assertRaises(AccessError):
            self.car.with_user(self.stranger).name = "Mine"

    def test_agents_book_things_of_their_desks_only(self):
        values = {
            "bookable_id": self.car.id,
            "start": self._at(15),
            "end": self._at(16),
            "partner_id": self.requester.partner_id.id,
        }
        self.Booking.with_user(self.agent).create(dict(values))
        with self.assertRaises(AccessError):
            self.Booking.with_user(self.stranger).create(
                {**values, "start": self._at(17), "end": self._at(18)}
            )

    def test_new_bookings_offer_things_of_every_company_that_is_seen(self):
        """A booking has its company from its thing, so this cannot narrow the choice:
        in a new one nothing of a company could be chosen."""
        field = self.Booking.fields_get(["bookable_id"], ["domain"])["bookable_id"]
        self.assertNotIn("company_id", str(field.get("domain")))

    def test_requests_of_other_desks_get_no_bookings(self):
        foreign = self._create_ticket(desk_id=self.desk_other.id)
        with self.assertRaises(AccessError):
            self._book(start=15, end=16).with_user(self.agent).ticket_id = foreign
        with self.assertRaises(AccessError):
            self.Booking.with_user(self.agent).create(
                {
                    "bookable_id": self.car.id,
                    "start": self._at(17),
                    "end": self._at(18),
                    "ticket_id": foreign.id,
                }
            )

    def test_a_shared_agent_sees_both(self):
        other = self._thing("Van", kind="vehicle", desk_id=self.desk_other.id)
        self.assertFalse(self._seen(self.agent, other))
        self.team_other.member_ids |= self.agent
        self.assertTrue(self._seen(self.agent, other))
        self.assertTrue(self._seen(self.agent, self.car))

    def test_forms_offer_only_what_is_for_the_user(self):
        hidden = self._thing("Director's car", kind="vehicle", is_published=False)
        branch = self._thing("Branch car", kind="vehicle", desk_id=self.desk_branch.id)
        asked = {"type": "record", "model": "itsm.bookable", "domain": "[]"}
        Lookup = self._as(self.portal)["itsm.form.lookup"]
        names = {row["name"] for row in Lookup._find(asked, "car")}
        self.assertEqual(names, {"Car 1"})
        known = Lookup._known([(asked, [self.car.id, hidden.id, branch.id])])
        self.assertEqual(known, [{self.car.id}])
