from datetime import timedelta

from odoo import api, fields, models


class ItsmDemo(models.AbstractModel):
    """Lets the people of the demo say where they were pleased or angry, and win."""

    _inherit = "itsm.demo"

    @api.model
    def _name_moments(self, ticket_id, service_id, pleased=None, angry=None):
        """Add the best and the worst moment to the rating of a ticket of a service."""
        ticket = self.env["itsm.ticket"].browse(ticket_id)
        rating = ticket.rating_ids.filtered("consumed")[:1]
        if not rating or ticket.service_id:
            return  # Loaded again: it was named before.
        ticket._write_system({"service_id": service_id})
        rating.write(
            {
                "itsm_service_id": service_id,
                "itsm_pleased_touchpoint_id": pleased,
                "itsm_angry_touchpoint_id": angry,
            }
        )

    @api.model
    def _draw_past(self, draw_id, number):
        """Play a draw of the last weeks, from its announcement to its winners."""
        record = self.env["itsm.prize.draw"].browse(draw_id)
        if record.state != "draft":
            return
        newest = self._newest_mail()
        today = fields.Date.today()
        record.write(
            {
                "date_from": today - timedelta(days=60),
                "date_to": today - timedelta(days=1),
            }
        )
        record.announce()
        record.public_value = number
        record.action_draw()
        record.tell()
        self._drop_mails_after(newest)
