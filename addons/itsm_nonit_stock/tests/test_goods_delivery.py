from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.itsm_nonit.tests.goods_common import GoodsCase


@tagged("post_install", "-at_install")
class TestGoodsDelivery(GoodsCase):
    """Goods come from the warehouse, and the ticket says how far they are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk.goods_from_stock = True
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.storekeeper = new_test_user(
            cls.env, "itsm_storekeeper", "stock.group_stock_user"
        )
        for product in (cls.paper, cls.pen):
            product.is_storable = True
            cls.env["stock.quant"]._update_available_quantity(
                product, cls.warehouse.lot_stock_id, 100
            )

    def setUp(self):
        super().setUp()
        self.ticket = self._ask((self.paper, 10), (self.pen, 2))
        self.lines = self.ticket.goods_line_ids

    def _deliver(self, ticket=None, user=None):
        """Press the button, as an agent; return the delivery."""
        ticket = ticket or self.ticket
        before = ticket.goods_picking_ids
        ticket.with_user(user or self.agent).action_issue_goods()
        return ticket.goods_picking_ids - before

    def _done(self, picking, *quantities):
        """Validate a delivery, as the storekeeper; return the back order."""
        moves = picking.with_user(self.storekeeper).move_ids
        for move, quantity in zip(moves, quantities, strict=True):
            move.quantity = quantity
        moves.picked = True
        moves.picking_id._action_done()
        return picking.backorder_ids

    def test_a_real_delivery(self):
        picking = self._deliver()
        self.assertEqual(picking.picking_type_id, self.warehouse.out_type_id)
        self.assertEqual(picking.partner_id, self.portal.partner_id)
        self.assertEqual(picking.origin, self.ticket.number)
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(picking.move_ids.mapped("product_uom_qty"), [10, 2])
        self.assertEqual(self.lines.mapped("quantity_issued"), [0, 0])
        # What is on its way is not given out twice.
        with self.assertRaises(UserError), self.cr.savepoint():
            self.ticket.with_user(self.agent).action_issue_goods()
        self._done(picking, 10, 2)
        self.assertEqual(self.lines.mapped("quantity_issued"), [10, 2])
        self.assertEqual(self.ticket.goods_state, "issued")
        self.assertEqual(self.paper.qty_available, 90)
        self.assertIn(picking.name, self.ticket.message_ids[0].body)

    def test_back_orders_and_returns(self):
        picking = self._deliver()
        rest = self._done(picking, 6, 2)
        self.assertEqual(rest.itsm_ticket_id, self.ticket)
        self.assertEqual(self.lines.mapped("quantity_issued"), [6, 2])
        self.assertEqual(self.ticket.goods_state, "partly")
        self._done(rest, 4)
        self.assertEqual(self.lines[0].quantity_issued, 10)
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves[0].quantity = 5
        wizard.product_return_moves[1].quantity = 0
        action = wizard.action_create_returns()
        back = self.env["stock.picking"].browse(action["res_id"])
        self._done(back, 5)
        self.assertEqual(self.lines[0].quantity_issued, 5)
        self.assertEqual(self.ticket.goods_state, "partly")
        self.assertEqual(self._deliver().move_ids.product_uom_qty, 5)

    def test_the_ticket_shows_it_to_agents_without_stock_rights(self):
        picking = self._deliver()
        self.assertFalse(picking.with_user(self.agent).has_access("read"))
        ticket = self.ticket.with_user(self.agent)
        self.assertEqual(ticket.goods_picking_count, 1)
        self.assertIn(picking.name, ticket.goods_pickings_html)
        self.assertIn("Paper A4", ticket.goods_pickings_html)

    def test_what_the_button_opens(self):
        action = self.ticket.with_user(self.agent).action_issue_goods()
        self.assertEqual(action["tag"], "display_notification")
        both = new_test_user(
            self.env,
            "itsm_both",
            "stock.group_stock_user,itsm_helpdesk.group_itsm_agent",
        )
        self.team1.member_ids |= both
        ticket = self._ask((self.paper, 1))
        action = ticket.with_user(both).action_issue_goods()
        self.assertEqual(action["res_model"], "stock.picking")

    def test_cancelled_with_the_request(self):
        picking = self._deliver()
        self._as(self.portal)["itsm.ticket"].browse(self.ticket.id).cancel("No more.")
        self.assertEqual(picking.state, "cancel")

    def test_less_than_on_its_way_cannot_be_granted(self):
        picking = self._deliver()
        line = self.lines[0].with_user(self.agent)
        with self.assertRaises(UserError), self.cr.savepoint():
            line.quantity_granted = 9
        picking.action_cancel()
        line.quantity_granted = 9
        self.assertEqual(self._deliver().move_ids[0].product_uom_qty, 9)

    def test_two_lines_of_one_product_stay_two(self):
        self.env["itsm.goods.line"].create(
            {"ticket_id": self.ticket.id, "product_id": self.paper.id, "quantity": 3}
        )
        picking = self._deliver()
        self.assertEqual(picking.move_ids.mapped("product_uom_qty"), [10, 2, 3])

    def test_nothing_before_the_approval(self):
        self.paper.standard_price = 100.0
        ticket = self._ask((self.paper, 10))
        with self.assertRaises(UserError), self.cr.savepoint():
            ticket.with_user(self.agent).action_issue_goods()
        self.assertFalse(ticket.goods_picking_ids)

    def test_what_is_no_thing_has_a_record(self):
        engraving = self._product("Engraving", type="service")
        ticket = self._ask((self.paper, 1), (engraving, 1))
        self._deliver(ticket)
        action = ticket.with_user(self.agent).action_issue_goods()
        issue = self.env["itsm.goods.issue"].browse(action["res_id"])
        self.assertEqual(issue.line_ids.product_id, engraving)

    def test_desks_may_keep_their_records(self):
        self.desk.goods_from_stock = False
        self._issued(self.ticket)
        self.assertFalse(self.ticket.goods_picking_ids)
        self.assertEqual(self.ticket.goods_state, "issued")

    def test_the_desk_names_its_warehouse(self):
        other = self.env["stock.warehouse"].create(
            {"name": "Cellar", "code": "CEL", "company_id": self.company.id}
        )
        self.desk.goods_warehouse_id = other
        self.assertEqual(self._deliver().location_id, other.lot_stock_id)

    def test_limits_count_what_the_warehouse_gave(self):
        self._limit(10)
        self.ticket.goods_line_ids[0].quantity_granted = 7
        self._done(self._deliver(), 7, 2)
        self.ticket.with_user(self.agent).action_take()
        self.ticket.with_user(self.agent).resolve("fulfilled", "Delivered.")
        self.assertEqual(self.lines[0].quantity_counted, 7)
        self._ask((self.paper, 3))
