from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

KINDS = [
    ("stock_in", "Stock-In"),
    ("hand_over", "Hand-Over"),
    ("return", "Return"),
    ("move", "Move"),
    ("repair", "Repair"),
    ("upgrade", "Upgrade"),
    ("loan", "Loan"),
    ("count", "Count"),
    ("disposal", "Disposal"),
]
STATES = [
    ("draft", "Draft"),
    ("waiting", "Waiting for Approval"),
    ("underway", "Under Way"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
# An item is on one event in these states at the most.
OPEN_STATES = ("waiting", "underway")
# The item goes to a person, or comes back from one.
GIVING = ("hand_over", "loan")
# These begin one day and end another.
LASTING = ("repair", "loan")
METHODS = [
    ("recycled", "Recycled"),
    ("sold", "Sold"),
    ("donated", "Donated"),
    ("returned", "Returned to Supplier"),
    ("destroyed", "Destroyed"),
    ("lost", "Written Off as Lost"),
]


class ItsmCiEvent(models.Model):
    """Something that happened to items in their life: a paper with one or many.

    Items change by the event's verbs only (``itsm_ci_event_verbs.py``); what an event
    of a kind does to them stands in ``itsm_ci_event_effects.py``. What is done stays:
    it is taken back by a counter event.
    """

    _name = "itsm.ci.event"
    _description = "Life Cycle Event"
    _inherit = [
        "itsm.guarded.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "itsm.approval.mixin",
    ]
    _order = "date desc, id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "line_ids.ci_id.name", "line_ids.ci_id.code"]
    _check_company_auto = True

    number = fields.Char(readonly=True, copy=False, index=True)
    kind = fields.Selection(KINDS, required=True, default="hand_over", index=True)
    state = fields.Selection(
        STATES,
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    date = fields.Datetime(
        required=True, default=fields.Datetime.now, copy=False, index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    line_ids = fields.One2many("itsm.ci.event.line", "event_id", "Items", copy=True)
    line_count = fields.Integer("Number of Items", compute="_compute_line_count")
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        index="btree_not_null",
        tracking=True,
    )
    custodian_id = fields.Many2one(
        "hr.employee",
        "Recipient",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        help="Who gets the items.",
    )
    from_custodian_id = fields.Many2one(
        "hr.employee",
        "Held Before By",
        compute="_compute_from_custodian_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        help="Who had the items, where all were with one person.",
    )
    department_id = fields.Many2one(
        "hr.department",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        check_company=True,
        help="Where the items belong from now on. Empty: unchanged.",
    )
    location_id = fields.Many2one(
        "itsm.location",
        check_company=True,
        help="Where the items are from now on. Empty: unchanged.",
    )
    rack_position = fields.Integer(help="Lowest unit that the item takes in its rack.")
    supplier_id = fields.Many2one(
        "res.partner", help="Who repairs it, or takes it for disposal."
    )
    due_date = fields.Date(
        "Back On", index="btree_not_null", help="When a loan or a repair should end."
    )
    ended_at = fields.Datetime(readonly=True, copy=False)
    reason = fields.Text(help="Why; what is broken; what was found.")
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, readonly=False
    )
    cost = fields.Monetary(compute="_compute_cost", store=True)
    disposal_method = fields.Selection(METHODS)
    proceeds = fields.Monetary(help="What the disposal brings in.")
    value = fields.Monetary(
        "Value When Bought",
        compute="_compute_value",
        store=True,
        help="Of all items. Policies of approval may ask for it.",
    )
    change_ids = fields.One2many(
        "itsm.ci.event.change", "event_id", "Changes", copy=True
    )
    reverses_id = fields.Many2one(
        "itsm.ci.event", "Takes Back", readonly=True, copy=False, ondelete="restrict"
    )
    reversal_ids = fields.One2many("itsm.ci.event", "reverses_id", "Taken Back By")
    is_reversed = fields.Boolean(
        "Taken Back", compute="_compute_is_reversed", store=True
    )
    note = fields.Html("Notes")

    _number_unique = models.UniqueIndex("(number)", "Another event has this number.")
    _reversed_once = models.UniqueIndex(
        "(reverses_id) WHERE reverses_id IS NOT NULL",
        "This event was taken back already.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("number", "kind")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for event in self:
            event.display_name = " ".join(
                filter(None, (event.number, labels.get(event.kind)))
            )

    @api.depends("line_ids")
    def _compute_line_count(self):
        for event in self:
            event.line_count = len(event.line_ids)

    @api.depends("line_ids.ci_id")
    def _compute_from_custodian_id(self):
        """Name the one person who has all items; kept, whoever gets them later."""
        for event in self:
            holders = {line.ci_id.custodian_id for line in event.line_ids}
            holder = holders.pop() if len(holders) == 1 else False
            event.from_custodian_id = holder

    @api.depends("custodian_id", "kind")
    def _compute_department_id(self):
        for event in self:
            if event.kind in GIVING and event.custodian_id:
                event.department_id = event.custodian_id.department_id

    @api.depends("company_id")
    def _compute_currency_id(self):
        for event in self:
            event.currency_id = event.company_id.currency_id

    @api.depends("line_ids.cost")
    def _compute_cost(self):
        for event in self:
            event.cost = sum(event.line_ids.mapped("cost"))

    @api.depends("line_ids.ci_id", "currency_id", "company_id", "date")
    def _compute_value(self):
        for event in self:
            event.value = sum(
                line.ci_id.currency_id._convert(
                    line.ci_id.purchase_value,
                    event.currency_id,
                    event.company_id,
                    event.date or fields.Datetime.now(),
                )
                for line in event.line_ids
                if line.ci_id.purchase_value and event.currency_id
            )

    @api.depends("reversal_ids")
    def _compute_is_reversed(self):
        for event in self:
            event.is_reversed = bool(event.reversal_ids)

    # ------------------------------------------------------------------
    # Create, write, delete
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        """Begin with the items that were marked in their list."""
        values = super().default_get(fields_list)
        context = self.env.context
        if "line_ids" in fields_list and context.get("active_model") == "itsm.ci":
            items = self.env["itsm.ci"].browse(context.get("active_ids") or ()).exists()
            values["line_ids"] = [
                Command.create(
                    {"ci_id": item.id, "condition_before": item.condition or False}
                )
                for item in items
            ]
            company = items.company_id[:1]
            if company in self.env.companies:
                values["company_id"] = company.id
        return values

    @api.model_create_multi
    def create(self, vals_list):
        contents = [dict(vals) for vals in vals_list]
        signatures = [
            (vals.pop("signature", None), vals.pop("signed_by", None))
            for vals in contents
        ]
        events = super().create(contents)
        for event, (signature, name) in zip(events, signatures, strict=True):
            if signature:
                event._sign(signature, name)
        return events

    @api.model
    def _complete_new(self, vals_list):
        """Give each new event the next number."""
        numbers = self.env["ir.sequence"]._itsm_next_numbers(
            "itsm.ci.event", len(vals_list)
        )
        if not numbers:
            raise UserError(
                self.env._(
                    "There is no sequence “itsm.ci.event” for the numbers of events. "
                    "Ask an administrator to restore it."
                )
            )
        return [
            {**vals, "number": number}
            for vals, number in zip(vals_list, numbers, strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        kept = self.filtered(lambda event: event.state != "draft" or event.signature)
        if kept:
            raise UserError(
                self.env._(
                    "%(event)s is no draft any more, so it cannot be deleted. Cancel "
                    "it, or take it back by a counter event.",
                    event=kept[0].display_name,
                )
            )
