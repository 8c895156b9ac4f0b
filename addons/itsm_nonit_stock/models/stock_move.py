from odoo import api, fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    # Copied: back orders and returns are about the same goods.
    itsm_goods_line_id = fields.Many2one(
        "itsm.goods.line", "Goods of a Ticket", index="btree_not_null", copy=True
    )

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        """What was asked for twice is moved, and counted, as two."""
        return [*super()._prepare_merge_moves_distinct_fields(), "itsm_goods_line_id"]

    def _goods_given(self, name):
        """Return how much of a product leaves the warehouse, less what comes back.

        :param name: the field that says how much, in the unit of the move
        """
        total = 0.0
        for move in self:
            unit = move.product_id.uom_id
            amount = move.product_uom._compute_quantity(move[name], unit, round=False)
            total += -amount if move.location_dest_id.usage == "internal" else amount
        return total
