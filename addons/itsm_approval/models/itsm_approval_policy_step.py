from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import quorum

TIMEOUT_ACTIONS = [
    ("none", "Nothing"),
    ("remind", "Remind, again and again"),
    ("escalate", "Ask somebody else as well"),
    ("reject", "Reject"),
]


class ItsmApprovalPolicyStep(models.Model):
    """A step of a policy: all its lines must agree before the next one begins."""

    _name = "itsm.approval.policy.step"
    _description = "Approval Policy Step"
    _inherit = ["itsm.approval.cache.source"]
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "itsm.approval.policy", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    res_model = fields.Selection(related="policy_id.res_model")
    company_id = fields.Many2one(related="policy_id.company_id")
    condition = fields.Char(
        default="[]",
        help="Filter on the record: the step is asked only where it holds, as the "
        "record is when the approval is asked. Empty: always.",
    )
    remind_after = fields.Float(
        help="Hours after which those who were silent are reminded once. 0: never."
    )
    timeout_after = fields.Float(
        "Time-Out After",
        help="Hours after which the step is overdue. For a step of veto lines it is "
        "the period for objections: then silence agrees. 0: never.",
    )
    timeout_action = fields.Selection(
        TIMEOUT_ACTIONS, "At Time-Out", required=True, default="remind"
    )
    escalate_to_ids = fields.Many2many(
        "res.users",
        "itsm_approval_policy_step_escalate_rel",
        "step_id",
        "user_id",
        string="Escalate to",
        help="They may decide for those who were silent. Empty: the manager of each.",
    )
    line_ids = fields.One2many(
        "itsm.approval.policy.line", "step_id", "Lines", copy=True
    )

    _hours_positive = models.Constraint(
        "CHECK (remind_after >= 0 AND timeout_after >= 0)",
        "Hours are counted from 0.",
    )

    @api.constrains("condition")
    def _check_condition(self):
        for step in self:
            step.policy_id._check_filter(step.condition, step.name)

    @api.constrains("line_ids", "timeout_after")
    def _check_objection_period(self):
        for step in self:
            vetoes = quorum.only_vetoes(step.line_ids.mapped("rule"))
            if vetoes and not step.timeout_after:
                raise ValidationError(
                    self.env._(
                        "In step “%(step)s” silence agrees, so it needs a time-out: "
                        "the hours within which people may object.",
                        step=step.name,
                    )
                )
