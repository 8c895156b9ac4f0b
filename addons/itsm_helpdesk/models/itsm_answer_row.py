from odoo import fields, models


class ItsmAnswerRow(models.Model):
    """One line that was filled into a table of a request form."""

    _name = "itsm.answer.row"
    _description = "Row of an Answer"
    _order = "ticket_id, table_id, sequence, id"

    ticket_id = fields.Many2one(
        "itsm.ticket", required=True, index=True, ondelete="cascade"
    )
    table_id = fields.Many2one(
        "itsm.service.version.table",
        required=True,
        index=True,
        ondelete="restrict",
    )
    sequence = fields.Integer()
    values = fields.Properties(definition="table_id.row_definition", copy=True)
