from odoo import fields, models

from .itsm_ticket import WORKERS


class ItsmService(models.Model):
    """Who is offered a service."""

    _inherit = "itsm.service"

    available_department_ids = fields.Many2many(
        "hr.department",
        "itsm_service_department_rel",
        "service_id",
        "department_id",
        string="Departments",
        ondelete="restrict",
        groups=WORKERS,
        help="With the departments below them. Empty: all.",
    )
    available_company_ids = fields.Many2many(
        "res.company",
        "itsm_service_company_rel",
        "service_id",
        "company_id",
        string="Companies",
        ondelete="restrict",
        groups=WORKERS,
        help="Empty: all that the desk serves.",
    )
    available_job_ids = fields.Many2many(
        "hr.job",
        "itsm_service_job_rel",
        "service_id",
        "job_id",
        string="Jobs",
        ondelete="restrict",
        groups=WORKERS,
        help="Empty: all.",
    )
    available_group_ids = fields.Many2many(
        "res.groups",
        "itsm_service_group_rel",
        "service_id",
        "group_id",
        string="User Groups",
        ondelete="restrict",
        groups=WORKERS,
        help="Empty: all.",
    )
    available_to_me = fields.Boolean(
        compute="_compute_available_to_me",
        search="_search_available_to_me",
        help="Whether the service is offered to you. Who asks on behalf of somebody "
        "else asks for what is offered to themselves.",
    )

    def _compute_available_to_me(self):
        self.available_to_me = True

    def _search_available_to_me(self, operator, value):
        return []
