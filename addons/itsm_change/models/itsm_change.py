from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import states
from .group_order import in_order

TYPES = [
    (states.STANDARD, "Standard"),
    (states.NORMAL, "Normal"),
    (states.EMERGENCY, "Emergency"),
]
STATES = [
    (states.DRAFT, "Draft"),
    (states.ASSESS, "Assess"),
    (states.AUTHORIZE, "Authorize"),
    (states.SCHEDULED, "Scheduled"),
    (states.IMPLEMENT, "Implement"),
    (states.REVIEW, "Review"),
    (states.CLOSED, "Closed"),
    (states.CANCELLED, "Cancelled"),
]
CLOSE_CODES = [
    (states.SUCCESSFUL, "Successful"),
    (states.WITH_ISSUES, "Successful with Issues"),
    (states.ROLLED_BACK, "Rolled Back"),
    (states.FAILED, "Failed"),
]
ORIGINS = [
    ("ticket", "Ticket"),
    ("problem", "Problem"),
    ("request", "Request of a Department"),
    ("audit", "Audit"),
    ("supplier", "Notice of a Supplier"),
    ("other", "Other"),
]
RISKS = [("low", "Low"), ("medium", "Medium"), ("high", "High")]
LEVELS = [("1", "High"), ("2", "Medium"), ("3", "Low")]


class ItsmChange(models.Model):
    """A change to configuration items: what, why, when, by whom, and how it is undone.

    This file holds what a change *is*. What can be *done* with it stands in
    ``itsm_change_lifecycle``, what must be true before in ``itsm_change_gates``.
    """

    _name = "itsm.change"
    _description = "Change"
    _inherit = [
        "itsm.guarded.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "itsm.approval.mixin",
        "bus.listener.mixin",
    ]
    _order = "planned_start desc, id desc"
    _rec_names_search = ["number", "name"]
    _check_company_auto = True

    number = fields.Char(readonly=True, copy=False, index=True)
    name = fields.Char("Subject", required=True, tracking=True)
    type = fields.Selection(
        TYPES,
        required=True,
        default=states.NORMAL,
        tracking=True,
        index=True,
        group_expand=in_order(TYPES),
    )
    state = fields.Selection(
        STATES,
        required=True,
        default=states.DRAFT,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=in_order(STATES),
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    template_id = fields.Many2one(
        "itsm.change.template", readonly=True, copy=False, index="btree_not_null"
    )
    category_id = fields.Many2one(
        "itsm.change.category", index="btree_not_null", tracking=True
    )
    reason = fields.Text(help="Why the change is needed; what happens without it.")
    description = fields.Html()
    origin = fields.Selection(ORIGINS, default="other")
    origin_reference = fields.Char(help="Number of the notice, letter or finding.")
    ticket_ids = fields.Many2many(
        "itsm.ticket",
        "itsm_change_ticket_rel",
        "change_id",
        "ticket_id",
        "Tickets",
        check_company=True,
    )

    # People
    requester_id = fields.Many2one(
        "res.partner",
        required=True,
        default=lambda self: self.env.user.partner_id,
        index=True,
        tracking=True,
    )
    coordinator_id = fields.Many2one(
        "res.users", index="btree_not_null", tracking=True, help="Accepts the change."
    )
    implementer_id = fields.Many2one(
        "res.users", index="btree_not_null", tracking=True, help="Leads the work."
    )
    team_id = fields.Many2one(
        "itsm.team", index="btree_not_null", tracking=True, check_company=True
    )

    # How much it matters
    impact = fields.Selection(LEVELS, default="3")
    urgency = fields.Selection(LEVELS, default="3")
    risk = fields.Selection(
        RISKS,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=in_order(RISKS),
    )

    # Items
    ci_link_ids = fields.One2many("itsm.change.ci", "change_id", "Item Links")

    # When
    planned_start = fields.Datetime(index=True, tracking=True, copy=False)
    planned_end = fields.Datetime(tracking=True, copy=False)
    actual_start = fields.Datetime(readonly=True, copy=False)
    actual_end = fields.Datetime(readonly=True, copy=False)
    has_outage = fields.Boolean(
        "Outage", help="Something does not work while the change is made."
    )
    outage_start = fields.Datetime(copy=False)
    outage_end = fields.Datetime(copy=False)

    # How it ended
    close_code = fields.Selection(
        CLOSE_CODES, readonly=True, copy=False, tracking=True, index=True
    )

    _planned_in_order = models.Constraint(
        "CHECK (planned_end IS NULL OR planned_start IS NULL"
        " OR planned_end > planned_start)",
        "A change must end after it begins.",
    )
    # Clocks of the zones, and so all who look at it, cannot go further.
    _planned_in_our_time = models.Constraint(
        "CHECK (planned_start >= '2000-01-01' AND planned_end < '2200-01-01')",
        "Choose dates between the years 2000 and 2200.",
    )

    @api.depends("number", "name")
    def _compute_display_name(self):
        for change in self:
            change.display_name = " ".join(filter(None, (change.number, change.name)))

    @api.model
    def _complete_new(self, vals_list):
        """Give each new change the next number."""
        numbers = self.env["ir.sequence"]._itsm_next_numbers(
            "itsm.change", len(vals_list)
        )
        if len(numbers) < len(vals_list):
            raise UserError(
                self.env._(
                    "There is no number sequence for changes. "
                    "Ask an administrator to restore it."
                )
            )
        return [
            {**vals, "number": number}
            for vals, number in zip(vals_list, numbers, strict=True)
        ]
