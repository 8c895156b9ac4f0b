from odoo import fields, models


class ItsmCiClass(models.Model):
    """The health of the items of a class and of those below it."""

    _inherit = "itsm.ci.class"

    health_total = fields.Integer(
        "Items Counted", compute="_compute_health", search="_search_health_total"
    )
    health_healthy = fields.Integer("In Order", compute="_compute_health")
    health_score = fields.Float("Score (%)", compute="_compute_health")
    health_finding_count = fields.Integer("Open Findings", compute="_compute_health")

    def _compute_health(self):
        """Sum up the last day's score by class, and today's open findings."""
        Score = self.env["itsm.ci.score"]
        last = Score.search([], order="date desc", limit=1).date
        counts = {
            item_class: (total, healthy)
            for item_class, total, healthy in Score._read_group(
                [("date", "=", last)], ["class_id"], ["total:sum", "healthy:sum"]
            )
        }
        findings = dict(
            self.env["itsm.ci.finding"]._read_group(
                [("state", "=", "open")], ["class_id"], ["__count"]
            )
        )
        for node in self:
            path = node.parent_path or "-"
            below = [
                item_class
                for item_class in counts.keys() | findings.keys()
                if (item_class.parent_path or "").startswith(path)
            ]
            total = sum(counts.get(item_class, (0, 0))[0] for item_class in below)
            healthy = sum(counts.get(item_class, (0, 0))[1] for item_class in below)
            node.health_total = total
            node.health_healthy = healthy
            node.health_score = healthy * 100.0 / total if total else 0.0
            node.health_finding_count = sum(
                findings.get(item_class, 0) for item_class in below
            )

    def _search_health_total(self, operator, value):
        """Find the classes with items, themselves or below them."""
        if (operator, value) not in ((">", 0), ("not in", {0})):
            return NotImplemented
        Score = self.env["itsm.ci.score"]
        last = Score.search([], order="date desc", limit=1).date
        groups = Score._read_group([("date", "=", last)], ["class_id"])
        return [("id", "parent_of", [item_class.id for (item_class,) in groups])]

    def action_view_health_findings(self):
        """Open the findings of the class and of those below it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_finding_action"
        )
        action["domain"] = [("class_id", "child_of", self.id)]
        action["context"] = {"search_default_open": 1}
        return action

    def action_view_health_trend(self):
        """Open the score of the class day by day."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_score_action"
        )
        action["domain"] = [("class_id", "child_of", self.id)]
        return action
