from odoo import fields, models


class ItsmApprovalQuestion(models.Model):
    """A question of an approver to the requester, and its answer."""

    _name = "itsm.approval.question"
    _description = "Approval Question"
    _order = "asked_at, id"
    _rec_name = "text"

    approval_id = fields.Many2one(
        "itsm.approval", required=True, index=True, ondelete="cascade", readonly=True
    )
    vote_id = fields.Many2one(
        "itsm.approval.vote", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    asked_by_id = fields.Many2one(
        "res.partner", readonly=True, required=True, ondelete="restrict"
    )
    text = fields.Text("Question", readonly=True, required=True)
    asked_at = fields.Datetime(readonly=True, required=True)
    answered_by_id = fields.Many2one("res.partner", readonly=True, ondelete="restrict")
    answer = fields.Text(readonly=True)
    answered_at = fields.Datetime(readonly=True)

    def _open(self):
        """Return the questions that wait for an answer.

        Not those of somebody who has decided meanwhile, or no longer has to.
        """
        return self.filtered(
            lambda question: (
                not question.answered_at and question.vote_id.state == "waiting"
            )
        )
