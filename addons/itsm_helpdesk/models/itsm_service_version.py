from odoo import fields, models


class ItsmServiceVersion(models.Model):
    """A service as it was published: what requests refer to. Never changed."""

    _name = "itsm.service.version"
    _description = "Version of a Service"
    _order = "service_id, number desc"
    _rec_name = "number"

    service_id = fields.Many2one(
        "itsm.service", required=True, index=True, ondelete="cascade"
    )
    number = fields.Integer(required=True)
    published_at = fields.Datetime(
        required=True, default=fields.Datetime.now, readonly=True
    )
    published_by_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, readonly=True
    )
    note = fields.Char(help="What is new in it.")
    definitions = fields.Json(help="The form in each language.")
    answer_definition = fields.PropertiesDefinition()
    table_ids = fields.One2many("itsm.service.version.table", "version_id", "Tables")
    data = fields.Json(help="The whole service, as it was.")

    _number_unique = models.UniqueIndex(
        "(service_id, number)", "A version with this number exists already."
    )


class ItsmServiceVersionTable(models.Model):
    """The columns of a table question in a version; rows of answers refer to it."""

    _name = "itsm.service.version.table"
    _description = "Table of a Service Version"
    _order = "version_id, id"

    version_id = fields.Many2one(
        "itsm.service.version", required=True, index=True, ondelete="cascade"
    )
    key = fields.Char(required=True)
    name = fields.Char(required=True)
    row_definition = fields.PropertiesDefinition()
