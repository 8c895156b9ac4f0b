from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools import terms


class ItsmSlaPolicyVersion(models.Model):
    """The terms of a policy as they were agreed at a time; never changed once used."""

    _name = "itsm.sla.policy.version"
    _description = "Service Level Policy Version"
    _inherit = ["itsm.cache.source"]
    _order = "policy_id, number desc"
    _rec_name = "number"

    policy_id = fields.Many2one(
        "itsm.sla.policy", required=True, index=True, ondelete="cascade"
    )
    number = fields.Integer("Version", required=True)
    valid_from = fields.Datetime(
        help="Clocks that start from then on have these terms. Empty: since ever."
    )
    terms = fields.Json(required=True)
    summary = fields.Text(compute="_compute_summary")
    clock_ids = fields.One2many("itsm.sla.clock", "policy_version_id", "Clocks")
    clock_count = fields.Integer(compute="_compute_clock_count")

    _number_unique = models.UniqueIndex("(policy_id, number)")

    @api.depends("policy_id.name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(policy)s (version %(number)s)",
                policy=version.policy_id.name,
                number=version.number,
            )

    def _compute_clock_count(self):
        counts = dict(
            self.env["itsm.sla.clock"]
            .sudo()  # the figure is of all clocks, whoever asks
            ._read_group(
                [("policy_version_id", "in", self.ids)],
                ["policy_version_id"],
                ["__count"],
            )
        )
        for version in self:
            version.clock_count = counts.get(version, 0)

    def _used(self):
        """Return the versions that clocks use, asked of the database each time."""
        Clock = self.env["itsm.sla.clock"].sudo()  # whoever may see the clocks
        groups = Clock._read_group(
            [("policy_version_id", "in", self.ids)], ["policy_version_id"]
        )
        return self.browse(version.id for (version,) in groups)

    @api.depends("terms")
    def _compute_summary(self):
        """Say the terms in words, one line each."""
        for version in self:
            version.summary = "\n".join(version._summary_lines())

    def _summary_lines(self):
        self.ensure_one()
        Target = self.env["itsm.sla.target"]
        metrics = self.env["itsm.sla.policy"]._metric_labels()
        priorities = dict(Target._fields["priority"]._description_selection(self.env))
        lines = [
            self.env._(
                "%(metric)s, %(priority)s: %(promise)s (warning at %(warning)s %%)",
                metric=metrics[metric],
                priority=priorities.get(priority) or self.env._("other priorities"),
                promise=Target._promise_text(measure, amount),
                warning=warning,
            )
            for metric, priority, measure, amount, warning in self._target_rows()
        ]
        return [*lines, *self._rule_lines()]

    def _target_rows(self):
        """Return the targets as people expect them: the first response first, the
        highest priority first, the rest last."""
        metrics = list(self.env["itsm.sla.policy"]._metric_labels())
        return sorted(
            self.terms["targets"],
            key=lambda row: (metrics.index(row[0]), not row[1], row[1]),
        )

    def _rule_lines(self):
        Policy = self.env["itsm.sla.policy"]
        labels = {
            name: dict(Policy._fields[name]._description_selection(self.env))
            for name in ("calendar_source", "on_reopen")
        }
        calendar = self.env["resource.calendar"].browse(
            self.terms.get("calendar_id") or ()
        )
        return [
            calendar.sudo().exists().name  # sudo: the name only
            or labels["calendar_source"][self.terms["calendar_source"]],
            self.env._("Waiting pauses the clocks.")
            if self.terms["pauses"]
            else self.env._("Waiting does not pause the clocks."),
            labels["on_reopen"][self.terms["on_reopen"]],
        ]

    def _as_terms(self):
        """Return the terms as the pure engine knows them."""
        self.ensure_one()
        return terms.Terms.from_json(self.terms)

    def write(self, vals):
        if "terms" in vals and self._used():
            raise AccessError(
                self.env._(
                    "Clocks use these terms, so they stay. Change the policy: that "
                    "makes a new version."
                )
            )
        return super().write(vals)
