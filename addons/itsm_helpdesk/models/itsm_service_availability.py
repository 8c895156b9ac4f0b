from odoo import api, fields, models, tools
from odoo.fields import Domain

from .itsm_ticket import WORKERS

# What a service can be restricted by; a person must fit each that is not empty.
_LIMITS = (
    "available_department_ids",
    "available_company_ids",
    "available_job_ids",
    "available_group_ids",
)
_OF_EMPLOYEES = frozenset(_LIMITS[:3])


class ItsmService(models.Model):
    """Who is offered a service.

    The restrictions of all services are kept in the registry's cache, so a list of
    services takes one look at the user's employee records, not one for each service.
    """

    _inherit = "itsm.service"
    # All that cached methods hold: restrictions here, words in the search.
    _cached_fields = frozenset(
        {"active", "category_id", "description", "keywords", "name", "state", *_LIMITS}
    )

    available_department_ids = fields.Many2many(
        "hr.department",
        "itsm_service_department_rel",
        "service_id",
        "department_id",
        string="Departments",
        # Else a service would be open to all when its last department is deleted.
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
        help="Companies that employ the person. Empty: all.",
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
        export_string_translation=False,
        help="Whether the service is offered to you. Who asks on behalf of somebody "
        "else asks for what is offered to themselves.",
    )

    @api.depends(*_LIMITS)
    @api.depends_context("uid")
    def _compute_available_to_me(self):
        closed = set(self._ids_closed_to_me())
        for service in self:
            service.available_to_me = service.id not in closed

    def _search_available_to_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        closed = self._ids_closed_to_me()
        return Domain("id", "not in", closed) if closed else Domain.TRUE

    @api.model
    def _ids_closed_to_me(self):
        """Return the ids of the services that are for other people."""
        restrictions = self._restrictions()
        if not restrictions:
            return []
        asked = {name for limits in restrictions.values() for name in limits}
        mine = self._limits_of_me(asked)
        return [
            service_id
            for service_id, limits in restrictions.items()
            if any(mine[name].isdisjoint(ids) for name, ids in limits.items())
        ]

    @api.model
    @tools.ormcache()
    def _restrictions(self):
        """Return ``{service id: {limit: ids}}`` of services that are not for all."""
        # sudo: what others are offered is not told; only yes or no leaves here.
        services = self.sudo().with_context(active_test=False)
        restricted = services.search_fetch(
            Domain.OR(Domain(name, "!=", False) for name in _LIMITS), list(_LIMITS)
        )
        return {
            service.id: {
                name: frozenset(service[name]._ids) for name in _LIMITS if service[name]
            }
            for service in restricted
        }

    @api.model
    def _limits_of_me(self, asked):
        """Return ``{limit: ids}`` of the user.

        Somebody can be employed in several companies, by a user or by a work contact
        only; all of it counts.

        :param asked: limits that matter
        """
        mine = {"available_group_ids": frozenset(self.env.user.all_group_ids._ids)}
        if not asked & _OF_EMPLOYEES:
            return mine
        user = self.env.user
        # sudo: requesters have no rights on employees; only yes or no leaves here.
        employees = (
            self.env["hr.employee.public"]
            .sudo()
            .with_context(allowed_company_ids=[])
            .search_fetch(
                Domain("user_id", "=", user.id)
                | Domain("work_contact_id", "=", user.partner_id.id),
                ["department_id", "company_id", "job_id"],
            )
        )
        companies = employees.company_id or user.company_id
        return mine | {
            "available_department_ids": {
                int(part)
                for department in employees.department_id
                for part in (department.parent_path or "").split("/")
                if part
            },
            "available_company_ids": set(companies._ids),
            "available_job_ids": set(employees.job_id._ids),
        }
