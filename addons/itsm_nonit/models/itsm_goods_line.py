from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_helpdesk.tools import lifecycle

from ..tools import limits

# What was asked stays as it was asked.
_ASKED = frozenset({"product_id", "quantity", "ticket_id"})


class ItsmGoodsLine(models.Model):
    """A product that a ticket asks for: how much was asked, granted and issued.

    Lines come from the table of a request form, or from an agent who took the request
    by telephone. What was asked is never changed; agents grant all or less of it.
    """

    _name = "itsm.goods.line"
    _description = "Goods of a Ticket"
    _inherit = ["itsm.guarded.mixin", "itsm.complaint.part.mixin"]
    _order = "ticket_id, sequence, id"
    _rec_name = "product_id"
    _check_company_auto = True

    ticket_id = fields.Many2one(
        "itsm.ticket", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    quantity = fields.Float("Asked", required=True, digits="Product Unit", default=1.0)
    quantity_granted = fields.Float(
        "Granted",
        compute="_compute_quantity_granted",
        store=True,
        readonly=False,
        precompute=True,
        digits="Product Unit",
    )
    quantity_issued = fields.Float(
        "Issued",
        compute="_compute_quantity_issued",
        store=True,
        digits="Product Unit",
    )
    quantity_counted = fields.Float(
        "Used",
        compute="_compute_quantity_counted",
        store=True,
        digits="Product Unit",
        help="What the request uses up of the month's limit, and costs: what was "
        "granted; once it has ended what was issued, if anything was; nothing if it "
        "was cancelled.",
    )
    note = fields.Char(help="Why less was granted, or another thing issued.")
    unit_price = fields.Monetary(
        readonly=True, help="What one costs, when it was asked for."
    )
    value = fields.Monetary(compute="_compute_value", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    is_from_form = fields.Boolean("Asked by Form", readonly=True)
    is_beyond = fields.Boolean("Beyond the Limit", readonly=True)
    issue_line_ids = fields.One2many("itsm.goods.issue.line", "goods_line_id", "Issues")
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, index="btree_not_null"
    )
    desk_id = fields.Many2one(related="ticket_id.desk_id", store=True, index=True)
    department_id = fields.Many2one(
        related="ticket_id.department_id", store=True, index="btree_not_null"
    )
    category_id = fields.Many2one(
        related="product_id.categ_id", string="Product Category", store=True
    )
    month = fields.Date(
        compute="_compute_month",
        store=True,
        help="The first day of the month in which it was asked, where the company is.",
    )

    # What a limit leaves is summed by this at each request.
    _month_index = models.Index("(month, product_id)")
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity that is asked for must be above 0."
    )
    _granted_within = models.Constraint(
        "CHECK (quantity_granted >= 0 AND quantity_granted <= quantity)",
        "Grant from 0 to as much as was asked; for more add another line.",
    )

    @api.depends("quantity")
    def _compute_quantity_granted(self):
        for line in self:
            line.quantity_granted = line.quantity

    @api.depends("issue_line_ids.quantity", "issue_line_ids.issue_id.state")
    def _compute_quantity_issued(self):
        for line in self:
            done = line.issue_line_ids.filtered(lambda i: i.issue_id.state == "done")
            line.quantity_issued = sum(done.mapped("quantity"))

    @api.depends(
        "quantity_granted",
        "quantity_issued",
        "ticket_id.state",
        "ticket_id.merged_into_id",
        "ticket_id.goods_line_ids.quantity_issued",
    )
    def _compute_quantity_counted(self):
        for line in self:
            ticket = line.ticket_id
            counted = line.quantity_granted
            if ticket.state == "cancelled" or ticket.merged_into_id:
                # What was handed out is gone, whatever became of the request.
                counted = line.quantity_issued
            elif ticket.state in lifecycle.DONE_STATES:
                recorded = any(ticket.goods_line_ids.mapped("quantity_issued"))
                counted = line.quantity_issued if recorded else counted
            line.quantity_counted = counted

    @api.depends("quantity_counted", "unit_price")
    def _compute_value(self):
        for line in self:
            line.value = line.quantity_counted * line.unit_price

    @api.depends("ticket_id.opened_at")
    def _compute_month(self):
        for line in self:
            line.month = line.ticket_id._goods_month()

    # ------------------------------------------------------------------
    # What only verbs set
    # ------------------------------------------------------------------

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "is_beyond",
            "is_from_form",
            "month",
            "quantity_counted",
            "quantity_issued",
            "unit_price",
            "value",
        }

    @api.model
    def _complete_new(self, vals_list):
        """Keep what the products cost today: later prices change no decision."""
        tickets = self.env["itsm.ticket"].browse(v.get("ticket_id") for v in vals_list)
        # sudo: what things cost is for the approval, not for the person who asks.
        products = self.env["product.product"].sudo()
        products = products.browse(vals.get("product_id") for vals in vals_list)
        return [
            {**vals, "unit_price": product._goods_price(ticket.company_id)}
            for vals, ticket, product in zip(vals_list, tickets, products, strict=True)
        ]

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self._is_system():
            lines._refuse_ended()
            lines.ticket_id._goods_changed()
        return lines

    def write(self, vals):
        if self._is_system():
            return super().write(vals)
        self._refuse_other_goods(vals)
        self._refuse_ended()
        result = super().write(vals)
        if "quantity_granted" in vals:
            self._refuse_wrong_grant()
            self.ticket_id._goods_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self._is_system():
            raise UserError(
                self.env._("Goods that were asked for stay on the ticket. Grant 0.")
            )

    def _refuse_other_goods(self, vals):
        """Refuse to change what was asked for."""
        for line in self:
            for name in _ASKED.intersection(vals):
                value = line[name]
                if (value.id if name.endswith("_id") else value) != vals[name]:
                    raise UserError(
                        self.env._(
                            "%(product)s: what was asked for stays as it was. Grant "
                            "less, or add another line.",
                            product=line.product_id.display_name,
                        )
                    )

    def _refuse_ended(self):
        for ticket in self.ticket_id:
            if ticket.state not in lifecycle.OPEN_STATES:
                raise UserError(
                    self.env._(
                        "%(ticket)s is done; its goods stay as they are.",
                        ticket=ticket.display_name,
                    )
                )

    def _refuse_wrong_grant(self):
        """Refuse to grant more than was asked, or less than has been given out."""
        number = self.env["itsm.goods.limit"]._number
        for line in self:
            given = line.quantity_issued + line._quantity_under_way()
            if not given <= line.quantity_granted <= line.quantity:
                raise UserError(
                    self.env._(
                        "%(product)s: grant from %(given)s, which are issued or on "
                        "their way, to %(asked)s, which were asked for; for more add "
                        "another line.",
                        product=line.product_id.display_name,
                        given=number(given),
                        asked=number(line.quantity),
                    )
                )

    def _amount(self):
        """Return what the line uses up of the month's limits."""
        self.ensure_one()
        return amount_of(
            self.product_id, self.ticket_id.department_id, self.quantity_counted
        )

    # ------------------------------------------------------------------
    # What is still to be issued
    # ------------------------------------------------------------------

    def _quantity_under_way(self):
        """Return how much is on its way and not issued yet."""
        self.ensure_one()
        return 0.0

    def _quantity_open(self):
        """Return how much is still to be issued."""
        self.ensure_one()
        given = self.quantity_issued + self._quantity_under_way()
        return max(self.quantity_granted - given, 0.0)


def amount_of(product, department, quantity):
    """Return a quantity of a product as ``tools.limits`` takes it."""
    return limits.Amount(
        product=product.id,
        quantity=quantity,
        categories=_upwards(product.categ_id),
        departments=_upwards(department),
    )


def _upwards(record):
    """Return the ids of a record of a tree and of those above it."""
    # sudo: how the tree is made, whoever asks.
    path = record.sudo().parent_path or ""
    return [int(id_) for id_ in reversed(path.split("/")[:-1])]
