from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    itsm_ticket_count = fields.Integer(
        "Tickets",
        compute="_compute_itsm_ticket_count",
        groups="itsm_helpdesk.group_itsm_agent",
    )

    def _compute_itsm_ticket_count(self):
        counts = dict(
            self.env["itsm.ticket"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.itsm_ticket_count = counts.get(partner, 0)

    def action_view_itsm_tickets(self):
        """Open the tickets this contact asked for or needs."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_ticket_action"
        )
        action["domain"] = [
            "|",
            ("partner_id", "in", self.ids),
            ("requested_for_id", "in", self.ids),
        ]
        action["context"] = {"default_partner_id": self[:1].id}
        return action

    @api.model
    def _itsm_employee_by_partner(self, partners):
        """Return ``{partner id: employee id}`` for the contacts that are staff.

        An employee is found by the user's contact or by the work contact. With
        several (one in each company), the one of the current companies wins.
        """
        if not partners.ids:
            return {}
        # sudo: agents have no rights on employees; only ids are taken.
        employees = (
            self.env["hr.employee.public"]
            .sudo()
            .search_fetch(
                Domain("user_id.partner_id", "in", partners.ids)
                | Domain("work_contact_id", "in", partners.ids),
                ["user_id", "work_contact_id", "company_id"],
            )
        )
        here = self.env.companies
        found = {}
        for employee in employees.sorted(lambda person: person.company_id in here):
            contacts = employee.work_contact_id | employee.user_id.partner_id
            found.update(dict.fromkeys(contacts.ids, employee.id))
        return found
