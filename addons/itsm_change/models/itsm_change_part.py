from odoo import api, fields, models
from odoo.exceptions import UserError


class ItsmChangePart(models.AbstractModel):
    """A row of a change: whoever may write the change may write its rows, in time.

    Most rows are part of what a change says, and settled at its start; a model that
    is about the work itself says how long in :meth:`_part_states`.
    """

    _name = "itsm.change.part"
    _description = "Part of a Change"

    change_id = fields.Many2one(
        "itsm.change", required=True, ondelete="cascade", index=True
    )

    @api.model
    def _part_states(self):
        """Hook: return the states in which rows may be written; none: as content."""
        return ()

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._refuse_settled_part()
        return parts

    def write(self, vals):
        self._refuse_settled_part()
        result = super().write(vals)
        if "change_id" in vals:
            self._refuse_settled_part()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._refuse_settled_part()

    def _refuse_settled_part(self):
        """Refuse to write rows of changes that are settled, or not the user's."""
        changes = self.change_id
        if not self.env.su:
            changes.check_access("write")
        allowed = self._part_states()
        if not allowed:
            for change in changes:
                change._refuse_settled_content({"description"})
            return
        labels = dict(changes._fields["state"]._description_selection(self.env))
        for change in changes:
            if change.state not in allowed:
                raise UserError(
                    self.env._(
                        "%(change)s is “%(state)s”, so this part of it stays as it is.",
                        change=change.display_name,
                        state=labels[change.state],
                    )
                )
