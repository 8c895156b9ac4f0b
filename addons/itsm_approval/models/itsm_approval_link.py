import secrets
from datetime import timedelta

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import hash_sign, verify_hash_signed

from .itsm_approval import UNDER_WAY

_SCOPE = "itsm_approval.vote"
_DAYS = "itsm_approval.link_days"
_DEFAULT_DAYS = 14
# Longer than any of ours; what is longer is not looked at.
_LONGEST = 1000


class ItsmApprovalVote(models.Model):
    """Links in mails with which a person decides without signing in.

    A link names the voice, its secret and the person it was sent to, signed by the
    database. Opening it only shows; deciding ends it, and so do a reminder, the end of
    the step and the days that it is good for.
    """

    _inherit = "itsm.approval.vote"

    @api.model
    def _new_nonce(self):
        return secrets.token_urlsafe(16)

    def _link_token(self, partner):
        """Return the token with which a person may cast this voice.

        :param partner: the approver, or an active delegate
        """
        self.ensure_one()
        vote = self.sudo()  # the secret half is for nobody's eyes
        if vote.state != "waiting" or not vote.link_nonce:
            return ""
        return hash_sign(
            vote.env,
            _SCOPE,
            [vote.id, vote.link_nonce, partner.id],
            expiration=timedelta(days=self._link_days()),
        )

    @api.model
    def _link_days(self):
        """Return for how many days a link is good."""
        # sudo: a setting of the system.
        days = self.env["ir.config_parameter"].sudo().get_param(_DAYS)
        try:
            return max(1, int(days))
        except (TypeError, ValueError):
            return _DEFAULT_DAYS

    def _link_url(self, partner=None):
        """Return the address at which a person may decide.

        :param partner: default: whom the mail is for, else the approver
        """
        self.ensure_one()
        reader = self.env.context.get("itsm_approval_reader")
        partner = partner or self.env["res.partner"].browse(reader or ())
        token = self._link_token(partner or self.partner_id)
        return f"{self.get_base_url()}/approval/{token}"

    @api.model
    def _from_link(self, token):
        """Return ``(vote, partner)`` of a link that is good, else two empty ones.

        With all rights: the link is the right. Whether the person may decide *now* is
        asked again by :meth:`_decide_by_link`.
        """
        nothing = self.sudo().browse(), self.env["res.partner"].sudo()
        values = self._link_values(token)
        if not values:
            return nothing
        vote_id, nonce, partner_id = values
        vote = self.sudo().browse(vote_id).exists()
        partner = self.env["res.partner"].sudo().browse(partner_id).exists()
        good = (
            vote
            and partner
            and vote.state == "waiting"
            and vote.link_nonce
            and secrets.compare_digest(vote.link_nonce, nonce)
            and vote.approval_id.state in UNDER_WAY
            and vote._may_act(partner)
        )
        return (vote, partner) if good else nothing

    @api.model
    def _link_values(self, token):
        """Return ``[vote id, secret, partner id]`` of a link we signed, else None.

        None as well for one whose time is over. Tokens come from outside: any text.
        """
        if not isinstance(token, str) or len(token) > _LONGEST:
            return None
        try:
            # sudo: the key of the database.
            return verify_hash_signed(self.sudo().env, _SCOPE, token)
        except ValueError:  # not base64, not UTF-8, not ours
            return None

    def _may_act(self, partner):
        """Tell whether a person is the approver, or acts for them now."""
        self.ensure_one()
        if partner == self.partner_id:
            return True
        approval = self.approval_id
        absent = approval._absent_for(partner, approval._barred())
        return self.partner_id.id in absent[approval.id]

    @api.model
    def _decide_by_link(self, token, decision, comment=None):
        """Cast a voice by a link; return the approval.

        What follows is done in the name of the person: of their login, if they have
        one.
        """
        vote, partner = self._from_link(token)
        if not vote:
            raise UserError(
                self.env._(
                    "This link is no longer good. Sign in to see what waits for you, "
                    "or wait for the next reminder."
                )
            )
        approval = vote._acting_as(partner).approval_id
        # The voice that the page named; a delegate may have one of their own besides.
        whose = vote.partner_id
        approval._vote_as(partner, decision, comment, way="mail", whose=whose)
        return approval

    @api.model
    def _ask_by_link(self, token, text):
        """Ask a question by a link, which stays good; return the approval."""
        vote, partner = self._from_link(token)
        if not vote:
            raise UserError(self.env._("This link is no longer good."))
        approval = vote._acting_as(partner).approval_id
        approval._ask_as(partner, text)
        return approval

    def _acting_as(self, partner):
        """Return the vote with the login of a person, or the system's."""
        users = partner.sudo().user_ids.filtered("active")
        return self.with_user(users[:1].id or SUPERUSER_ID).sudo()
