from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import terms

# ITIL 4's usual four; every model that uses the engine has the same scale.
PRIORITIES = [
    ("1", "Critical"),
    ("2", "High"),
    ("3", "Moderate"),
    ("4", "Low"),
]
METRICS = [(terms.RESPONSE, "First response"), (terms.RESOLUTION, "Resolution")]
MEASURES = [
    (terms.WORKING, "Working hours"),
    (terms.ELAPSED, "Hours around the clock"),
    (terms.END_OF_DAY, "By the end of the n-th working day"),
]


class ItsmSlaTarget(models.Model):
    """What a policy promises: how long for which metric at which priority."""

    _name = "itsm.sla.target"
    _description = "Service Level Target"
    _order = "policy_id, metric, priority nulls last, id"

    policy_id = fields.Many2one(
        "itsm.sla.policy", required=True, index=True, ondelete="cascade"
    )
    metric = fields.Selection(METRICS, required=True, default=terms.RESOLUTION)
    priority = fields.Selection(
        PRIORITIES, help="Empty: every priority that has no target of its own."
    )
    measure = fields.Selection(MEASURES, required=True, default=terms.WORKING)
    hours = fields.Float(default=8.0)
    days = fields.Integer(
        "Working Days",
        default=1,
        help="0: by the end of the same working day; 1: of the next one.",
    )
    warning = fields.Integer(
        "Warning at (%)",
        default=75,
        required=True,
        help="From this share of the time on, the clock counts as in danger.",
    )
    promise = fields.Char(compute="_compute_promise")
    promise_short = fields.Char(compute="_compute_promise")

    _priority_unique = models.UniqueIndex(
        "(policy_id, metric, COALESCE(priority, ''))",
        "There is a target for this metric and priority already.",
    )
    _warning_range = models.Constraint(
        "CHECK (warning BETWEEN 1 AND 100)", "The warning is a percentage, 1 to 100."
    )
    _days_range = models.Constraint(
        "CHECK (days BETWEEN 0 AND 3650)",
        "The number of working days must be 0 to 3650.",
    )
    _hours_range = models.Constraint(
        "CHECK (hours <= 87600)", "A target of more than ten years is no promise."
    )

    @api.depends("measure", "hours", "days")
    def _compute_promise(self):
        for target in self:
            amount = target._amount()
            target.promise = self._promise_text(target.measure, amount)
            target.promise_short = (
                self.env._("%(number)s d", number=amount)
                if target.measure == terms.END_OF_DAY
                else self.env["itsm.sla.clock"]._duration_text(amount)
            )

    @api.model
    def _promise_text(self, measure, amount):
        """Return a promised amount in words.

        :param amount: seconds, or working days
        """
        if measure == terms.END_OF_DAY:
            if not amount:
                return self.env._("by the end of the same working day")
            if amount == 1:
                return self.env._("by the end of the next working day")
            return self.env._("by the end of working day %(number)s", number=amount)
        duration = self.env["itsm.sla.clock"]._duration_text(amount)
        if measure == terms.ELAPSED:
            return self.env._("%(duration)s around the clock", duration=duration)
        return self.env._("%(duration)s of working time", duration=duration)

    @api.constrains("measure", "hours", "metric", "policy_id")
    def _check_amount(self):
        for target in self:
            if target.measure != terms.END_OF_DAY and target._amount() < 60:
                raise ValidationError(
                    self.env._(
                        "A target of policy “%(policy)s” needs at least one minute.",
                        policy=target.policy_id.name,
                    )
                )
            supplier = target.policy_id.kind == terms.UC
            if supplier and target.metric != terms.RESOLUTION:
                raise ValidationError(
                    self.env._(
                        "Policy “%(policy)s” is for suppliers: their time is measured "
                        "from hand-off to return, so only “Resolution” has a target.",
                        policy=target.policy_id.name,
                    )
                )

    def _amount(self):
        """Return the seconds, or the number of working days."""
        self.ensure_one()
        if self.measure == terms.END_OF_DAY:
            return self.days
        return round(self.hours * 60) * 60

    def _key_and_target(self):
        """Return the target as the pure engine knows it, with its key."""
        self.ensure_one()
        return (self.metric, self.priority or ""), terms.Target(
            self.measure, self._amount(), self.warning
        )

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        targets.policy_id._sync_versions()
        return targets

    def write(self, vals):
        policies = self.policy_id
        result = super().write(vals)
        (policies | self.policy_id)._sync_versions()
        return result

    def unlink(self):
        policies = self.policy_id
        result = super().unlink()
        policies.exists()._sync_versions()
        return result
