import base64
import binascii
import time

from odoo import api, models

from .itsm_approval import UNDER_WAY

# Where a link has the second after which it is not good any more.
_EXPIRY = slice(1, 9)


class ItsmApprovalVote(models.Model):
    """What the page behind a mail link shows, as plain values."""

    _inherit = "itsm.approval.vote"

    @api.model
    def _link_page(self, token):
        """Return the values of the page of a link that is good, else None."""
        vote, partner = self._from_link(token)
        if not vote:
            return None
        # A visitor's language and zone are those of the person the link is for.
        vote = vote.with_context(**self._link_context(partner))
        approval = vote.approval_id
        absent = vote.partner_id if vote.partner_id != partner else None
        return {
            "approval": {
                **approval._portal_card(),
                "subject": approval._portal_subject(),
                "record_url": False,
            },
            "voter": partner.name,
            "absent": absent and absent.name,
            "context": self._link_context(partner),
        }

    @api.model
    def _link_context(self, partner):
        """Return the language and the zone in which a person reads."""
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        lang = partner.lang if partner.lang in installed else self.env.context["lang"]
        return {"lang": lang, "tz": partner.tz or self.env.context.get("tz")}

    @api.model
    def _link_problem(self, token):
        """Return why a link is not good, with what its holder may know.

        Only what we signed says anything of an approval. That it is too late stands in
        the link itself, for everybody to read.
        """
        values = self._link_values(token)
        if not values:
            return {"problem": "expired" if self._is_over(token) else "invalid"}
        vote_id, _nonce, partner_id = values
        # sudo: the signature proves that the link was ours.
        vote = self.sudo().browse(vote_id).exists()
        partner = self.env["res.partner"].sudo().browse(partner_id).exists()
        if not vote or not partner:
            return {"problem": "invalid"}
        return {
            "problem": vote._link_end(),
            "name": vote.approval_id.name,
            "deciders": vote.decided_by_id.name or vote.approval_id._deciders(),
            "context": self._link_context(partner),
        }

    def _link_end(self):
        """Return how it came that a link of this voice is not good any more."""
        self.ensure_one()
        approval = self.approval_id
        if self.state == "cast":
            return f"cast_{self.decision}"
        if approval.state not in UNDER_WAY:
            return approval.state
        return "replaced" if self.state == "waiting" else "cancelled"

    @api.model
    def _is_over(self, token):
        """Tell whether a link itself says that its time is over."""
        try:
            data = base64.urlsafe_b64decode(token.encode("ascii") + b"===")
        except (ValueError, binascii.Error):
            return False
        expiry = int.from_bytes(data[_EXPIRY], "little")
        return data[:1] == b"\x01" and 0 < expiry <= time.time()
