from odoo import fields, models

from .itsm_ticket import WORKERS


class ItsmService(models.Model):
    """The form of a service, made of its questions."""

    _inherit = "itsm.service"

    question_ids = fields.One2many(
        "itsm.question", "service_id", "Questions", copy=False, groups=WORKERS
    )
