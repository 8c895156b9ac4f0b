from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .life_common import PNG, LifeCase


@tagged("post_install", "-at_install")
class TestEventExtension(LifeCase):
    """A signed loan lasts longer; what was signed is not touched."""

    def setUp(self):
        super().setUp()
        self.today = fields.Date.today()
        self.due = self.today + timedelta(days=2)
        self.later = self.today + timedelta(days=50)
        self.loan = self._event(
            "loan",
            self.laptop,
            custodian_id=self.employee_portal.id,
            due_date=self.due,
        )
        self.loan.action_begin()
        self.loan.write({"signature": PNG, "signed_by": "Petra"})

    def _extend(self, until=None, reason="Training lasts longer", user=None):
        wizard = (
            self.env["itsm.ci.event.extension"]
            .with_user(user or self.keeper)
            .with_context(active_id=self.loan.id)
            .create({"until": until or self.later, "reason": reason})
        )
        return wizard.action_extend()

    def test_what_was_signed_stays(self):
        document = self.loan.document_id
        self._extend()
        self.assertEqual(self.loan.due_date, self.due)
        self.assertEqual(self.loan.extended_until, self.later)
        self.assertEqual(self.loan.expected_back, self.later)
        self.assertEqual(self.loan.document_id, document)
        self.assertEqual(self.loan.state, "underway")
        with self.assertRaises(UserError):
            self.loan.due_date = self.later

    def test_reason_is_in_the_chatter(self):
        self._extend(reason="<b>Training</b>")
        message = self.loan.message_ids[0]
        self.assertIn("&lt;b&gt;Training&lt;/b&gt;", message.body)
        self.assertIn(str(self.later.year), message.body)
        self.assertEqual(message.author_id, self.keeper.partner_id)

    def test_reminder_moves(self):
        self.assertEqual(self.loan.activity_ids.date_deadline, self.due)
        self._extend()
        self.assertEqual(self.loan.activity_ids.date_deadline, self.later)

    def test_board_goes_by_the_new_date(self):
        self._extend()
        self.env.flush_all()
        row = self.env["itsm.ci.expiry"].search([("event_id", "=", self.loan.id)])
        self.assertEqual((row.date, row.bucket), (self.later, "60"))

    def test_staff_see_both_dates(self):
        self._extend()
        row = self.loan.sudo()._portal_form()
        self.assertEqual(row["due_date"], self.due)
        self.assertEqual(row["extended_until"], self.later)

    def test_extended_again(self):
        self._extend()
        again = self.later + timedelta(days=1)
        with self.assertRaises(UserError):
            self._extend(self.later)
        self._extend(again)
        self.assertEqual(self.loan.expected_back, again)

    def test_not_to_an_earlier_day_or_the_same(self):
        for day in (self.due, self.today):
            with self.subTest(day=day), self.assertRaises(UserError):
                self._extend(day)
        self.assertFalse(self.loan.extended_until)

    def test_needs_a_reason(self):
        with self.assertRaises(UserError):
            self._extend(reason=" \n")

    def test_not_after_its_end(self):
        self.loan.action_done()
        with self.assertRaises(UserError):
            self._extend()
        self.assertFalse(self.loan.activity_ids)

    def test_not_after_it_was_taken_back(self):
        self.loan.action_reverse()
        with self.assertRaises(UserError):
            self._extend()

    def test_repairs_are_not_extended(self):
        laptop = self._laptop("Laptop Two")
        self.loan = self._event("repair", laptop, due_date=self.due)
        self.loan.action_begin()
        with self.assertRaises(UserError):
            self._extend()

    def test_not_by_hand(self):
        for name in ("extended_until", "expected_back"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.loan.with_user(self.keeper).write({name: self.later})

    def test_only_engineers(self):
        with self.assertRaises(AccessError):
            self._extend(user=self.agent)
        with self.assertRaises(AccessError):
            self.loan.with_user(self.agent)._extend(self.later, "mine")

    def test_not_of_another_company(self):
        with self.assertRaises(AccessError):
            self._extend(user=self.outsider)
        self.assertFalse(self.loan.extended_until)
