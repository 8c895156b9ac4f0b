from odoo import fields, models


class ResPartner(models.Model):
    """A contact may be promised more, or less, than others."""

    _inherit = "res.partner"

    service_class_id = fields.Many2one(
        "itsm.service.class",
        groups="base.group_user",
        index="btree_not_null",
        help="Used by service level policies; for a company, its contacts have it too.",
    )

    def _itsm_service_class(self):
        """Return the class of a contact: its own, else its company's."""
        # sudo: requesters may not read classes; only the policy's choice uses it.
        partner = self.sudo()
        return (
            partner.service_class_id or partner.commercial_partner_id.service_class_id
        )
