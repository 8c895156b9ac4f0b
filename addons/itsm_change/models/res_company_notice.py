from odoo import fields, models


class ResCompany(models.Model):
    """How early people are told of planned work."""

    _inherit = "res.company"

    change_notice_hours = fields.Integer(
        "Tell of Planned Work (Hours Before)",
        default=72,
        help="Those affected by a change get the first notice so long before.",
    )

    _change_notice_hours_range = models.Constraint(
        "CHECK (change_notice_hours BETWEEN 0 AND 2160)",
        "Tell of planned work 0 to 2160 hours before it starts.",
    )
