import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS

# Changes of these may move what a ticket uses up to another department.
_PEOPLE = frozenset({"department_id", "employee_id", "partner_id", "requested_for_id"})
_ISSUING_STATES = ("new", "in_progress", "pending")


class ItsmTicket(models.Model):
    """The goods that a ticket asks for: their value, their approval, their issue."""

    _inherit = "itsm.ticket"

    goods_line_ids = fields.One2many(
        "itsm.goods.line", "ticket_id", "Goods", copy=False, groups=WORKERS
    )
    goods_issue_ids = fields.One2many(
        "itsm.goods.issue",
        "ticket_id",
        "Issues of Goods",
        readonly=True,
        copy=False,
        groups=WORKERS,
    )
    goods_issue_count = fields.Integer(
        compute="_compute_goods_issue_count", groups=WORKERS
    )
    goods_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of Goods", groups=WORKERS
    )
    # New tickets have none. The defaults spare each of them an update, and so does
    # the type: a monetary field would look up the currency.
    goods_value = fields.Float(
        "Value of Goods",
        compute="_compute_goods_value",
        store=True,
        default=lambda self: 0.0,
        digits="Product Price",
        groups=WORKERS,
        help="What was granted or, once the ticket has ended, what was issued, at the "
        "cost of the products when they were asked for.",
    )
    is_beyond_limit = fields.Boolean(
        "Beyond a Monthly Limit", readonly=True, copy=False, groups=WORKERS
    )
    goods_state = fields.Selection(
        [
            ("open", "To Be Issued"),
            ("partly", "Partly Issued"),
            ("issued", "Issued"),
        ],
        "Issue of Goods",
        compute="_compute_goods_state",
        store=True,
        default=lambda self: False,
        index="btree_not_null",
        groups=WORKERS,
    )

    @api.depends("goods_issue_ids")
    def _compute_goods_issue_count(self):
        for ticket in self:
            ticket.goods_issue_count = len(ticket.goods_issue_ids)

    @api.depends("goods_line_ids.value")
    def _compute_goods_value(self):
        for ticket in self:
            ticket.goods_value = sum(ticket.goods_line_ids.mapped("value"))

    @api.depends("goods_line_ids.quantity_granted", "goods_line_ids.quantity_issued")
    def _compute_goods_state(self):
        for ticket in self:
            lines = ticket.goods_line_ids.filtered("quantity_granted")
            if not lines:
                ticket.goods_state = False
            elif all(each.quantity_issued >= each.quantity_granted for each in lines):
                ticket.goods_state = "issued"
            elif any(lines.mapped("quantity_issued")):
                ticket.goods_state = "partly"
            else:
                ticket.goods_state = "open"

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "goods_issue_ids",
            "goods_state",
            "goods_value",
            "is_beyond_limit",
        }

    def _goods_month(self):
        """Return the first day of the month whose limits the ticket uses up."""
        self.ensure_one()
        ticket = self.sudo()  # sudo: the calendar of the company, whoever asks
        company = ticket.company_id or self.env.company
        zone = pytz.timezone(company.resource_calendar_id.tz or "UTC")
        opened = ticket.opened_at or fields.Datetime.now()
        return pytz.utc.localize(opened).astimezone(zone).date().replace(day=1)

    # ------------------------------------------------------------------
    # What changes them
    # ------------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if not _PEOPLE.isdisjoint(vals):
            # sudo: what a department has used up holds whoever changes the ticket.
            self.sudo().filtered("goods_line_ids")._goods_check_limits()
        return result

    def _after_transition(self, verb):
        result = super()._after_transition(verb)
        if verb == "reopen":
            # sudo: requesters reopen tickets too.
            self.sudo().filtered("goods_line_ids")._goods_check_limits()
        return result

    def _goods_changed(self):
        """Look at limits and approval again, after an agent changed the goods."""
        # sudo: limits hold, and approval is asked, whoever changes the goods.
        tickets = self.sudo()
        tickets._goods_check_limits()
        tickets._approval_recheck()
        tickets._goods_ask_approval()

    # ------------------------------------------------------------------
    # Approval
    # ------------------------------------------------------------------

    def _approval_subject(self):
        """What the goods are worth is decided on, at the prices of the request."""
        rows, ticket = super()._approval_subject(), self.sudo()  # sudo: as in super
        lines = ticket.goods_line_ids
        if not lines:
            return rows
        value = formatLang(
            self.env, ticket.goods_value, currency_obj=ticket.goods_currency_id
        )
        if ticket.is_beyond_limit:
            value = self.env._("%(value)s, beyond the monthly limit", value=value)
        asked = [
            [line.product_id.id, line.quantity, line.unit_price]
            for line in lines.sorted("id")
        ]
        label = self._fields["goods_value"]._description_string(self.env)
        return [*rows, {"key": "goods", "label": label, "value": asked, "text": value}]

    def _approval_recheck(self):
        """Answers that were corrected ask for other goods."""
        changed = self._goods_refresh()
        result = super()._approval_recheck()
        changed._goods_ask_approval()
        return result

    def _goods_ask_approval(self):
        """Ask for approval where the goods need it now and nobody was asked before."""
        self.filtered(
            lambda ticket: (
                ticket.state in _ISSUING_STATES
                and not ticket.approval_id
                and ticket.plan_version_id
            )
        )._approval_request()

    # ------------------------------------------------------------------
    # Issue
    # ------------------------------------------------------------------

    def action_issue_goods(self):
        """Give out what is still open: opens a record of it to be signed."""
        self.ensure_one()
        self.check_access("write")
        self._check_may_issue()
        return self._goods_issue()

    def _check_may_issue(self):
        if self.state == "approval":
            raise UserError(
                self.env._(
                    "%(ticket)s waits for approval, so nothing can be issued yet.",
                    ticket=self.display_name,
                )
            )
        if self.state not in (*_ISSUING_STATES, "resolved"):
            raise UserError(
                self.env._(
                    "%(ticket)s is closed, so nothing is issued for it any more.",
                    ticket=self.display_name,
                )
            )
        if not any(line._quantity_open() for line in self.goods_line_ids):
            raise UserError(
                self.env._(
                    "%(ticket)s has no goods that are still to be issued.",
                    ticket=self.display_name,
                )
            )

    def _goods_issue(self):
        """Open a record of issue with all that is open; return the action."""
        Issue = self.env["itsm.goods.issue"]
        issue = Issue.search(
            [("ticket_id", "=", self.id), ("state", "=", "draft")], limit=1
        ) or Issue.create({"ticket_id": self.id})
        return issue.get_formview_action()

    def action_view_goods_issues(self):
        """Show the records of issue of the ticket."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "itsm_nonit.itsm_goods_issue_action"
        )
        action["domain"] = [("ticket_id", "=", self.id)]
        action["context"] = {"default_ticket_id": self.id}
        return action
