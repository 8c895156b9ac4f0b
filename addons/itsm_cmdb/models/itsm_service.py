from odoo import fields, models

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS


class ItsmService(models.Model):
    """What a service of the catalogue is delivered by."""

    _inherit = "itsm.service"

    ci_ids = fields.Many2many(
        "itsm.ci",
        "itsm_service_ci_rel",
        "service_id",
        "ci_id",
        "Delivered By",
        check_company=True,
        copy=False,
        groups=WORKERS,
        help="When one of these items fails, so does the service.",
    )
