from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmArticleCategory(models.Model):
    """A folder of articles; a tree that readers browse."""

    _name = "itsm.article.category"
    _description = "Article Category"
    _parent_store = True
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    description = fields.Char(
        translate=True, help="What one finds here; readers see it below the name."
    )
    icon = fields.Char(help="Name of a Font Awesome icon, such as fa-laptop.")
    parent_id = fields.Many2one(
        "itsm.article.category", "Parent Category", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("itsm.article.category", "parent_id")
    complete_name = fields.Char(compute="_compute_complete_name", recursive=True)
    article_ids = fields.One2many("itsm.article", "category_id", "Articles")
    article_count = fields.Integer("Articles Here", compute="_compute_article_count")

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

    def _compute_article_count(self):
        """Count the articles here and below that the user may read."""
        below = self.search_fetch([("id", "child_of", self.ids)], ["parent_path"])
        counts = dict(
            self.env["itsm.article"]._read_group(
                [("category_id", "in", below.ids)], ["category_id"], ["__count"]
            )
        )
        for category in self:
            category.article_count = sum(
                counts.get(other, 0)
                for other in below
                if (other.parent_path or "").startswith(category.parent_path or "/")
            )

    @api.constrains("parent_id")
    def _check_parent_cycle(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A category cannot be placed below itself.")
            )
