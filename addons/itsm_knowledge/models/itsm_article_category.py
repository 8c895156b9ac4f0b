from odoo import fields, models


class ItsmArticleCategory(models.Model):
    """A folder of articles; a tree that readers browse."""

    _name = "itsm.article.category"
    _description = "Article Category"
    _inherit = ["itsm.folder.mixin"]

    description = fields.Char(
        translate=True, help="What one finds here; readers see it below the name."
    )
    parent_id = fields.Many2one(
        "itsm.article.category", "Parent Category", index=True, ondelete="restrict"
    )
    child_ids = fields.One2many("itsm.article.category", "parent_id")
    article_ids = fields.One2many("itsm.article", "category_id", "Articles")
    article_count = fields.Integer("Articles Here", compute="_compute_article_count")

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
