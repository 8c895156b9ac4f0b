from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

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
    is_start = fields.Boolean(
        "Items Begin Here", help="Stage of an item of which nothing else is said."
    )
    next_ids = fields.Many2many(
        "itsm.ci.stage",
        "itsm_ci_stage_next_rel",
        "stage_id",
        "next_id",
        "May Go To",
        domain="[('lifecycle_id', '=', lifecycle_id)]",
        help="Empty: any stage of the life cycle.",
    )
    previous_ids = fields.Many2many(
        "itsm.ci.stage",
        "itsm_ci_stage_next_rel",
        "next_id",
        "stage_id",
        "Comes From",
        domain="[('lifecycle_id', '=', lifecycle_id)]",
    )

    @api.constrains("next_ids", "lifecycle_id")
    def _check_next_ids(self):
        for stage in self:
            other = stage.next_ids.filtered(
                lambda each, stage=stage: each.lifecycle_id != stage.lifecycle_id
            )[:1]
            if other:
                raise ValidationError(
                    self.env._(
                        "“%(stage)s” cannot lead to “%(other)s”, which belongs to "
                        "another life cycle.",
                        stage=stage.name,
                        other=other.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: items of other companies count too.
        Item = self.env["itsm.ci"].sudo().with_context(active_test=False)
        used = Item._read_group(
            [("stage_id", "in", self.ids)], ["stage_id"], ["__count"]
        )
        for stage, count in used:
            raise UserError(
                self.env._(
                    "%(count)s items are in the stage “%(stage)s”. Move them first.",
                    count=count,
                    stage=stage.name,
                )
            )
