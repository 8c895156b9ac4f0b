from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# Colours of the states on the portal.
_TONES = {
    "waiting": "warning",
    "question": "info",
    "granted": "success",
    "refused": "danger",
}
# Facts of a subject that say what it costs: they stand out.
_COST_KEYS = ("cost", "total", "amount", "price")


class ItsmApproval(models.Model):
    """What the pages of the portal and of mail links show, as plain values."""

    _inherit = "itsm.approval"

    # ------------------------------------------------------------------
    # Which ones
    # ------------------------------------------------------------------

    @api.model
    def _portal_waiting_domain(self):
        """Return the domain of what the user may decide now."""
        return Domain("my_turn", "=", True)

    @api.model
    def _portal_decided_domain(self):
        """Return the domain of what the user decided, also for others."""
        me = self.env.user.partner_id.id
        cast = Domain("state", "=", "cast") & Domain("decided_by_id", "=", me)
        # The user's own voices; reading the approvals has its own rules.
        return Domain("vote_ids", "any!", cast)

    @api.model
    def _portal_asked_domain(self):
        """Return the domain of what was asked for the user."""
        return Domain("partner_id", "=", self.env.user.partner_id.id)

    @api.model
    def _portal_questions_domain(self):
        """Return the domain of what waits for the user's answer."""
        return self._portal_asked_domain() & Domain("state", "=", "question")

    # ------------------------------------------------------------------
    # How they are shown
    # ------------------------------------------------------------------

    def _portal_rows(self):
        """Return the approvals as rows of a list, without what a trail costs."""
        mine = set(self.filtered("my_turn").ids)
        me = self.env.user.partner_id
        return [
            {
                **approval._portal_card(),
                "url": f"/my/approvals/{approval.id}",
                "waits_for_reader": approval.id in mine
                or (approval.state == "question" and approval.partner_id == me),
                "hint": approval._portal_hint(approval.id in mine),
            }
            for approval in self
        ]

    def _portal_hint(self, is_my_turn):
        """Return what a row says about who is next."""
        self.ensure_one()
        if is_my_turn or self.state != "waiting" or not self.waiting_for:
            return False
        return self.env._("Waiting for %(names)s", names=self.waiting_for)

    def _portal_card(self):
        """Return what is true of an approval for everybody who may see it."""
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        # sudo: the names of the requester, the policy and the kind of record; whoever
        # decides on it has to know them, and may have no right to look them up.
        every = self.sudo()
        kind = every.env["ir.model"]._get(self.res_model)
        return {
            "id": self.id,
            "name": self.name,
            "kind": kind.name or "",
            "requester": every.partner_id.name or "",
            "requested_at": self.requested_at,
            "state": self.state,
            "status": {
                "label": states[self.state],
                "tone": _TONES.get(self.state, "light"),
            },
        }

    def _portal_values(self):
        """Return what the page of one approval shows."""
        self.ensure_one()
        trail = self.trail()
        return {
            "approval": {
                **self._portal_card(),
                "subject": self._portal_subject(),
                "record_url": self._portal_record_url(),
            },
            "trail": trail,
        }

    def _portal_subject(self):
        """Return the facts of what is to be approved, those on money marked."""
        self.ensure_one()
        return [
            {
                "label": fact.get("label") or "",
                "text": fact.get("text") or "",
                "is_cost": fact.get("key") in _COST_KEYS,
            }
            for fact in self.subject or []
        ]

    def _portal_record_url(self):
        """Return where the reader may look at the record itself, if anywhere."""
        self.ensure_one()
        record = self._record()
        if not record or not record.has_access("read"):
            return False
        if self.env.user._is_internal():
            return f"/odoo/{self.res_model}/{self.res_id}"
        return "access_url" in record and record.access_url

    # ------------------------------------------------------------------
    # What can be done
    # ------------------------------------------------------------------

    def _portal_act(self, verb, text):
        """Use a verb of the approval; the engine checks who may.

        :param verb: approve, reject, ask, answer or withdraw
        """
        self.ensure_one()
        if verb in ("approve", "reject"):
            self.check_access("read")
            return self._vote_as(self.env.user.partner_id, verb, text, way="portal")
        if verb not in ("ask", "answer", "withdraw"):
            raise UserError(self.env._("This is nothing that an approval can do."))
        return getattr(self, verb)(text)
