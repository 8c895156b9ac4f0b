from odoo import fields, models


class ItsmDesk(models.Model):
    _inherit = "itsm.desk"

    goods_from_stock = fields.Boolean(
        "Goods from the Warehouse",
        default=True,
        help="Goods are issued by a delivery of the warehouse. Otherwise by a record "
        "of the desk, as for small things in a cupboard.",
    )
    goods_warehouse_id = fields.Many2one(
        "stock.warehouse",
        "Warehouse of the Goods",
        check_company=True,
        ondelete="restrict",
        help="Where the goods come from. Empty: the first warehouse of the company.",
    )
