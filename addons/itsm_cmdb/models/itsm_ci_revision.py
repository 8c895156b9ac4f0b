from odoo import fields, models


class ItsmCiRevision(models.Model):
    """What one save changed on an item: append-only.

    ``changes`` is ``{key: [old, new]}``. A key is the name of a field, or
    ``attributes.<key>``. Records are ``[id, name]``, dates and times ISO texts.
    """

    _name = "itsm.ci.revision"
    _description = "Item Revision"
    _order = "at desc, id desc"

    ci_id = fields.Many2one("itsm.ci", required=True, ondelete="cascade", index=True)
    at = fields.Datetime(required=True, index=True)
    user_id = fields.Many2one("res.users", "By", required=True, ondelete="restrict")
    kind = fields.Selection(
        [("created", "Created"), ("changed", "Changed")], required=True
    )
    source_id = fields.Many2one("itsm.ci.source", ondelete="restrict")
    res_model = fields.Char("Made Under Model", help="Model of what it was made under.")
    res_id = fields.Many2oneReference("Made Under", model_field="res_model")
    reason = fields.Char()
    changes = fields.Json()

    _of_item = models.Index("(ci_id, at DESC, id DESC)")
