from odoo import fields, models

from ..models.itsm_booking import CONDITIONS


class ItsmBookingHandover(models.TransientModel):
    """Asks what is written down when a thing is handed over or taken back."""

    _name = "itsm.booking.handover"
    _description = "Hand-Over or Return"

    booking_id = fields.Many2one("itsm.booking", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="booking_id.partner_id")
    has_meter = fields.Boolean(related="booking_id.has_meter")
    direction = fields.Selection(
        [("out", "Hand Over"), ("in", "Take Back")], required=True, default="out"
    )
    meter = fields.Float("Meter Reading", digits=(16, 1))
    condition = fields.Selection(CONDITIONS, required=True, default="good")
    note = fields.Text(help="Keys and papers that go along, fuel, what was cleaned.")
    photo_ids = fields.Many2many(
        "ir.attachment", "itsm_booking_handover_photo_rel", string="Photos"
    )
    damage = fields.Text(
        "What Is Damaged", help="A ticket is opened for it, with the photos."
    )

    def action_apply(self):
        """Write it down; the booking checks who asks and whether it can be."""
        self.ensure_one()
        booking = self.booking_id
        facts = {
            "meter": self.meter,
            "condition": self.condition,
            "note": self.note,
            "photos": self.photo_ids,
        }
        if self.direction == "out":
            booking.hand_over(**facts)
        else:
            booking.give_back(**facts, damage=self.damage)
        return {"type": "ir.actions.act_window_close"}
