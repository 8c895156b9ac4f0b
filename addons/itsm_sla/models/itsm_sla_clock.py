from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools import clock as pure
from ..tools.policy import Key
from .itsm_sla_event import _ENGINE
from .itsm_sla_policy import KINDS
from .itsm_sla_target import METRICS, PRIORITIES

STATES = [
    (pure.RUNNING, "Running"),
    (pure.PAUSED, "Paused"),
    (pure.MET, "Met"),
    (pure.BREACHED, "Breached"),
    (pure.CANCELLED, "Cancelled"),
]


class ItsmSlaClock(models.Model):
    """A promise being kept or broken: one policy, one metric, one spell of a record.

    Each row is a cache of a pure function of the record's events, the policy's
    version and the working hours (``tools/clock.py``); it can be rebuilt at any
    time. Nobody writes it but the engine.
    """

    _name = "itsm.sla.clock"
    _description = "Service Level Clock"
    _order = "deadline, id"
    _rec_name = "metric"

    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", required=True, readonly=True, index=False
    )
    record_name = fields.Char(compute="_compute_record_name")
    policy_id = fields.Many2one(
        "itsm.sla.policy",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    policy_version_id = fields.Many2one(
        "itsm.sla.policy.version",
        "Terms",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    metric = fields.Selection(METRICS, required=True, readonly=True)
    spell = fields.Integer(
        readonly=True, help="0 for the first run, 1 for the next, and so on."
    )
    party_id = fields.Integer(
        "Team or Supplier", readonly=True, help="Id of the one who holds the record."
    )
    party_name = fields.Char("Held by", compute="_compute_party_name")

    state = fields.Selection(STATES, required=True, readonly=True)
    is_unfinished = fields.Boolean(
        readonly=True, help="It still waits for something to happen."
    )
    priority = fields.Selection(PRIORITIES, readonly=True)
    started_at = fields.Datetime("Started", readonly=True)
    deadline = fields.Datetime(
        readonly=True, help="Empty while it stands still with time left."
    )
    warning_at = fields.Datetime("Warning", readonly=True)
    stopped_at = fields.Datetime("Stopped", readonly=True)
    budget = fields.Integer(
        "Promised (s)", readonly=True, help="Promised time in seconds.", aggregator=None
    )
    elapsed = fields.Integer(
        "Used (s)", readonly=True, help="Used time in seconds.", aggregator=None
    )
    paused = fields.Integer(
        "Paused (s)",
        readonly=True,
        help="Time on the clock's hours in which it stood still, in seconds.",
        aggregator=None,
    )
    remaining = fields.Integer(
        "Left (s)", compute="_compute_remaining", help="Negative when overdrawn."
    )
    breached = fields.Boolean(
        readonly=True, help="The deadline passed before the clock stopped."
    )
    relaxed = fields.Boolean(
        "Late Before",
        readonly=True,
        help="Was late already under an earlier, stricter priority.",
    )
    waiver_ids = fields.One2many("itsm.sla.waiver", "clock_id", "Waivers")
    waived = fields.Integer(
        "Waived (s)",
        readonly=True,
        help="Time that approved waivers excuse, in seconds.",
        aggregator=None,
    )
    adjusted_breached = fields.Boolean(
        "Breached After Waivers",
        readonly=True,
        help="Breached even when the waived time is taken off.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar", "Working Hours", readonly=True, ondelete="restrict"
    )
    timetable_id = fields.Many2one(
        "itsm.sla.timetable",
        readonly=True,
        ondelete="restrict",
        help="The working hours as they were when the clock stopped.",
    )
    next_at = fields.Datetime(
        "Next Check",
        readonly=True,
        help="When the clock breaches or an escalation is due.",
    )
    fired_ids = fields.One2many("itsm.sla.escalation.fired", "clock_id", "Escalations")
    segment_ids = fields.One2many("itsm.sla.segment", "clock_id", "Stretches")

    _clock_unique = models.UniqueIndex(
        "(res_model, res_id, policy_id, metric, spell)",
        "A record has one clock for each policy, metric and spell.",
    )
    _due_idx = models.Index("(next_at) WHERE next_at IS NOT NULL")
    # For the list of clocks, in its order. PostgreSQL takes the index only where its
    # condition is written as the ORM writes it.
    _deadline_idx = models.Index("(deadline, id) WHERE is_unfinished IS TRUE")
    _started_idx = models.Index("(started_at)")

    @api.depends("metric", "policy_id.name", "res_id")
    def _compute_display_name(self):
        labels = self.env["itsm.sla.policy"]._metric_labels()
        for clock in self:
            # sudo: the name of the promise is for everybody who sees the clock.
            policy = clock.sudo().policy_id.name or ""
            clock.display_name = f"{policy}: {labels.get(clock.metric, '')}"

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        for model, clocks in self.grouped("res_model").items():
            if model not in self.env:  # the addon that had the records is gone
                clocks.record_name = False
                continue
            records = self.env[model].browse(clocks.mapped("res_id")).exists()
            readable = {r.id: r.display_name for r in records._filtered_access("read")}
            for clock in clocks:
                clock.record_name = readable.get(clock.res_id, False)

    @api.depends("res_model", "kind", "party_id")
    def _compute_party_name(self):
        for model, clocks in self.grouped("res_model").items():
            if model not in self.env:
                clocks.party_name = False
                continue
            Model = self.env[model]
            for clock in clocks:
                clock.party_name = Model._sla_party_name(clock.kind, clock.party_id)

    @api.depends("budget", "elapsed")
    def _compute_remaining(self):
        for clock in self:
            clock.remaining = clock.budget - clock.elapsed

    # ------------------------------------------------------------------
    # Only the engine writes
    # ------------------------------------------------------------------

    @api.model
    def _as_engine(self):
        """Return the model with the right to write clocks."""
        return self.sudo().with_context(itsm_sla_engine=_ENGINE)

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_strangers()
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_strangers()
        return super().write(vals)

    def unlink(self):
        self._refuse_strangers()
        return super().unlink()

    @api.model
    def _refuse_strangers(self):
        if self.env.context.get("itsm_sla_engine") is not _ENGINE:
            raise AccessError(
                self.env._(
                    "Service level clocks are computed from what happened, so they "
                    "cannot be changed by hand."
                )
            )

    # ------------------------------------------------------------------
    # Lookups
    # ------------------------------------------------------------------

    @api.model
    def _of(self, records):
        """Return the clocks of records of one model, as the engine sees them."""
        names = [
            name
            for name, field in self._fields.items()
            if field.store and field.column_type
        ]
        return self._as_engine().search_fetch(
            Domain("res_model", "=", records._name)
            & Domain("res_id", "in", records.ids),
            names,
            order="id",
        )

    def _record(self):
        """Return the record of this clock, with the rights of the user."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)

    def _card(self):
        """Return the policy of this clock, ready to be used."""
        self.ensure_one()
        return self.env["itsm.sla.policy"]._cards(self.res_model)[self.policy_id.id]

    def _version_card(self):
        """Return the version that this clock runs under, ready to be used."""
        return self._card().version(self.policy_version_id.id)

    def _key(self):
        """Return what identifies this clock among those of its record."""
        self.ensure_one()
        return Key(self.policy_id.id, self.metric, self.spell)

    def action_open_record(self):
        """Open the record the clock belongs to."""
        self.ensure_one()
        return self._record()._get_records_action()

    @api.model
    def _duration_text(self, seconds):
        """Return an amount of time as people read it: ``2:05``, with hours."""
        sign = "-" if seconds < 0 else ""
        minutes = abs(int(seconds)) // 60
        return f"{sign}{minutes // 60}:{minutes % 60:02d}"
