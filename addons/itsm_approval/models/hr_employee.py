from odoo import models


class HrEmployee(models.Model):
    """Employees who leave are replaced where they are to decide."""

    _inherit = "hr.employee"

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            # sudo: who is asked instead is not the business of who archives.
            people = self.sudo().work_contact_id | self.sudo().user_id.partner_id
            self.env["itsm.approval"]._on_leavers(people)
        return result
