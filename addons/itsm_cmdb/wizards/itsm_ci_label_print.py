from odoo import api, fields, models
from odoo.exceptions import UserError

# Columns, rows, and millimetres of a label and of the sheet's margins.
SHEETS = {
    "a4_3x8": {"columns": 3, "rows": 8, "width": 70, "height": 37, "top": 0.5},
    "a4_2x7": {"columns": 2, "rows": 7, "width": 105, "height": 42, "top": 1.5},
    "a4_5x13": {"columns": 5, "rows": 13, "width": 42, "height": 22, "top": 5},
    "roll_62": {"columns": 1, "rows": 1, "width": 62, "height": 29, "top": 0},
}
_MAX_LABELS = 1000


class ItsmCiLabelPrint(models.TransientModel):
    """Which sheet of labels is printed for items, and where on it to begin."""

    _name = "itsm.ci.label.print"
    _description = "Print Labels"

    ci_ids = fields.Many2many("itsm.ci", string="Items")
    sheet = fields.Selection(
        [
            ("a4_3x8", "A4, 3 × 8 labels of 70 × 37 mm"),
            ("a4_2x7", "A4, 2 × 7 labels of 105 × 42 mm"),
            ("a4_5x13", "A4, 5 × 13 labels of 42 × 22 mm"),
            ("roll_62", "Label printer, 62 × 29 mm"),
        ],
        "Label Sheet",
        required=True,
        default="a4_3x8",
    )
    first = fields.Integer(
        "First Free Label",
        default=1,
        help="Where a used sheet goes on: 1 is the one in its upper left corner.",
    )
    copies = fields.Integer(default=1, help="Labels for each item.")

    @api.model
    def default_get(self, fields_list):
        """Begin with the items that were marked in their list."""
        values = super().default_get(fields_list)
        context = self.env.context
        if "ci_ids" in fields_list and context.get("active_model") == "itsm.ci":
            values["ci_ids"] = [
                fields.Command.set(context.get("active_ids") or [context["active_id"]])
            ]
        return values

    def action_print(self):
        """Print the labels as PDF, or show them for printing where there is none."""
        self.ensure_one()
        self._check()
        xmlid = "action_report_itsm_ci_labels"
        if self.sheet == "roll_62":
            xmlid = "action_report_itsm_ci_labels_roll"
        # The wizard itself is the report's record: it knows the items and the sheet.
        return self.env.ref(f"itsm_cmdb.{xmlid}").report_action(self)

    def _check(self):
        sheet = SHEETS[self.sheet]
        places = sheet["columns"] * sheet["rows"]
        if not self.ci_ids:
            raise UserError(self.env._("Choose the items that need labels."))
        if not 1 <= self.first <= places:
            raise UserError(
                self.env._(
                    "First free label: this sheet has labels 1 to %(count)s.",
                    count=places,
                )
            )
        if self.copies < 1 or len(self.ci_ids) * self.copies > _MAX_LABELS:
            raise UserError(
                self.env._(
                    "Copies: at least 1, and at most %(count)s labels at once.",
                    count=_MAX_LABELS,
                )
            )

    def _sheets(self):
        """Return the sheets, each with rows of labels; None is a place left free."""
        self.ensure_one()
        self._check()
        layout = SHEETS[self.sheet]
        labels = [None] * (self.first - 1)
        for row in self.ci_ids._label_rows():
            labels += [row] * self.copies
        per_sheet = layout["columns"] * layout["rows"]
        columns = layout["columns"]
        sheets = []
        for start in range(0, len(labels), per_sheet):
            places = labels[start : start + per_sheet]
            places += [None] * (-len(places) % columns)
            sheets.append(
                [places[at : at + columns] for at in range(0, len(places), columns)]
            )
        return {"layout": layout, "sheets": sheets}
