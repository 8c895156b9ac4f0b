from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmServiceCategory(models.Model):
    """A folder of the service catalogue; a tree that requesters browse."""

    _name = "itsm.service.category"
    _description = "Service Category"
    _parent_store = True
    _order = "sequence, name, id"
    _rec_names_search = ["name", "complete_name"]

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    parent_id = fields.Many2one(
        "itsm.service.category",
        "Parent Category",
        index=True,
        ondelete="restrict",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("itsm.service.category", "parent_id")
    complete_name = fields.Char(
        compute="_compute_complete_name", recursive=True, search="_search_complete_name"
    )
    icon = fields.Char(
        help="Name of a Font Awesome icon, such as fa-laptop. A picture goes before it."
    )
    image = fields.Image(max_width=512, max_height=512)
    service_ids = fields.One2many("itsm.service", "category_id", "Services")

    @api.depends("name", "parent_id.complete_name")
    @api.depends_context("lang")
    def _compute_complete_name(self):
        for category in self:
            parent = category.parent_id.complete_name
            category.complete_name = (
                f"{parent} / {category.name}" if parent else category.name
            )

    @api.depends("complete_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for category in self:
            category.display_name = category.complete_name

    @api.model
    def _search_complete_name(self, operator, value):
        """Find by the name of the category or of one above it."""
        if operator not in ("ilike", "in", "like", "=ilike"):
            return NotImplemented
        named = self.search([("name", operator, value)])
        return [("id", "child_of", named.ids)]

    @api.constrains("parent_id")
    def _check_parent_cycle(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A category cannot be placed below itself.")
            )
