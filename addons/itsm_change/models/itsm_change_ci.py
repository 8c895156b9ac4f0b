from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What people say a change is made on; the rest is found by analysis.
CHOSEN_ROLES = ("affected",)


class ItsmChangeCi(models.Model):
    """An item that a change is made on, or that it touches by what depends on it."""

    _name = "itsm.change.ci"
    _description = "Item of a Change"
    _inherit = ["itsm.ci.link", "itsm.change.part"]
    _order = "change_id, role, distance, id"

    _chosen_roles = CHOSEN_ROLES
    _found_role = "touched"

    role = fields.Selection(
        [("affected", "Affected"), ("touched", "Touched")],
        required=True,
        default="affected",
    )
    state = fields.Selection(
        help="How the item works while the change is made. Empty: as the change says."
    )

    _once = models.UniqueIndex(
        "(change_id, ci_id)", "This item is on the change already."
    )

    @api.depends("change_id", "ci_id")
    def _compute_display_name(self):
        for link in self:
            link.display_name = (
                f"{link.change_id.display_name} – {link.ci_id.display_name}"
            )

    @api.constrains("change_id", "ci_id")
    def _check_companies(self):
        for link in self:
            company = link.ci_id.company_id
            if company and company != link.change_id.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(item)s” belongs to another company than %(change)s.",
                        item=link.ci_id.display_name,
                        change=link.change_id.display_name,
                    )
                )

    def _refuse_settled_part(self):
        """What an analysis finds may be found as long as somebody looks."""
        if self._is_analysis():
            return None
        return super()._refuse_settled_part()
