from odoo import api, fields, models


class ItsmCategory(models.Model):
    """What a ticket is about; a tree that reports group by."""

    _name = "itsm.category"
    _description = "Ticket Category"
    _inherit = ["itsm.tree.mixin"]
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(index="btree_not_null")
    active = fields.Boolean(default=True)
    complete_name = fields.Char(
        compute="_compute_complete_name", recursive=True, store=True
    )
    parent_id = fields.Many2one(
        "itsm.category", index=True, ondelete="restrict", string="Parent Category"
    )
    child_ids = fields.One2many("itsm.category", "parent_id")
    desk_ids = fields.Many2many(
        "itsm.desk",
        "itsm_category_desk_rel",
        "category_id",
        "desk_id",
        string="Desks",
        help="Desks that use this category. Empty: all desks.",
    )
    team_id = fields.Many2one(
        "itsm.team",
        string="Default Team",
        help="Team that gets tickets of this category when none is chosen.",
    )

    @api.depends("complete_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for category in self:
            category.display_name = category._portal_path_name()

    def _portal_path_name(self):
        """Return the name with those of the parents, in the reader's language.

        ``complete_name`` is stored once, so it has one language.
        """
        names, category = [], self
        while category:
            names.insert(0, category.name)
            category = category.parent_id
        return " / ".join(names)
