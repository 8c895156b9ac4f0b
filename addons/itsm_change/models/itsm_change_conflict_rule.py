from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache

from ..tools import conflicts, states

CONFLICT_KINDS = [
    (conflicts.SAME_ITEM, "Same Item"),
    (conflicts.IMPACT, "Items That Impact One Another"),
    (conflicts.REDUNDANCY, "Redundancy Lost Together"),
    (conflicts.IMPLEMENTER, "Same Implementer"),
    (conflicts.OUTSIDE_MAINTENANCE, "Outside of the Maintenance Windows"),
    (conflicts.FREEZE, "Inside a Freeze"),
]
SEVERITIES = [
    (conflicts.INFORM, "Informs"),
    (conflicts.WARN, "Warns"),
    (conflicts.BLOCK, "Blocks"),
]


class ItsmChangeConflictRule(models.Model):
    """How much a kind of conflict matters to a type of change."""

    _name = "itsm.change.conflict.rule"
    _description = "Conflict Rule"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _rec_name = "kind"

    sequence = fields.Integer(default=10)
    kind = fields.Selection(CONFLICT_KINDS, required=True, readonly=True)
    standard = fields.Selection(
        SEVERITIES, required=True, default=conflicts.WARN, tracking=True
    )
    normal = fields.Selection(
        SEVERITIES, required=True, default=conflicts.WARN, tracking=True
    )
    emergency = fields.Selection(
        SEVERITIES, required=True, default=conflicts.WARN, tracking=True
    )
    note = fields.Char("What It Finds", translate=True, readonly=True)

    _once = models.UniqueIndex("(kind)", "There is a rule for this kind already.")
    _freeze_blocks = models.Constraint(
        "CHECK (kind != 'freeze' OR (standard = 'block' AND normal = 'block'"
        " AND emergency = 'block'))",
        "A freeze blocks every type of change. What must be done all the same needs an "
        "exception that is approved.",
    )

    @api.model
    @ormcache()
    def _severities(self):
        """Return ``{(kind, type): severity}``; what has no rule warns."""
        found = {
            (kind, change_type): conflicts.WARN
            for kind in conflicts.KINDS
            for change_type in states.TYPES
        }
        # sudo: rules are the same for everybody.
        for rule in self.sudo().search(fields.Domain.TRUE):
            for change_type in states.TYPES:
                found[rule.kind, change_type] = rule[change_type]
        return found

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        if not {"standard", "normal", "emergency"}.isdisjoint(vals):
            self.env["itsm.change"]._mark_all_conflicts()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A rule cannot be deleted. Let it inform only, if it disturbs.")
        )
