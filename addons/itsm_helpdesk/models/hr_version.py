from odoo import api, models

_JOB = frozenset({"active", "date_version", "employee_id", "job_id"})


class HrVersion(models.Model):
    """A change of job gives and takes what the roles of the jobs give."""

    _inherit = "hr.version"

    @api.model_create_multi
    def create(self, vals_list):
        versions = super().create(vals_list)
        self.env["itsm.role"]._recheck(versions.employee_id.user_id)
        return versions

    def write(self, vals):
        if not _JOB.intersection(vals):
            return super().write(vals)
        before = self.employee_id.user_id
        result = super().write(vals)
        self.env["itsm.role"]._recheck(before | self.employee_id.user_id)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_recheck_roles(self):
        self.env["itsm.role"]._recheck(self.employee_id.user_id)
