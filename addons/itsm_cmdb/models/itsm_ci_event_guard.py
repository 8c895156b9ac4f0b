from odoo import api, models
from odoo.exceptions import UserError

# Only verbs write these.
SYSTEM_FIELDS = frozenset(
    {
        "document_id",
        "ended_at",
        "expected_back",
        "extended_until",
        "number",
        "reverses_id",
        "signature_token",
        "signed_at",
        "signed_user_id",
        "signed_via",
        "state",
    }
)
# What an event says. Nobody changes it once the event is signed, or done.
CONTENT = frozenset(
    {
        "change_ids",
        "company_id",
        "currency_id",
        "custodian_id",
        "date",
        "department_id",
        "disposal_method",
        "due_date",
        "from_custodian_id",
        "kind",
        "line_ids",
        "location_id",
        "proceeds",
        "rack_position",
        "reason",
        "supplier_id",
    }
)
# What becomes known while an event is under way.
LATER = frozenset({"due_date", "line_ids", "reason", "supplier_id", "currency_id"})
LINE_LATER = frozenset({"condition_after", "cost", "note"})


class ItsmCiEvent(models.Model):
    """What may be changed on an event, and when."""

    _inherit = "itsm.ci.event"

    @api.model
    def _system_fields(self):
        return super()._system_fields() | SYSTEM_FIELDS

    def write(self, vals):
        if self._is_system():
            return super().write(vals)
        self._refuse_system_fields(vals)
        if "signature" in vals:
            vals = dict(vals)
            signature, name = vals.pop("signature"), vals.pop("signed_by", None)
            result = self.write(vals) if vals else True
            for event in self:
                event._sign(signature, name)
            return result
        if "desk_signature" in vals and any(self.mapped("desk_signature")):
            raise UserError(self.env._("What was signed stays as it was signed."))
        if not CONTENT.isdisjoint(vals):
            self._check_changeable(CONTENT.intersection(vals))
        return super().write(vals)

    def _check_changeable(self, names):
        """Refuse to change what an event says, where that is settled.

        :param names: of fields of the event; ``line_ids`` are judged by the lines
        """
        judged = names - {"line_ids"}
        for event in self:
            if event.state in ("draft", "waiting") and not event.signature:
                continue
            if event.state == "underway" and judged <= LATER - (
                {"due_date"} if event.signature else set()
            ):
                continue
            if judged:
                event._refuse_change()

    def _refuse_change(self):
        self.ensure_one()
        if self.signature:
            raise UserError(
                self.env._(
                    "%(event)s is signed, so what it says stays as it is. Take it back "
                    "by a counter event and make a new one.",
                    event=self.display_name,
                )
            )
        raise UserError(
            self.env._(
                "%(event)s has begun or ended, so what it says stays as it is. Take it "
                "back by a counter event and make a new one.",
                event=self.display_name,
            )
        )
