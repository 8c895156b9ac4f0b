from odoo import api, fields, models
from odoo.fields import Domain

from .itsm_change_lifecycle import MANAGER


class ItsmChange(models.Model):
    """Who may have to approve a change, by the part that they have in it."""

    _inherit = "itsm.change"

    approval_not_needed = fields.Boolean(
        "No Approval Needed",
        readonly=True,
        copy=False,
        help="When it was accepted, no policy asked anybody for such a change.",
    )
    has_service_owner = fields.Boolean(
        "Touches an Owned Service",
        compute="_compute_has_service_owner",
        search="_search_has_service_owner",
        help="It touches a service that has an owner; for conditions of policies.",
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"approval_not_needed"}

    @api.depends("ci_link_ids.ci_id", "ci_link_ids.excluded")
    def _compute_has_service_owner(self):
        for change in self:
            change.has_service_owner = bool(change._service_owners())

    def _search_has_service_owner(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: which services have owners is no secret of those who search changes.
        services = self.env["itsm.service"].sudo().search([("owner_id", "!=", False)])
        owned = Domain("ci_id", "in", services.ci_ids.ids) | (
            Domain("ci_id.class_id.is_service", "=", True)
            & Domain("ci_id.owner_id", "!=", False)
        )
        found = Domain("ci_link_ids", "any!", owned & Domain("excluded", "=", False))
        if True in value and False in value:
            return Domain.TRUE
        return found if True in value else ~found

    # ------------------------------------------------------------------
    # Roles
    # ------------------------------------------------------------------

    @api.model
    def _approval_roles(self):
        return [
            *super()._approval_roles(),
            ("coordinator", self.env._("Change coordinator")),
            ("change_manager", self.env._("Change managers")),
            ("service_owner", self.env._("Owners of the touched services")),
            ("item_owner", self.env._("Owners of the items")),
            ("department_manager", self.env._("Managers of the items' departments")),
            ("cab", self.env._("Change advisory board")),
            ("ecab", self.env._("Emergency change advisory board")),
        ]

    def _approval_people(self, role):
        change = self.sudo()  # sudo: who is asked does not depend on who asks
        if role == "coordinator":
            return change.coordinator_id.partner_id
        if role == "change_manager":
            return change._change_managers().partner_id
        if role == "service_owner":
            return change._service_owners()
        if role == "item_owner":
            return change._contacts(change._chosen_items().owner_id)
        if role == "department_manager":
            items = change._chosen_items()
            departments = items.department_id | items.user_department_ids
            return change._contacts(departments.manager_id)
        if role in ("cab", "ecab"):
            return self.env["itsm.cab"]._people_for(change, role)
        return super()._approval_people(role)

    def _change_managers(self):
        """Return the change managers of the change's company."""
        self.ensure_one()
        # sudo: who manages changes is needed, whoever asks.
        users = self.env.ref(MANAGER).sudo().all_user_ids
        return users.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )

    def _chosen_items(self):
        """Return the items that the change is made on."""
        links = self.sudo().ci_link_ids  # sudo: whoever looks, they are the same
        return links.filtered(
            lambda link: link.role == "affected" and not link.excluded
        ).ci_id

    def _service_owners(self):
        """Return the contacts who own a service that the change touches."""
        links = self.sudo().ci_link_ids  # sudo: whoever looks, they are the same
        items = links.filtered(lambda link: not link.excluded).ci_id
        if not items:
            return self.env["res.partner"]
        services = self.env["itsm.service"].sudo()  # sudo: who owns it only
        services = services.search([("ci_ids", "in", items.ids)])
        delivered = items.filtered(lambda item: item.class_id.is_service)
        return services.owner_id.partner_id | self._contacts(delivered.owner_id)

    @api.model
    def _contacts(self, employees):
        """Return how employees are reached: by their login, else as contacts."""
        unknown = employees.filtered(lambda employee: not employee.user_id)
        return employees.user_id.partner_id | unknown.work_contact_id
