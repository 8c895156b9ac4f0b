from odoo import models


class ItsmCiEvent(models.Model):
    """Who must see to it that loans and repairs come back."""

    _inherit = "itsm.ci.event"

    def _remind_on_due_date(self):
        """Plan an activity for the responsible on the day it should be back."""
        for event in self.filtered("expected_back"):
            user = event.user_id or self.env.user
            event.activity_schedule(
                "itsm_cmdb.mail_activity_type_due_back",
                event.expected_back,
                summary=self.env._(
                    "%(event)s should be back", event=event.display_name
                ),
                user_id=user.id,
            )

    def write(self, vals):
        result = super().write(vals)
        if not {"due_date", "extended_until"}.isdisjoint(vals):
            underway = self.filtered(lambda event: event.state == "underway")
            underway.activity_unlink(["itsm_cmdb.mail_activity_type_due_back"])
            underway._remind_on_due_date()
        return result
