from odoo import models
from odoo.tools import format_datetime, format_list

from .itsm_approval import UNDER_WAY


class ItsmApproval(models.Model):
    """Who decided, who is next, since when: for widgets, pages and mails."""

    _inherit = "itsm.approval"

    def trail(self):
        """Return how the approval stands, for who may see it or its record."""
        self.ensure_one()
        if not self.has_access("read"):
            record = self._record()
            if not record or not record.has_access("read"):
                self.check_access("read")
        return self._trail_for(self.env.user.partner_id)

    def _trail_for(self, partner):
        """Return how the approval stands, and what a person may do with it."""
        self.ensure_one()
        user = self.with_env(self.env)
        approval = self.sudo()  # the caller has checked who may see it
        votes = approval.env["itsm.approval.vote"]
        if approval.state in UNDER_WAY:
            votes = approval._voices_of(partner)[approval.id]
        absent = votes.partner_id - partner
        is_user = partner == self.env.user.partner_id
        return {
            "id": approval.id,
            "name": approval.name,
            "state": approval.state,
            "state_label": approval._label(approval, "state"),
            "requester": approval.partner_id.name or False,
            "requested_at": approval._moment(approval.requested_at),
            "decided_at": approval._moment(approval.decided_at),
            "reason": approval.reason or False,
            "waiting_since": approval._moment(approval.waiting_since),
            "waiting_for": approval._waiting_names(),
            "may_vote": bool(votes),
            "acts_for": format_list(self.env, absent.mapped("name")) or False,
            "may_answer": approval.state == "question"
            and is_user
            and user._may_answer(),
            "may_withdraw": approval.state in UNDER_WAY
            and is_user
            and user._may_withdraw(),
            "subject": [
                {"label": row.get("label") or "", "text": row.get("text") or ""}
                for row in approval.subject or []
            ],
            "steps": [
                approval._trail_step(step) for step in approval.step_ids.sorted()
            ],
            "questions": [
                {
                    "by": question.asked_by_id.name,
                    "text": question.text,
                    "at": approval._moment(question.asked_at),
                    "answer": question.answer or False,
                    "answered_by": question.answered_by_id.name or False,
                    "answered_at": approval._moment(question.answered_at),
                }
                for question in approval.question_ids.sorted()
            ],
        }

    def _moment(self, moment):
        """Return a moment as the reader's language and clock say it."""
        if not moment:
            return False
        zone = self.env.context.get("tz")
        return format_datetime(self.env, moment, tz=zone, dt_format="short")

    def _label(self, record, name):
        """Return the label of a selection's value, False for none."""
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], False)

    def _trail_step(self, step):
        return {
            "name": step.name,
            "state": step.state,
            "state_label": self._label(step, "state"),
            "due": step.state == "open" and self._moment(step.timeout_at),
            "lines": [self._trail_line(line) for line in step.line_ids.sorted()],
        }

    def _trail_line(self, line):
        return {
            "name": line.name or "",
            "rule_text": line.rule_text,
            "state": line.state,
            "note": line.note or False,
            "votes": [
                self._trail_vote(vote)
                for vote in line.vote_ids.sorted()
                if self._is_told(vote)
            ],
        }

    def _is_told(self, vote):
        """Tell whether a voice says more than another one that is told."""
        if vote.state == "cast":
            # What an escalation decided stands with those it spoke for.
            return not vote.is_escalation
        return vote.state == "waiting" or vote.line_id.state == "cancelled"

    def _trail_vote(self, vote):
        return {
            "name": vote.partner_id.name,
            "decision": vote.decision or False,
            "decision_label": self._label(vote, "decision"),
            "state": vote.state,
            "decided_at": self._moment(vote.decided_at),
            "decided_by": vote.decided_by_id.name or False,
            "comment": vote.comment or False,
            "way": vote.way or False,
            "way_label": self._label(vote, "way"),
            "is_escalation": vote.is_escalation,
        }
