from odoo import api, models


class ItsmCiRelation(models.Model):
    """What two changes take away together depends on the relations."""

    _inherit = "itsm.ci.relation"

    @api.model_create_multi
    def create(self, vals_list):
        relations = super().create(vals_list)
        relations._mark_change_conflicts()
        return relations

    def write(self, vals):
        self._mark_change_conflicts()
        result = super().write(vals)
        self._mark_change_conflicts()
        return result

    def end(self):
        self._mark_change_conflicts()
        return super().end()

    def unlink(self):
        self._mark_change_conflicts()
        return super().unlink()

    def _mark_change_conflicts(self):
        """Look again at the changes at either end, and at the members of its group."""
        # sudo: changes that the user may not see collide too.
        relations = self.sudo()
        relations |= relations.group_id.relation_ids
        items = relations.source_id | relations.target_id
        self.env["itsm.change"].sudo()._mark_conflicts_of_items(items.ids)
