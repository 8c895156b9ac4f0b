from odoo.tests import tagged

from .booking_common import BookingCase


@tagged("post_install", "-at_install")
class TestWrongDeskBooking(BookingCase):
    """What is moved to another desk holds nothing at the wrong one any more."""

    def test_booking_is_freed(self):
        ticket = self._ask()
        self.assertEqual(len(ticket.booking_ids), 1)
        mine = self._as(self.agent)["itsm.ticket"].browse(ticket.id)
        mine.correct_desk(team=self.team_other.id)
        self.env.invalidate_all()
        self.assertEqual(ticket.booking_ids.mapped("state"), ["cancelled"])
        self.assertEqual(ticket.desk_id, self.desk_other)
        again = self._ask(user=self.colleague)
        self.assertIn(again.booking_ids.state, ("held", "confirmed"))
