from odoo import fields, models, tools
from odoo.tools import SQL


class ItsmIpConflict(models.Model):
    """What does not agree about an address: a view over what is documented and seen."""

    _name = "itsm.ip.conflict"
    _description = "Address Conflict"
    _auto = False
    _order = "kind, address, id"

    address_id = fields.Many2one("itsm.ip.address", "Documented As", readonly=True)
    address = fields.Char(readonly=True)
    space_id = fields.Many2one("itsm.ip.space", "Address Space", readonly=True)
    network_id = fields.Many2one("itsm.ip.network", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    ci_id = fields.Many2one("itsm.ci", "Item", readonly=True)
    other_ci_id = fields.Many2one("itsm.ci", "Other Item", readonly=True)
    kind = fields.Selection(
        [
            ("duplicate", "Given to two items"),
            ("outside", "Outside every network"),
            ("undocumented", "Seen, but not documented"),
            ("mac", "Seen with another MAC address"),
            ("dhcp", "Given to an item, but in a DHCP range"),
            ("ended", "Given to an item that is retired or archived"),
        ],
        readonly=True,
    )
    seen_at = fields.Datetime("Last Seen", readonly=True)

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL(
                """
                CREATE VIEW itsm_ip_conflict AS
                SELECT row_number() OVER (ORDER BY found.id, found.kind, other_ci_id)
                           AS id,
                       found.id AS address_id, found.address, found.space_id,
                       found.network_id, found.company_id, found.ci_id, found.seen_at,
                       found.kind, found.other_ci_id
                  FROM (
                    SELECT one.*, 'duplicate' AS kind, other.ci_id AS other_ci_id
                      FROM itsm_ip_address AS one
                      JOIN itsm_ip_address AS other
                        ON other.space_id = one.space_id AND other.key = one.key
                       AND other.ci_id <> one.ci_id
                       AND NOT (one.is_shared IS TRUE AND other.is_shared IS TRUE)
                     UNION ALL
                    SELECT one.*, 'outside', NULL
                      FROM itsm_ip_address AS one
                     WHERE one.network_id IS NULL AND one.state <> 'free'
                     UNION ALL
                    SELECT one.*, 'undocumented', NULL
                      FROM itsm_ip_address AS one
                     WHERE one.state = 'seen'
                     UNION ALL
                    SELECT one.*, 'mac', NULL
                      FROM itsm_ip_address AS one
                      JOIN itsm_ci_interface AS interface
                        ON interface.id = one.interface_id
                     WHERE interface.mac_address <> one.seen_mac
                     UNION ALL
                    SELECT one.*, 'dhcp', NULL
                      FROM itsm_ip_address AS one
                      JOIN itsm_ip_range AS range
                        ON range.network_id = one.network_id AND range.kind = 'dhcp'
                       AND one.key BETWEEN range.first_key AND range.last_key
                     WHERE one.state = 'assigned'
                     UNION ALL
                    SELECT one.*, 'ended', NULL
                      FROM itsm_ip_address AS one
                      JOIN itsm_ci AS item ON item.id = one.ci_id
                     WHERE item.status = 'retired' OR item.active IS NOT TRUE
                  ) AS found
                """
            )
        )

    def action_open_address(self):
        """Open the address that the conflict is about."""
        self.ensure_one()
        return self.address_id.get_formview_action()
