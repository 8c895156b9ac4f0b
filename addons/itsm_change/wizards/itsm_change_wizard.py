from odoo import api, models


class ItsmChangeWizard(models.AbstractModel):
    """A form about records that whoever opens it must be allowed to read.

    A link to any record shows its name, and what is computed from it; so ids that
    somebody sends are checked.
    """

    _name = "itsm.change.wizard"
    _description = "Form About a Change"

    # Fields that hold what the form is about.
    _about = ("change_id",)

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards._refuse_hidden()
        return wizards

    def write(self, vals):
        result = super().write(vals)
        if not set(self._about).isdisjoint(vals):
            self._refuse_hidden()
        return result

    def _refuse_hidden(self):
        """Refuse what the user may not read."""
        for name in self._about:
            self[name].check_access("read")
