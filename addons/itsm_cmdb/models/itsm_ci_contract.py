from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# Money is not for everybody who reads items.
MONEY = (
    "itsm_cmdb.group_cmdb_engineer,itsm_helpdesk.group_itsm_auditor,"
    "itsm_helpdesk.group_itsm_admin"
)
STATES = [
    ("planned", "Not Yet in Force"),
    ("running", "In Force"),
    ("notice", "Notice Due"),
    ("expired", "Expired"),
    ("ended", "Ended Early"),
]


class ItsmCiContract(models.Model):
    """A contract by which a supplier supports, maintains or leases items."""

    _name = "itsm.ci.contract"
    _description = "Support Contract"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "end_date, id"
    _rec_names_search = ["name", "number"]
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    number = fields.Char(
        index="btree_not_null",
        copy=False,
        tracking=True,
        help="On the supplier's paper.",
    )
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("support", "Support"),
            ("maintenance", "Maintenance"),
            ("lease", "Lease"),
            ("other", "Other"),
        ],
        required=True,
        default="support",
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    supplier_id = fields.Many2one("res.partner", index="btree_not_null", tracking=True)
    start_date = fields.Date("Start", tracking=True)
    end_date = fields.Date("End", index="btree_not_null", tracking=True)
    notice_date = fields.Date(
        "Notice By",
        index="btree_not_null",
        tracking=True,
        help="Last day on which notice can be given, or the renewal decided.",
    )
    ended_date = fields.Date(
        "Ended Early", tracking=True, help="It was ended before its time on this day."
    )
    state = fields.Selection(STATES, compute="_compute_state", search="_search_state")
    owner_id = fields.Many2one(
        "hr.employee",
        index="btree_not_null",
        tracking=True,
        help="Answers for the contract and is told in time that it ends.",
    )
    department_id = fields.Many2one("hr.department", index="btree_not_null")
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    value = fields.Monetary("Contract Value", groups=MONEY, help="For its whole time.")
    service_hours = fields.Char(help="When the supplier works: 7×24, 5×9 …")
    response_hours = fields.Float(help="Within how many hours the supplier begins.")
    ci_ids = fields.One2many("itsm.ci", "contract_id", "Items")
    ci_count = fields.Integer("Number of Items", compute="_compute_ci_count")
    document_ids = fields.Many2many(
        "ir.attachment",
        "itsm_ci_contract_document_rel",
        "contract_id",
        "attachment_id",
        "Documents",
    )
    note = fields.Html("Notes")

    _dates_ordered = models.Constraint(
        "CHECK (start_date IS NULL OR end_date IS NULL OR start_date <= end_date)",
        "A contract ends after it has begun.",
    )

    @api.depends("start_date", "end_date", "notice_date", "ended_date")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for contract in self:
            contract.state = contract._state_on(today)

    def _state_on(self, day):
        self.ensure_one()
        if self.ended_date and self.ended_date <= day:
            return "ended"
        if self.end_date and self.end_date < day:
            return "expired"
        if self.start_date and self.start_date > day:
            return "planned"
        if self.notice_date and self.notice_date <= day:
            return "notice"
        return "running"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        day = fields.Date.context_today(self)
        ended = Domain("ended_date", "!=", False) & Domain("ended_date", "<=", day)
        expired = ~ended & Domain("end_date", "<", day)
        planned = ~ended & ~expired & Domain("start_date", ">", day)
        current = ~ended & ~expired & ~planned
        notice = current & Domain("notice_date", "<=", day)
        domains = {
            "ended": ended,
            "expired": expired,
            "planned": planned,
            "notice": notice,
            "running": current & ~Domain("notice_date", "<=", day),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    def _compute_ci_count(self):
        counts = dict(
            self.env["itsm.ci"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.ci_count = counts.get(contract, 0)

    @api.constrains("notice_date", "end_date")
    def _check_notice(self):
        for contract in self:
            if (
                contract.notice_date
                and contract.end_date
                and contract.notice_date > contract.end_date
            ):
                raise ValidationError(
                    self.env._(
                        "Notice of “%(contract)s” must be given before it ends.",
                        contract=contract.name,
                    )
                )

    @api.constrains("company_id")
    def _check_items(self):
        self.ci_ids._check_contract()

    def action_view_items(self):
        """Open the items of the contract."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Items"),
            "res_model": "itsm.ci",
            "view_mode": "list,form",
            "domain": [("contract_id", "=", self.id)],
            "context": {"default_contract_id": self.id},
        }
