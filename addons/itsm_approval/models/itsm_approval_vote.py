from odoo import fields, models
from odoo.orm.models import NO_ACCESS

from ..tools import quorum

DECISIONS = [(quorum.APPROVE, "Approved"), (quorum.REJECT, "Rejected")]
WAYS = [
    ("back_office", "Back office"),
    ("portal", "Portal"),
    ("mail", "Mail link"),
    ("timeout", "Time-out"),
]


class ItsmApprovalVote(models.Model):
    """One voice: a person's say in a line, from the asking to the decision."""

    _name = "itsm.approval.vote"
    _description = "Approval Vote"
    _order = "line_id, id"
    _rec_name = "partner_id"

    line_id = fields.Many2one(
        "itsm.approval.line", required=True, index=True, ondelete="cascade"
    )
    approval_id = fields.Many2one(
        related="line_id.approval_id",
        store=True,
        index=True,
        string="Approval",
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Approver",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("cast", "Cast"), ("cancelled", "Cancelled")],
        default="waiting",
        required=True,
        readonly=True,
    )
    decision = fields.Selection(DECISIONS, readonly=True)
    decided_at = fields.Datetime("Decided on", readonly=True)
    decided_by_id = fields.Many2one(
        "res.partner",
        "Decided by",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The delegate, where one decided for the approver.",
    )
    comment = fields.Text(readonly=True)
    way = fields.Selection(WAYS, readonly=True)
    is_replaced = fields.Boolean(
        readonly=True, help="Left, or got the work, before deciding; others were asked."
    )
    is_escalation = fields.Boolean(
        readonly=True, help="Asked because others were silent, to decide for them."
    )
    stands_for_id = fields.Many2one(
        "itsm.approval.vote",
        "Speaks for",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="The silent voice that this one may decide for. Empty: all of the line.",
    )
    # The secret half of a mail link; gone when the link must not work any more.
    link_nonce = fields.Char(readonly=True, groups=NO_ACCESS, copy=False)

    _waiting_idx = models.Index("(partner_id, approval_id) WHERE state = 'waiting'")

    def _as_voice(self):
        """Return the vote as the pure rules know it."""
        self.ensure_one()
        return quorum.Voice(
            decision=self.decision or None,
            # Of one moment, the one that was asked first decided first.
            order=(self.decided_at, self.id),
        )
