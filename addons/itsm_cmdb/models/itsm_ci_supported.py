from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmCi(models.Model):
    """The contract that an item is supported by."""

    _inherit = "itsm.ci"

    contract_id = fields.Many2one(
        "itsm.ci.contract", "Support Contract", index="btree_not_null"
    )

    @api.constrains("contract_id", "company_id")
    def _check_contract(self):
        """Keep contracts of a company for its items.

        Written out, as it is asked from the contract too, whose own company may be
        empty: then its items may be of any.
        """
        for item in self:
            company = item.contract_id.company_id
            if company and item.company_id != company:
                raise ValidationError(
                    self.env._(
                        "“%(item)s” and its contract “%(contract)s” must belong to the "
                        "same company.",
                        item=item.display_name,
                        contract=item.contract_id.name,
                    )
                )
