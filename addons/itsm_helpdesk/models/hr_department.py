from odoo import fields, models


class HrDepartment(models.Model):
    """A department may be promised more, or less, than others."""

    _inherit = "hr.department"

    service_class_id = fields.Many2one(
        "itsm.service.class",
        groups="base.group_user",
        help="For its staff and that of the departments below, unless those have a "
        "class of their own.",
    )

    def _itsm_service_class(self):
        """Return the class of a department: its own, else that of the next above."""
        # sudo: requesters may not read classes; only the policy's choice uses it.
        department = self.sudo()
        while department and not department.service_class_id:
            department = department.parent_id
        return department.service_class_id
