from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import ledger

KINDS = [
    (ledger.ITEMS, "Items"),
    (ledger.RELATIONS, "Relations"),
    (ledger.IGNORED, "Left Out"),
]
_LOOK = frozenset({"kind", "class_id", "header_row"})


class ItsmCiImportSheet(models.Model):
    """A sheet of a ledger: what it holds, of which class, and what its columns feed."""

    _name = "itsm.ci.import.sheet"
    _description = "Item Import Sheet"
    _order = "sequence, id"

    import_id = fields.Many2one(
        "itsm.ci.import", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    name = fields.Char("Sheet", required=True, readonly=True)
    kind = fields.Selection(KINDS, "Holds", required=True, default=ledger.ITEMS)
    class_id = fields.Many2one(
        "itsm.ci.class",
        domain="[('is_abstract', '=', False)]",
        help="Class of the rows for which no column says another.",
    )
    header_row = fields.Integer(
        help="Number of the row with the column names, counted from 1."
    )
    column_ids = fields.One2many("itsm.ci.import.column", "sheet_id", "Columns")
    fed_count = fields.Integer("Columns Read", compute="_compute_fed_count")
    has_class_column = fields.Boolean(compute="_compute_fed_count")
    problem = fields.Char(readonly=True)

    @api.depends("column_ids.goes_to")
    def _compute_fed_count(self):
        for sheet in self:
            fed = sheet.column_ids.filtered("goes_to")
            sheet.fed_count = len(fed)
            sheet.has_class_column = ledger.CLASS_KEY in fed.mapped("goes_to")

    def write(self, vals):
        """Another class, kind or header row has other columns: look again."""
        before = {sheet: [sheet[name] for name in _LOOK] for sheet in self}
        result = super().write(vals)
        if _LOOK & vals.keys() and "column_ids" not in vals:
            self.filtered(
                lambda sheet: before[sheet] != [sheet[name] for name in _LOOK]
            )._look_again()
        return result

    def _look_again(self):
        for job, sheets in self.grouped("import_id").items():
            book, vocabulary = job._open(), job._vocabulary()
            for sheet in sheets:
                if sheet.kind == ledger.IGNORED:
                    continue
                sheet._take(
                    job._look(
                        book,
                        vocabulary,
                        sheet.name,
                        header_row=sheet.header_row - 1 if sheet.header_row else None,
                        kind=sheet.kind,
                        class_code=sheet.class_id.code or None,
                    )
                )

    def _take(self, look):
        """Write down what was seen of the sheet."""
        self.column_ids.unlink()
        # Not by ``write`` of this model, which would look once more.
        return super().write(
            {
                **self._seen(look),
                "column_ids": [
                    fields.Command.create(values) for values in self._columns(look)
                ],
            }
        )

    @api.model
    def _seen(self, look):
        """Return the values that a look at a sheet gives."""
        problem = look.problem and self.env["itsm.import"]._error_text(look.problem)
        return {
            "kind": look.kind,
            "class_id": self.env["itsm.ci.class"]._by_code(look.class_code).id
            if look.class_code
            else False,
            "header_row": 0 if look.header_row is None else look.header_row + 1,
            "problem": problem or False,
        }

    @api.model
    def _columns(self, look):
        return [
            {
                "sequence": column.index,
                "header": column.header,
                "sample": column.sample,
                "goes_to": column.goes_to or False,
                "unit": column.unit,
                "date_order": column.order,
            }
            for column in look.columns
        ]

    # ------------------------------------------------------------------
    # Checks before the dry run
    # ------------------------------------------------------------------

    def _check_ready(self):
        """Refuse sheets that leave open what their rows are."""
        for sheet in self:
            sheet._check_columns()
            if sheet.kind == ledger.ITEMS:
                sheet._check_items()
            else:
                sheet._check_relations()

    def _check_columns(self):
        labels = dict(self.env["itsm.ci.import.vocabulary"]._targets())
        if not self.header_row:
            raise UserError(
                self.env._(
                    "On sheet “%(sheet)s” no row with column names was found. Give the "
                    "row's number, or leave the sheet out.",
                    sheet=self.name,
                )
            )
        fed = self.column_ids.mapped("goes_to")
        twice = next((key for key in fed if key and fed.count(key) > 1), None)
        if twice:
            raise UserError(
                self.env._(
                    "On sheet “%(sheet)s” two columns go to “%(field)s”. Clear one of "
                    "them.",
                    sheet=self.name,
                    field=labels.get(twice, twice),
                )
            )

    def _check_items(self):
        if not self.class_id and not self.has_class_column:
            raise UserError(
                self.env._(
                    "Say which class the items on sheet “%(sheet)s” have, or which "
                    "column tells it.",
                    sheet=self.name,
                )
            )
        ends = {field.key for field in ledger.RELATION_FIELDS}
        wrong = self.column_ids.filtered(lambda column: column.goes_to in ends)[:1]
        if wrong:
            raise UserError(
                self.env._(
                    "On sheet “%(sheet)s” column “%(column)s” goes to a relation, but "
                    "the sheet holds items.",
                    sheet=self.name,
                    column=wrong.header,
                )
            )
        if not self.column_ids.filtered("goes_to"):
            raise UserError(
                self.env._(
                    "On sheet “%(sheet)s” no column is read. Say where its columns go, "
                    "or leave the sheet out.",
                    sheet=self.name,
                )
            )

    def _check_relations(self):
        fed = set(self.column_ids.mapped("goes_to"))
        if not {"source", "type", "target"} <= fed:
            raise UserError(
                self.env._(
                    "Sheet “%(sheet)s” holds relations: say which columns tell from "
                    "where, of which type, and to what.",
                    sheet=self.name,
                )
            )
