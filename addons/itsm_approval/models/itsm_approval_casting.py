from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..tools import delegation, quorum


class ItsmApproval(models.Model):
    """Casting votes: by the approver or a delegate, on one approval or many."""

    _inherit = "itsm.approval"

    def vote(self, decision, comment=None):
        """Approve or reject, as the current user.

        All of the approvals are decided on, or none: where one cannot be, the
        sentence names it.

        :param decision: “approve” or “reject”
        :param comment: required for a rejection
        """
        self.check_access("read")
        user = self.env.user
        way = "portal" if user.share else "back_office"
        self._vote_as(user.partner_id, decision, comment, way)
        return True

    def _vote_as(self, partner, decision, comment=None, way="back_office", whose=None):
        """Cast the voices that a person has in the open steps.

        Their own ones; where they have none, those of the absent people whom they
        act for. The caller has made sure that it is this person who asks.

        :param whose: only the voices of this person, their own or an absent one's
        """
        comment = (comment or "").strip()
        self._check_decision(decision, comment)
        approvals = self._as_engine()
        approvals._hold()
        approvals._refuse_unless_under_way()
        voices = approvals._voices_of(partner, whose)
        approvals._refuse_without_voice(partner, voices)
        voices = {id_: votes | votes._spoken_for() for id_, votes in voices.items()}
        now = self._now()
        votes = approvals.env["itsm.approval.vote"].union(*voices.values())
        votes.write(
            {
                "state": "cast",
                "decision": decision,
                "decided_at": now,
                "decided_by_id": partner.id,
                "comment": comment or False,
                "way": way,
                "link_nonce": False,
            }
        )
        approvals._note_votes(voices, partner, decision, comment)
        approvals._settle(now)

    def _check_decision(self, decision, comment):
        if decision not in (quorum.APPROVE, quorum.REJECT):
            raise UserError(
                self.env._(
                    "A decision is “approve” or “reject”, not “%(decision)s”.",
                    decision=decision,
                )
            )
        if decision == quorum.REJECT and not comment:
            raise UserError(
                self.env._("Say why you reject: the requester needs to know.")
            )

    # ------------------------------------------------------------------
    # Who has a voice
    # ------------------------------------------------------------------

    def _voices_of(self, partner, whose=None):
        """Return ``{approval id: votes}`` that a person may cast now.

        Nobody decides on what they asked for or will carry out, and nobody who has
        left, as a delegate neither.

        :param whose: only the voices of this person
        """
        nothing = self.env["itsm.approval.vote"].sudo()
        found = dict.fromkeys(self.ids, nothing)
        if self._gone(partner):
            return found
        barred = self._barred()
        absent = self._absent_for(partner, barred)
        # Of all at once: one by one each would be read from the database alone.
        votes = self._open_votes().grouped("approval_id")
        for approval in self:
            if self._is_barred(partner, barred[approval.id]):
                continue
            waiting = votes.get(approval, nothing)
            if whose:
                waiting = waiting.filtered(lambda vote: vote.partner_id == whose)
            mine = waiting.filtered(lambda vote: vote.partner_id == partner)
            found[approval.id] = mine or waiting.filtered(
                lambda vote, ids=absent[approval.id]: vote.partner_id.id in ids
            )
        return found

    def _absent_for(self, partner, barred):
        """Return ``{approval id: ids of the absent people whom a person acts for}``.

        :param barred: ``{approval id: ids of those who must not decide on it}``
        """
        Delegation = self.env["itsm.approval.delegation"]
        mandates = Delegation._mandates([partner.id], upwards=True)
        found = {}
        for approval in self:
            usable = delegation.without(mandates, barred[approval.id])
            scopes = delegation.represented(partner.id, usable)
            found[approval.id] = {
                id_
                for id_, scope in scopes.items()
                if delegation.covers(scope, approval.policy_id.id)
            }
        return found

    def _open_votes(self):
        """Return the voices of the open step that have not been cast."""
        lines = self.current_step_id.filtered(lambda step: step.state == "open")
        lines = lines.line_ids.filtered(lambda line: line.state == "open")
        return lines.vote_ids.filtered(lambda vote: vote.state == "waiting")

    def _refuse_without_voice(self, partner, voices):
        mute = self.filtered(lambda approval: not voices[approval.id])
        if not mute:
            return
        barred = mute._barred()
        raise UserError(
            "\n".join(
                approval._mute_sentence(partner, barred[approval.id])
                for approval in mute[:10]
            )
        )

    def _mute_sentence(self, partner, barred):
        """Say why a person cannot decide."""
        self.ensure_one()
        if self._is_barred(partner, barred):
            return self.env._(
                "You asked for “%(approval)s” or will carry it out, so somebody else "
                "has to decide.",
                approval=self.name,
            )
        cast = self.vote_ids.filtered(
            lambda vote: (
                vote.state == "cast"
                and vote.line_id.step_id == self.current_step_id
                and partner in (vote.partner_id, vote.decided_by_id)
            )
        )
        if cast:
            return self.env._(
                "You have decided on “%(approval)s” already.", approval=self.name
            )
        return self.env._(
            "“%(approval)s” does not wait for your decision. It waits for %(names)s.",
            approval=self.name,
            names=format_list(self.env, self._waiting_names()) or self.env._("nobody"),
        )


class ItsmApprovalVote(models.Model):
    """Voices that are cast along with another."""

    _inherit = "itsm.approval.vote"

    def _spoken_for(self):
        """Return the silent voices for which these were asked by an escalation.

        They are cast with them: whoever of the two is first has decided.
        """
        for_all = self.filtered(
            lambda vote: vote.is_escalation and not vote.stands_for_id
        )
        silent = self.stands_for_id | for_all.line_id._voices()
        return silent.filtered(lambda vote: vote.state == "waiting")
