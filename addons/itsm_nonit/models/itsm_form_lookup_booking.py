from odoo import api, models


class ItsmFormLookup(models.AbstractModel):
    """Which things a form may offer to book."""

    _inherit = "itsm.form.lookup"

    @api.model
    def _offered(self, question):
        """Things that are not for staff, or another company's, are in no list."""
        Model, domain = super()._offered(question)
        if Model._name == "itsm.bookable":
            domain &= Model._offered_domain(self.env.user)
        return Model, domain
