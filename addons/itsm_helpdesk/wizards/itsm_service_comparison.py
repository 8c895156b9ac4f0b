from markupsafe import Markup

from odoo import api, fields, models


class ItsmServiceComparison(models.TransientModel):
    """What changed between two versions of a service, in words."""

    _name = "itsm.service.comparison"
    _description = "Comparison of Service Versions"

    version_id = fields.Many2one(
        "itsm.service.version", "From", required=True, ondelete="cascade"
    )
    service_id = fields.Many2one(related="version_id.service_id")
    other_id = fields.Many2one(
        "itsm.service.version",
        "To",
        domain="[('service_id', '=', service_id), ('id', '!=', version_id)]",
        ondelete="cascade",
        help="Empty: the service as it is now.",
    )
    differences = fields.Html(compute="_compute_differences")

    @api.depends("version_id", "other_id")
    def _compute_differences(self):
        for comparison in self:
            version, other = comparison.version_id, comparison.other_id
            # The reader expects what came later on the right.
            if other and other.number < version.number:
                version, other = other, version
            sentences = version.compare(other.id) if version else []
            items = Markup().join(
                Markup("<li>%s</li>") % sentence for sentence in sentences
            )
            comparison.differences = (
                Markup("<ul>%s</ul>") % items
                if items
                else Markup("<p>%s</p>") % self.env._("Nothing is different.")
            )

    def action_restore(self):
        """Put the service back to the version."""
        self.ensure_one()
        return self.version_id.action_restore()
