from odoo import api, fields, models
from odoo.tools import ormcache

from ..tools import gates, states

# What can be asked for. The order is the one in which people read what is missing.
KEYS = [
    ("implementer", "An implementer is named"),
    ("items", "Affected items are chosen"),
    ("template", "The template is approved"),
    ("plan_implementation", "There is an implementation plan"),
    ("plan_test", "There is a test plan"),
    ("plan_communication", "There is a communication plan"),
    ("plan_backout", "There is a back-out plan"),
    ("assessment", "The risk is assessed"),
    ("duties_accept", "Whoever asked for it does not accept it"),
    ("approval", "It is approved"),
    ("duties_approve", "Who carries it out did not approve it"),
    ("window", "Dates are chosen, without a blocking conflict"),
    ("freeze", "No freeze forbids it"),
    ("evidence_backup", "A backup was made, with files"),
    ("evidence_restore", "A restore was tried, with files"),
    ("tests", "It was tested before, with files"),
    ("release", "Its release is tested and signed off"),
    ("steps", "All required steps have ended"),
    ("delta", "What will differ on the items can be applied"),
    ("late_approval", "It was approved afterwards"),
    ("review", "The review is written"),
    ("duties_review", "Who carried it out does not review it"),
]
VERBS = [
    ("submit", "Submit"),
    ("accept", "Accept"),
    ("authorize", "Authorize"),
    ("schedule", "Schedule (standard changes)"),
    ("start", "Start"),
    ("start_now", "Start Now (emergencies)"),
    ("finish", "Finish"),
    ("close", "Close"),
]


class ItsmChangeGate(models.Model):
    """Something that has to be true before a change moves on.

    Type and risk decide which gates a change has; the states are the same for all.
    """

    _name = "itsm.change.gate"
    _description = "Change Gate"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _rec_name = "key"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    key = fields.Selection(KEYS, "What Must Be True", required=True, tracking=True)
    verb = fields.Selection(VERBS, "Before", required=True, tracking=True)
    for_standard = fields.Boolean("Standard", tracking=True)
    for_normal = fields.Boolean("Normal", default=True, tracking=True)
    for_emergency = fields.Boolean("Emergency", tracking=True)
    min_risk = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")],
        "From Risk",
        required=True,
        default="low",
        tracking=True,
        help="A change whose risk was not assessed counts as of high risk.",
    )
    outage_only = fields.Boolean("With an Outage Only", tracking=True)
    note = fields.Char(translate=True, help="Why this is asked for.")

    @api.model
    @ormcache()
    def _rules(self):
        """Return the gates as the pure function takes them."""
        return tuple(
            gates.Gate(
                key=gate.key,
                verb=gate.verb,
                types=frozenset(kind for kind in states.TYPES if gate[f"for_{kind}"]),
                min_risk=gate.min_risk,
                outage_only=gate.outage_only,
            )
            # sudo: what is asked for is the same for everybody.
            for gate in self.sudo().search([])
        )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
