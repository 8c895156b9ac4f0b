from odoo import api, fields, models

from .itsm_ci_stage import STATUSES

CRITICALITIES = [("1", "Critical"), ("2", "High"), ("3", "Medium"), ("4", "Low")]
ENVIRONMENTS = [
    ("production", "Production"),
    ("recovery", "Disaster Recovery"),
    ("acceptance", "Acceptance"),
    ("test", "Test"),
    ("development", "Development"),
    ("training", "Training"),
]


class Provenance(fields.Json):
    """Who said what: written by our own code only, so it is not copied at each step."""

    def convert_to_record(self, value, record):
        """Return the value as it is; nobody alters it in place."""
        return value or False

    def convert_to_cache(self, value, record, validate=True):
        """Return the value as it is: it is made of what JSON knows."""
        return value or None


class ItsmCi(models.Model):
    """A configuration item: something that must be managed to deliver a service.

    Its class says which ``attributes`` it has. Every change of it is kept as a
    revision (see ``itsm_ci_history.py``), so how it stood at any moment can be told.
    """

    _name = "itsm.ci"
    _description = "Configuration Item"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "itsm.ci.origin.mixin",
    ]
    _order = "name, id"
    _rec_names_search = ["name", "code", "asset_code", "serial_number"]

    code = fields.Char(readonly=True, copy=False)
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
        compute="_compute_stage_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        copy=False,
        ondelete="restrict",
        tracking=True,
        domain="[('lifecycle_id', '=', lifecycle_id)]",
    )
    status = fields.Selection(
        STATUSES,
        compute="_compute_status",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        copy=False,
        help="What the logic looks at; it follows the stage.",
    )
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
    image_1920 = fields.Image("Picture", max_width=1920, max_height=1920)
    # Made when they are looked at: few items have a picture, and all would be slower.
    image_256 = fields.Image(
        "Picture 256", related="image_1920", max_width=256, max_height=256
    )
    image_128 = fields.Image(
        "Picture 128", related="image_1920", max_width=128, max_height=128
    )
    document_ids = fields.Many2many(
        "ir.attachment", "itsm_ci_document_rel", "ci_id", "attachment_id", "Documents"
    )
    provenance = Provenance(
        copy=False, help="Which source said what, and when: {key: [source id, moment]}."
    )
    token = fields.Char(
        copy=False, help="Unguessable part of the address in its QR code."
    )
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
    # Without the id: the database would look in it for ids, where it takes the table
    # for empty.
    _by_name = models.Index("(name)")

    @api.depends("class_id")
    def _compute_stage_id(self):
        """Keep the status when the class, and with it the life cycle, is another."""
        for item in self:
            lifecycle = item.class_id.effective_lifecycle_id
            if item.stage_id.lifecycle_id != lifecycle or not item.stage_id:
                status = item.stage_id.status
                stage = lifecycle and lifecycle._default_stage(status)
                if lifecycle and not stage:
                    stage = lifecycle._default_stage()
                item.stage_id = stage.id if stage else False

    @api.depends("stage_id.status")
    def _compute_status(self):
        for item in self:
            item.status = item.stage_id.status

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%(name)s (copy)", name=item.name))
            for item, vals in zip(self, super().copy_data(default), strict=True)
        ]
