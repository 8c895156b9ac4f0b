from markupsafe import Markup

from odoo import models
from odoo.tools import format_list


class ItsmApproval(models.Model):
    """Notes on the record: who was asked, who decided, how it ended."""

    _inherit = "itsm.approval"

    def _note(self, bodies, author=None):
        """Write a note on the record of each approval that has a chatter.

        :param bodies: ``{approval id: markup}``
        """
        author = author or self.env.user.partner_id
        for approvals, records in self._by_model():
            if not hasattr(records, "_message_log_batch"):
                continue
            texts = {
                approval.res_id: bodies[approval.id]
                for approval in approvals
                if bodies.get(approval.id)
            }
            noted = records.browse(texts)
            if noted:
                noted._message_log_batch(bodies=texts, author_id=author.id)

    @staticmethod
    def _paragraphs(*lines):
        """Return lines of text as paragraphs; nothing in them is taken for HTML."""
        return Markup("").join(
            Markup("<p>%s</p>") % line
            for text in lines
            for line in (text or "").split("\n")
            if line
        )

    def _note_asked(self, steps):
        """Note who is asked in the steps that opened."""
        bodies = {}
        for step in steps:
            votes = step._waiting_votes()
            lines = [
                self.env._(
                    "Approval asked of %(names)s (%(step)s)",
                    names=format_list(
                        self.env, dict.fromkeys(votes.partner_id.mapped("name"))
                    ),
                    step=step.name,
                ),
                *(note for note in step.line_ids.mapped("note") if note),
            ]
            bodies[step.approval_id.id] = self._paragraphs(*lines)
        steps.approval_id._note(bodies)

    def _note_votes(self, voices, partner, decision, comment):
        """Note a decision, with both names where a delegate decided."""
        bodies = {}
        for approval in self:
            absent = voices[approval.id].partner_id - partner
            names = format_list(self.env, absent.mapped("name"))
            step = approval.current_step_id.name
            bodies[approval.id] = self._paragraphs(
                self._vote_sentence(partner.name, names, step, decision), comment
            )
        self._note(bodies, partner)

    def _vote_sentence(self, name, absent, step, decision):
        granted = decision == "approve"
        if absent and granted:
            return self.env._(
                "Approved by %(name)s for %(absent)s (%(step)s)",
                name=name,
                absent=absent,
                step=step,
            )
        if absent:
            return self.env._(
                "Rejected by %(name)s for %(absent)s (%(step)s)",
                name=name,
                absent=absent,
                step=step,
            )
        if granted:
            return self.env._("Approved by %(name)s (%(step)s)", name=name, step=step)
        return self.env._("Rejected by %(name)s (%(step)s)", name=name, step=step)

    def _note_question(self, partner, text):
        said = self.env._("Question of %(name)s before deciding", name=partner.name)
        self._note(dict.fromkeys(self.ids, self._paragraphs(said, text)), partner)

    def _note_answer(self, partner, text):
        said = self.env._("Answer of %(name)s to the question", name=partner.name)
        self._note(dict.fromkeys(self.ids, self._paragraphs(said, text)), partner)

    def _note_replaced(self, text):
        self._note(dict.fromkeys(self.ids, self._paragraphs(text)))

    def _note_timeout(self):
        """Note that time ran out, for whom."""
        bodies = {}
        for approval in self:
            votes = approval.current_step_id.line_ids.vote_ids.filtered(
                lambda vote: vote.way == "timeout"
            )
            bodies[approval.id] = self._paragraphs(
                self.env._(
                    "Time-out of “%(step)s” without a decision of %(names)s",
                    step=approval.current_step_id.name,
                    names=format_list(
                        self.env, dict.fromkeys(votes.partner_id.mapped("name"))
                    ),
                )
            )
        self._note(bodies)

    def _note_escalated(self, people):
        """Note who was asked because others were silent.

        :param people: ``{approval id: names}``
        """
        self._note(
            {
                approval.id: self._paragraphs(
                    self.env._(
                        "No decision in time (%(step)s): %(names)s may decide instead",
                        step=approval.current_step_id.name,
                        names=people[approval.id],
                    )
                )
                for approval in self
            }
        )

    def _note_end(self, state, reason):
        labels = {
            "granted": self.env._("Approval granted"),
            "refused": self.env._("Approval rejected"),
            "withdrawn": self.env._("Approval withdrawn"),
            "void": self.env._("Approval void: what was asked for has changed"),
        }
        body = self._paragraphs(labels[state], reason)
        self._note(dict.fromkeys(self.ids, body))

    def _note_unreachable(self, names):
        """Note who has no address to write to."""
        self._note_replaced(
            self.env._("No mail could be sent to %(names)s: no address.", names=names)
        )
