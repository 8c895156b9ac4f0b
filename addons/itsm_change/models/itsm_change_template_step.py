from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .itsm_task import PHASES


class ItsmChangeTemplatePart(models.AbstractModel):
    """A row of a template: it is part of what was approved."""

    _name = "itsm.change.template.part"
    _description = "Part of a Change Template"

    template_id = fields.Many2one(
        "itsm.change.template", required=True, ondelete="cascade", index=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.template_id._approval_recheck()
        return rows

    def write(self, vals):
        result = super().write(vals)
        self.template_id._approval_recheck()
        return result

    def unlink(self):
        templates = self.template_id
        result = super().unlink()
        templates.exists()._approval_recheck()
        return result


class ItsmChangeTemplateStep(models.Model):
    """A step that each change of the template has; see ``itsm.task``."""

    _name = "itsm.change.template.step"
    _description = "Step of a Change Template"
    _inherit = ["itsm.change.template.part"]
    _order = "template_id, sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    phase = fields.Selection(PHASES, required=True, default="implement")
    description = fields.Html()
    duration = fields.Integer("Minutes", default=15)
    is_parallel = fields.Boolean(
        "At the Same Time", help="Begins together with the step before it."
    )
    is_required = fields.Boolean("Required", default=True)
    verification = fields.Text(help="How you see that the step went well.")
    backout = fields.Text("How to Undo It")
    rolls_back = fields.Boolean("Roll Back If It Fails")
    on_failure = fields.Selection(
        [("stop", "Stop the plan"), ("continue", "Go on")],
        "If It Fails",
        required=True,
        default="stop",
    )
    is_point_of_no_return = fields.Boolean("Point of No Return")
    team_id = fields.Many2one("itsm.team", help="Empty: the team of the change.")
    user_id = fields.Many2one(
        "res.users",
        "Assignee",
        domain="[('share', '=', False)]",
        help="Empty: the implementer of the change.",
    )

    _duration_range = models.Constraint(
        "CHECK (duration BETWEEN 0 AND 43200)",
        "Give 0 to 43,200 minutes (30 days) for a step.",
    )

    @api.constrains("is_point_of_no_return", "phase")
    def _check_point_of_no_return(self):
        for step in self:
            if step.is_point_of_no_return and step.phase == "backout":
                raise ValidationError(
                    self.env._(
                        "“%(step)s” undoes the change, so it is no point of no return.",
                        step=step.name,
                    )
                )

    def _as_content(self):
        """Return what the step says, as ``_as_content`` of a change's step does."""
        self.ensure_one()
        names = self.env["itsm.task"]._content_names()
        return {
            **{name: self[name] or False for name in names},
            "description": str(self.description or ""),
            "after": [],
        }

    def _task_values(self, change):
        """Return the values of the step that a change gets."""
        self.ensure_one()
        # What a team does is taken by somebody of it.
        user = self.user_id
        if not self.team_id:
            user = user or change.implementer_id
        return {
            **{name: self[name] for name in self.env["itsm.task"]._content_names()},
            "change_id": change.id,
            "sequence": self.sequence,
            "description": self.description,
            "duration": self.duration,
            "team_id": (self.team_id or change.team_id).id,
            "user_id": user.id,
        }
