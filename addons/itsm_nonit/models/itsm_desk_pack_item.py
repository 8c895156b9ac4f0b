from odoo import fields, models


class ItsmDeskPackItem(models.Model):
    """A record that a pack made, or that it shares with another pack."""

    _name = "itsm.desk.pack.item"
    _description = "Part of a Desk Ready to Use"
    _order = "id"
    _rec_name = "res_model"

    pack_id = fields.Many2one(
        "itsm.desk.pack", required=True, index=True, ondelete="cascade"
    )
    res_model = fields.Char("Model", required=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", required=True)

    _record_unique = models.UniqueIndex("(res_model, res_id, pack_id)")

    def _records(self, model):
        """Return the records of a model that are still there, each one once."""
        # Several packs may have noted the same one.
        ids = set(self.filtered(lambda item: item.res_model == model).mapped("res_id"))
        return self.env[model].browse(sorted(ids)).exists()
