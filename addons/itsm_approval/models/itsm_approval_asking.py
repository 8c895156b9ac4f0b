from odoo import models
from odoo.exceptions import AccessError, UserError


class ItsmApproval(models.Model):
    """A question to the requester, which stops the time-outs, and its answer."""

    _inherit = "itsm.approval"

    def ask(self, text):
        """Ask the requester something before deciding, as the current user."""
        self.check_access("read")
        self._ask_as(self.env.user.partner_id, text)
        return True

    def _ask_as(self, partner, text):
        """Ask in the name of a person who may decide now."""
        text = self._said(text, self.env._("Write your question."))
        approvals = self._as_engine()
        approvals._hold()
        approvals._refuse_unless_under_way()
        voices = approvals._voices_of(partner)
        approvals._refuse_without_voice(partner, voices)
        now = self._now()
        questions = approvals.question_ids.create(
            [
                {
                    "approval_id": approval.id,
                    "vote_id": voices[approval.id][:1].id,
                    "asked_by_id": partner.id,
                    "text": text,
                    "asked_at": now,
                }
                for approval in approvals
            ]
        )
        approvals.current_step_id._pause(now)
        approvals.write({"state": "question"})
        approvals._show()
        approvals._note_question(partner, text)
        self._queue_mail("question", questions)
        for group, records in approvals._by_model():
            for question in questions.filtered(
                lambda one, here=group: one.approval_id in here
            ):
                records.browse(question.approval_id.res_id)._approval_asked(question)

    def answer(self, text):
        """Answer what is asked: the requester, or whoever may write the record."""
        for approval in self:
            if not approval._may_answer():
                raise AccessError(
                    self.env._(
                        "Only the requester, or who works on it, can answer the "
                        "question about “%(approval)s”.",
                        approval=approval.sudo().name,  # sudo: the name only
                    )
                )
        self._answer_as(self.env.user.partner_id, text)
        return True

    def _answer_as(self, partner, text):
        """Answer in the name of a person who may."""
        text = self._said(text, self.env._("Write your answer."))
        approvals = self._as_engine()
        approvals._hold()
        approvals._refuse_unless_under_way()
        idle = approvals.filtered(lambda approval: approval.state != "question")
        if idle:
            raise UserError(
                self.env._(
                    "Nothing is asked about “%(approval)s” now.", approval=idle[0].name
                )
            )
        now = self._now()
        questions = approvals.question_ids._open()
        questions.write(
            {"answered_by_id": partner.id, "answer": text, "answered_at": now}
        )
        approvals.current_step_id._resume(now)
        approvals.write({"state": "waiting"})
        approvals._show()
        approvals._note_answer(partner, text)
        self._queue_mail("answered", questions)

    def _said(self, text, otherwise):
        """Return what was written; refuse nothing."""
        text = (text or "").strip()
        if not text:
            raise UserError(otherwise)
        return text

    def _may_answer(self):
        """Tell whether the user may answer questions of this approval."""
        self.ensure_one()
        approval = self.sudo()  # who asks is compared, nothing is shown
        if self.env.user.partner_id in approval._requesters():
            return True
        record = self._record()
        return bool(record) and record.has_access("write")

    def _requesters(self):
        """Return who asked: as it was noted, and as the record says now."""
        self.ensure_one()
        people = self.partner_id
        for _approvals, records in self._by_model():
            people |= records._approval_requesters()
        return people
