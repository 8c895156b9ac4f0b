from odoo import api, fields, models, tools


class ItsmCoded(models.AbstractModel):
    """A word that agents choose from a list, with a key that programs know it by."""

    _name = "itsm.coded"
    _description = "Coded Word"
    _inherit = ["itsm.cache.source"]
    _cached_fields = frozenset({"active", "code"})
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable key for scripts and imports.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)

    _code_unique = models.UniqueIndex("(code)", "This code is used already.")

    @api.model
    @tools.ormcache("code")
    def _id_by_code(self, code):
        """Return the id of the word with this code, False for none in use."""
        # sudo: everybody's verbs know the codes; only the id leaves here.
        return self.sudo().search([("code", "=", code)], limit=1).id
