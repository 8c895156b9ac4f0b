from odoo import models

from .itsm_approval_resolution import Ask


class ItsmApprovalStep(models.Model):
    """A time-out that asks somebody else as well."""

    _inherit = "itsm.approval.step"

    def _escalate(self):
        """Give others a voice who may decide for those who were silent.

        They are the people whom the step names, or the manager of each. Who was
        silent may still decide; whoever is first, has.

        :return: the steps for which somebody was found
        """
        approvals = self.approval_id
        barred = approvals._with_other_contacts(approvals._barred())
        rows, asks = [], []
        for step in self:
            for vote in step._escalated_votes():
                approval = step.approval_id
                rows.append((approval, vote))
                asks.append(vote._escalation_ask(barred[approval.id]))
        answers = self.env["itsm.approval"]._find_people(asks)
        return self._add_voices(rows, answers)

    def _escalated_votes(self):
        """Return the silent voices that somebody is asked for.

        Where the step names people, one of each line stands for all of them.
        """
        self.ensure_one()
        silent = self._waiting_votes().filtered(lambda vote: not vote.is_escalation)
        if not self.escalate_to_ids:
            return silent
        firsts = [votes[0].id for votes in silent.grouped("line_id").values()]
        return silent.browse(firsts)

    def _add_voices(self, rows, answers):
        Vote = self.env["itsm.approval.vote"]
        values, names = [], {}
        for (approval, vote), answer in zip(rows, answers, strict=True):
            people = [*answer.people, *answer.instead]
            names.setdefault(approval.id, []).extend(people)
            named = vote.line_id.step_id.escalate_to_ids
            values += [
                {
                    "line_id": vote.line_id.id,
                    "partner_id": id_,
                    "is_escalation": True,
                    "stands_for_id": False if named else vote.id,
                    "link_nonce": Vote._new_nonce(),
                }
                for id_ in people
            ]
        votes = Vote.create(values)
        approvals = votes.approval_id
        Approval = self.env["itsm.approval"]
        approvals._note_escalated(
            {id_: Approval._names(dict.fromkeys(ids)) for id_, ids in names.items()}
        )
        Approval._queue_mail("asked", votes)
        return votes.line_id.step_id


class ItsmApprovalVote(models.Model):
    """Who may decide for a silent voice."""

    _inherit = "itsm.approval.vote"

    def _escalation_ask(self, barred):
        self.ensure_one()
        approval, step = self.approval_id, self.line_id.step_id
        record = self.env[approval.res_model].sudo().browse(approval.res_id)
        if step.escalate_to_ids:
            source = {"type": "partner", "partner_ids": step.escalate_to_ids.ids}
        else:
            source = {
                "type": "manager_of",
                "partner_id": self.partner_id.id,
                "levels": 1,
            }
        # Nobody is asked twice in a line.
        taken = self.line_id.vote_ids.partner_id.ids
        return Ask(
            record,
            source,
            1,
            barred | set(taken),
            tuple(approval.fallback_ids.ids),
        )
