from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmTreeMixin(models.AbstractModel):
    """Records below each other, known by their path; the model has ``parent_id``.

    A model that sorts by the path stores ``complete_name``, in one language.
    """

    _name = "itsm.tree.mixin"
    _description = "Tree"
    _parent_store = True

    parent_path = fields.Char(index=True)

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for record in self:
            above = record.parent_id.complete_name
            record.complete_name = f"{above} / {record.name}" if above else record.name

    @api.constrains("parent_id")
    def _check_parent_cycle(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "“%(name)s” cannot be placed below itself, directly or around.",
                    name=self[:1].name,
                )
            )


class ItsmFolderMixin(models.AbstractModel):
    """A folder that people browse: a tree whose paths are in the reader's language."""

    _name = "itsm.folder.mixin"
    _description = "Folder"
    _inherit = ["itsm.tree.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    complete_name = fields.Char(compute="_compute_complete_name", recursive=True)
    icon = fields.Char(help="Name of a Font Awesome icon, such as fa-laptop.")

    @api.depends_context("lang")
    def _compute_complete_name(self):
        return super()._compute_complete_name()

    @api.depends("complete_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for folder in self:
            folder.display_name = folder.complete_name
