from odoo import fields, models


class ItsmCiIdentity(models.Model):
    """A value by which an item is found, in the form that is compared.

    Kept by :meth:`itsm.ci._refresh_identities` with each save; nobody writes it.
    """

    _name = "itsm.ci.identity"
    _description = "Item Identity"
    _order = "identifier_id, value, id"
    _rec_name = "value"
    _log_access = False

    ci_id = fields.Many2one("itsm.ci", required=True, ondelete="cascade", index=True)
    identifier_id = fields.Many2one(
        "itsm.ci.identifier", required=True, ondelete="cascade"
    )
    value = fields.Char(required=True)

    _found_by = models.Index("(identifier_id, value)")
