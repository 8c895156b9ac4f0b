from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


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

    def _default_stage(self, status=None):
        """Return the stage in which items begin, or the first one of a status."""
        self.ensure_one()
        stages = self.stage_ids.sorted(lambda stage: (stage.sequence, stage.id))
        if status:
            return stages.filtered(lambda stage: stage.status == status)[:1]
        return stages.filtered("is_start")[:1] or stages[:1]

    @api.constrains("stage_ids")
    def _check_stages(self):
        for lifecycle in self:
            if not lifecycle.stage_ids:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” needs at least one stage.", name=lifecycle.name
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for lifecycle in self.with_context(active_test=False):
            if lifecycle.class_ids:
                raise UserError(
                    self.env._(
                        "“%(name)s” is the life cycle of “%(class)s”. Archive it, or "
                        "give its classes another one first.",
                        name=lifecycle.name,
                        **{"class": lifecycle.class_ids[0].name},
                    )
                )
