from odoo import api, fields, models
from odoo.fields import Domain


class ItsmTicket(models.Model):
    """Which tickets somebody sees as a requester; the record rule stands on it.

    The rule asks for one field whose search gives ids of people, desks and
    departments, looked up anew each time. Dotted paths in the rule itself would
    become outer joins, which no index serves on a desk with millions of tickets.
    """

    _inherit = "itsm.ticket"

    visible_to_requester = fields.Boolean(
        compute="_compute_visible_to_requester",
        search="_search_visible_to_requester",
        export_string_translation=False,
    )

    @api.depends("partner_id", "requested_for_id", "department_id", "desk_id")
    @api.depends_context("uid")
    def _compute_visible_to_requester(self):
        visible = self.sudo().filtered_domain(self._requester_domain())
        for ticket in self:
            ticket.visible_to_requester = ticket in visible

    def _search_visible_to_requester(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._requester_domain()

    @api.model
    def _requester_domain(self):
        """Return the domain of what the user sees as a requester.

        That is what they asked for or need, and their department's tickets at the
        desks that say so.
        """
        partner = self.env.user.partner_id
        domain = Domain("partner_id", "=", partner.id) | Domain(
            "requested_for_id", "=", partner.id
        )
        scopes = self.env["itsm.desk"]._ids_by_portal_scope()
        if not scopes:
            return domain
        belongs_to, manages = self._departments_of(self.env.user)
        for_all = scopes.get("department", ())
        for_managers = (*for_all, *scopes.get("manager", ()))
        return (
            domain
            | Domain("desk_id", "in", for_all)
            & Domain("department_id", "in", belongs_to)
            | Domain("desk_id", "in", for_managers)
            & Domain("department_id", "in", manages)
        )

    @api.model
    def _departments_of(self, user):
        """Return the ids of the departments a user is in, and of those they manage.

        Who manages a department manages what is below it.
        """
        # sudo: requesters have no rights on employees; only ids leave here.
        employees = (
            self.env["hr.employee"]
            .sudo()
            .search(
                Domain("user_id", "=", user.id)
                | Domain("work_contact_id", "=", user.partner_id.id)
            )
        )
        if not employees:
            return [], []
        Department = self.env["hr.department"].sudo()
        managed = Department.search([("manager_id", "in", employees.ids)])
        below = (
            Department.search([("id", "child_of", managed.ids)]) if managed else managed
        )
        return employees.department_id.ids, below.ids
