from odoo import api, fields, models


class ItsmImportColumn(models.Model):
    """Which field a column of the file feeds."""

    _name = "itsm.import.column"
    _description = "Import Column"
    _order = "sequence, id"

    profile_id = fields.Many2one(
        "itsm.import.profile", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    header = fields.Char("Column", required=True)
    # Not copied: a profile for everybody keeps nothing of one file's content.
    sample = fields.Char("For Example", copy=False)
    in_file = fields.Boolean("In This File", default=True, copy=False)
    field_name = fields.Selection(
        selection="_selection_field_name", string="Goes To", help="Empty: not read."
    )

    @api.model
    def _selection_field_name(self):
        """Return the fields of all targets; each column uses those of its own."""
        fields_by_name = {}
        for target, _label in self.env["itsm.import.profile"]._selection_target():
            adapter = self.env[f"itsm.import.target.{target.removeprefix('itsm.')}"]
            for spec in adapter._import_fields():
                fields_by_name.setdefault(spec.name, spec.label)
        return list(fields_by_name.items())
