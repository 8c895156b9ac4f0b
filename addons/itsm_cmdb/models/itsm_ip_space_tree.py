from odoo import models
from odoo.tools import SQL

from ..tools import addresses


class ItsmIpSpace(models.Model):
    """Which network is inside which, and to which each address belongs."""

    _inherit = "itsm.ip.space"

    def _settle(self):
        """Bring the tree of networks and the places of addresses up to date."""
        for networks in (
            self.env["itsm.ip.network"]
            .search([("space_id", "in", self.ids)])
            .grouped("space_id")
            .values()
        ):
            self._settle_tree(networks)
        self._settle_addresses()

    def _settle_tree(self, networks):
        """Place each network inside the smallest one around it."""
        found = addresses.parents(
            (network.id, network._network()) for network in networks
        )
        moved = networks.filtered(
            lambda each: each.parent_id.id != (found[each.id] or False)
        )
        # Loosened first: on the way to the new tree there must be no circle.
        moved.parent_id = False
        for parent_id, group in moved.grouped(lambda each: found[each.id]).items():
            if parent_id:
                group.parent_id = parent_id

    def _settle_addresses(self, rows=None):
        """Place addresses in the smallest network around each, in one query.

        :param rows: addresses to place; None: all of the spaces
        """
        self.env["itsm.ip.network"].flush_model()
        self.env["itsm.ip.address"].flush_model()
        self.env.execute_query(
            SQL(
                """
                UPDATE itsm_ip_address AS address
                   SET network_id = place.network_id
                  FROM (
                    SELECT one.id, (
                        SELECT network.id
                          FROM itsm_ip_network AS network
                         WHERE network.space_id = one.space_id
                           AND network.active
                           AND one.key BETWEEN network.first_key AND network.last_key
                         ORDER BY network.prefix_length DESC
                         LIMIT 1
                    ) AS network_id
                      FROM itsm_ip_address AS one
                     WHERE one.space_id = ANY(%s) AND %s
                  ) AS place
                 WHERE place.id = address.id
                   AND place.network_id IS DISTINCT FROM address.network_id
             RETURNING address.id
                """,
                self.ids,
                SQL("TRUE") if rows is None else SQL("one.id = ANY(%s)", rows.ids),
            )
        )
        self.env["itsm.ip.address"].invalidate_model(["network_id"])
        self.env["itsm.ip.network"].invalidate_model(["address_ids"])
