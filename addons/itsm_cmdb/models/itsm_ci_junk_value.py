from odoo import api, fields, models


class ItsmCiJunkValue(models.Model):
    """A value that makers and ledgers write where they know nothing.

    It never identifies an item. Texts compare without case, width and blanks; such of
    nothing but zeros and signs are known without being listed.
    """

    _name = "itsm.ci.junk.value"
    _description = "Junk Value"
    _order = "name, id"

    name = fields.Char("Value", required=True)
    key = fields.Char(
        "Only Of", help="Technical name of an attribute. Empty: means nothing anywhere."
    )
    active = fields.Boolean(default=True)

    _once = models.UniqueIndex(
        "(name, COALESCE(key, ''))", "This value is on the list already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        values = super().create(vals_list)
        self.env["itsm.ci.identifier"]._rules_changed()
        return values

    def write(self, vals):
        result = super().write(vals)
        self.env["itsm.ci.identifier"]._rules_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["itsm.ci.identifier"]._rules_changed()
        return result
