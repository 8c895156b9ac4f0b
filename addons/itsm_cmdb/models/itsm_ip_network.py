from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..tools import addresses


class ItsmIpNetwork(models.Model):
    """A network of IP addresses. Networks of a space are a tree by what contains what.

    An address belongs to the smallest network around it, so a network and the ones
    inside it never hold the same address.
    """

    _name = "itsm.ip.network"
    _description = "Network"
    _inherit = ["mail.thread"]
    _parent_store = True
    _order = "space_id, first_key, prefix_length, id"
    _rec_names_search = ["cidr", "name"]

    name = fields.Char(required=True, tracking=True)
    cidr = fields.Char(
        "Network",
        required=True,
        tracking=True,
        help="Address and length of the prefix: 10.1.0.0/24 or 2001:db8:1::/64.",
    )
    space_id = fields.Many2one(
        "itsm.ip.space",
        "Address Space",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self.env["itsm.ip.space"].search([], limit=1),
    )
    company_id = fields.Many2one(related="space_id.company_id", store=True)
    active = fields.Boolean(default=True)
    family = fields.Selection(
        [("4", "IPv4"), ("6", "IPv6")], compute="_compute_range", store=True
    )
    first_key = fields.Char(compute="_compute_range", store=True)
    last_key = fields.Char(compute="_compute_range", store=True)
    prefix_length = fields.Integer(compute="_compute_range", store=True)
    parent_id = fields.Many2one(
        "itsm.ip.network", "Inside", index=True, readonly=True, ondelete="set null"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("itsm.ip.network", "parent_id", "Networks Inside")
    vlan = fields.Integer("VLAN", tracking=True)
    vlan_name = fields.Char("VLAN Name")
    gateway = fields.Char(tracking=True)
    location_id = fields.Many2one("itsm.location", index="btree_not_null")
    ci_id = fields.Many2one(
        "itsm.ci", "Routed By", index="btree_not_null", help="Router or firewall."
    )
    range_ids = fields.One2many("itsm.ip.range", "network_id", "Ranges", copy=True)
    address_ids = fields.One2many("itsm.ip.address", "network_id", "Addresses")
    note = fields.Text()
    address_count = fields.Integer(compute="_compute_utilisation")
    size = fields.Char("Addresses for Hosts", compute="_compute_utilisation")
    utilisation = fields.Float(
        "Used (%)", compute="_compute_utilisation", digits=(5, 1)
    )
    free_ranges = fields.Text("Free", compute="_compute_utilisation")

    _once = models.UniqueIndex(
        "(space_id, first_key, prefix_length) WHERE active",
        "This address space has this network already.",
    )
    _of_address = models.Index("(space_id, first_key, last_key)")
    _vlan_known = models.Constraint(
        "CHECK(vlan IS NULL OR vlan BETWEEN 0 AND 4094)",
        "A VLAN has a number from 1 to 4094.",
    )

    @api.depends("name", "cidr")
    def _compute_display_name(self):
        for network in self:
            network.display_name = f"{network.cidr} {network.name}"

    @api.depends("cidr")
    def _compute_range(self):
        for network in self:
            try:
                known = addresses.parse_network(network.cidr or "")
            except addresses.AddressError:
                # The constraint tells what is wrong with it.
                network.family = network.first_key = network.last_key = False
                network.prefix_length = 0
                continue
            network.family = str(known.version)
            network.first_key = addresses.key(known.network_address)
            network.last_key = addresses.key(known.broadcast_address)
            network.prefix_length = known.prefixlen

    @api.depends("address_ids.state", "range_ids", "child_ids.cidr", "cidr")
    def _compute_utilisation(self):
        taken = self._taken()
        for network in self:
            known = network.first_key and addresses.parse_network(network.cidr)
            if not known:
                network.address_count = network.utilisation = 0
                network.size = network.free_ranges = False
                continue
            size = addresses.size(known)
            used = addresses.used(known, taken[network.id])
            network.address_count = len(network.address_ids)
            network.size = f"{size:,}" if size < 10**9 else f"{size:.1e}"
            network.utilisation = 100.0 * used / size
            network.free_ranges = self._ranges_text(
                known, addresses.free_stretches(known, taken[network.id])
            )

    @api.model
    def _ranges_text(self, network, stretches, shown=12):
        """Return free stretches as lines for people, the first few of them."""
        kind = type(network.network_address)
        lines = [
            str(kind(first))
            if first == last
            else f"{kind(first)} – {kind(last)} ({last - first + 1:,})"
            for first, last in stretches[:shown]
        ]
        return "\n".join(lines + ["…"] * (len(stretches) > shown))

    @api.constrains("cidr", "gateway", "space_id")
    def _check_texts(self):
        for network in self:
            known = network._network()
            if not network.gateway:
                continue
            gateway = self._parse_address(network.gateway)
            if gateway not in known:
                raise ValidationError(
                    self.env._(
                        "The gateway %(gateway)s is not in the network %(network)s.",
                        gateway=gateway,
                        network=known,
                    )
                )

    def _network(self):
        """Return the network as Python knows it; a sentence for a wrong text."""
        self.ensure_one()
        try:
            return addresses.parse_network(self.cidr)
        except addresses.AddressError as error:
            raise ValidationError(self._network_problem(error)) from error

    @api.model
    def _network_problem(self, error):
        if error.code == "host_bits":
            return self.env._(
                "“%(text)s” is an address inside a network. Did you mean %(proposal)s?",
                text=error.text,
                proposal=error.proposal,
            )
        return self.env._(
            "“%(text)s” is no network. Write its address and the length of the"
            " prefix, such as 10.1.0.0/24 or 2001:db8:1::/64.",
            text=error.text,
        )

    @api.model
    def _parse_address(self, text):
        """Return an address as Python knows it; a sentence for a wrong text."""
        try:
            return addresses.parse_address(text)
        except addresses.AddressError as error:
            raise ValidationError(
                self.env._(
                    "“%(text)s” is no IP address. Write one such as 10.1.0.7 or"
                    " 2001:db8:1::7.",
                    text=text,
                )
            ) from error

    @api.model_create_multi
    def create(self, vals_list):
        networks = super().create([self._with_plain_cidr(vals) for vals in vals_list])
        networks.space_id._settle()
        networks._keep_gateways()
        return networks

    def write(self, vals):
        spaces = self.space_id
        result = super().write(self._with_plain_cidr(vals))
        if {"cidr", "space_id", "active"} & vals.keys():
            (spaces | self.space_id)._settle()
        if "cidr" in vals:
            self.range_ids._check_place()
        if {"gateway", "active", "space_id"} & vals.keys():
            self._keep_gateways()
        return result

    def unlink(self):
        spaces = self.space_id
        self._free_gateways(frozenset())
        result = super().unlink()
        spaces._settle()
        return result

    def _with_plain_cidr(self, vals):
        """Return the values with the network in its usual form, if it has one."""
        if not vals.get("cidr"):
            return vals
        try:
            return vals | {"cidr": str(addresses.parse_network(vals["cidr"]))}
        except addresses.AddressError as error:
            raise ValidationError(self._network_problem(error)) from error

    def _keep_gateways(self):
        """Keep the address of each gateway from being given to somebody else."""
        # sudo: an address may belong to an item that this user does not see.
        Address = self.env["itsm.ip.address"].sudo()
        wanted = {
            (network.space_id, addresses.key(self._parse_address(network.gateway))): (
                network
            )
            for network in self
            if network.gateway and network.active
        }
        self._free_gateways(wanted)
        known = Address.search(
            [
                ("space_id", "in", self.space_id.ids),
                ("key", "in", [key for _space, key in wanted]),
            ]
        ).grouped(lambda row: (row.space_id, row.key))
        for place, rows in known.items():
            if place in wanted and rows[0].state == "free":
                rows[0].with_env(self.env).write(self._as_gateway(wanted[place]))
        self.env["itsm.ip.address"].create(
            [
                {"address": network.gateway, "space_id": space.id}
                | self._as_gateway(network)
                for (space, key), network in wanted.items()
                if (space, key) not in known
            ]
        )

    @api.model
    def _as_gateway(self, network):
        return {
            "state": "reserved",
            "gateway_of_id": network.id,
            "note": self.env._("Gateway of %s", network.cidr),
        }

    def _free_gateways(self, wanted):
        """Free what was kept for the gateways of these networks and no longer is.

        :param wanted: ``{(space, key)}`` of the present gateways
        """
        former = self.env["itsm.ip.address"].search(
            [("gateway_of_id", "in", self.ids), ("state", "=", "reserved")]
        )
        former = former.filtered(lambda row: (row.space_id, row.key) not in wanted)
        former.write({"gateway_of_id": False, "note": False})
        former.action_release()

    # ------------------------------------------------------------------
    # What is taken, what is free
    # ------------------------------------------------------------------

    def _taken(self):
        """Return ``{network id: [(first, last)]}`` of what nobody may be given.

        Addresses in any state but free, ranges, and the networks inside.
        """
        taken = defaultdict(list)
        for network in self.env["itsm.ip.network"].search(
            [("parent_id", "in", self.ids)]
        ):
            taken[network.parent_id.id].append(
                (
                    addresses.number_of(network.first_key),
                    addresses.number_of(network.last_key),
                )
            )
        for row in self.env["itsm.ip.range"].search([("network_id", "in", self.ids)]):
            taken[row.network_id.id].append(row._stretch())
        for network_id, key in self.env.execute_query(
            SQL(
                "SELECT network_id, key FROM itsm_ip_address"
                " WHERE network_id = ANY(%s) AND state <> 'free'",
                self.ids,
            )
        ):
            number = addresses.number_of(key)
            taken[network_id].append((number, number))
        return taken

    def _hold(self):
        """Let one transaction at a time give addresses of these networks.

        A lock alone is not enough: who waited for it would go on with the addresses as
        they were before. The rows are written, so the database ends the transaction of
        whoever comes second, and Odoo repeats it.
        """
        self.check_access("read")
        self.env.cr.execute(
            SQL(
                "UPDATE itsm_ip_network SET write_date = write_date WHERE id IN %s",
                tuple(self.ids) or (0,),
            ),
            log_exceptions=False,
        )

    def _next_free(self, count=1):
        """Return the lowest addresses that nobody has, as Python knows them."""
        self.ensure_one()
        self._hold()
        self.env["itsm.ip.address"].flush_model(["network_id", "key", "state"])
        free = addresses.next_free(self._network(), self._taken()[self.id], count)
        if len(free) < count:
            raise UserError(
                self.env._(
                    "%(network)s has no free address left. Free one that is not in"
                    " use, or make a range shorter.",
                    network=self.display_name,
                )
            )
        return free

    def next_free_address(self):
        """Return the next free address of the network, as a text."""
        return str(self._next_free()[0])

    def action_assign_next(self):
        """Open the dialog that gives the next free address to an interface."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Next Free Address"),
            "res_model": "itsm.ip.assign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_network_id": self.id},
        }

    def action_view_addresses(self):
        """Open the addresses of the network and of those inside it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ip_address_action"
        )
        action["domain"] = [("network_id", "child_of", self.id)]
        action["context"] = {"default_space_id": self.space_id.id}
        return action
