from odoo import models


class HrEmployee(models.Model):
    """How an employee is reached."""

    _inherit = "hr.employee"

    def _itsm_contact(self):
        """Return the contact to whom an employee's mails go, or none.

        :param self: with the rights of the system
        """
        self.ensure_one()
        contacts = self.user_id.partner_id | self.work_contact_id
        return contacts.filtered("email")[:1]
