from odoo import api, fields, models

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS

_PRODUCT = "product.product"
_KEYS = ("question", "product", "quantity")


class ItsmService(models.Model):
    """Which answers of a form are goods: a table with a product and a quantity.

    The keys of the questions are kept, not the questions: so versions, copies and
    service files say the same.
    """

    _inherit = "itsm.service"

    goods_question_key = fields.Char("Key of the Table of Goods", groups=WORKERS)
    goods_product_key = fields.Char("Key of the Product", groups=WORKERS)
    goods_quantity_key = fields.Char("Key of the Quantity", groups=WORKERS)
    goods_question_id = fields.Many2one(
        "itsm.question",
        "Table of Goods",
        compute="_compute_goods_question_id",
        inverse="_inverse_goods_question_id",
        domain="[('service_id', '=', id), ('type', '=', 'table')]",
        groups=WORKERS,
        help="Each of its rows is a product that is asked for. Limits, approval by "
        "value and the issue of goods follow from it.",
    )
    goods_product_column_id = fields.Many2one(
        "itsm.question",
        "Column of the Product",
        compute="_compute_goods_product_column_id",
        inverse="_inverse_goods_product_column_id",
        domain="[('parent_id', '=', goods_question_id), ('type', '=', 'record'), "
        "('res_model', '=', 'product.product')]",
        groups=WORKERS,
    )
    goods_quantity_column_id = fields.Many2one(
        "itsm.question",
        "Column of the Quantity",
        compute="_compute_goods_quantity_column_id",
        inverse="_inverse_goods_quantity_column_id",
        domain="[('parent_id', '=', goods_question_id), ('type', '=', 'number')]",
        groups=WORKERS,
    )

    @api.depends("goods_question_key", "question_ids.key")
    def _compute_goods_question_id(self):
        for service in self:
            service.goods_question_id = _keyed(
                service.question_ids, service.goods_question_key
            )

    @api.depends(
        "goods_product_key", "goods_question_key", "question_ids.column_ids.key"
    )
    def _compute_goods_product_column_id(self):
        for service in self:
            service.goods_product_column_id = _keyed(
                service.goods_question_id.column_ids, service.goods_product_key
            )

    @api.depends(
        "goods_quantity_key", "goods_question_key", "question_ids.column_ids.key"
    )
    def _compute_goods_quantity_column_id(self):
        for service in self:
            service.goods_quantity_column_id = _keyed(
                service.goods_question_id.column_ids, service.goods_quantity_key
            )

    def _inverse_goods_question_id(self):
        for service in self:
            service.goods_question_key = service.goods_question_id.key

    def _inverse_goods_product_column_id(self):
        for service in self:
            service.goods_product_key = service.goods_product_column_id.key

    def _inverse_goods_quantity_column_id(self):
        for service in self:
            service.goods_quantity_key = service.goods_quantity_column_id.key

    def _pack_setting_goods(self, settings):
        """Take over which answers are goods, as a desk pack says."""
        self.goods_question_key = settings["table"]
        self.goods_product_key = settings["product"]
        self.goods_quantity_key = settings["quantity"]

    def _publishing_problems(self):
        return [*super()._publishing_problems(), *self._goods_problems()]

    def _goods_problems(self):
        """Return a sentence where the answers cannot be read as goods."""
        keys = (
            self.goods_question_key,
            self.goods_product_key,
            self.goods_quantity_key,
        )
        if not any(keys):
            return []
        table, product = self.goods_question_id, self.goods_product_column_id
        is_whole = (
            all(keys)
            and table.type == "table"
            and product.type == "record"
            and product.res_model == _PRODUCT
            and self.goods_quantity_column_id.type == "number"
        )
        if is_whole:
            return []
        return [
            self.env._(
                "Goods: choose a table of the form, its column with records of "
                "products, and its column with a number for the quantity."
            )
        ]


class ItsmServiceVersion(models.Model):
    _inherit = "itsm.service.version"

    def _goods_keys(self):
        """Return the keys of table, product and quantity; nothing without goods."""
        data = self.data or {}
        keys = [data.get(f"goods_{name}_key") for name in _KEYS]
        return keys if all(keys) else None


def _keyed(questions, key):
    """Return the question with a key, if there is one."""
    return questions.filtered(lambda question: key and question.key == key)[:1]
