from odoo import fields, models


class ItsmServiceOrder(models.Model):
    """A part of a service: another service that its requests order as well."""

    _name = "itsm.service.order"
    _description = "Part of a Service"
    _order = "service_id, sequence, id"

    service_id = fields.Many2one(
        "itsm.service", required=True, index=True, ondelete="cascade"
    )
    child_service_id = fields.Many2one(
        "itsm.service", "Orders", required=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(default=10)
    condition = fields.Json(help="Ordered only when the answers say so. Empty: always.")
    mapping = fields.Json(
        "Answers Handed Down",
        help="Which answer goes to which question of the part, as {part's key: key}. "
        "Answers of the same key are handed down by themselves.",
    )
