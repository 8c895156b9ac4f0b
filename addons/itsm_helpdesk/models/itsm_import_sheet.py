from odoo import fields, models


class ItsmImportSheet(models.Model):
    """A sheet of the file of an import."""

    _name = "itsm.import.sheet"
    _description = "Import Sheet"
    _order = "id"

    import_id = fields.Many2one(
        "itsm.import", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(required=True)
