from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ItsmServiceOrder(models.Model):
    """A part of a service: another service that its requests order as well."""

    _name = "itsm.service.order"
    _inherit = ["itsm.service.row"]
    _description = "Part of a Service"
    _order = "service_id, sequence, id"
    _rec_name = "child_service_id"

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

    @api.constrains("service_id", "child_service_id")
    def _check_cycle(self):
        """A service that is among its own parts would never stop ordering."""
        Order = self.sudo()  # sudo: parts may belong to any desk
        # What is published is a copy of what was checked.
        is_now = Domain("version_id", "=", False)
        for service in self.filtered(lambda order: not order.version_id).service_id:
            orders = Order.search(is_now & Domain("service_id", "=", service.id))
            below = new = orders.child_service_id
            while new and service not in below:
                orders = Order.search(is_now & Domain("service_id", "in", new.ids))
                new = orders.child_service_id - below
                below |= new
            if service in below:
                raise ValidationError(
                    self.env._(
                        "“%(service)s” would be a part of itself. Take one of the "
                        "parts out.",
                        service=service.name,
                    )
                )

    @api.constrains("mapping")
    def _check_mapping(self):
        for order in self:
            mapping = order.mapping or {}
            if not isinstance(mapping, dict) or not all(
                isinstance(key, str) for pair in mapping.items() for key in pair
            ):
                raise ValidationError(
                    self.env._(
                        "Which answers go to “%(service)s” must be said in pairs of "
                        "keys, such as {“device”: “computer”}.",
                        service=order.child_service_id.name,
                    )
                )

    def write(self, vals):
        if "service_id" in vals and self.service_id.ids != [vals["service_id"]]:
            raise ValidationError(
                self.env._("A part stays with its service. Make a new one.")
            )
        return super().write(vals)
