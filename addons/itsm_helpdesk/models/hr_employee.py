from odoo import api, models

# What says who has which job; the job itself stands in the versions.
_WHO = frozenset({"active", "company_id", "user_id"})


class HrEmployee(models.Model):
    """Roles that belong to a job go to whoever has the job."""

    _inherit = "hr.employee"

    @api.model_create_multi
    def create(self, vals_list):
        employees = super().create(vals_list)
        self.env["itsm.role"]._recheck(employees.user_id)
        return employees

    def write(self, vals):
        if not _WHO.intersection(vals):
            return super().write(vals)
        before = self.user_id
        result = super().write(vals)
        self.env["itsm.role"]._recheck(before | self.user_id)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_recheck_roles(self):
        self.env["itsm.role"]._recheck(self.user_id)
