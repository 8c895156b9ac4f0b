from odoo import api, models


class ItsmChangeCi(models.Model):
    """What a change is made on decides what it touches and what it collides with.

    An analysis tells of what it found itself, once for all links.
    """

    _inherit = "itsm.change.ci"

    @api.model_create_multi
    def create(self, vals_list):
        links = super().create(vals_list)
        links._tell_changes(links.change_id)
        return links

    def write(self, vals):
        changes = self.change_id
        self._tell_changes(changes)
        result = super().write(vals)
        self._tell_changes(changes | self.change_id)
        return result

    def unlink(self):
        changes = self.change_id
        result = super().unlink()
        self._tell_changes(changes)
        return result

    @api.model
    def _tell_changes(self, changes):
        """Have it found again what follows from the items of changes."""
        if not self._is_analysis():
            # sudo: whoever may write the items need not write all of their change.
            changes.sudo()._mark_touched()
            changes._items_moved()
