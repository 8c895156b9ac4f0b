from odoo import fields, models


class ItsmSlaEscalationFired(models.Model):
    """An escalation rule that fired on a clock; the key sees to it that none does
    so twice."""

    _name = "itsm.sla.escalation.fired"
    _description = "Fired Escalation"
    _order = "id desc"
    _rec_name = "escalation_id"

    clock_id = fields.Many2one(
        "itsm.sla.clock", required=True, index=True, ondelete="cascade"
    )
    escalation_id = fields.Many2one(
        "itsm.sla.escalation", required=True, index=True, ondelete="cascade"
    )
    create_date = fields.Datetime("Fired On", readonly=True)
    error = fields.Char(help="What could not be done, and why.")

    _once = models.UniqueIndex(
        "(clock_id, escalation_id)", "This escalation fired on this clock already."
    )
