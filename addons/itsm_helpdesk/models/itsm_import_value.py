from odoo import fields, models


class ItsmImportValue(models.Model):
    """What a word in the file means, for fields with a fixed set of values."""

    _name = "itsm.import.value"
    _description = "Import Value"
    _order = "field_name, id"

    profile_id = fields.Many2one(
        "itsm.import.profile", required=True, index=True, ondelete="cascade"
    )
    field_name = fields.Selection(
        selection=lambda self: self.env["itsm.import.column"]._selection_field_name(),
        string="Field",
        required=True,
    )
    source = fields.Char("In the File", required=True)
    value = fields.Char(
        "Means",
        help="Empty: not decided, such rows are refused. Otherwise the value's name "
        "or key: new, in_progress, pending:requester, resolved, closed, "
        "cancelled for the state; 1, 2, 3 for impact and urgency; 1 to 4 for the "
        "priority; incident, request, inquiry, complaint for the type.",
    )
