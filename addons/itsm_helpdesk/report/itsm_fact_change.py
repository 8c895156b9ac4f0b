from odoo import fields, models


class ItsmFactChange(models.Model):
    """What changed since the facts were drawn up; written by triggers only."""

    _name = "itsm.fact.change"
    _description = "Change to Be Counted"
    _log_access = False
    _rec_name = "note"

    fact = fields.Char(required=True, export_string_translation=False)
    note = fields.Char(required=True, export_string_translation=False)
    key = fields.Integer(required=True, export_string_translation=False)

    _due_idx = models.Index("(fact, note, key)")
