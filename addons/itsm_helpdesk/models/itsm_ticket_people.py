from odoo import api, fields, models


class ItsmTicket(models.Model):
    """For whom a ticket is: contact, employee and department."""

    _inherit = "itsm.ticket"

    partner_id = fields.Many2one(
        "res.partner", string="Requester", index=True, tracking=True
    )
    requested_for_id = fields.Many2one(
        "res.partner",
        compute="_compute_requested_for_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        tracking=True,
        help="The person who needs it, when somebody else asks.",
    )
    email_from = fields.Char(
        "Requester's Email",
        compute="_compute_contact_details",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    phone = fields.Char(
        compute="_compute_contact_details",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    employee_id = fields.Many2one(
        "hr.employee",
        compute="_compute_employee_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
    )
    department_id = fields.Many2one(
        "hr.department",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        tracking=True,
    )

    @api.depends("partner_id")
    def _compute_requested_for_id(self):
        for ticket in self:
            ticket.requested_for_id = ticket.partner_id

    @api.depends("partner_id")
    def _compute_contact_details(self):
        for ticket in self:
            if ticket.partner_id:
                ticket.email_from = ticket.partner_id.email
                ticket.phone = ticket.partner_id.phone

    @api.depends("requested_for_id", "company_id")
    def _compute_employee_id(self):
        """Find the employee; of several, the one in the company of the desk."""
        for company, tickets in self.grouped("company_id").items():
            Partner = self.env["res.partner"]
            if company:
                Partner = Partner.with_context(allowed_company_ids=company.ids)
            employees = Partner._itsm_employee_by_partner(tickets.requested_for_id)
            for ticket in tickets:
                ticket.employee_id = employees.get(ticket.requested_for_id.id, False)

    @api.depends("employee_id")
    def _compute_department_id(self):
        # sudo: agents have no rights on employees; the public view has the same
        # department, and only that is taken.
        public = {
            employee.id: employee.department_id.id
            for employee in self.env["hr.employee.public"]
            .sudo()
            .browse(self.employee_id.ids)
        }
        for ticket in self:
            ticket.department_id = public.get(ticket.employee_id.id, False)

    def _is_requester(self, partner):
        """Tell whether ``partner`` asked for all of these tickets, or needs them."""
        return all(
            partner and partner in (ticket.partner_id | ticket.requested_for_id)
            for ticket in self
        )
