from odoo import fields, models

from .itsm_ticket import WORKERS

SERVICE_STATES = [
    ("draft", "Draft"),
    ("published", "Published"),
    ("retired", "Retired"),
]


class ItsmService(models.Model):
    """From draft to published to retired, and the versions on the way."""

    _inherit = "itsm.service"

    state = fields.Selection(
        SERVICE_STATES,
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="Staff are offered published services only. Agents may choose any that "
        "is not retired for a ticket.",
    )
    version_ids = fields.One2many(
        "itsm.service.version",
        "service_id",
        "Versions",
        readonly=True,
        copy=False,
        groups=WORKERS,
    )
    version_id = fields.Many2one(
        "itsm.service.version",
        "Published Version",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups=WORKERS,
    )
    has_unpublished_changes = fields.Boolean(
        compute="_compute_has_unpublished_changes",
        groups=WORKERS,
        help="What you see differs from what requesters get. Publish it again.",
    )

    def _compute_has_unpublished_changes(self):
        self.has_unpublished_changes = False

    def action_publish(self):
        """Offer the services as they are now."""
        self.write({"state": "published"})
        return True

    def action_retire(self):
        """Offer the services no more."""
        self.write({"state": "retired"})
        return True

    def action_draft(self):
        """Take the services back to draft."""
        self.write({"state": "draft"})
        return True
