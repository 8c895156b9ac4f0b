from odoo import fields, models

from .itsm_ci import READERS


class ItsmCiFinding(models.Model):
    """The changes that put findings right."""

    _inherit = "itsm.ci.finding"

    change_ids = fields.Many2many(
        "itsm.change",
        "itsm_change_finding_rel",
        "finding_id",
        "change_id",
        "Changes",
        copy=False,
        readonly=True,
        groups=READERS,
    )
    change_count = fields.Integer(
        "Number of Changes", compute="_compute_change_count", groups=READERS
    )

    def _compute_change_count(self):
        for finding in self:
            finding.change_count = len(finding.change_ids)

    def action_view_changes(self):
        """Open the changes that put these findings right."""
        domain = [("finding_ids", "in", self.ids)]
        return self.env["itsm.change"]._list_action(domain)

    def action_make_change(self):
        """Open a new change that puts the finding right."""
        self.ensure_one()
        self.check_access("read")
        rule = self.rule_id.sudo()  # sudo: whoever reads the finding may read why
        vals = {
            "name": self.display_name,
            "origin": "audit",
            "origin_reference": self.display_name,
            "reason": "\n".join(filter(None, (rule.why, rule.cure, self.details_text))),
            "finding_ids": [fields.Command.link(self.id)],
        }
        return self.env["itsm.change"]._new_action(vals, self.ci_id)
