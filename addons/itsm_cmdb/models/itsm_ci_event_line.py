from odoo import api, fields, models
from odoo.exceptions import UserError

from .itsm_ci_event_guard import LINE_LATER

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
    _order = "event_id, sequence, id"

    event_id = fields.Many2one(
        "itsm.ci.event", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    ci_id = fields.Many2one(
        "itsm.ci", "Item", required=True, ondelete="restrict", index=True
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

    @api.constrains("event_id", "ci_id")
    def _check_company(self):
        for line in self:
            company = line.ci_id.company_id
            if company and company != line.event_id.company_id:
                raise UserError(
                    self.env._(
                        "“%(item)s” belongs to %(other)s, the event to %(company)s. "
                        "Take items of one company.",
                        item=line.ci_id.display_name,
                        other=company.name,
                        company=line.event_id.company_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # Create, write, delete
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_snapshots(vals_list)
        lines = super().create(vals_list)
        lines._check_event_changeable()
        lines.event_id._approval_recheck()
        return lines

    def write(self, vals):
        self._refuse_snapshots([vals])
        content = set(vals) - {"sequence"}
        if not self.event_id._is_verb():
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
    def _refuse_snapshots(self, vals_list):
        """Only verbs say how an item was before and after."""
        own = {"after", "before", "from_custodian_id", "from_location_id"}
        given = set().union(*vals_list) if vals_list else set()
        given |= {name for name in own if self.env.context.get(f"default_{name}")}
        if not self.env["itsm.ci.event"]._is_verb() and not own.isdisjoint(given):
            raise UserError(
                self.env._("How an item was before is noted by the event itself.")
            )

    def _check_event_changeable(self):
        """Refuse to change items of an event that has begun, ended or is signed."""
        if self.event_id._is_verb():
            return
        for event in self.event_id:
            if event.state not in ("draft", "waiting") or event.signature:
                event._refuse_change()

    def _check_event_open(self):
        for event in self.event_id:
            if event.state in ("done", "cancelled"):
                event._refuse_change()
