from odoo import fields, models


class ItsmCiLifecycle(models.Model):
    """A life cycle: the stages that items of some classes go through."""

    _name = "itsm.ci.lifecycle"
    _description = "Item Life Cycle"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    stage_ids = fields.One2many("itsm.ci.stage", "lifecycle_id", "Stages", copy=True)
    class_ids = fields.One2many("itsm.ci.class", "lifecycle_id", "Classes")
