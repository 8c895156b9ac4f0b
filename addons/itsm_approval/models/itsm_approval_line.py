from odoo import api, fields, models

from ..tools import quorum
from .itsm_approval_policy_line import RULES

LINE_STATES = [
    ("open", "Open"),
    ("granted", "Approved"),
    ("refused", "Rejected"),
    ("cancelled", "Cancelled"),
]


class ItsmApprovalLine(models.Model):
    """A line of a step: the people asked, and how many of them must agree."""

    _name = "itsm.approval.line"
    _description = "Approval Line"
    _order = "step_id, sequence, id"

    step_id = fields.Many2one(
        "itsm.approval.step", required=True, index=True, ondelete="cascade"
    )
    approval_id = fields.Many2one(
        related="step_id.approval_id",
        store=True,
        index=True,
        string="Approval",
        ondelete="cascade",
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(readonly=True)
    rule = fields.Selection(RULES, required=True, readonly=True)
    minimum = fields.Integer(default=1, readonly=True)
    percent = fields.Float(default=100, readonly=True)
    state = fields.Selection(LINE_STATES, default="open", required=True, readonly=True)
    note = fields.Char(readonly=True, help="Why others than planned were asked.")
    source = fields.Json(
        readonly=True, help="Where the people came from, to replace who leaves."
    )
    vote_ids = fields.One2many("itsm.approval.vote", "line_id", "Votes")
    rule_text = fields.Char("Rule in Words", compute="_compute_rule_text")

    @api.depends("rule", "minimum", "percent", "vote_ids.is_replaced")
    def _compute_rule_text(self):
        for line in self:
            line.rule_text = line._rule_text()

    def _rule_text(self):
        """Say how many must agree."""
        self.ensure_one()
        if self.rule == quorum.ANY:
            return self.env._("The first decision counts")
        if self.rule == quorum.ALL:
            return self.env._("Everyone must agree")
        if self.rule == quorum.VETO:
            return self.env._("Silence agrees, one objection refuses")
        count = len(self._voices())
        wanted = quorum.needed(self.rule, count, self.minimum, self.percent)
        if self.rule == quorum.AT_LEAST:
            return self.env._(
                "At least %(wanted)s of %(count)s must agree",
                wanted=wanted,
                count=count,
            )
        return self.env._(
            "%(percent)g %% must agree: %(wanted)s of %(count)s",
            percent=self.percent,
            wanted=wanted,
            count=count,
        )

    def _voices(self):
        """Return the voices that count; whom an escalation asked casts one of them."""
        return self.vote_ids.filtered(
            lambda vote: not vote.is_replaced and not vote.is_escalation
        )

    def _outcome(self):
        """Return what the voices amount to."""
        self.ensure_one()
        return quorum.line_outcome(
            self.rule,
            [vote._as_voice() for vote in self._voices()],
            self.minimum,
            self.percent,
        )
