from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_helpdesk.models.itsm_ticket_portal_form import PortalFormError

from .goods_common import GoodsCase


@tagged("post_install", "-at_install")
class TestGoodsLimits(GoodsCase):
    """What a department may have in a month, and what happens beyond."""

    def _refused(self, *goods, **options):
        with self.assertRaises(PortalFormError) as caught, self.cr.savepoint():
            self._ask(*goods, **options)
        return caught.exception.errors

    def test_within_the_limit(self):
        self._limit(10)
        ticket = self._ask((self.paper, 10), (self.pen, 100))
        self.assertFalse(ticket.is_beyond_limit)
        self.assertEqual(ticket.goods_value, 10 * 4.0 + 100 * 1.5)
        self.assertEqual(ticket.state, "new")

    def test_beyond_is_refused_with_what_is_left(self):
        self._limit(10)
        self._ask((self.paper, 8))
        errors = self._refused((self.paper, 3), user=self.colleague)
        # It stands at the table, and says all that one has to know.
        self.assertEqual(set(errors), {"goods"})
        for word in ("Paper A4", "Radiology", "10", "8", "2", "3"):
            self.assertIn(word, errors["goods"])
        self._ask((self.paper, 2), user=self.colleague)

    def test_rows_of_one_product_are_summed(self):
        self._limit(10)
        self._refused((self.paper, 6), (self.paper, 6))
        ticket = self._ask((self.paper, 4), (self.paper, 6))
        self.assertEqual(ticket.goods_line_ids.quantity, 10)

    def test_category_with_all_below_it(self):
        below = self.env["product.category"].create(
            {"name": "Writing", "parent_id": self.category.id}
        )
        self.pen.categ_id = below
        self._limit(10, category_id=self.category.id)
        # The form offers the category alone; an agent adds what stands below it.
        ticket = self._ask((self.paper, 6))
        with self.assertRaises(UserError), self.cr.savepoint():
            self._add(ticket, self.pen, 5)
        self._add(ticket, self.pen, 4)

    def test_departments_are_counted_apart(self):
        self._limit(10)
        other = self.env["hr.department"].create(
            {"name": "Surgery", "company_id": self.company.id}
        )
        self._ask((self.paper, 10))
        self.employee_colleague.department_id = other
        self._ask((self.paper, 10), user=self.colleague)
        self._refused((self.paper, 1), user=self.colleague)

    def test_limit_of_a_department_counts_with_those_below_it(self):
        ward = self.env["hr.department"].create(
            {"name": "Ward", "parent_id": self.department.id}
        )
        self.employee_colleague.department_id = ward
        self._limit(1)
        self._limit(10, department_id=self.department.id)
        self._ask((self.paper, 6))
        self._refused((self.paper, 5), user=self.colleague)
        self._ask((self.paper, 4), user=self.colleague)

    def test_another_month_begins_anew(self):
        self._limit(10)
        with freeze_time("2026-03-31 12:00:00"):
            self._ask((self.paper, 10))
            self._refused((self.paper, 1))
        with freeze_time("2026-04-01 12:00:00"):
            ticket = self._ask((self.paper, 10))
        self.assertEqual(str(ticket.goods_line_ids.month), "2026-04-01")

    def test_the_month_is_that_of_the_company(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        with freeze_time("2026-03-31 20:00:00"):
            ticket = self._ask((self.paper, 1))
        self.assertEqual(str(ticket.goods_line_ids.month), "2026-04-01")

    def test_what_was_cancelled_is_free_again_until_it_is_reopened(self):
        self._limit(10)
        first = self._ask((self.paper, 10))
        first.cancel("Not needed.")
        self.assertFalse(first.goods_value)
        self._ask((self.paper, 10))
        with self.assertRaises(UserError), self.cr.savepoint():
            first.reopen("Needed after all.")

    def test_merged_tickets_count_once(self):
        self._limit(10)
        first, second = self._ask((self.paper, 5)), self._ask((self.paper, 5))
        second.merge_into(first)
        self._ask((self.paper, 5))

    def test_less_granted_leaves_more(self):
        self._limit(10)
        ticket = self._ask((self.paper, 10))
        line = ticket.goods_line_ids.with_user(self.agent)
        line.quantity_granted = 6
        self._ask((self.paper, 4))
        with self.assertRaises(UserError), self.cr.savepoint():
            line.quantity_granted = 7

    def test_ended_requests_count_what_was_issued(self):
        self._limit(10)
        ticket = self._ask((self.paper, 10))
        ticket.goods_line_ids.quantity_granted = 7
        self._issued(ticket)
        ticket.goods_line_ids.invalidate_recordset()
        ticket.resolve("fulfilled", "Handed out.")
        self.assertEqual(ticket.goods_line_ids.quantity_counted, 7)
        self._ask((self.paper, 3))

    def test_moving_to_another_department_is_checked(self):
        self._limit(10)
        other = self.env["hr.department"].create(
            {"name": "Surgery", "company_id": self.company.id}
        )
        self._ask((self.paper, 10))
        self.employee_colleague.department_id = other
        ticket = self._ask((self.paper, 5), user=self.colleague)
        with self.assertRaises(UserError), self.cr.savepoint():
            ticket.department_id = self.department

    def test_beyond_with_approval_is_marked_and_asked(self):
        self._limit(10, beyond="approval")
        within = self._ask((self.paper, 10))
        self.assertEqual(within.state, "new")
        ticket = self._ask((self.paper, 1), (self.pen, 1))
        self.assertTrue(ticket.is_beyond_limit)
        self.assertEqual(ticket.goods_line_ids.mapped("is_beyond"), [True, False])
        self.assertEqual(ticket.state, "approval")
        self._vote(ticket, self.head)
        self.assertEqual(ticket.state, "in_progress")

    def test_usage_is_shown(self):
        self._limit(10)
        self._ask((self.paper, 8))
        ticket = self._ask((self.paper, 2))
        (row,) = ticket._goods_usage()
        self.assertEqual((row["allowed"], row["used"], row["own"]), ("10", "10", "2"))
        self.assertIn("Radiology", ticket.goods_usage_html)

    def test_limits_of_other_companies_do_not_count(self):
        self._limit(1, company_id=self.branch.id)
        self._ask((self.paper, 10))

    def test_a_limit_is_made_once(self):
        self._limit(10)
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self._limit(12)
        self._limit(8, beyond="approval")

    def _add(self, ticket, product, quantity):
        """Add goods to a ticket, as an agent does."""
        return (
            self.env["itsm.goods.line"]
            .with_user(self.agent)
            .create(
                {"ticket_id": ticket.id, "product_id": product.id, "quantity": quantity}
            )
        )
