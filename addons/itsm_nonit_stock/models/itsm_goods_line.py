from odoo import api, fields, models


class ItsmGoodsLine(models.Model):
    """What the warehouse has moved counts as issued."""

    _inherit = "itsm.goods.line"

    move_ids = fields.One2many(
        "stock.move",
        "itsm_goods_line_id",
        "Stock Moves",
        readonly=True,
        groups="stock.group_stock_user",
    )

    @api.depends("move_ids.state", "move_ids.quantity", "move_ids.location_dest_id")
    def _compute_quantity_issued(self):
        """What was given out by records of issue and, less returns, by deliveries."""
        result = super()._compute_quantity_issued()
        for line in self:
            # sudo: what was moved is told to whoever sees the ticket.
            moves = line.sudo().move_ids.filtered(lambda move: move.state == "done")
            line.quantity_issued += moves._goods_given("quantity")
        return result

    def _quantity_under_way(self):
        # sudo: as above.
        moves = self.sudo().move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        return super()._quantity_under_way() + max(
            moves._goods_given("product_uom_qty"), 0.0
        )
