from odoo import fields, models


class ItsmCiClass(models.Model):
    """A class of configuration items: what they are, which attributes they have.

    Classes form a tree. A class has the attributes, identifiers and usual relations of
    those above it, and their life cycle where it names none of its own.
    """

    _name = "itsm.ci.class"
    _description = "Item Class"
    _parent_store = True
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Stable key for scripts, imports and the feed: server."
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    complete_name = fields.Char(
        "Full Name", compute="_compute_complete_name", recursive=True, store=True
    )
    parent_id = fields.Many2one(
        "itsm.ci.class", "Parent Class", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("itsm.ci.class", "parent_id", "Subclasses")
    icon = fields.Char(
        default="fa-cube", help="Name of an icon of Font Awesome 4, such as fa-server."
    )
    description = fields.Text(translate=True)
    is_abstract = fields.Boolean(
        "Only a Heading", help="Items belong to its subclasses, not to it."
    )
    is_service = fields.Boolean(
        "Business Service", help="An impact analysis counts its items as services."
    )
    lifecycle_id = fields.Many2one(
        "itsm.ci.lifecycle", "Own Life Cycle", ondelete="restrict"
    )
    effective_lifecycle_id = fields.Many2one(
        "itsm.ci.lifecycle",
        "Life Cycle",
        compute="_compute_effective_lifecycle_id",
        recursive=True,
        store=True,
    )
    attribute_ids = fields.One2many(
        "itsm.ci.attribute", "class_id", "Own Attributes", copy=True
    )
    all_attribute_ids = fields.Many2many(
        "itsm.ci.attribute", "Attributes", compute="_compute_all_attribute_ids"
    )
    attribute_definition = fields.PropertiesDefinition("Attribute Definition")
    group_ids = fields.Many2many(
        "res.groups",
        "itsm_ci_class_group_rel",
        "class_id",
        "group_id",
        "Visible To",
        help="Empty: everybody who may read items.",
    )

    _code_unique = models.UniqueIndex("(code)", "Another class has this code.")
