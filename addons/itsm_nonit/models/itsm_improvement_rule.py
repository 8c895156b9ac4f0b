from odoo import fields, models

from ..tools import improvement

FINDINGS = [
    (improvement.BREACH, "Promises broken"),
    (improvement.WRONG_DESK, "Sent to a wrong desk"),
    (improvement.REOPEN, "Reopened"),
    (improvement.RATING, "Low rating"),
    (improvement.WAIT, "Long wait for an answer"),
    (improvement.DUPLICATES, "Reported by many"),
    (improvement.UNUSED, "Unused"),
]


class ItsmImprovementRule(models.Model):
    """From which measure on a service is brought up as one to improve."""

    _name = "itsm.improvement.rule"
    _description = "Rule for What to Improve"
    _order = "sequence, id"
    _rec_name = "kind"

    kind = fields.Selection(FINDINGS, "What Is Looked For", required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    limit = fields.Float(
        digits=(16, 1),
        required=True,
        help="More is brought up; of ratings, less. Percent of the tickets; of the "
        "wait, hours; of an unused service, tickets.",
    )
    minimum = fields.Integer(
        "At Least",
        required=True,
        default=5,
        help="As many tickets or ratings there must be before it says something. Of "
        "an unused service: days in the catalogue.",
    )
    days = fields.Integer(
        "Looks Back (Days)", required=True, default=90, help="Tickets opened since."
    )

    _kind_unique = models.Constraint(
        "UNIQUE(kind)", "There is a rule for this already. Change that one."
    )
    _days_positive = models.Constraint(
        "CHECK (days > 0)", "A rule looks back one day at least."
    )
    _not_negative = models.Constraint(
        'CHECK ("limit" >= 0 AND minimum >= 0)', "Limits are not negative."
    )

    def _rules(self):
        """Return the rules as the pure part reads them."""
        return [improvement.Rule(rule.kind, rule.limit, rule.minimum) for rule in self]
