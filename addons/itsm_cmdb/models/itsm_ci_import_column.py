from odoo import api, fields, models


class ItsmCiImportColumn(models.Model):
    """What a column feeds: of a sheet that is imported, or of all files of a kind."""

    _name = "itsm.ci.import.column"
    _description = "Item Import Column"
    _order = "sequence, id"

    sheet_id = fields.Many2one("itsm.ci.import.sheet", index=True, ondelete="cascade")
    profile_id = fields.Many2one("itsm.import.profile", index=True, ondelete="cascade")
    sequence = fields.Integer()
    header = fields.Char("Column", required=True)
    # Not copied: a profile for everybody keeps nothing of one file's content.
    sample = fields.Char("For Example", copy=False, readonly=True)
    goes_to = fields.Selection(
        selection="_selection_goes_to", help="Empty: the column is not read."
    )
    unit = fields.Char(
        copy=False, readonly=True, help="Unit that the name of the column states."
    )
    date_order = fields.Char(copy=False, readonly=True)

    _owner = models.Constraint(
        "CHECK ((sheet_id IS NULL) <> (profile_id IS NULL))",
        "A column belongs to a sheet or to a profile.",
    )

    @api.model
    def _selection_goes_to(self):
        return self.env["itsm.ci.import.vocabulary"]._targets()
