from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.itsm_helpdesk.models.row_lock import wait_for_rows

from ..tools import limits

_SEQUENCE = "itsm.goods.issue"
# Who got what is not changed any more once it was signed or given out.
_CONTENT = frozenset({"line_ids", "receiver_id"})


class ItsmGoodsIssue(models.Model):
    """What was given out for a ticket, to whom, by whom: printed and signed."""

    _name = "itsm.goods.issue"
    _description = "Issue of Goods"
    _inherit = ["itsm.guarded.mixin", "itsm.complaint.part.mixin"]
    _order = "id desc"
    _rec_name = "number"
    _check_company_auto = True

    number = fields.Char(readonly=True, copy=False, default="/", index=True)
    ticket_id = fields.Many2one(
        "itsm.ticket", required=True, index=True, ondelete="restrict"
    )
    state = fields.Selection(
        [("draft", "Draft"), ("done", "Issued"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
    )
    receiver_id = fields.Many2one(
        "res.partner",
        "Received By",
        compute="_compute_receiver_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    issued_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    issued_at = fields.Datetime(readonly=True, copy=False)
    note = fields.Text()
    line_ids = fields.One2many("itsm.goods.issue.line", "issue_id", "Goods")
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, index="btree_not_null"
    )
    desk_id = fields.Many2one(related="ticket_id.desk_id", store=True, index=True)
    department_id = fields.Many2one(related="ticket_id.department_id")

    @api.depends("ticket_id")
    def _compute_receiver_id(self):
        for issue in self:
            ticket = issue.ticket_id
            issue.receiver_id = ticket.requested_for_id or ticket.partner_id

    # ------------------------------------------------------------------
    # What only verbs set
    # ------------------------------------------------------------------

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "issued_at",
            "issued_by_id",
            "number",
            "state",
        }

    @api.model
    def _complete_new(self, vals_list):
        """Give each record its number, and all that its ticket has still to get."""
        numbers = self.env["ir.sequence"]._itsm_next_numbers(_SEQUENCE, len(vals_list))
        if not numbers:
            raise UserError(
                self.env._(
                    "There is no sequence “%(code)s” for the numbers of issues. Create "
                    "it again.",
                    code=_SEQUENCE,
                )
            )
        tickets = self.env["itsm.ticket"].browse(v.get("ticket_id") for v in vals_list)
        return [
            {"line_ids": self._open_lines(ticket), **vals, "number": number}
            for vals, number, ticket in zip(vals_list, numbers, tickets, strict=True)
        ]

    @api.model
    def _open_lines(self, ticket):
        """Return the commands that make a line for each product still open."""
        return [
            Command.create({"goods_line_id": line.id, "quantity": quantity})
            for line in ticket.goods_line_ids
            if (quantity := line._quantity_open())
        ]

    def write(self, vals):
        if not self._is_system():
            self._refuse_other_ticket(vals)
            if not _CONTENT.isdisjoint(vals):
                self._refuse_fixed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        kept = self.filtered(lambda issue: issue.state != "draft" or issue.signed_at)
        if kept:
            raise UserError(
                self.env._(
                    "%(issue)s stays as a record. Cancel it instead.",
                    issue=kept[0].number,
                )
            )

    def _refuse_other_ticket(self, vals):
        for issue in self:
            if vals.get("ticket_id", issue.ticket_id.id) != issue.ticket_id.id:
                raise UserError(
                    self.env._("%(issue)s stays with its ticket.", issue=issue.number)
                )

    def _refuse_fixed(self):
        """Refuse to change what was signed or given out."""
        for issue in self:
            if issue.state != "draft" or issue.signed_at:
                raise UserError(
                    self.env._(
                        "%(issue)s was signed or has ended, so it stays as it is.",
                        issue=issue.number,
                    )
                )

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def action_done(self):
        """Note that the goods were given out."""
        self.check_access("write")
        for issue in self:
            issue._issue()
        return True

    def _issue(self):
        wait_for_rows(self)
        if self.state != "draft":
            raise UserError(
                self.env._("%(issue)s is not a draft any more.", issue=self.number)
            )
        self.ticket_id._check_may_issue()
        lines = self.line_ids.filtered("quantity")
        if not lines:
            raise UserError(self.env._("Say how much of which product is given out."))
        for line in lines:
            line._refuse_too_much()
        (self.line_ids - lines).unlink()
        self._write_system(
            {
                "state": "done",
                "issued_at": fields.Datetime.now(),
                "issued_by_id": self.env.uid,
            }
        )
        self._tell(self.env._("Goods were issued with %(issue)s: %(goods)s."))

    def action_cancel(self):
        """Give a draft up, or take back what was given out."""
        self.check_access("write")
        for issue in self:
            wait_for_rows(issue)
            if issue.state == "cancelled":
                raise UserError(
                    self.env._("%(issue)s is cancelled already.", issue=issue.number)
                )
            if issue.state == "done":
                issue._refuse_closed_ticket()
                issue._tell(
                    self.env._("%(issue)s was taken back, with its goods: %(goods)s.")
                )
            issue._write_system({"state": "cancelled"})
        return True

    def _refuse_closed_ticket(self):
        if self.ticket_id.state in ("closed", "cancelled"):
            raise UserError(
                self.env._(
                    "%(ticket)s is closed; what was issued for it stays. Reopen it "
                    "first.",
                    ticket=self.ticket_id.display_name,
                )
            )

    def _tell(self, text):
        """Note on the ticket what became of its goods.

        :param text: with places for ``issue`` and ``goods``
        """
        goods = ", ".join(line._in_words() for line in self.line_ids)
        self.ticket_id.message_post(
            body=text % {"issue": self.number, "goods": goods},
            subtype_xmlid="mail.mt_note",
        )


class ItsmGoodsIssueLine(models.Model):
    """So much of one product that was given out."""

    _name = "itsm.goods.issue.line"
    _description = "Line of an Issue of Goods"
    _order = "issue_id, id"
    _rec_name = "product_id"

    issue_id = fields.Many2one(
        "itsm.goods.issue", required=True, index=True, ondelete="cascade"
    )
    ticket_id = fields.Many2one(related="issue_id.ticket_id")
    goods_line_id = fields.Many2one(
        "itsm.goods.line",
        "Asked For",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('ticket_id', '=', ticket_id)]",
    )
    product_id = fields.Many2one(related="goods_line_id.product_id")
    uom_id = fields.Many2one(related="goods_line_id.uom_id")
    quantity_granted = fields.Float(related="goods_line_id.quantity_granted")
    quantity = fields.Float("Given Out", required=True, digits="Product Unit")
    company_id = fields.Many2one(
        related="issue_id.company_id", store=True, index="btree_not_null"
    )
    desk_id = fields.Many2one(related="issue_id.desk_id", store=True, index=True)

    _quantity_positive = models.Constraint(
        "CHECK (quantity >= 0)", "What is given out is counted from 0."
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.issue_id._refuse_fixed()
        return lines

    def write(self, vals):
        self.issue_id._refuse_fixed()
        result = super().write(vals)
        self.issue_id._refuse_fixed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self.issue_id._refuse_fixed()

    @api.constrains("goods_line_id", "issue_id")
    def _check_ticket(self):
        for line in self:
            if line.goods_line_id.ticket_id != line.issue_id.ticket_id:
                raise UserError(
                    self.env._(
                        "%(issue)s gives out only what its ticket asks for.",
                        issue=line.issue_id.number,
                    )
                )

    def _refuse_too_much(self):
        """Refuse to give out more than is still open."""
        number = self.env["itsm.goods.limit"]._number
        left = self.goods_line_id._quantity_open()
        same = self.issue_id.line_ids.filtered(
            lambda line: line.goods_line_id == self.goods_line_id
        )
        if sum(same.mapped("quantity")) > left + limits.TOLERANCE:
            raise UserError(
                self.env._(
                    "%(product)s: %(left)s are still to be issued, so no more can be "
                    "given out.",
                    product=self.product_id.display_name,
                    left=number(left),
                )
            )

    def _in_words(self):
        """Return quantity and product as a text."""
        return self.env._(
            "%(quantity)s %(unit)s %(product)s",
            quantity=self.env["itsm.goods.limit"]._number(self.quantity),
            unit=self.uom_id.name,
            product=self.product_id.display_name,
        )
