from odoo import api, fields, models

# What can be marked in a list, and the wizard's field that takes it.
_FIELDS = {"itsm.location": "location_ids", "itsm.bookable": "bookable_ids"}


class ItsmLabelPrint(models.TransientModel):
    """Print labels for places and for things that are booked."""

    _name = "itsm.label.print"
    _description = "Print Labels"
    _inherit = ["itsm.label.print.mixin"]

    location_ids = fields.Many2many("itsm.location", string="Locations")
    bookable_ids = fields.Many2many(
        "itsm.bookable", string="Rooms, Vehicles and Equipment"
    )
    with_contained = fields.Boolean(
        "And What They Contain",
        help="Labels for all that is inside the locations, such as each room of a"
        " floor, too.",
    )

    @api.model
    def default_get(self, fields_list):
        """Begin with what was marked in the list."""
        values = super().default_get(fields_list)
        name = _FIELDS.get(self.env.context.get("active_model"))
        ids = self.env.context.get("active_ids")
        if name in fields_list and ids:
            values[name] = [fields.Command.set(ids)]
        return values

    def _labelled(self):
        places = self.location_ids
        if self.with_contained:
            places = places.search([("id", "child_of", places.ids)])
        return [places, self.bookable_ids]

    def action_print(self):
        """Print the labels as PDF, or show them for printing where there is none."""
        self.ensure_one()
        self._check_sheet()
        xmlid = "action_report_itsm_labels"
        if self.sheet == "roll_62":
            xmlid = "action_report_itsm_labels_roll"
        # The wizard itself is the report's record: it knows the labels and the sheet.
        return self.env.ref(f"itsm_nonit.{xmlid}").report_action(self)
