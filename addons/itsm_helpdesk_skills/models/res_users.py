from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _itsm_skill_levels(self):
        """Return ``{user id: {skill id: level}}`` of the skills that hold today."""
        today = fields.Date.today()
        # sudo: agents may not read employees; skills are open to all who work here.
        rows = (
            self.env["hr.employee.skill"]
            .sudo()
            .search_fetch(
                [
                    ("employee_id.user_id", "in", self.ids),
                    "|",
                    ("valid_from", "=", False),
                    ("valid_from", "<=", today),
                    "|",
                    ("valid_to", "=", False),
                    ("valid_to", ">=", today),
                ],
                ["employee_id", "skill_id", "skill_level_id"],
            )
        )
        levels = {}
        for row in rows:
            known = levels.setdefault(row.employee_id.user_id.id, {})
            level = row.skill_level_id.level_progress
            known[row.skill_id.id] = max(known.get(row.skill_id.id, 0), level)
        return levels
