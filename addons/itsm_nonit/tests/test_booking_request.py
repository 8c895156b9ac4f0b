from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.itsm_helpdesk.models.itsm_ticket_portal_form import PortalFormError
from odoo.addons.itsm_helpdesk.tests.request_common import question, when

from .booking_common import BookingCase


@tagged("post_install", "-at_install")
class TestBookingRequest(BookingCase):
    """Sending the form holds the thing; the booking follows the request."""

    def _with_approval(self, service=None):
        service = service or self.book_car
        service.approval_policy_id = self._approval_policy(self.head)
        service.action_publish()
        return service

    def test_sending_holds(self):
        ticket = self._ask()
        booking = ticket.booking_ids
        self.assertEqual(booking.bookable_id, self.car)
        self.assertEqual((booking.start, booking.end), (self._at(9), self._at(11)))
        self.assertEqual(booking.state, "confirmed")
        self.assertEqual(booking.partner_id, self.portal.partner_id)

    def test_second_is_refused_and_leaves_nothing(self):
        self._ask(user=self.colleague)
        before = self.Ticket.search_count([])
        with self.assertRaises(PortalFormError) as caught:
            self._ask(start=10, end=12)
        # The sentence stands at the question, and names nobody.
        self.assertEqual(list(caught.exception.errors), ["what"])
        self.assertIn("Car 1", str(caught.exception))
        self.assertNotIn(self.colleague.name, str(caught.exception))
        self.assertEqual(self.Ticket.search_count([]), before)

    def test_terms_are_kept(self):
        self.car.write({"longest_minutes": 120, "lead_minutes": 60})
        self.car.resource_calendar_id = self.calendar
        monday = self._at(0)
        while monday.weekday():
            monday += timedelta(days=1)
        self.room.capacity = 8

        def ask(start, end, **answers):
            return self._submit(
                self.book_car,
                what=self.car.id,
                begin=str(monday + timedelta(hours=start)),
                stop=str(monday + timedelta(hours=end)),
                **answers,
            )

        for start, end in ((9, 12), (7, 9), (11, 12.5), (11, 10)):
            with self.subTest(start=start), self.assertRaises(PortalFormError):
                ask(start, end)
        with self.assertRaises(PortalFormError):
            ask(9, 10, pieces=2)
        ask(9, 10)
        with self.assertRaises(PortalFormError):
            self._ask(self.book_room, self.room, people=9)
        self._ask(self.book_room, self.room, people=8)

    def test_any_free_one(self):
        small = self._thing("Room 0", capacity=2, sequence=1)
        tickets = [
            self._ask(self.book_room, self.Bookable, people=6),
            self._ask(self.book_room, self.Bookable, people=2),
        ]
        self.assertEqual(
            [ticket.booking_ids.bookable_id for ticket in tickets], [self.room, small]
        )
        with self.assertRaises(PortalFormError) as caught:
            self._ask(self.book_room, self.Bookable)
        self.assertEqual(list(caught.exception.errors), ["begin"])

    def test_approval_confirms(self):
        self._with_approval()
        ticket = self._ask()
        booking = ticket.booking_ids
        self.assertEqual((ticket.state, booking.state), ("approval", "held"))
        with self.assertRaises(UserError):
            self._ask(user=self.requester)
        with self.assertRaises(UserError):
            booking.confirm()
        self._vote(ticket, self.head)
        self.assertEqual(booking.state, "confirmed")

    def test_refusal_frees(self):
        self._with_approval()
        ticket = self._ask()
        self._vote(ticket, self.head, "reject", "Take the bus.")
        self.assertEqual(ticket.booking_ids.state, "refused")
        self._ask(user=self.requester)

    def test_cancelling_frees_and_reopening_takes_up(self):
        ticket = self._ask()
        ticket.cancel("Ill")
        self.assertEqual(ticket.booking_ids.state, "cancelled")
        ticket.reopen("Well again")
        self.assertEqual(ticket.booking_ids.state, "confirmed")
        ticket.cancel("Ill again")
        other = self._ask(user=self.requester)
        ticket.reopen("Well again")
        self.assertEqual(ticket.booking_ids.state, "cancelled")
        self.assertEqual(other.booking_ids.state, "confirmed")

    def test_request_waits_for_the_start(self):
        """Nothing is to be done until then, so no promise runs out."""
        ticket = self._ask()
        self.assertEqual(ticket.state, "pending")
        self.assertEqual(ticket.pending_reason_id.code, "date")
        self.assertEqual(ticket.pending_until, self._at(9))
        self._plan(self.book_car, {"name": "Wash it", "team_id": self.team1.id})
        self.assertNotEqual(self._ask(start=14, end=15).state, "pending")

    def test_request_is_done_with_the_booking(self):
        ticket = self._ask()
        booking = ticket.booking_ids
        booking.hand_over(meter=120)
        with self.assertRaises(UserError):
            ticket.resolve("solved", "Done.")
        booking.give_back(meter=130)
        self.assertEqual(ticket.state, "resolved")

    def test_correction_moves_the_booking(self):
        ticket = self._ask()
        self._ask(user=self.requester, start=14, end=16)
        ticket.reopen_form("Which time?")
        mine = self.Ticket.with_user(self.portal).browse(ticket.id)
        answers = {"what": self.car.id, "begin": str(self._at(15))}
        with self.assertRaises(PortalFormError), self.env.cr.savepoint():
            mine._request_update({**answers, "stop": str(self._at(17))})
        answers["begin"] = str(self._at(10))
        mine._request_update({**answers, "stop": str(self._at(12))})
        booking = ticket.booking_ids
        self.assertEqual((booking.start, booking.end), (self._at(10), self._at(12)))

    def test_parts_are_opened_all_the_same(self):
        """Somebody who approves is not stopped by a car that is gone."""
        whole = self._service(
            "Trip",
            [question("begin", "datetime"), question("stop", "datetime")]
            + [question("what", "record", res_model="itsm.bookable")],
            publish=False,
        )
        self.env["itsm.service.order"].create(
            {"service_id": whole.id, "child_service_id": self.book_car.id}
        )
        whole.action_publish()
        self._ask(user=self.requester)
        ticket = self._submit(
            whole,
            what=self.car.id,
            begin=str(self._at(9)),
            stop=str(self._at(11)),
        )
        part = ticket.child_ids
        self.assertEqual(part.service_id, self.book_car)
        self.assertFalse(part.booking_ids)
        again = self._submit(
            whole,
            what=self.car.id,
            begin=str(self._at(12)),
            stop=str(self._at(13)),
        )
        self.assertEqual(again.child_ids.booking_ids.bookable_id, self.car)

    def test_days(self):
        """Things that are borrowed by the day: the last day counts to its end."""
        projector = self._thing("Projector", kind="equipment")
        service = self._service(
            "Borrow",
            [question("first", "date"), question("last", "date")],
            booking_kind="equipment",
            booking_any=True,
            booking_from_key="first",
            booking_to_key="last",
        )
        day = str(self._at(0).date())
        booking = self._submit(service, first=day, last=day).booking_ids
        self.assertEqual(booking.bookable_id, projector)
        self.assertEqual(
            (booking.start, booking.end), (self._at(0), self._at(0, days=2))
        )

    def test_nothing_is_booked_where_it_was_not_asked(self):
        service = self._service(
            "Meeting",
            [
                question("needs", "boolean"),
                question("begin", "datetime", shown_if=when("needs", "equals", True)),
                question("stop", "datetime", shown_if=when("needs", "equals", True)),
            ],
            booking_kind="room",
            booking_any=True,
            booking_from_key="begin",
            booking_to_key="stop",
        )
        times = {"begin": str(self._at(9)), "stop": str(self._at(10))}
        self.assertFalse(self._submit(service, **times).booking_ids)
        self.assertTrue(self._submit(service, needs=True, **times).booking_ids)

    def test_wiring_is_checked(self):
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.book_car.booking_to_key = "pieces"
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.book_car.booking_from_key = False
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.book_car.booking_what_key = "gone"
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.book_car.booking_what_id.unlink()
        self.assertEqual(self.book_car.booking_what_id.key, "what")
        self.book_car.booking_persons_id = False
        self.assertFalse(self.book_car.booking_persons_key)

    def test_wiring_of_a_ready_desk(self):
        """What pack files say of bookings is understood."""
        service = self.book_car.copy()
        service._pack_setting_booking(
            {"kind": "room", "from": "begin", "to": "stop", "any": True}
        )
        self.assertEqual(service.booking_kind, "room")
        self.assertFalse(service.booking_what_key)
        service.action_publish()
        thing = self.Bookable._pack_create(
            self.desk_other,
            [
                {
                    "code": "hall",
                    "name": {"en_US": "Hall", "zh_CN": "大厅"},
                    "kind": "room",
                    "capacity": 90,
                }
            ],
        )
        self.assertEqual((thing.name, thing.capacity), ("Hall", 90))
        self.assertEqual(thing.desk_id, self.desk_other)

    def test_pages_cost_the_same_for_many_things(self):
        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            things = self.Bookable.search([("kind", "=", "room")])
            before = self.env.cr.sql_log_count
            things._portal_rows(self._at(0).date())
            return self.env.cr.sql_log_count - before

        self._book(self.room)
        few = cost()
        for number in range(20):
            self._book(self._thing(f"Room {number + 2}"))
        self.assertLessEqual(cost(), few + 1)

    def test_copy_and_version_keep_the_wiring(self):
        copied = self.book_car.copy()
        copied.action_publish()
        self.assertEqual(copied.booking_what_id.service_id, copied)
        self.assertTrue(self._ask(copied).booking_ids)
        version = self.book_car.version_id
        self.book_car.booking_persons_key = False
        version.action_restore()
        self.assertEqual(self.book_car.booking_persons_id.key, "people")

    def test_another_kind_is_refused(self):
        self.book_car.question_ids.filtered(lambda q: q.key == "what").domain = "[]"
        self.book_car.action_publish()
        with self.assertRaises(PortalFormError):
            self._ask(thing=self.room)

    def test_agents_see_the_bookings_of_a_ticket(self):
        ticket = self._create_ticket()
        action = ticket.with_user(self.agent).action_view_bookings()
        self.assertEqual(action["context"]["default_ticket_id"], ticket.id)
        self._book(ticket_id=ticket.id)
        ticket.invalidate_recordset()
        self.assertEqual(ticket.with_user(self.agent).booking_count, 1)

    def test_trying_a_form_books_nothing(self):
        env = self._as(self.manager)
        before = self.Booking.search_count([])
        shown = env["itsm.ticket"]._request_try(
            env["itsm.service"].browse(self.book_car.id),
            {
                "what": self.car.id,
                "begin": str(self._at(9)),
                "stop": str(self._at(11)),
            },
            {},
            None,
        )
        # The caller undoes it; here it is only seen that a try runs through.
        self.assertEqual(self.Booking.search_count([]), before + 1)
        self.assertEqual(shown.booking_ids.bookable_id, self.car)
