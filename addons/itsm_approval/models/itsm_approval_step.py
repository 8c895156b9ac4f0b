from odoo import fields, models

from .itsm_approval_policy_step import TIMEOUT_ACTIONS

STEP_STATES = [
    ("planned", "Planned"),
    ("open", "Open"),
    ("granted", "Approved"),
    ("refused", "Rejected"),
    ("skipped", "Not Needed"),
    ("cancelled", "Cancelled"),
]


class ItsmApprovalStep(models.Model):
    """A step of an approval, copied from the policy when it was asked."""

    _name = "itsm.approval.step"
    _description = "Approval Step"
    _order = "approval_id, sequence, id"

    approval_id = fields.Many2one(
        "itsm.approval", required=True, index=True, ondelete="cascade", readonly=True
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        STEP_STATES, default="planned", required=True, readonly=True
    )
    opened_at = fields.Datetime(readonly=True)
    decided_at = fields.Datetime(readonly=True)
    # Copied from the policy: a policy edited later changes nothing under way.
    remind_after = fields.Float(readonly=True)
    timeout_after = fields.Float(readonly=True)
    timeout_action = fields.Selection(TIMEOUT_ACTIONS, default="none", readonly=True)
    escalate_to_ids = fields.Many2many(
        "res.partner",
        "itsm_approval_step_escalate_rel",
        "step_id",
        "partner_id",
        readonly=True,
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar", readonly=True, ondelete="set null"
    )

    remind_at = fields.Datetime(readonly=True)
    timeout_at = fields.Datetime(
        "Due", readonly=True, help="When the step is overdue, or silence agrees."
    )
    paused_at = fields.Datetime(
        readonly=True, help="Since when a question stops the time-outs."
    )
    next_at = fields.Datetime(readonly=True, help="When the sweep looks at it next.")
    line_ids = fields.One2many("itsm.approval.line", "step_id", "Lines")

    _due_idx = models.Index("(next_at, id) WHERE next_at IS NOT NULL")
