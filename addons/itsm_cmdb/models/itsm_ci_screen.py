from odoo import api, fields, models

from .itsm_ci_stage import ENDED


class ItsmCi(models.Model):
    """What the item's screens show and what their buttons do."""

    _inherit = "itsm.ci"

    class_icon = fields.Char("Icon of the Class", related="class_id.icon")
    is_ended = fields.Boolean(compute="_compute_is_ended")
    is_rack = fields.Boolean(compute="_compute_is_rack")
    place = fields.Char("Where", compute="_compute_place")
    holder = fields.Char("Who", compute="_compute_holder")
    history_ids = fields.One2many("itsm.ci.history", "ci_id", "Changes")

    @api.depends("status")
    def _compute_is_ended(self):
        for item in self:
            item.is_ended = item.status in ENDED

    @api.depends("location_id.kind")
    def _compute_is_rack(self):
        for item in self:
            item.is_rack = item.location_id.kind == "rack"

    @api.depends("location_id.complete_name", "rack_position", "rack_units")
    @api.depends_context("lang")
    def _compute_place(self):
        for item in self:
            item.place = item.location_id.complete_name
            if item.place and item.rack_position:
                item.place = self.env._(
                    "%(place)s, unit %(first)s to %(last)s",
                    place=item.place,
                    first=item.rack_position,
                    last=item.rack_position + max(item.rack_units, 1) - 1,
                )

    @api.depends("custodian_id.name", "owner_id.name", "department_id.name")
    def _compute_holder(self):
        for item in self:
            people = item.custodian_id or item.owner_id
            names = [people.name, item.department_id.name]
            item.holder = ", ".join(filter(None, names))

    @api.onchange("location_id")
    def _onchange_location_id(self):
        if not self.is_rack:
            self.rack_position = 0

    @api.onchange("model_id")
    def _onchange_model_id(self):
        """Offer what the model says, where the item says nothing."""
        model = self.model_id
        self.manufacturer_id = self.manufacturer_id or model.manufacturer_id
        self.rack_units = self.rack_units or model.rack_units
        self.class_id = self.class_id or model.class_id

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Note that a person just saw the items as they are written down."""
        self.check_access("write")
        states = self._snapshot()
        self._confirm({id_: list(state) for id_, state in states.items()})

    def action_view_history(self):
        """Open the history of the items, row by row."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_history_action"
        )
        return action | {
            "domain": [("ci_id", "in", self.ids)],
            "context": {"itsm_ci_one_item": len(self) == 1},
        }

    def action_as_it_was(self):
        """Show how the item stood at another moment, beside how it stands now."""
        self.ensure_one()
        return self.env["itsm.ci.comparison"]._open(
            {"kind": "moments", "ci_ids": self.ids, "only_differences": False}
        )

    def action_compare(self):
        """Compare one item with itself at another moment, or the first with others."""
        if len(self) < 2:
            return self.env["itsm.ci.comparison"]._open(
                {"kind": "moments", "ci_ids": self.ids}
            )
        return self.env["itsm.ci.comparison"]._open(
            {"kind": "items", "ci_id": self[0].id, "other_ids": self[1:].ids}
        )
