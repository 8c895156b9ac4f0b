import itertools

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import addresses


class ItsmIpRange(models.Model):
    """Addresses of a network that are not given one by one."""

    _name = "itsm.ip.range"
    _description = "Address Range"
    _order = "network_id, first_key, id"

    network_id = fields.Many2one(
        "itsm.ip.network", required=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(
        [("dhcp", "DHCP"), ("reserved", "Reserved")], required=True, default="dhcp"
    )
    first = fields.Char(required=True)
    last = fields.Char(required=True)
    first_key = fields.Char(compute="_compute_keys", store=True)
    last_key = fields.Char(compute="_compute_keys", store=True)
    note = fields.Char()

    @api.depends("first", "last")
    def _compute_keys(self):
        parse = self.env["itsm.ip.network"]._parse_address
        for row in self:
            row.first_key = addresses.key(parse(row.first))
            row.last_key = addresses.key(parse(row.last))

    @api.constrains("first", "last", "network_id")
    def _check_place(self):
        for row in self:
            network = row.network_id
            if not (
                network.first_key <= row.first_key <= row.last_key <= network.last_key
            ):
                raise ValidationError(
                    self.env._(
                        "The range %(first)s – %(last)s is not in the network"
                        " %(network)s, or its ends are exchanged.",
                        first=row.first,
                        last=row.last,
                        network=network.cidr,
                    )
                )

    @api.constrains("first", "last", "network_id")
    def _check_overlap(self):
        for rows in self.network_id.range_ids.grouped("network_id").values():
            ordered = rows.sorted("first_key")
            for one, other in itertools.pairwise(ordered):
                if other.first_key <= one.last_key:
                    raise ValidationError(
                        self.env._(
                            "The ranges %(one)s – %(end)s and %(other)s – %(last)s"
                            " overlap.",
                            one=one.first,
                            end=one.last,
                            other=other.first,
                            last=other.last,
                        )
                    )

    def _stretch(self):
        """Return the first and last address as numbers."""
        return addresses.number_of(self.first_key), addresses.number_of(self.last_key)
