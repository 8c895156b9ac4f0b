from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list

from .itsm_approval import UNDER_WAY


class ItsmApproval(models.Model):
    """Whose turn it is, who waits for whom, and who may see an approval."""

    _inherit = "itsm.approval"

    my_turn = fields.Boolean(
        compute="_compute_my_turn",
        search="_search_my_turn",
        help="You may decide now, yourself or for somebody who is absent.",
    )
    is_visible = fields.Boolean(
        compute="_compute_is_visible",
        search="_search_is_visible",
        help="You asked for it, decide on it, or did.",
    )
    waiting_for = fields.Char(compute="_compute_waiting_for", compute_sudo=True)
    waiting_since = fields.Datetime(
        related="current_step_id.opened_at", string="Waiting Since"
    )
    due_at = fields.Datetime(related="current_step_id.timeout_at", string="Due")

    @api.depends("state", "current_step_id", "vote_ids.state", "vote_ids.partner_id")
    @api.depends_context("uid")
    def _compute_my_turn(self):
        # sudo: whose turn it is, is about the user and not about their rights.
        approvals = self._origin.sudo()._under_way()
        voices = approvals._voices_of(self.env.user.partner_id)
        for approval in self:
            approval.my_turn = bool(voices.get(approval._origin.id))

    def _search_my_turn(self, operator, value):
        return self._flag_domain(
            operator, value, lambda: self._turn_domain(self.env.user.partner_id)
        )

    @api.depends("partner_id", "vote_ids.partner_id", "vote_ids.decided_by_id")
    @api.depends_context("uid")
    def _compute_is_visible(self):
        mine = self.sudo().search(  # sudo: it is this that the rules ask for
            Domain("id", "in", self.ids)
            & self._visible_domain(self.env.user.partner_id)
        )
        for approval in self:
            approval.is_visible = approval.id in mine._ids

    def _search_is_visible(self, operator, value):
        return self._flag_domain(
            operator, value, lambda: self._visible_domain(self.env.user.partner_id)
        )

    @api.model
    def _flag_domain(self, operator, value, domain):
        """Return the domain of a flag that is searched for.

        :param domain: returns the domain of those that have it. What it looks at
            needs no rights, hence “any!”: the rules themselves ask for these flags.
        """
        if operator != "in":
            return NotImplemented
        if True in value and False in value:
            return Domain.TRUE
        return domain() if True in value else ~domain()

    @api.model
    def _turn_domain(self, partner):
        """Return the domain of the approvals that wait for a person's decision.

        Who works on a record is known to the record, not to the database: whoever
        may not decide for that reason is told so by the field, and at the vote.
        """
        voices = Domain("partner_id", "=", partner.id) | self._lent_domain(partner)
        return (
            Domain("state", "in", UNDER_WAY)
            & Domain(
                "vote_ids",
                "any!",
                Domain("state", "=", "waiting")
                & Domain(
                    "line_id",
                    "any!",
                    Domain("step_id", "any!", [("state", "=", "open")]),
                )
                & voices,
            )
            & (
                Domain("partner_id", "!=", partner.id)
                | Domain("allow_requester", "=", True)
            )
        )

    @api.model
    def _visible_domain(self, partner):
        """Return the domain of the approvals that concern a person.

        Delegates see what they may decide, and later what they decided; not all that
        the absent person ever did.
        """
        lent = self._lent_domain(partner) & Domain("state", "=", "waiting")
        return Domain("partner_id", "=", partner.id) | Domain(
            "vote_ids",
            "any!",
            Domain("partner_id", "=", partner.id)
            | Domain("decided_by_id", "=", partner.id)
            | lent,
        )

    @api.model
    def _lent_domain(self, partner):
        """Return the domain of the voices of absent people whom a person acts for."""
        represented = self.env["itsm.approval.delegation"]._represented(partner.id)
        everything = [id_ for id_, scope in represented.items() if scope is None]
        voices = Domain("partner_id", "in", everything)
        for id_, scope in represented.items():
            if scope is not None:
                voices |= Domain("partner_id", "=", id_) & Domain(
                    "approval_id", "any!", [("policy_id", "in", list(scope))]
                )
        return voices

    @api.depends("state", "current_step_id", "vote_ids.state")
    def _compute_waiting_for(self):
        # Of all at once: one by one each would be read from the database alone.
        votes = self._under_way()._open_votes()
        votes.partner_id.fetch(["name"])
        waiting = votes.grouped("approval_id")
        for approval in self:
            found = waiting.get(approval, votes.browse())
            approval.waiting_for = format_list(self.env, approval._names_of(found))

    def _waiting_names(self):
        """Return the names of those whose decision is waited for."""
        self.ensure_one()
        return self._names_of(self._under_way()._open_votes())

    @api.model
    def _names_of(self, votes):
        """Return the names of approvers, each once."""
        return list(dict.fromkeys(vote.partner_id.name or "" for vote in votes))
