from odoo import api, fields, models


class ItsmServiceCategory(models.Model):
    """A folder of the service catalogue; a tree that requesters browse."""

    _name = "itsm.service.category"
    _description = "Service Category"
    _inherit = ["itsm.folder.mixin"]
    _rec_names_search = ["name", "complete_name"]

    parent_id = fields.Many2one(
        "itsm.service.category",
        "Parent Category",
        index=True,
        ondelete="restrict",
    )
    child_ids = fields.One2many("itsm.service.category", "parent_id")
    complete_name = fields.Char(search="_search_complete_name")
    icon = fields.Char(
        help="Name of a Font Awesome icon, such as fa-laptop. A picture goes before it."
    )
    image = fields.Image(max_width=512, max_height=512)
    service_ids = fields.One2many("itsm.service", "category_id", "Services")

    @api.model
    def _search_complete_name(self, operator, value):
        """Find by the name of the category or of one above it."""
        if operator not in ("ilike", "in", "like", "=ilike"):
            return NotImplemented
        named = self.search([("name", operator, value)])
        return [("id", "child_of", named.ids)]
