from odoo import api, fields, models
from odoo.tools.misc import formatLang

from odoo.addons.itsm_helpdesk.models.row_lock import take_turn

from ..tools import limits

BEYOND = [
    ("refuse", "Is refused"),
    ("approval", "Needs approval"),
]


class ItsmGoodsLimit(models.Model):
    """How much of something a department may have in a month.

    Which limit counts for whom stands in ``tools/limits.py``.
    """

    _name = "itsm.goods.limit"
    _description = "Monthly Limit of Goods"
    _order = "sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    product_id = fields.Many2one(
        "product.product", index="btree_not_null", check_company=True
    )
    category_id = fields.Many2one(
        "product.category",
        "Product Category",
        index="btree_not_null",
        help="All products of the category, and of those below it, together.",
    )
    department_id = fields.Many2one(
        "hr.department",
        index="btree_not_null",
        check_company=True,
        help="The department together with those below it. Empty: each department by "
        "itself.",
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    quantity = fields.Float(
        "Quantity a Month", required=True, digits="Product Unit", default=1.0
    )
    beyond = fields.Selection(
        BEYOND,
        "What Goes Beyond",
        required=True,
        default="refuse",
        help="Whether requests for more are refused, or marked, so that the approval "
        "policy of the service can ask somebody.",
    )
    # Counts who looked at what is left of it: of two who ask at the same moment the
    # second is repeated, and then sees what the first one got.
    turn = fields.Integer(
        readonly=True,
        copy=False,
        export_string_translation=False,
        groups="base.group_system",
    )

    _one_thing = models.Constraint(
        "CHECK (num_nonnulls(product_id, category_id) = 1)",
        "A limit is for one product or for one category of products.",
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity >= 0)", "The quantity in a month is counted from 0."
    )
    _unique = models.UniqueIndex(
        "(COALESCE(product_id, 0), COALESCE(category_id, 0), "
        "COALESCE(department_id, 0), COALESCE(company_id, 0), beyond) WHERE active",
        "There is such a limit already. Change that one.",
    )

    @api.depends("product_id", "category_id", "department_id", "quantity")
    def _compute_display_name(self):
        for limit in self:
            limit.display_name = self.env._(
                "%(thing)s: %(quantity)s a month",
                thing=limit._thing_name(),
                quantity=limit._number(limit.quantity),
            )

    def _thing_name(self):
        """Return what the limit is about."""
        self.ensure_one()
        # sudo: a name, for requesters too.
        limit = self.sudo()
        return limit.product_id.display_name or limit.category_id.display_name or ""

    @api.model
    def _number(self, value):
        """Return a quantity without needless places."""
        places = len(f"{value:.6f}".rstrip("0").partition(".")[2])
        return formatLang(self.env, value, digits=places)

    # ------------------------------------------------------------------
    # What is left
    # ------------------------------------------------------------------

    @api.model
    def _of_company(self, company):
        """Return the limits that hold in a company, with the system's rights."""
        # sudo: limits hold for whoever asks, and those have no rights on them.
        return self.sudo().search([("company_id", "in", [False, company.id])])

    def _as_data(self):
        """Return the limits as ``tools.limits`` takes them."""
        return [
            limits.Limit(
                id=limit.id,
                quantity=limit.quantity,
                product=limit.product_id.id or None,
                category=limit.category_id.id or None,
                department=limit.department_id.id or None,
                beyond=limit.beyond,
            )
            for limit in self
        ]

    def _take_turn(self):
        """Wait for whoever asks for the same goods, and be the next."""
        take_turn(self, "turn")

    def _sentence(self, use):
        """Return what somebody reads whose request goes beyond the limit.

        :param use: ``tools.limits.Use``
        """
        self.ensure_one()
        # sudo: the name of the requester's own department.
        department = self.env["hr.department"].sudo().browse(use.pool.department or ())
        return self.env._(
            "%(thing)s: %(department)s may have %(quantity)s a month. %(used)s are "
            "used up, so %(left)s are left; you ask for %(own)s.",
            thing=self._thing_name(),
            department=department.name or self.env._("who has no department"),
            quantity=self._number(use.pool.limit.quantity),
            used=self._number(use.total - use.own),
            left=self._number(use.left),
            own=self._number(use.own),
        )
