from odoo import SUPERUSER_ID, api, models


class ItsmCi(models.Model):
    """What is shown instead of the name of an item that the user may not read."""

    _inherit = "itsm.ci"

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Keep the names of hidden items from those who read what points to them.

        Odoo reads the name of a record that another one points to as superuser, for
        whoever reads that other one: a network shows its router.
        """
        res = super()._compute_display_name()
        restricted = self._restricted_ids()
        for item in self:
            if item._origin.id in restricted:
                item.display_name = self._restricted_name()
        return res

    def _restricted_ids(self):
        """Return the ids of those whose names are not for the user.

        Whoever reads no items at all is shown only what is meant for them, such as
        their own equipment.
        """
        if not self.env.su or self.env.uid == SUPERUSER_ID:
            return frozenset()
        # Companies that are not looked at just now are no secret.
        items = self._origin.sudo(False).with_context(
            allowed_company_ids=self.env.user.company_ids.ids
        )
        if not items.browse().has_access("read"):
            return frozenset()
        return frozenset(items.ids) - frozenset(items._filtered_access("read").ids)

    @api.model
    def _restricted_name(self):
        """Return what is shown instead of a name that the user may not read."""
        return self.env._("Restricted item")
