from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .itsm_ci_event_signature import SIGNED_KINDS

_MAX_PAST = 50


class ItsmCiEvent(models.Model):
    """What staff see of events: their own hand-overs, loans and returns."""

    _inherit = "itsm.ci.event"

    @api.model
    def _portal_to_sign(self):
        """Return the events whose form the user must still sign."""
        ids = self.env["itsm.ci"]._portal_employee_ids()
        # sudo: staff have no rights on events; pages get fixed fields of their own.
        return self.sudo().search(
            Domain("to_sign", "=", True) & self._portal_signatory_domain(ids)
        )

    @api.model
    def _portal_signatory_domain(self, ids):
        """Return the domain of the forms that employees sign."""
        given = Domain("kind", "in", ("hand_over", "loan"))
        back = Domain("kind", "=", "return")
        return (given & Domain("custodian_id", "in", ids)) | (
            back & Domain("from_custodian_id", "in", ids)
        )

    @api.model
    def _portal_find(self, token):
        """Return the form at an address, for the person who signs it; else none."""
        if not isinstance(token, str) or len(token) < 16:
            return self.sudo().browse()
        ids = self.env["itsm.ci"]._portal_employee_ids()
        # sudo: the token is compared here, and the person with it.
        return self.sudo().search(
            Domain("signature_token", "=", token)
            & Domain("state", "in", ("underway", "done"))
            & Domain("kind", "in", SIGNED_KINDS)
            & self._portal_signatory_domain(ids),
            limit=1,
        )

    @api.model
    def _portal_past(self):
        """Return the user's own hand-overs, loans and returns, the last first."""
        ids = self.env["itsm.ci"]._portal_employee_ids()
        # sudo: as for those to sign.
        events = self.sudo().search(
            self._portal_signatory_domain(ids)
            & Domain("state", "in", ("underway", "done"))
            & Domain("reverses_id", "=", False),
            limit=_MAX_PAST,
        )
        return events._portal_rows()

    def _portal_rows(self):
        """Return what staff see of the events, with the rights of the system."""
        self._ensure_signature_tokens()
        return [
            {
                "url": f"/my/equipment/forms/{event.signature_token}",
                "number": event.number,
                "kind": self._label(event, "kind"),
                "date": event.date,
                "due_date": event.due_date,
                "extended_until": event.extended_until,
                "is_signed": bool(event.signed_at),
                "is_reversed": event.is_reversed,
                "items": [line.ci_id.name for line in event.line_ids],
            }
            for event in self
        ]

    def _portal_form(self):
        """Return what the page of a form shows."""
        self.ensure_one()
        row = self._portal_rows()[0]
        return {
            **row,
            **self._form_values(),
            "call_url": f"{row['url']}/sign",
            "print_url": f"{row['url']}/print",
            "default_name": self._signatory().name or "",
            "signed_by": self.signed_by,
            "signed_at": self.signed_at,
            "to_sign": self.to_sign,
            "lines": [
                {
                    "name": line.ci_id.name,
                    "code": line.ci_id.code or "",
                    "serial_number": line.ci_id.serial_number or "",
                    "condition": self._label(line, "condition_before"),
                    "accessories": line.accessories or "",
                }
                for line in self.line_ids
            ],
        }

    def _portal_sign(self, name, signature):
        """Keep the signature of the person who must sign."""
        self.ensure_one()
        if not self.to_sign:
            raise UserError(
                self.env._("This form was signed already, or was taken back.")
            )
        self._sign(signature, name, via="portal")
