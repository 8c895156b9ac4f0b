from odoo import fields, models


class ItsmIpSpace(models.Model):
    """A world of addresses in which each means one thing.

    Sites that use the same private networks (RFC 1918) side by side, or routing
    instances (VRF), are spaces of their own.
    """

    _name = "itsm.ip.space"
    _description = "Address Space"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null")
    network_ids = fields.One2many("itsm.ip.network", "space_id", "Networks")
    note = fields.Text()
