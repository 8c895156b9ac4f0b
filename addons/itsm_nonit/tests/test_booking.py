from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .booking_common import BookingCase


def _go_on(self, processed=0, *, remaining=None, deactivate=False):
    """Stand in for the commit of a job: there is always time left."""
    return 60


@tagged("post_install", "-at_install")
class TestBooking(BookingCase):
    """No piece is promised twice, whoever books, moves or changes what there is."""

    def test_taken_is_refused_with_what_is_free(self):
        self._book(start=9, end=11)
        for start, end in ((9, 11), (10, 12), (8, 10), (8, 12)):
            with self.subTest(start=start), self.assertRaises(UserError) as caught:
                self._book(start=start, end=end)
            self.assertIn("Car 1", str(caught.exception))
        self._book(start=11, end=12)
        self._book(start=8, end=9)

    def test_minutes_around_are_kept(self):
        self._book(self.room, 9, 10)
        with self.assertRaises(UserError):
            self._book(self.room, 10, 11)
        self._book(self.room, self._at(10, 15), 11)

    def test_what_was_promised_stays_when_the_minutes_change(self):
        booking = self._book(self.room, 9, 10)
        self.room.buffer_after = 90
        self.assertEqual(booking.blocked_until, self._at(10, 15))

    def test_pieces_alike(self):
        laptops = self._thing("Laptop", kind="equipment", quantity=3)
        self._book(laptops, 9, 11, quantity=2)
        with self.assertRaises(UserError):
            self._book(laptops, 10, 12, quantity=2)
        self._book(laptops, 10, 12, quantity=1)
        with self.assertRaises(UserError):
            self._book(laptops, 14, 15, quantity=4)
        # One call that asks for more than there is gets nothing.
        with self.assertRaises(UserError):
            self.Booking.create(
                [
                    {
                        "bookable_id": laptops.id,
                        "start": self._at(20),
                        "end": self._at(21),
                        "quantity": 2,
                    }
                    for _number in range(2)
                ]
            )

    def test_moving_needs_room_too(self):
        booking, other = self._book(start=9, end=11), self._book(start=12, end=13)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            booking.end = self._at(12, 30)
        booking.write({"start": self._at(8), "end": self._at(12)})
        self.assertEqual(booking.blocked_until, other.blocked_from)

    def test_each_change_is_counted_on_the_thing(self):
        """The counter is what makes the second of two transactions repeat."""
        before = self.car.booking_turn
        booking = self._book(start=9, end=11)
        booking.end = self._at(12)
        self.car.invalidate_recordset()
        self.assertEqual(self.car.booking_turn, before + 2)
        booking.purpose = "Visit"
        self.car.invalidate_recordset()
        self.assertEqual(self.car.booking_turn, before + 2)

    def test_freed_can_be_had(self):
        for verb in ("cancel", "_lapse"):
            booking = self._book(start=9, end=11)
            getattr(booking, verb)()
            self.assertEqual(booking.state, "cancelled")
        self._book(start=9, end=11)

    def test_fewer_pieces_than_promised(self):
        laptops = self._thing("Laptop", kind="equipment", quantity=2)
        self._book(laptops, 9, 11, quantity=2)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            laptops.quantity = 1
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            laptops.active = False
        laptops.quantity = 3

    @mute_logger("odoo.sql_db")
    def test_impossible_bookings(self):
        with self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self._book(start=11, end=9)
        with self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self._book(quantity=0)

    def test_only_verbs_set_what_happened(self):
        booking = self._book().with_user(self.agent)
        for vals in (
            {"state": "returned"},
            {"meter_in": 1},
            {"blocked_until": self._at(9)},
            {"damage_ticket_id": self._create_ticket().id},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                booking.write(vals)
        with self.assertRaises(AccessError):
            self._book(state="out")
        with self.assertRaises(AccessError):
            booking.unlink()
        with self.assertRaises(UserError):
            booking.sudo().unlink()

    def test_hours_must_be_fixed(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Flexible", "flexible_hours": True, "company_id": self.company.id}
        )
        with self.assertRaises(ValidationError):
            self.room.resource_calendar_id = calendar

    # ------------------------------------------------------------------
    # Hand-over and return
    # ------------------------------------------------------------------

    def test_hand_over_and_return(self):
        booking = self._book().with_user(self.agent)
        photo = self.env["ir.attachment"].with_user(self.agent)
        photo = photo.create({"name": "front.png", "raw": b"x"})
        booking.hand_over(meter=120, note="Two keys", photos=photo)
        self.assertEqual(booking.state, "out")
        self.assertEqual(booking.handed_over_by_id, self.agent)
        self.assertEqual((photo.res_model, photo.res_id), (booking._name, booking.id))
        booking.give_back(meter=175.5, condition="worn", note="Muddy")
        self.assertEqual((booking.state, booking.distance), ("returned", 55.5))
        self.assertEqual(self.car.meter, 175.5)
        self.assertFalse(booking.damage_ticket_id)

    def test_early_return_frees_the_rest(self):
        booking = self._book(start=fields.Datetime.now(), end=self._at(12))
        booking.hand_over(meter=120)
        with self.assertRaises(UserError):
            self._book(start=9, end=11)
        booking.give_back(meter=121)
        self._book(start=9, end=11)

    def test_meter_counts_up_and_is_needed(self):
        booking = self._book()
        for meter in (None, 0, True, "120", 99):
            with self.subTest(meter=meter), self.assertRaises(UserError):
                booking.hand_over(meter=meter)
        booking.hand_over(meter=120)
        with self.assertRaises(UserError):
            booking.give_back(meter=119)
        with self.assertRaises(UserError):
            booking.give_back(meter=121, condition="shiny")

    def test_damage_becomes_a_ticket(self):
        booking = self._book()
        booking.hand_over(meter=120)
        with self.assertRaises(UserError):
            booking.give_back(meter=121, condition="damaged")
        photo = self._file("dent.png", res_id=False)
        booking.give_back(
            meter=121, condition="damaged", damage="Left door dented", photos=photo
        )
        ticket = booking.damage_ticket_id
        self.assertEqual((ticket.type, ticket.desk_id), ("incident", self.desk))
        self.assertIn("Left door", ticket.description)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "itsm.ticket"), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(files.mapped("name"), ["dent.png"])

    def test_photos_of_others_are_not_taken(self):
        booking = self._book().with_user(self.agent)
        foreign = self._file("secret.png")
        booking.hand_over(meter=120, photos=foreign.ids)
        self.assertFalse(booking.photo_out_ids)
        self.assertFalse(foreign.res_id)

    def test_not_handed_over_before_it_is_back(self):
        first = self._book(start=fields.Datetime.now(), end=self._at(9))
        second = self._book(start=9, end=11)
        first.hand_over(meter=120)
        with self.assertRaises(UserError) as caught:
            second.hand_over(meter=130)
        self.assertIn(self.requester.name, str(caught.exception))
        first.give_back(meter=130)
        second.hand_over(meter=130)

    def test_early_hand_over_takes_the_time_before(self):
        booking, before = self._book(start=14, end=15), self._book(start=9, end=10)
        with self.assertRaises(UserError):
            booking.hand_over(meter=120)
        before.cancel()
        booking.hand_over(meter=120)
        with self.assertRaises(UserError):
            self._book(start=9, end=10)

    def test_verbs_need_their_state(self):
        booking = self._book()
        for verb in ("confirm", "give_back"):
            with self.subTest(verb=verb), self.assertRaises(UserError):
                getattr(booking, verb)()
        with self.assertRaises(UserError):
            booking.mark_missed()  # it has not begun
        booking.cancel("Ill")
        for verb in ("cancel", "hand_over", "mark_missed"):
            with self.subTest(verb=verb), self.assertRaises(UserError):
                getattr(booking, verb)()
        with self.assertRaises(UserError):
            booking.end = self._at(15)

    def test_a_longer_loan(self):
        booking = self._book(start=fields.Datetime.now(), end=self._at(9))
        booking.hand_over(meter=120)
        booking.end = self._at(10)
        self._book(start=10, end=11)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            booking.end = self._at(10, 30)
        with self.assertRaises(UserError):
            booking.start = self._at(8)

    def test_form_of_the_hand_over(self):
        booking = self._book()
        action = booking.with_user(self.agent).action_hand_over()
        form = (
            self.env["itsm.booking.handover"]
            .with_user(self.agent)
            .with_context(**action["context"])
            .create({"meter": 150})
        )
        form.action_apply()
        self.assertEqual((booking.state, booking.meter_out), ("out", 150))
        action = booking.with_user(self.agent).action_give_back()
        form = (
            self.env["itsm.booking.handover"]
            .with_user(self.agent)
            .with_context(**action["context"])
            .create({"meter": 160, "condition": "damaged", "damage": "Mirror"})
        )
        form.action_apply()
        self.assertEqual(booking.state, "returned")
        self.assertTrue(booking.damage_ticket_id)

    # ------------------------------------------------------------------
    # By itself
    # ------------------------------------------------------------------

    def _pass(self, booking, **hours):
        """Let time pass for a booking."""
        shift = timedelta(**hours)
        booking._write_system(
            {"start": booking.start - shift, "end": booking.end - shift}
        )

    def _run_job(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", _go_on):
            self.Booking._cron_run(limit=1)

    def _mails(self, booking):
        self.env.flush_all()
        return self.env["mail.mail"].search(
            [
                ("model", "=", booking._name),
                ("res_id", "in", booking.ids),
                ("recipient_ids", "in", booking.partner_id.ids),
            ]
        )

    def test_reminder_once(self):
        soon = fields.Datetime.now() + timedelta(minutes=40)
        booking = self._book(start=soon, end=soon + timedelta(hours=1))
        later = self._book(start=9, end=10)
        self._run_job()
        self._run_job()
        self.assertEqual(len(self._mails(booking)), 1)
        self.assertFalse(self._mails(later))
        self.assertTrue(booking.reminded_at)

    def test_late_is_asked_for_once(self):
        booking = self._book(start=fields.Datetime.now(), end=self._at(9))
        booking.with_user(self.agent).hand_over(meter=120)
        self._pass(booking, days=2)
        self._flush_tracking()
        self._run_job()
        self._run_job()
        self.assertTrue(booking.is_overdue)
        self.assertIn(booking, self.Booking.search([("is_overdue", "=", True)]))
        self.assertEqual(len(self._mails(booking)), 1)
        self.assertEqual(booking.activity_ids.user_id, self.agent)

    def test_what_nobody_collects_or_decides(self):
        car, room = self._book(), self._book(self.room)
        held = self._book(start=14, end=15)
        held._write_system({"state": "held"})
        for booking in (car, room, held):
            self._pass(booking, days=2)
        self._run_job()
        self.assertEqual(car.state, "missed")
        self.assertEqual(room.state, "returned")
        self.assertEqual(held.state, "cancelled")
