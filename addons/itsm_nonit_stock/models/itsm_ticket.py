from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS

_STOCK = "stock.group_stock_user"
# After these verbs nothing is to be given out any more.
_GIVEN_UP = frozenset({"cancel", "refuse"})


class ItsmTicket(models.Model):
    """Goods come from the warehouse, by a delivery that the ticket shows."""

    _inherit = "itsm.ticket"

    goods_picking_ids = fields.One2many(
        "stock.picking",
        "itsm_ticket_id",
        "Deliveries of Goods",
        readonly=True,
        copy=False,
        groups=_STOCK,
    )
    goods_picking_count = fields.Integer(
        "Deliveries", compute="_compute_goods_pickings"
    )
    goods_pickings_html = fields.Html(
        "Deliveries of the Goods",
        compute="_compute_goods_pickings",
        sanitize=False,
        groups=WORKERS,
    )

    @api.depends_context("lang", "tz")
    def _compute_goods_pickings(self):
        """Agents without rights in the warehouse see how the deliveries stand, too."""
        # sudo: numbers and states of what belongs to the ticket.
        for ticket in self.sudo():
            pickings = ticket.goods_picking_ids
            ticket.goods_picking_count = len(pickings)
            ticket.goods_pickings_html = bool(pickings) and self.env["ir.qweb"]._render(
                "itsm_nonit_stock.goods_pickings",
                {
                    "pickings": pickings,
                    "number": self.env["itsm.goods.limit"]._number,
                },
            )

    # ------------------------------------------------------------------
    # Issue
    # ------------------------------------------------------------------

    def _goods_issue(self):
        """Give the work to the warehouse; what is no thing is issued by a record."""
        lines = self.goods_line_ids.filtered(
            lambda line: line.product_id.type == "consu" and line._quantity_open()
        )
        # sudo: how the desk gives out is for its managers to say.
        if not lines or not self.desk_id.sudo().goods_from_stock:
            return super()._goods_issue()
        picking = self._goods_deliver(lines)
        if self.env.user.has_group(_STOCK):
            return picking.sudo(False).get_formview_action()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The warehouse has got %(delivery)s.", delivery=picking.name
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _goods_deliver(self, lines):
        """Return a new delivery of what is open of these lines, with all rights."""
        warehouse = self._goods_warehouse()
        # sudo: agents hand the work to the warehouse; they need no rights there.
        Picking = self.env["stock.picking"].sudo().with_company(warehouse.company_id)
        picking = Picking.create(self._goods_picking_values(warehouse, lines))
        picking.action_confirm()
        self.message_post(
            body=self.env._(
                "The warehouse was asked for the goods, with %(delivery)s.",
                delivery=picking.name,
            ),
            subtype_xmlid="mail.mt_note",
        )
        return picking

    def _goods_warehouse(self):
        """Return where the goods come from."""
        # sudo: see _goods_deliver.
        desk = self.desk_id.sudo()
        company = self.company_id or self.env.company
        warehouse = desk.goods_warehouse_id or desk.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        if not warehouse:
            raise UserError(
                self.env._(
                    "%(company)s has no warehouse. Set one up, or let the desk issue "
                    "goods by its own records.",
                    company=company.name,
                )
            )
        return warehouse

    def _goods_picking_values(self, warehouse, lines):
        kind = warehouse.out_type_id
        receiver = self.requested_for_id or self.partner_id
        places = {
            # From the shelves, also where deliveries of sales are packed first.
            "location_id": warehouse.lot_stock_id.id,
            "location_dest_id": kind.default_location_dest_id.id,
        }
        return {
            **places,
            "picking_type_id": kind.id,
            "partner_id": receiver.id,
            "company_id": warehouse.company_id.id,
            "origin": self.number,
            "itsm_ticket_id": self.id,
            "move_ids": [
                Command.create(
                    {
                        **places,
                        "product_id": line.product_id.id,
                        "product_uom": line.uom_id.id,
                        "product_uom_qty": line._quantity_open(),
                        "picking_type_id": kind.id,
                        "partner_id": receiver.id,
                        "company_id": warehouse.company_id.id,
                        "itsm_goods_line_id": line.id,
                    }
                )
                for line in lines
            ],
        }

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def _goods_tell_delivery(self, picking):
        """Note on the ticket what the warehouse gave out, or took back."""
        number = self.env["itsm.goods.limit"]._number
        goods = ", ".join(
            f"{number(move.quantity)} {move.product_uom.name} "
            f"{move.product_id.display_name}"
            for move in picking.move_ids
            if move.state == "done"
        )
        self.message_post(
            body=self.env._(
                "%(delivery)s is done: %(goods)s.", delivery=picking.name, goods=goods
            ),
            subtype_xmlid="mail.mt_note",
        )

    def _after_transition(self, verb):
        result = super()._after_transition(verb)
        if verb in _GIVEN_UP:
            # sudo: requesters cancel their requests; nobody prepares them any more.
            pickings = self.sudo().goods_picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            )
            if pickings:
                pickings.action_cancel()
        return result

    def action_view_goods_pickings(self):
        """Show the deliveries of the ticket's goods."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock.action_picking_tree_all"
        )
        action["domain"] = [("itsm_ticket_id", "=", self.id)]
        action["context"] = {"create": False}
        return action
