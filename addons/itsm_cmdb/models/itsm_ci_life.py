from odoo import api, fields, models
from odoo.exceptions import UserError

from .itsm_ci_event import KINDS, OPEN_STATES
from .itsm_ci_event_line import CONDITIONS


class ItsmCi(models.Model):
    """What happened to an item in its life, and what can happen next."""

    _inherit = "itsm.ci"

    condition = fields.Selection(
        CONDITIONS, copy=False, help="As the last life cycle event found it."
    )
    event_line_ids = fields.One2many("itsm.ci.event.line", "ci_id", "Life")
    event_count = fields.Integer(compute="_compute_event_count")
    open_event_id = fields.Many2one("itsm.ci.event", compute="_compute_open_event_id")
    repair_cost = fields.Monetary(
        "Total Repair Cost",
        compute="_compute_repair_cost",
        currency_field="currency_id",
        help="Of all repairs that are done.",
    )

    def _compute_event_count(self):
        counts = dict(
            self.env["itsm.ci.event.line"]._read_group(
                [("ci_id", "in", self.ids)], ["ci_id"], ["__count"]
            )
        )
        for item in self:
            item.event_count = counts.get(item, 0)

    def _compute_open_event_id(self):
        lines = self.env["itsm.ci.event.line"].search(
            [("ci_id", "in", self.ids), ("state", "in", OPEN_STATES)]
        )
        found = {line.ci_id: line.event_id for line in lines}
        for item in self:
            item.open_event_id = found.get(item, False)

    def _compute_repair_cost(self):
        """Sum the repairs, each turned into the item's currency at its date."""
        lines = self.env["itsm.ci.event.line"].search(
            [
                ("ci_id", "in", self.ids),
                ("kind", "=", "repair"),
                ("state", "=", "done"),
                ("event_id.reverses_id", "=", False),
                ("event_id.is_reversed", "=", False),
                ("cost", ">", 0),
            ]
        )
        totals = dict.fromkeys(self.ids, 0.0)
        for line in lines:
            event, item = line.event_id, line.ci_id
            totals[item.id] += event.currency_id._convert(
                line.cost,
                item.currency_id or event.currency_id,
                event.company_id,
                event.date,
            )
        for item in self:
            item.repair_cost = totals.get(item.id, 0.0)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_new_event(self):
        """Open a new event of the kind that the button names, with these items."""
        kind = self.env.context.get("itsm_event_kind")
        if kind not in dict(KINDS):
            raise UserError(self.env._("Choose what happens to the items."))
        if not self:
            raise UserError(self.env._("Mark some items in the list first."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Life Cycle Event"),
            "res_model": "itsm.ci.event",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "active_model": self._name,
                "active_ids": self.ids,
                "default_kind": kind,
            },
        }

    def action_end_open_event(self):
        """Open the event that the item is on, to end it."""
        self.ensure_one()
        return self.open_event_id._open()

    def action_view_events(self):
        """Open the events of these items."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_event_action"
        )
        action["domain"] = [("line_ids.ci_id", "in", self.ids)]
        action["context"] = {"active_model": self._name, "active_ids": self.ids}
        return action

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_life(self):
        """Items that something happened to are retired, not deleted."""
        used = self.filtered("event_count")
        if used:
            raise UserError(
                self.env._(
                    "“%(item)s” stands on life cycle events, so it cannot be deleted. "
                    "Retire or archive it.",
                    item=used[0].display_name,
                )
            )
