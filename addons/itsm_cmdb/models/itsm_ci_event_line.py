from odoo import api, fields, models

from .itsm_ci_event_guard import LINE_LATER

# How an item was before and after.
SNAPSHOTS = frozenset({"after", "before", "from_custodian_id", "from_location_id"})
CONDITIONS = [
    ("new", "New"),
    ("good", "Good"),
    ("worn", "Worn"),
    ("damaged", "Damaged"),
    ("broken", "Broken"),
]


class ItsmCiEventLine(models.Model):
    """An item on an event, with its condition and what goes with it."""

    _name = "itsm.ci.event.line"
    _description = "Item of a Life Cycle Event"
    _inherit = ["itsm.guarded.mixin"]
    _order = "event_id, sequence, id"
    _check_company_auto = True

    event_id = fields.Many2one(
        "itsm.ci.event", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="event_id.company_id")
    ci_id = fields.Many2one(
        "itsm.ci",
        "Item",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    code = fields.Char(related="ci_id.code")
    serial_number = fields.Char(related="ci_id.serial_number")
    status = fields.Selection(related="ci_id.status")
    condition_before = fields.Selection(CONDITIONS)
    condition_after = fields.Selection(CONDITIONS)
    accessories = fields.Char(help="What goes with it: charger, bag, mouse …")
    currency_id = fields.Many2one(related="event_id.currency_id")
    cost = fields.Monetary()
    note = fields.Char()
    from_custodian_id = fields.Many2one("hr.employee", "Was With", readonly=True)
    from_location_id = fields.Many2one("itsm.location", "Was At", readonly=True)
    kind = fields.Selection(related="event_id.kind", store=True)
    state = fields.Selection(related="event_id.state", store=True)
    date = fields.Datetime(related="event_id.date", store=True)
    before = fields.Json(
        readonly=True, copy=False, help="What the item had where the event changed it."
    )
    after = fields.Json(
        readonly=True, copy=False, help="What the event wrote into the item."
    )

    _once = models.UniqueIndex(
        "(event_id, ci_id)", "An item stands on an event once at the most."
    )
    _item_state = models.Index("(ci_id, state)")
    _cost_positive = models.Constraint("CHECK (cost >= 0)", "A cost is not negative.")

    @api.depends("ci_id", "event_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.event_id.number}: {line.ci_id.name}"

    @api.onchange("ci_id")
    def _onchange_ci_id(self):
        if self.ci_id and not self.condition_before:
            self.condition_before = self.ci_id.condition

    # ------------------------------------------------------------------
    # Create, write, delete
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_event_changeable()
        lines.event_id._approval_recheck()
        return lines

    def write(self, vals):
        content = set(vals) - {"sequence"}
        if not self._is_system():
            if not content <= LINE_LATER:
                self._check_event_changeable()
            elif content:
                self._check_event_open()
        result = super().write(vals)
        if "event_id" in vals:
            self._check_event_changeable()
        self.event_id._approval_recheck()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._check_event_changeable()

    def unlink(self):
        events = self.event_id
        result = super().unlink()
        events.exists()._approval_recheck()
        return result

    @api.model
    def _system_fields(self):
        """Only verbs say how an item was before and after."""
        return super()._system_fields() | SNAPSHOTS

    @api.model
    def _is_system(self):
        return super()._is_system() or self.env["itsm.ci.event"]._is_system()

    def _check_event_changeable(self):
        """Refuse to change items of an event that has begun, ended or is signed."""
        if self._is_system():
            return
        for event in self.event_id:
            if event.state not in ("draft", "waiting") or event.signature:
                event._refuse_change()

    def _check_event_open(self):
        for event in self.event_id:
            if event.state in ("done", "cancelled"):
                event._refuse_change()
