from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.itsm_helpdesk.models.itsm_ticket_portal_form import PortalFormError

from .goods_common import GoodsCase


@tagged("post_install", "-at_install")
class TestGoodsApproval(GoodsCase):
    """Goods come from the form, are approved by value, and are granted."""

    def test_little_needs_nobody(self):
        ticket = self._ask((self.paper, 10))
        self.assertEqual((ticket.state, ticket.approval_id.ids), ("new", []))

    def test_value_asks_the_department_and_then_the_desk(self):
        self.paper.standard_price = 100.0
        some = self._ask((self.paper, 5))
        self.assertEqual(some.state, "approval")
        self._vote(some, self.head)
        self.assertEqual(some.state, "in_progress")
        much = self._ask((self.paper, 50))
        self._vote(much, self.head)
        self.assertEqual(much.state, "approval")
        self._vote(much, self.manager)
        self.assertEqual(much.state, "in_progress")

    def test_the_approver_reads_the_value(self):
        self.paper.standard_price = 100.0
        ticket = self._ask((self.paper, 7))
        texts = [row["text"] for row in ticket.approval_id.subject]
        self.assertTrue(any("700" in text for text in texts), texts)

    def test_prices_of_later_change_nothing(self):
        self.paper.standard_price = 100.0
        ticket = self._ask((self.paper, 7))
        self._vote(ticket, self.head)
        self.paper.standard_price = 1.0
        self.assertEqual(ticket.goods_value, 700)
        ticket.name = "Paper for the congress"
        self.assertEqual(ticket.approval_state, "granted")

    def test_granting_less_keeps_the_approval(self):
        self.paper.standard_price = 100.0
        ticket = self._ask((self.paper, 7))
        self._vote(ticket, self.head)
        ticket.goods_line_ids.with_user(self.agent).quantity_granted = 6
        self.assertEqual(ticket.approval_state, "granted")
        self.assertEqual(ticket.goods_value, 600)

    def test_more_goods_are_approved_anew(self):
        self.paper.standard_price = 100.0
        ticket = self._ask((self.paper, 7))
        self._vote(ticket, self.head)
        self._add(ticket, self.pen, 1)
        self.assertEqual(ticket.state, "approval")

    def test_an_agent_does_not_go_round_the_approval(self):
        self.pen.standard_price = 600.0
        ticket = self._ask((self.paper, 1))
        self.assertEqual(ticket.state, "new")
        self._add(ticket, self.pen, 1)
        self.assertEqual(ticket.state, "approval")

    def test_taken_by_telephone(self):
        """Without a form the agent writes the goods, and the approval follows."""
        self.pen.standard_price = 600.0
        ticket = self._create_ticket(type="request", service_id=self.supplies.id)
        self._add(ticket, self.pen, 1)
        self.assertEqual(ticket.state, "approval")

    def test_a_corrected_form_asks_for_other_goods(self):
        self.pen.standard_price = 600.0
        self._limit(10)
        ticket = self._ask((self.paper, 10))
        ticket.with_user(self.agent).reopen_form("Pens too?")
        self._correct(ticket, (self.paper, 4), (self.pen, 1))
        lines = {line.product_id: line.quantity for line in ticket.goods_line_ids}
        self.assertEqual(lines, {self.paper: 4, self.pen: 1})
        self.assertEqual(ticket.state, "approval")
        self._ask((self.paper, 6))
        ticket.with_user(self.agent).reopen_form("More?")
        with self.assertRaises(PortalFormError), self.cr.savepoint():
            self._correct(ticket, (self.paper, 5))

    def test_a_corrected_form_keeps_what_was_issued(self):
        ticket = self._ask((self.paper, 4), (self.pen, 1))
        self._issued(ticket)
        ticket.with_user(self.agent).reopen_form("Which paper?")
        with self.assertRaises(UserError), self.cr.savepoint():
            self._correct(ticket, (self.paper, 3), (self.pen, 1))
        self._correct(ticket, (self.paper, 5), (self.pen, 1))
        line = ticket.goods_line_ids[0]
        self.assertEqual((line.quantity, line.quantity_issued), (5, 4))

    def test_rows_must_be_whole(self):
        for row in (
            {"product": self.paper.id},
            {"quantity": 3},
            {"product": self.paper.id, "quantity": 0},
            {"product": self.paper.id, "quantity": -3},
        ):
            with (
                self.subTest(row=row),
                self.assertRaises(PortalFormError) as caught,
                self.cr.savepoint(),
            ):
                self._submit(self.supplies, goods=[row])
            self.assertEqual(set(caught.exception.errors), {"goods"})

    def test_products_of_other_companies_are_not_offered(self):
        foreign = self._product("Foreign paper", company_id=self.branch.id)
        with self.assertRaises(PortalFormError), self.cr.savepoint():
            self._ask((foreign, 1))

    def test_publishing_needs_all_three(self):
        self.supplies.goods_quantity_column_id = False
        with self.assertRaises(UserError):
            self.supplies.action_publish()

    def test_settings_survive_versions_and_copies(self):
        version = self.supplies.version_id
        self.assertEqual(version._goods_keys(), ["goods", "product", "quantity"])
        copy = self.supplies.copy()
        self.assertEqual(copy.goods_question_id, copy.question_ids)
        self.assertEqual(
            copy.goods_product_column_id | copy.goods_quantity_column_id,
            copy.question_ids.column_ids,
        )
        self.supplies.goods_question_key = False
        self.assertTrue(self.supplies.has_unpublished_changes)
        version.action_restore()
        self.assertEqual(self.supplies.goods_question_id, self.supplies.question_ids)

    def test_what_was_asked_stays(self):
        ticket = self._ask((self.paper, 4))
        line = ticket.goods_line_ids.with_user(self.agent)
        for vals in ({"quantity": 9}, {"product_id": self.pen.id}):
            with self.assertRaises(UserError), self.cr.savepoint():
                line.write(vals)
        for vals in ({"unit_price": 0}, {"quantity_issued": 4}, {"is_beyond": True}):
            with self.assertRaises(AccessError), self.cr.savepoint():
                line.write(vals)
        with self.assertRaises(UserError), self.cr.savepoint():
            line.sudo().unlink()
        with self.assertRaises(UserError), self.cr.savepoint():
            line.quantity_granted = 5

    def test_the_price_is_that_of_the_product(self):
        ticket = self._ask((self.paper, 1))
        Line = self.env["itsm.goods.line"].with_user(self.agent)
        vals = {"ticket_id": ticket.id, "product_id": self.pen.id, "quantity": 1}
        with self.assertRaises(AccessError), self.cr.savepoint():
            Line.create({**vals, "unit_price": 0.01})
        line = Line.with_context(default_unit_price=0.01).create(vals)
        self.assertEqual(line.unit_price, 1.5)

    def _add(self, ticket, product, quantity):
        line = self.env["itsm.goods.line"].with_user(self.agent)
        line.create(
            {"ticket_id": ticket.id, "product_id": product.id, "quantity": quantity}
        )

    def _correct(self, ticket, *goods):
        """Send the form that was given back."""
        rows = [{"product": p.id, "quantity": quantity} for p, quantity in goods]
        env = self._as(self.portal)
        env["itsm.ticket"].browse(ticket.id)._request_update({"goods": rows})
        self.env.invalidate_all()
