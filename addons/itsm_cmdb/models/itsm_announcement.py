from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS


class ItsmAnnouncement(models.Model):
    """People whom a failure hits: found by what depends on what."""

    _inherit = "itsm.announcement"

    audience = fields.Selection(
        selection_add=[("impact", "People hit by the failure of items")],
        ondelete={"impact": "set default"},
    )
    ci_ids = fields.Many2many(
        "itsm.ci",
        "itsm_announcement_ci_rel",
        "announcement_id",
        "ci_id",
        string="Items",
        groups=WORKERS,
        help="What fails. Empty: the items that the ticket says are hit.",
    )

    def _failing_items(self):
        """Return the items that fail: those chosen, else those of the ticket."""
        return self.ci_ids or self.ticket_id.ci_ids

    def _check_audience(self):
        # sudo: whether items are named; that they fail is asked with all rights.
        if self.audience == "impact" and not self.sudo()._failing_items():
            raise UserError(
                self.env._(
                    "“%(announcement)s” is for those hit by the failure of items, but "
                    "no item is named, neither here nor on its ticket.",
                    announcement=self.name,
                )
            )
        return super()._check_audience()

    def _audience_of_impact(self):
        """Return the contacts of who is hit, as far as the impact reaches."""
        items = self._failing_items()
        hit = items._impact_analysis().hit()
        employees = items._impact_employee_ids(list(hit))
        return self._employee_contact_ids(Domain("id", "in", list(employees)))
