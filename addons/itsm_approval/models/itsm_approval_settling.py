from collections import defaultdict

from odoo import models

from ..tools import quorum
from .itsm_approval import UNDER_WAY


class ItsmApproval(models.Model):
    """What follows from votes: lines, steps and approvals are decided, steps open."""

    _inherit = "itsm.approval"

    def _settle(self, now):
        """Bring these approvals to where their votes lead; all with one write each."""
        steps = self.current_step_id.filtered(lambda step: step.state == "open")
        self._settle_lines(steps.line_ids)
        outcomes = defaultdict(steps.browse)
        for step in steps:
            lines = [(line.rule, line.state) for line in step.line_ids]
            outcomes[quorum.step_outcome(lines)] += step
        self._decide_steps(outcomes[quorum.GRANTED], "granted", now)
        self._decide_steps(outcomes[quorum.REFUSED], "refused", now)
        refused = outcomes[quorum.REFUSED].approval_id
        for reason, group in refused.grouped(lambda one: one._objections()).items():
            group._finish("refused", now, reason)
        outcomes[quorum.GRANTED].approval_id._open_next(now)
        self._end_questions(now)

    def _end_questions(self, now):
        """Go on with approvals whose questions nobody needs answered any more."""
        moot = self.filtered(
            lambda one: one.state == "question" and not one.question_ids._open()
        )
        if moot:
            moot.current_step_id._resume(now)
            moot.write({"state": "waiting"})
            moot._show()

    def _settle_lines(self, lines):
        """Decide lines; whose voice makes no difference any more is not asked."""
        outcomes = defaultdict(lines.browse)
        for line in lines:
            if line.state == "open":
                outcomes[line._outcome()] += line
        for outcome in (quorum.GRANTED, quorum.REFUSED):
            if outcomes[outcome]:
                outcomes[outcome].state = outcome
                self._cancel_votes(outcomes[outcome].vote_ids)
        self._cancel_votes(outcomes[quorum.OPEN].vote_ids._moot())

    def _decide_steps(self, steps, state, now):
        """Close steps; who has not voted in them is not asked any more."""
        if not steps:
            return
        steps.write(
            {"state": state, "decided_at": now, "next_at": False, "paused_at": False}
        )
        # Veto lines agree by silence; lines that others decided are no longer needed.
        lines = steps.line_ids.filtered(lambda line: line.state == "open")
        if lines:
            lines.state = "granted" if state == "granted" else "cancelled"
        self._cancel_votes(steps.line_ids.vote_ids)

    def _cancel_votes(self, votes):
        waiting = votes.filtered(lambda vote: vote.state == "waiting")
        if waiting:
            waiting.write({"state": "cancelled", "link_nonce": False})

    def _objections(self):
        """Return why an approval was rejected, with names."""
        self.ensure_one()
        votes = self.current_step_id.line_ids.vote_ids.filtered(
            lambda vote: vote.state == "cast" and vote.decision == quorum.REJECT
        )
        return "\n".join(
            dict.fromkeys(vote._objection() for vote in votes.sorted("decided_at"))
        )

    def _open_next(self, now):
        """Open the next step of each approval, or grant those that have none left."""
        coming = self.step_ids.browse()
        for approval in self:
            planned = approval.step_ids.filtered(lambda step: step.state == "planned")
            coming += planned.sorted()[:1]
        done = self - coming.approval_id
        if coming:
            coming.write({"state": "open", "opened_at": now})
            for step in coming:
                step.approval_id.current_step_id = step
            coming._start_times(now)
            coming.approval_id._replace_unfit(coming, tell=False)
            coming._renew_links()
            self._note_asked(coming)
            self._queue_mail("asked", coming._waiting_votes())
        done._finish("granted", now)

    def _finish(self, state, now, reason=None):
        """End these approvals, show it on the records and tell everybody."""
        if not self:
            return
        self.write(
            {
                "state": state,
                "decided_at": now,
                "reason": reason or False,
                "current_step_id": False,
            }
        )
        rest = self.step_ids.filtered(lambda step: step.state in ("planned", "open"))
        if rest:
            rest.write({"state": "cancelled", "next_at": False, "paused_at": False})
            open_lines = rest.line_ids.filtered(lambda line: line.state == "open")
            open_lines.state = "cancelled"
            self._cancel_votes(rest.line_ids.vote_ids)
        self._show()
        self._note_end(state, reason)
        if state != "void":
            self._queue_mail("decided", self)
        self._run_hooks(state, reason)

    def _run_hooks(self, state, reason):
        """Let the records follow their approvals."""
        for _approvals, records in self._by_model():
            if state == "granted":
                records._approval_granted()
            elif state == "refused":
                records._approval_refused(reason or "")
            elif state == "withdrawn":
                records._approval_withdrawn(reason or "")
            else:
                records._approval_voided()

    def _under_way(self):
        """Return the approvals that are still to be decided."""
        return self.filtered(lambda approval: approval.state in UNDER_WAY)


class ItsmApprovalVote(models.Model):
    """Voices that came too late, and the words of an objection."""

    _inherit = "itsm.approval.vote"

    def _moot(self):
        """Return the voices of those asked for people who need nobody any more."""
        return self.filtered(
            lambda vote: vote.stands_for_id and vote.stands_for_id.state != "waiting"
        )

    def _objection(self):
        """Return the rejection with the name of whoever decided."""
        self.ensure_one()
        if self.way == "timeout":
            return self.env._(
                "No decision of %(name)s in time", name=self.partner_id.name
            )
        return self.env._(
            "%(name)s: %(comment)s",
            name=self.decided_by_id.name,
            comment=self.comment or "",
        )


class ItsmApprovalStep(models.Model):
    """The voices of a step."""

    _inherit = "itsm.approval.step"

    def _waiting_votes(self):
        """Return the voices that are still to be cast."""
        lines = self.line_ids.filtered(lambda line: line.state == "open")
        return lines.vote_ids.filtered(lambda vote: vote.state == "waiting")

    def _renew_links(self):
        """Give the voices mail links of their own; older ones end here."""
        for vote in self._waiting_votes():
            vote.link_nonce = vote._new_nonce()
