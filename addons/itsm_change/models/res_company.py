from odoo import fields, models


class ResCompany(models.Model):
    """The turn of whoever takes a time on the calendar of changes."""

    _inherit = "res.company"

    # Counts the turns. It is not for reading: see ``_schedule_lock`` of changes.
    change_turn = fields.Integer(
        readonly=True,
        copy=False,
        export_string_translation=False,
        groups="base.group_system",
    )
