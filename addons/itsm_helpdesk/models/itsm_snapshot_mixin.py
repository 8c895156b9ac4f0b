from odoo import api, models
from odoo.exceptions import UserError


class ItsmSnapshotMixin(models.AbstractModel):
    """Something as it was published: others refer to it, so it stays as it was.

    Only the ``note`` of what is new in it may be put right.
    """

    _name = "itsm.snapshot.mixin"
    _description = "Published Version"

    def write(self, vals):
        """Refuse changes, but of the note."""
        if vals.keys() - {"note"}:
            self._refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse_change()

    def _refuse_change(self):
        raise UserError(
            self.env._(
                "A published version stays as it was. Make the change in what it is a "
                "version of, and publish that again."
            )
        )
