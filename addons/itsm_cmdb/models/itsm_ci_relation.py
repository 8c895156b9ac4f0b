from odoo import fields, models

from .itsm_ci_relation_type import IMPACTS, STRENGTHS


class ItsmCiRelation(models.Model):
    """A relation between two items; the source depends on the target by its type.

    A relation is never altered in what it says: it ends, and another begins. So the
    relations at any past moment can be told.
    """

    _name = "itsm.ci.relation"
    _description = "Relation"
    _order = "type_id, id"

    source_id = fields.Many2one("itsm.ci", required=True, ondelete="cascade", index=True)
    type_id = fields.Many2one(
        "itsm.ci.relation.type", required=True, ondelete="restrict", index=True
    )
    target_id = fields.Many2one("itsm.ci", required=True, ondelete="cascade", index=True)
    strength = fields.Selection(STRENGTHS, required=True)
    impact = fields.Selection(IMPACTS, required=True, readonly=True)
    weight = fields.Float(
        "Capacity", default=1.0, required=True, help="What it counts in its group."
    )
    group_id = fields.Many2one(
        "itsm.ci.dependency.group", ondelete="set null", index="btree_not_null"
    )
    active = fields.Boolean(default=True, help="Ended relations are kept.")
    started_at = fields.Datetime(required=True, default=fields.Datetime.now)
    ended_at = fields.Datetime(readonly=True)
    source_ref_id = fields.Many2one("itsm.ci.source", "Said By", ondelete="restrict")
    note = fields.Char()
