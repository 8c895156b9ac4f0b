from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import addresses


class ItsmIpAssign(models.TransientModel):
    """Gives the next free address of a network, or a chosen one, to an interface."""

    _name = "itsm.ip.assign"
    _description = "Give an Address"

    network_id = fields.Many2one("itsm.ip.network", required=True)
    address = fields.Char(required=True)
    ci_id = fields.Many2one("itsm.ci", "Item")
    interface_id = fields.Many2one(
        "itsm.ci.interface",
        domain="[('ci_id', '=', ci_id)]",
        help="Empty: the item's first one, or a new one.",
    )
    host_name = fields.Char("DNS Name")
    note = fields.Char()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        network = self.env["itsm.ip.network"].browse(values.get("network_id"))
        if network and "address" in fields_list:
            values["address"] = network.next_free_address()
        return values

    @api.onchange("ci_id")
    def _onchange_ci_id(self):
        if self.interface_id.ci_id != self.ci_id:
            self.interface_id = self.ci_id.interface_ids[:1]

    def action_assign(self):
        """Give the address to the interface."""
        self.ensure_one()
        if not self.ci_id:
            raise UserError(self.env._("Choose the item that gets the address."))
        self._give({"interface_id": self._interface().id})

    def action_reserve(self):
        """Keep the address without giving it to an item yet."""
        self.ensure_one()
        self._give({"state": "reserved"})

    def _interface(self):
        if not self.interface_id:
            self.ci_id._add_first_interfaces()
        return self.interface_id or self.ci_id.interface_ids[:1]

    def _give(self, vals):
        """Write down who has the address; what was taken meanwhile is refused."""
        # Two dialogs may have been offered the same address.
        network = self.network_id
        network._hold()
        address = network._parse_address(self.address)
        if address not in network._network():
            raise UserError(
                self.env._(
                    "%(address)s is not in the network %(network)s.",
                    address=self.address,
                    network=network.cidr,
                )
            )
        key = addresses.key(address)
        vals |= {"host_name": self.host_name, "note": self.note}
        # sudo: an address may belong to an item that this user does not see.
        rows = (
            self.env["itsm.ip.address"]
            .sudo()
            .search([("space_id", "=", network.space_id.id), ("key", "=", key)])
            .with_env(self.env)
        )
        # sudo: as above.
        taken = rows.sudo().filtered(lambda row: row.state not in ("free", "seen"))
        if taken:
            raise UserError(
                self.env._(
                    "%(address)s was taken meanwhile. The next free one is %(next)s.",
                    address=self.address,
                    next=network.next_free_address(),
                )
            )
        if rows:
            rows[0].write(vals)
            return
        self.env["itsm.ip.address"].create(
            vals | {"address": self.address, "space_id": network.space_id.id}
        )
