from odoo import fields, models

STATUSES = [
    ("planned", "Planned"),
    ("ordered", "Ordered"),
    ("in_stock", "In Stock"),
    ("in_use", "In Use"),
    ("in_repair", "In Repair"),
    ("retired", "Retired"),
    ("disposed", "Disposed"),
    ("missing", "Missing"),
]
# An item in one of these gives nothing to what depends on it.
NOT_WORKING = frozenset({"in_repair", "retired", "disposed", "missing"})
# An item in one of these is no longer looked after.
ENDED = frozenset({"retired", "disposed"})


class ItsmCiStage(models.Model):
    """A step of a life cycle, under the name that an organisation gives it.

    The logic knows the fixed status that each stage belongs to.
    """

    _name = "itsm.ci.stage"
    _description = "Life Cycle Stage"
    _order = "lifecycle_id, sequence, id"

    lifecycle_id = fields.Many2one(
        "itsm.ci.lifecycle", "Life Cycle", required=True, ondelete="cascade", index=True
    )
    name = fields.Char(required=True, translate=True)
    status = fields.Selection(STATUSES, required=True)
    sequence = fields.Integer(default=10)
    next_ids = fields.Many2many(
        "itsm.ci.stage",
        "itsm_ci_stage_next_rel",
        "stage_id",
        "next_id",
        "May Go To",
        domain="[('lifecycle_id', '=', lifecycle_id)]",
        help="Empty: any stage of the life cycle.",
    )
