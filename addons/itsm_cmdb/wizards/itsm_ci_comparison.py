import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools import ledger

# More rows than that nobody reads on a screen; the workbook has them all.
_SHOWN = 500
_MANY_ITEMS = 200


class ItsmCiComparison(models.TransientModel):
    """What differs: between two moments, between items, or from a baseline."""

    _name = "itsm.ci.comparison"
    _description = "Comparison of Items"

    kind = fields.Selection(
        [
            ("moments", "Two Moments"),
            ("items", "One Item with Others"),
            ("baseline", "A Baseline and a Moment"),
        ],
        "Compare",
        required=True,
        default="moments",
    )
    ci_ids = fields.Many2many(
        "itsm.ci",
        "itsm_ci_comparison_item_rel",
        string="Items",
        context={"active_test": False},
    )
    ci_id = fields.Many2one("itsm.ci", "Item", context={"active_test": False})
    other_ids = fields.Many2many(
        "itsm.ci",
        "itsm_ci_comparison_other_rel",
        string="Compare With",
        context={"active_test": False},
    )
    baseline_id = fields.Many2one("itsm.ci.baseline", ondelete="cascade")
    left_at = fields.Datetime(
        "As It Was On",
        default=lambda self: fields.Datetime.now() - timedelta(days=30),
    )
    right_at = fields.Datetime("And On", help="Empty: now.")
    only_differences = fields.Boolean(default=True)
    with_relations = fields.Boolean(default=True)
    line_ids = fields.One2many("itsm.ci.comparison.line", "comparison_id", "Rows")
    line_count = fields.Integer(compute="_compute_line_count")
    is_cut = fields.Boolean(readonly=True)
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)

    @api.depends("line_ids.is_different")
    def _compute_line_count(self):
        for comparison in self:
            comparison.line_count = len(comparison.line_ids.filtered("is_different"))

    @api.depends("kind", "ci_ids", "ci_id", "baseline_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for comparison in self:
            subject = (
                comparison.baseline_id or comparison.ci_id or comparison.ci_ids[:1]
            )
            comparison.display_name = (
                self.env._("Comparison: %(subject)s", subject=subject.display_name)
                if subject
                else self.env._("Comparison")
            )

    @api.model
    def _open(self, vals):
        """Return the action that shows a comparison, made with these values."""
        comparison = self.create(vals)
        comparison._fill()
        return comparison._show()

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "current",
        }

    def action_compare(self):
        """Compare again with what is chosen now."""
        self.ensure_one()
        self._fill()
        # The form is open already: it is read anew, and not opened on top of itself.
        return True

    def action_export(self):
        """Download all rows as a workbook."""
        self.ensure_one()
        self.file = base64.b64encode(self._workbook())
        self.file_name = self.env._("Comparison") + ".xlsx"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{self.file_name}"
            "?download=true",
            "target": "self",
        }

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def _fill(self):
        rows = []
        self.is_cut = False
        for row in self._rows():
            if len(rows) >= _SHOWN:
                self.is_cut = True
                break
            rows.append(row)
        self.line_ids = [
            Command.clear(),
            *(
                Command.create(self._line_vals(number, row))
                for number, row in enumerate(rows)
            ),
        ]

    def _rows(self):
        """Yield the rows of ``itsm.ci._compare`` for what is chosen."""
        Ci = self.env["itsm.ci"]
        if self.kind == "baseline":
            if self.baseline_id:
                yield from self.baseline_id._differences(self.right_at)
            return
        if self.kind == "items":
            pairs = [(self.ci_id, other) for other in self.other_ids if self.ci_id]
            moments = self.right_at, self.right_at
        else:
            pairs = [(item, item) for item in self.ci_ids]
            moments = self.left_at, self.right_at
        if len(pairs) > _MANY_ITEMS:
            raise UserError(
                self.env._(
                    "Compare up to %(count)s items at once. For more of them, take a "
                    "baseline.",
                    count=_MANY_ITEMS,
                )
            )
        yield from Ci._compare(
            pairs, *moments, self.with_relations, not self.only_differences
        )

    @api.model
    def _line_vals(self, number, row):
        return {
            "sequence": number,
            "left_id": row["left_id"],
            "right_id": row["right_id"],
            "section": row["section"],
            "label": row["label"],
            "left_text": row["left"],
            "right_text": row["right"],
            "is_different": row["is_different"],
        }

    def _workbook(self):
        """Return a workbook of all rows, not only of those on the screen."""
        sheet = ledger.OutSheet(
            self.env._("Comparison"),
            [ledger.OutColumn(title) for title in self._titles()],
            self._cells(),
        )
        return ledger.write_workbook([sheet])

    def _cells(self):
        """Yield the cells of each row of the workbook."""
        sections = dict(
            self.line_ids._fields["section"]._description_selection(self.env)
        )
        names = {}
        for row in self._rows():
            for side in ("left_id", "right_id"):
                if row[side] not in names:
                    item = self.env["itsm.ci"].browse(row[side])
                    names[row[side]] = f"{item.code} {item.name}"
            yield (
                names[row["left_id"]],
                names[row["right_id"]],
                sections[row["section"]],
                row["label"],
                row["left"],
                row["right"],
            )

    def _titles(self):
        return [
            self.env._("Item"),
            self.env._("Compared With"),
            self.env._("Kind"),
            self.env._("What"),
            self.env._("Before"),
            self.env._("After"),
        ]


class ItsmCiComparisonLine(models.TransientModel):
    """One thing that two states say."""

    _name = "itsm.ci.comparison.line"
    _description = "Row of a Comparison"
    _order = "sequence, id"

    comparison_id = fields.Many2one(
        "itsm.ci.comparison", required=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    left_id = fields.Many2one("itsm.ci", "Item", ondelete="cascade")
    right_id = fields.Many2one("itsm.ci", "Compared With", ondelete="cascade")
    section = fields.Selection(
        [("item", "Item"), ("attribute", "Attribute"), ("relation", "Relation")],
        "Kind",
    )
    label = fields.Char("What")
    left_text = fields.Text("Before")
    right_text = fields.Text("After")
    is_different = fields.Boolean("Differs")
