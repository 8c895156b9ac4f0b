from odoo import api, models
from odoo.fields import Domain


class ItsmFormLookup(models.AbstractModel):
    """Products that a form offers are those of the requester's company."""

    _inherit = "itsm.form.lookup"

    @api.model
    def _offered(self, question):
        Model, domain = super()._offered(question)
        if Model._name == "product.product":
            company = self.env.user.company_id
            domain &= Domain("company_id", "in", [False, company.id])
        return Model, domain
