from odoo import fields, models


class ItsmPendingReason(models.Model):
    """Why a ticket waits, and whether its clocks wait with it."""

    _name = "itsm.pending.reason"
    _description = "Pending Reason"
    _inherit = "itsm.coded"

    waits_for = fields.Selection(
        [
            ("requester", "Requester"),
            ("supplier", "Supplier"),
            ("parts", "Spare Parts"),
            ("change", "Change"),
            ("problem", "Problem"),
            ("date", "Scheduled date"),
            ("approval", "Approval"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    pauses_clock = fields.Boolean(
        default=True, help="Service-level clocks stand still while a ticket waits so."
    )
    needs_date = fields.Boolean(
        help="A date must be given; the ticket resumes by itself on that date."
    )
    resumes_on_reply = fields.Boolean(
        help="An answer of the requester resumes the ticket."
    )
    requester_text = fields.Char(
        "Shown to the Requester",
        translate=True,
        help="The reason in plain words, for the portal.",
    )
