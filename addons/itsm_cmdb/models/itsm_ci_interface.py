from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import addresses


class ItsmCiInterface(models.Model):
    """A network interface of an item, by which it has addresses."""

    _name = "itsm.ci.interface"
    _description = "Network Interface"
    _order = "ci_id, name, id"

    ci_id = fields.Many2one(
        "itsm.ci", "Item", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="ci_id.company_id", store=True)
    name = fields.Char(required=True, default="eth0")
    kind = fields.Selection(
        [
            ("wired", "Wired"),
            ("wireless", "Wireless"),
            ("virtual", "Virtual"),
            ("management", "Management"),
        ],
        required=True,
        default="wired",
    )
    mac_address = fields.Char("MAC Address", index="btree_not_null", copy=False)
    address_ids = fields.One2many("itsm.ip.address", "interface_id", "Addresses")
    note = fields.Char()

    _name_unique = models.UniqueIndex(
        "(ci_id, name)", "This item has an interface of this name already."
    )

    @api.depends("name", "ci_id.name")
    def _compute_display_name(self):
        for interface in self:
            interface.display_name = f"{interface.ci_id.name}: {interface.name}"

    @api.model_create_multi
    def create(self, vals_list):
        items = self.env["itsm.ci"].browse({vals.get("ci_id") for vals in vals_list})
        with items.exists()._recording_addresses():
            return super().create([self._with_plain_mac(vals) for vals in vals_list])

    def write(self, vals):
        items = self.ci_id | self.ci_id.browse(vals.get("ci_id") or [])
        with items._recording_addresses():
            return super().write(self._with_plain_mac(vals))

    def unlink(self):
        with self.ci_id._recording_addresses():
            self.address_ids.action_release()
            return super().unlink()

    def _merge_into(self, other):
        """Give the addresses to another interface of the same card, and end."""
        self.ensure_one()
        known = set(other.address_ids.mapped("key"))
        twins = self.address_ids.filtered(lambda row: row.key in known)
        (self.address_ids - twins).interface_id = other
        twins.unlink()
        if self.note:
            other.note = ", ".join(filter(None, [other.note, self.note]))
        self.unlink()

    def _with_plain_mac(self, vals):
        """Return the values with the MAC address in the form that is compared."""
        if not vals.get("mac_address"):
            return vals
        return vals | {"mac_address": self._plain_mac(vals["mac_address"])}

    @api.model
    def _plain_mac(self, text):
        """Return a MAC address in its usual form; a sentence for a wrong text."""
        mac = addresses.parse_mac(text)
        if not mac:
            raise ValidationError(
                self.env._(
                    "“%(text)s” is no MAC address. Write six pairs of hexadecimal"
                    " digits, such as 00:1b:21:3c:4d:5e.",
                    text=text,
                )
            )
        return mac
