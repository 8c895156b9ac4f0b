from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

from ..tools import states


class ItsmChange(models.Model):
    """Separation of duties: nobody judges what they asked for, or did themselves.

    For which types and risks that holds is a matter of the gates.
    """

    _inherit = "itsm.change"

    def _requesters(self):
        """Return the contacts who asked for it: in their own name or in another's."""
        return self.requester_id | self.submitted_by_id.partner_id

    def _implementers(self):
        """Hook: return the users who carry it out, or did."""
        return self.implementer_id | self.started_by_id | self.finished_by_id

    def _approvers(self):
        """Return the contacts who approved it as it is now, and may not carry it out.

        A policy may allow that implementers approve.
        """
        people = self.env["res.partner"]
        # sudo: whoever starts a change need not see its approval.
        for approval in self.sudo().approval_id:
            if approval.allow_implementer or approval.state not in (
                "granted",
                "waiting",
            ):
                continue
            votes = approval.vote_ids.filtered(
                lambda vote: vote.decision == "approve" and vote.way != "timeout"
            )
            people |= votes.partner_id | votes.decided_by_id
        return people

    def _gate_facts(self):
        user = self.env.user
        asked = user.partner_id in self._requesters()
        did = user in self._implementers()
        approvers = self._approvers()
        both = self._implementers().partner_id & approvers
        return super()._gate_facts() | {
            "duties_accept": (
                not asked,
                self.env._(
                    "You asked for this change, so another coordinator has to accept "
                    "it."
                ),
            ),
            "duties_approve": (
                not both if approvers else None,
                self.env._(
                    "%(people)s approved this change, so somebody else has to carry it "
                    "out.",
                    people=format_list(self.env, both.mapped("name")),
                ),
            ),
            "duties_review": (
                not did,
                self.env._(
                    "You carried out this change, so somebody else has to review it."
                ),
            ),
        }

    def _refuse_approver_at_work(self):
        """Refuse to hand work that has begun to somebody who approved it."""
        for change in self.filtered(lambda one: one.state == states.IMPLEMENT):
            for row in change._gate_list("start"):
                if row["key"] == "duties_approve" and not row["holds"]:
                    raise ValidationError(row["text"])
