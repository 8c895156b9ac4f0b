from odoo import fields, models
from odoo.tools import SQL


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
    note = fields.Text()

    def _hold(self):
        """Let one transaction at a time give addresses to items, as of networks."""
        self.env.cr.execute(
            SQL(
                "UPDATE itsm_ip_space SET write_date = write_date WHERE id IN %s",
                tuple(self.ids) or (0,),
            ),
            log_exceptions=False,
        )
