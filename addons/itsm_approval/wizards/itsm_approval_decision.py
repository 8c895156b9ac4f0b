from odoo import api, fields, models
from odoo.exceptions import UserError

# How each kind of decision is told to the engine.
_VERBS = {
    "approve": lambda approvals, text: approvals.vote("approve", text),
    "reject": lambda approvals, text: approvals.vote("reject", text),
    "ask": lambda approvals, text: approvals.ask(text),
    "answer": lambda approvals, text: approvals.answer(text),
    "withdraw": lambda approvals, text: approvals.withdraw(text),
}
# Names that a dialog lists before it says “and so many more”.
_MAX_NAMES = 5


class ItsmApprovalDecision(models.TransientModel):
    """What somebody has to say on one approval or on several at once."""

    _name = "itsm.approval.decision"
    _description = "Decide on Approvals"

    kind = fields.Selection(
        [
            ("approve", "Approve"),
            ("reject", "Reject"),
            ("ask", "Ask a Question"),
            ("answer", "Answer"),
            ("withdraw", "Withdraw"),
        ],
        required=True,
        readonly=True,
    )
    approval_ids = fields.Many2many("itsm.approval", readonly=True)
    # Selected in a list, though somebody else's turn or decided already.
    skipped_count = fields.Integer(readonly=True)
    text = fields.Text()
    summary = fields.Text(compute="_compute_summary")
    acts_for = fields.Char(compute="_compute_acts_for")
    question = fields.Text(compute="_compute_question")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        if context.get("active_model") != "itsm.approval":
            return values
        approvals = self.env["itsm.approval"].browse(context.get("active_ids", []))
        chosen = approvals
        if values.get("kind") in ("approve", "reject"):
            chosen = approvals.filtered("my_turn")
        if approvals and not chosen:
            raise UserError(
                self.env._(
                    "None of this waits for your decision: it is decided already, or "
                    "it is somebody else's turn."
                )
            )
        values["approval_ids"] = [fields.Command.set(chosen.ids)]
        values["skipped_count"] = len(approvals) - len(chosen)
        return values

    @api.depends("approval_ids")
    def _compute_summary(self):
        for decision in self:
            names = decision.approval_ids.mapped("name")
            rows = [f"• {name}" for name in names[:_MAX_NAMES]]
            more = len(names) - _MAX_NAMES
            if more > 0:
                rows.append(self.env._("… and %(count)s more", count=more))
            decision.summary = names[0] if len(names) == 1 else "\n".join(rows)

    @api.depends("approval_ids")
    def _compute_acts_for(self):
        for decision in self:
            approval = decision.approval_ids._origin
            decision.acts_for = len(approval) == 1 and approval.trail()["acts_for"]

    @api.depends("approval_ids", "kind")
    def _compute_question(self):
        for decision in self:
            asked, approval = [], decision.approval_ids._origin
            if decision.kind == "answer" and len(approval) == 1:
                questions = approval.trail()["questions"]
                asked = [
                    f"{question['by']}: {question['text']}"
                    for question in questions
                    if not question["answer"]
                ]
            decision.question = "\n".join(asked)

    def action_confirm(self):
        """Tell the engine, which checks who may do what."""
        self.ensure_one()
        _VERBS[self.kind](self.approval_ids, (self.text or "").strip() or None)
        return {"type": "ir.actions.act_window_close"}
