from contextlib import contextmanager

from odoo import api, fields, models

from ..tools import addresses

NAMES = frozenset({"ip_addresses", "mac_addresses"})
# In the context: the item's own save records the change. A client of the API cannot
# send this object, so it cannot keep a change out of the history.
_RECORDED = object()


class ItsmCi(models.Model):
    """The interfaces and addresses of an item, and their short form for ledgers."""

    _inherit = "itsm.ci"

    interface_ids = fields.One2many("itsm.ci.interface", "ci_id", "Interfaces")
    ip_address_ids = fields.One2many("itsm.ip.address", "ci_id", "Addresses")
    ip_addresses = fields.Char(
        "IP Addresses",
        compute="_compute_ip_addresses",
        inverse="_inverse_ip_addresses",
        store=True,
        copy=False,
        help="Separated by commas.",
    )
    mac_addresses = fields.Char(
        "MAC Addresses",
        compute="_compute_mac_addresses",
        inverse="_inverse_mac_addresses",
        store=True,
        copy=False,
        help="Separated by commas.",
    )

    @api.model
    def _empty_when_new(self):
        # A new item has no interfaces yet; addresses that it is given are protected.
        return (*super()._empty_when_new(), *NAMES)

    @api.depends("ip_address_ids.key")
    def _compute_ip_addresses(self):
        for item in self:
            rows = item.ip_address_ids.sorted("key")
            texts = dict.fromkeys(rows.mapped("address"))
            item.ip_addresses = ", ".join(texts) or False

    @api.depends("interface_ids.mac_address")
    def _compute_mac_addresses(self):
        for item in self:
            macs = {each.mac_address for each in item.interface_ids} - {False}
            item.mac_addresses = ", ".join(sorted(macs)) or False

    @api.model
    def _clean_vals(self, vals):
        """Bring addresses into the form in which they are kept and compared."""
        vals = super()._clean_vals(vals)
        if vals.get("mac_addresses"):
            macs = self._parse_mac_addresses(vals["mac_addresses"])
            vals["mac_addresses"] = ", ".join(macs)
        if vals.get("ip_addresses"):
            known = self._parse_ip_addresses(vals["ip_addresses"])
            vals["ip_addresses"] = ", ".join(known.values())
        return vals

    @api.model
    def _parse_mac_addresses(self, text):
        """Return the addresses that a text names, each once, sorted."""
        plain = self.env["itsm.ci.interface"]._plain_mac
        return sorted({plain(part) for part in self._split(text)})

    @api.model
    def _parse_ip_addresses(self, text):
        """Return the addresses that a text names, as ``{key: address}`` in order."""
        parse = self.env["itsm.ip.network"]._parse_address
        found = {parse(part) for part in self._split(text)}
        return dict(sorted((addresses.key(each), str(each)) for each in found))

    def unlink(self):
        """Take the addresses from items that are deleted."""
        # sudo: whoever may delete an item need not keep the networks.
        self.sudo().interface_ids.address_ids.action_release()
        return super().unlink()

    def _merge_interfaces(self, survivor):
        """Give the interfaces of these items, with their addresses, to another one."""
        taken = set(survivor.interface_ids.mapped("name"))
        by_mac = {each.mac_address: each for each in survivor.interface_ids}
        by_mac.pop(False, None)
        for each in self.interface_ids:
            twin = by_mac.get(each.mac_address)
            bare = not (each.mac_address or each.address_ids or each.note)
            if twin or (bare and each.name in taken):
                each._merge_into(twin or survivor.interface_ids[:1])
                continue
            if each.name in taken:
                each.name = f"{each.name} ({each.ci_id.code})"
            taken.add(each.name)
            if each.mac_address:
                by_mac[each.mac_address] = each
            each.ci_id = survivor

    def _settle(self, before, names, origin):
        """Free the addresses of what has been disposed of."""
        changes = super()._settle(before, names, origin)
        gone = [
            id_
            for id_, pairs in changes.items()
            if pairs.get("status", (None, None))[1] == "disposed"
        ]
        if held := self.browse(gone).ip_address_ids:
            held.action_release()
        return changes

    @contextmanager
    def _recording_addresses(self):
        """Keep in the history what happens to the items' addresses meanwhile."""
        if self.env.context.get("itsm_addresses") is _RECORDED:
            yield
            return
        before = self._held(NAMES)
        yield
        self.exists()._settle(before, NAMES, self._origin_now())

    def _inverse_mac_addresses(self):
        """Give each item interfaces with these MAC addresses; keep the others' names.

        An interface whose address is not named any more loses it and stays.
        """
        created = []
        wanted = {item: self._parse_mac_addresses(item.mac_addresses) for item in self}
        for item in self.with_context(itsm_addresses=_RECORDED):
            macs = wanted[item]
            item.interface_ids.filtered(
                lambda each, macs=macs: (
                    each.mac_address and each.mac_address not in macs
                )
            ).mac_address = False
            known = set(item.interface_ids.mapped("mac_address"))
            new = [mac for mac in macs if mac not in known]
            bare = item.interface_ids.filtered(lambda each: not each.mac_address)
            for interface, mac in zip(bare, new, strict=False):
                interface.mac_address = mac
            rest = new[len(bare) :]
            created += [
                {"ci_id": item.id, "name": name, "mac_address": mac}
                for name, mac in zip(
                    item._new_interface_names(len(rest)), rest, strict=True
                )
            ]
        self.env["itsm.ci.interface"].with_context(itsm_addresses=_RECORDED).create(
            created
        )

    def _inverse_ip_addresses(self):
        """Give each item these addresses; what is not named any more is released."""
        wanted = {item: self._parse_ip_addresses(item.ip_addresses) for item in self}
        items = self.with_context(itsm_addresses=_RECORDED)
        spaces = items._address_spaces()
        items.filtered(lambda item: wanted[item])._add_first_interfaces()
        free = items._unassigned(
            spaces, {key for keys in wanted.values() for key in keys}
        )
        created = []
        for item in items:
            texts = wanted[item]
            space = spaces[item.company_id]
            item.ip_address_ids.filtered(
                lambda row, texts=texts: row.key not in texts
            ).action_release()
            known = set(item.ip_address_ids.mapped("key"))
            first = item.interface_ids[:1]
            for key in texts.keys() - known:
                if row := free.pop((space, key), None):
                    row.interface_id = first
                else:
                    created.append(
                        {
                            "address": texts[key],
                            "space_id": space.id,
                            "interface_id": first.id,
                        }
                    )
        items.env["itsm.ip.address"].create(created)

    def _address_spaces(self):
        """Return ``{company: space}`` in which the items' addresses are meant."""
        return self._address_spaces_of(self.company_id)

    @api.model
    def _address_spaces_of(self, companies):
        """Return ``{company: space}``, also of no company."""
        spaces = self.env["itsm.ip.space"].search(
            [("company_id", "in", [*companies.ids, False])]
        )
        return {
            company: spaces.filtered(lambda each, own=company: each.company_id == own)[
                :1
            ]
            or spaces.filtered(lambda each: not each.company_id)[:1]
            for company in [*companies, self.env["res.company"]]
        }

    @api.model
    def _unassigned(self, spaces, keys):
        """Return ``{(space, key): row}`` of addresses there that no interface has."""
        rows = self.env["itsm.ip.address"].search(
            [
                ("space_id", "in", [space.id for space in spaces.values()]),
                ("key", "in", list(keys)),
                ("interface_id", "=", False),
            ]
        )
        return {(row.space_id, row.key): row for row in rows}

    def _add_first_interfaces(self):
        """Give an interface to those of the items that have none."""
        self.env["itsm.ci.interface"].create(
            [{"ci_id": item.id} for item in self if not item.interface_ids]
        )

    def _new_interface_names(self, count):
        """Return names that no interface of the item has."""
        taken = set(self.interface_ids.mapped("name"))
        names = (f"eth{number}" for number in range(len(taken) + count))
        return [name for name in names if name not in taken][:count]

    @api.model
    def _split(self, text):
        """Return the parts of a text with commas, semicolons or spaces between them."""
        for separator in ",;，；、/\n":
            text = (text or "").replace(separator, " ")
        return text.split()
