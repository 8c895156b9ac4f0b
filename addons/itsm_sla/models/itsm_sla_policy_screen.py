from odoo import api, fields, models


class ItsmSlaPolicy(models.Model):
    """The policy in few words, for lists."""

    _inherit = "itsm.sla.policy"

    target_summary = fields.Char("Promises", compute="_compute_target_summary")

    @api.depends("target_ids.metric", "target_ids.promise_short")
    def _compute_target_summary(self):
        """Say the targets in one line: the times of each metric by priority."""
        for policy in self:
            by_metric = policy.target_ids.grouped("metric")
            policy.target_summary = "; ".join(
                f"{label} {' / '.join(by_metric[metric].mapped('promise_short'))}"
                for metric, label in self._metric_labels().items()
                if metric in by_metric
            )
