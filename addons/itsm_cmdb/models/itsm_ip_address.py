from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import addresses
from ..tools.origin import Origin

STATES = [
    ("free", "Free"),
    ("reserved", "Reserved"),
    ("assigned", "Assigned"),
    ("dhcp", "DHCP"),
    ("seen", "Seen Only"),
]
# What these say is part of the history of the items.
OF_ITEMS = frozenset({"address", "interface_id", "space_id"})


class ItsmIpAddress(models.Model):
    """An IP address: who has it, and when it was last seen on the wire.

    An address has a row for each interface that has it. People cannot give one to two
    items; what ledgers and scanners say of such is kept and shown as a conflict.
    """

    _name = "itsm.ip.address"
    _description = "IP Address"
    _order = "space_id, key, id"
    _rec_name = "address"

    address = fields.Char(required=True)
    space_id = fields.Many2one(
        "itsm.ip.space",
        "Address Space",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self.env["itsm.ip.space"].search([], limit=1),
    )
    company_id = fields.Many2one(related="space_id.company_id", store=True)
    key = fields.Char(compute="_compute_key", store=True)
    network_id = fields.Many2one(
        "itsm.ip.network", index="btree_not_null", readonly=True, ondelete="set null"
    )
    state = fields.Selection(
        STATES,
        compute="_compute_state",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
    )
    interface_id = fields.Many2one(
        "itsm.ci.interface", index="btree_not_null", ondelete="set null"
    )
    ci_id = fields.Many2one(
        string="Item", related="interface_id.ci_id", store=True, index="btree_not_null"
    )
    is_shared = fields.Boolean(
        "Shared", help="Several items have it on purpose: a virtual or anycast address."
    )
    host_name = fields.Char("DNS Name")
    seen_at = fields.Datetime("Last Seen", readonly=True)
    seen_mac = fields.Char("Seen With MAC Address", readonly=True)
    seen_source_id = fields.Many2one(
        "itsm.ci.source", "Seen By", readonly=True, ondelete="restrict"
    )
    note = fields.Char()
    gateway_of_id = fields.Many2one(
        "itsm.ip.network", index="btree_not_null", readonly=True, ondelete="set null"
    )
    conflict_ids = fields.One2many("itsm.ip.conflict", "address_id", "Conflicts")

    _once = models.UniqueIndex(
        "(space_id, key, COALESCE(interface_id, 0))",
        "This address is there already.",
    )
    _in_network = models.Index("(network_id, key)")

    @api.depends("address")
    def _compute_key(self):
        parse = self.env["itsm.ip.network"]._parse_address
        for row in self:
            row.key = addresses.key(parse(row.address)) if row.address else False

    @api.depends("interface_id")
    def _compute_state(self):
        for row in self:
            if row.interface_id:
                row.state = "assigned"
            elif row.state == "assigned" or not row.state:
                row.state = "free" if row.state else "reserved"

    @api.constrains("state", "interface_id")
    def _check_state(self):
        for row in self:
            if (row.state == "assigned") != bool(row.interface_id):
                raise ValidationError(
                    self.env._(
                        "%(address)s: an address is assigned when an interface has it,"
                        " and only then.",
                        address=row.address,
                    )
                )

    @api.constrains("space_id", "interface_id")
    def _check_space_company(self):
        """Keep a company's space for its items.

        Odoo's own check would refuse items of a company in a space for all, and let
        items of no company into that of one.
        """
        for row in self:
            space, item = row.space_id, row.ci_id
            if space.company_id and item and item.company_id != space.company_id:
                raise ValidationError(
                    self.env._(
                        "The addresses of “%(space)s” are for items of %(company)s.",
                        space=space.name,
                        company=space.company_id.name,
                    )
                )

    @api.constrains("address", "space_id", "interface_id", "is_shared")
    def _check_given_once(self):
        """Refuse to give an address to two items; statements of others are kept."""
        origin = self.env.context.get("itsm_ci_origin")
        if isinstance(origin, Origin) and origin.source != "manual":
            return
        given = self.filtered(lambda row: row.interface_id and not row.is_shared)
        if not given:
            return
        given.space_id._hold()
        # sudo: an address may belong to an item that this user does not see.
        others = (
            self.sudo()
            .search(
                [
                    ("space_id", "in", given.space_id.ids),
                    ("key", "in", given.mapped("key")),
                    ("interface_id", "!=", False),
                ]
            )
            .grouped(lambda row: (row.space_id, row.key))
        )
        for row in given:
            rivals = others[row.space_id, row.key].filtered(
                lambda other, row=row: other.ci_id != row.ci_id
            )
            if rivals:
                raise ValidationError(
                    self.env._(
                        "%(address)s belongs to %(item)s. Release it there first, or"
                        " mark both as shared.",
                        address=row.address,
                        item=rivals[0].sudo(False)._holder_name(),
                    )
                )

    def _holder_name(self):
        """Return who has the address, as far as the user may know."""
        self.ensure_one()
        if self.has_access("read"):
            return self.interface_id.display_name
        return self.env["itsm.ci"]._restricted_name()

    @api.model_create_multi
    def create(self, vals_list):
        with self._items_touched(*vals_list)._recording_addresses():
            rows = super().create(
                [self._with_plain_address(vals) for vals in vals_list]
            )
            rows.space_id._settle_addresses(rows)
        return rows

    def write(self, vals):
        if not OF_ITEMS & vals.keys():
            return super().write(vals)
        with self._items_touched(vals)._recording_addresses():
            result = super().write(self._with_plain_address(vals))
            if {"address", "space_id"} & vals.keys():
                self.space_id._settle_addresses(self)
        return result

    def unlink(self):
        with self.ci_id._recording_addresses():
            return super().unlink()

    def _items_touched(self, *vals_list):
        """Return the items that had the addresses or get them."""
        interfaces = self.env["itsm.ci.interface"].browse(
            {vals["interface_id"] for vals in vals_list if vals.get("interface_id")}
        )
        return (self.interface_id | interfaces).exists().ci_id

    def _with_plain_address(self, vals):
        """Return the values with the address in its usual form."""
        if not vals.get("address"):
            return vals
        parsed = self.env["itsm.ip.network"]._parse_address(vals["address"])
        return vals | {"address": str(parsed)}

    def action_release(self):
        """Take the addresses from whoever has them."""
        self.write({"interface_id": False, "state": "free", "is_shared": False})

    def action_reserve(self):
        """Keep the addresses from being given away."""
        self.write({"interface_id": False, "state": "reserved"})

    @api.model
    def _observe(self, space, sightings, source):
        """Note which addresses were seen on the wire.

        An address that nobody documented gets a row in the state “seen”.

        :param sightings: list of ``(address, MAC address or None, host name or None,
            moment)``
        :param source: the ``itsm.ci.source`` that saw them
        """
        latest = self._latest_sightings(sightings)
        known = self.search(
            [("space_id", "=", space.id), ("key", "in", list(latest))]
        ).grouped("key")
        self.create(
            [
                {
                    "address": text,
                    "space_id": space.id,
                    "state": "seen",
                    "host_name": host,
                    "seen_at": moment,
                    "seen_mac": mac,
                    "seen_source_id": source.id,
                }
                for place, (moment, mac, host, text) in latest.items()
                if place not in known
            ]
        )
        alike = defaultdict(list)
        for place, rows in known.items():
            moment, mac, _host, _text = latest[place]
            if not rows[0].seen_at or rows[0].seen_at <= moment:
                alike[moment, mac] += rows.ids
        for (moment, mac), ids in alike.items():
            self.browse(ids).write(
                {"seen_at": moment, "seen_mac": mac, "seen_source_id": source.id}
            )
        seen = self.browse(id_ for ids in alike.values() for id_ in ids)
        seen.filtered(lambda row: row.state == "free").state = "seen"

    @api.model
    def _latest_sightings(self, sightings):
        """Return ``{key: (moment, MAC address, host name, address)}`` of the latest."""
        parse = self.env["itsm.ip.network"]._parse_address
        latest = {}
        for text, mac, host, moment in sightings:
            address = parse(text)
            at = fields.Datetime.to_datetime(moment)
            seen = (at, addresses.parse_mac(mac or ""), host or False, str(address))
            place = addresses.key(address)
            latest[place] = max(latest.get(place, seen), seen, key=lambda each: each[0])
        return latest
