from odoo import fields, models

CRITICALITIES = [("1", "Critical"), ("2", "High"), ("3", "Medium"), ("4", "Low")]
ENVIRONMENTS = [
    ("production", "Production"),
    ("recovery", "Disaster Recovery"),
    ("acceptance", "Acceptance"),
    ("test", "Test"),
    ("development", "Development"),
    ("training", "Training"),
]


class ItsmCi(models.Model):
    """A configuration item: something that must be managed to deliver a service.

    Its class says which ``attributes`` it has. Every change of it is kept as a
    revision (see ``itsm_ci_history.py``), so how it stood at any moment can be told.
    """

    _name = "itsm.ci"
    _description = "Configuration Item"
    _inherit = ["mail.thread", "mail.activity.mixin", "image.mixin"]
    _order = "name, id"
    _rec_names_search = ["name", "code", "asset_code", "serial_number"]

    code = fields.Char(readonly=True, copy=False, index=True)
    name = fields.Char(required=True, index="trigram")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    class_id = fields.Many2one(
        "itsm.ci.class",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_abstract', '=', False)]",
    )
    attributes = fields.Properties(
        definition="class_id.attribute_definition", copy=True
    )
    lifecycle_id = fields.Many2one(related="class_id.effective_lifecycle_id")
    stage_id = fields.Many2one(
        "itsm.ci.stage",
        index=True,
        copy=False,
        ondelete="restrict",
        domain="[('lifecycle_id', '=', lifecycle_id)]",
    )
    status = fields.Selection(related="stage_id.status", store=True, index=True)
    criticality = fields.Selection(CRITICALITIES, default="3", required=True)
    environment = fields.Selection(ENVIRONMENTS)
    owner_id = fields.Many2one(
        "hr.employee", index="btree_not_null", help="Answers for the item."
    )
    custodian_id = fields.Many2one(
        "hr.employee", index="btree_not_null", help="Has it and takes care of it."
    )
    department_id = fields.Many2one("hr.department", index="btree_not_null")
    user_department_ids = fields.Many2many(
        "hr.department",
        "itsm_ci_user_department_rel",
        "ci_id",
        "department_id",
        "Used By",
        help="Departments that work with it. An impact analysis counts their people.",
    )
    location_id = fields.Many2one("itsm.location", index="btree_not_null")
    rack_position = fields.Integer(help="Lowest unit that it takes in its rack.")
    rack_units = fields.Integer(help="Height in a rack, in units of 44.45 mm.")
    supplier_id = fields.Many2one("res.partner", index="btree_not_null")
    manufacturer_id = fields.Many2one("res.partner", index="btree_not_null")
    model_id = fields.Many2one("itsm.ci.model", index="btree_not_null")
    serial_number = fields.Char(index="btree_not_null", copy=False)
    asset_code = fields.Char(
        index="btree_not_null", copy=False, help="Number in the books of the accounts."
    )
    host_name = fields.Char(index="btree_not_null", copy=False)
    domain_name = fields.Char("DNS Domain", copy=False)
    purchase_date = fields.Date()
    purchase_value = fields.Monetary(currency_field="currency_id")
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    warranty_end = fields.Date(index="btree_not_null")
    verified_at = fields.Datetime(
        "Last Verified", copy=False, help="When somebody or a source last saw it so."
    )
    note = fields.Html()
    document_ids = fields.Many2many(
        "ir.attachment", "itsm_ci_document_rel", "ci_id", "attachment_id", "Documents"
    )
    provenance = fields.Json(
        copy=False, help="Which source said what, and when: {key: [source id, moment]}."
    )
    token = fields.Char(copy=False, help="Unguessable part of the address in its QR code.")
    revision_ids = fields.One2many("itsm.ci.revision", "ci_id", "History")
    relation_ids = fields.One2many("itsm.ci.relation", "source_id", "Relations")
    inverse_relation_ids = fields.One2many(
        "itsm.ci.relation", "target_id", "Relations From Others"
    )
    dependency_group_ids = fields.One2many(
        "itsm.ci.dependency.group", "ci_id", "Redundancy"
    )
    ticket_link_ids = fields.One2many("itsm.ticket.ci", "ci_id", "Ticket Links")

    _code_unique = models.UniqueIndex("(code)", "Another item has this code.")
    _token_unique = models.UniqueIndex("(token) WHERE token IS NOT NULL")
