from odoo import fields, models
from odoo.exceptions import UserError

# Columns, rows, and millimetres of a label and of the sheet's margins.
SHEETS = {
    "a4_3x8": {"columns": 3, "rows": 8, "width": 70, "height": 37, "top": 0.5},
    "a4_2x7": {"columns": 2, "rows": 7, "width": 105, "height": 42, "top": 1.5},
    "a4_5x13": {"columns": 5, "rows": 13, "width": 42, "height": 22, "top": 5},
    "roll_62": {"columns": 1, "rows": 1, "width": 62, "height": 29, "top": 0},
}
_MAX_LABELS = 1000


class ItsmLabelPrintMixin(models.AbstractModel):
    """Which sheet of labels is printed, and where on it to begin.

    The template ``itsm_helpdesk.itsm_label_sheets`` prints what ``_sheets`` returns.
    """

    _name = "itsm.label.print.mixin"
    _description = "Sheets of Labels"

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
    copies = fields.Integer(default=1, help="Labels for each.")

    def _labelled(self):
        """Return the recordsets that get labels, in the order of printing."""
        raise NotImplementedError

    def _check_sheet(self):
        layout = SHEETS[self.sheet]
        places = layout["columns"] * layout["rows"]
        count = sum(map(len, self._labelled()))
        if not count:
            raise UserError(self.env._("Choose what needs labels."))
        if not 1 <= self.first <= places:
            raise UserError(
                self.env._(
                    "First free label: this sheet has labels 1 to %(count)s.",
                    count=places,
                )
            )
        if self.copies < 1 or count * self.copies > _MAX_LABELS:
            raise UserError(
                self.env._(
                    "Copies: at least 1, and at most %(count)s labels at once.",
                    count=_MAX_LABELS,
                )
            )

    def _sheets(self):
        """Return the sheets, each with rows of labels; None is a place left free."""
        self.ensure_one()
        self._check_sheet()
        layout = SHEETS[self.sheet]
        labels = [None] * (self.first - 1)
        for things in self._labelled():
            for row in things._label_rows():
                labels += [row] * self.copies
        columns = layout["columns"]
        per_sheet = columns * layout["rows"]
        sheets = []
        for start in range(0, len(labels), per_sheet):
            places = labels[start : start + per_sheet]
            places += [None] * (-len(places) % columns)
            sheets.append(
                [places[at : at + columns] for at in range(0, len(places), columns)]
            )
        return {"layout": layout, "sheets": sheets}
