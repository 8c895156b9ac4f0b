from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class ItsmCiAttributeOption(models.Model):
    """One of the choices of an attribute."""

    _name = "itsm.ci.attribute.option"
    _description = "Item Attribute Option"
    _order = "attribute_id, sequence, id"

    attribute_id = fields.Many2one(
        "itsm.ci.attribute", required=True, ondelete="cascade", index=True
    )
    key = fields.Char(required=True)
    name = fields.Char("Label", required=True, translate=True)
    sequence = fields.Integer(default=10)

    _key_unique = models.UniqueIndex(
        "(attribute_id, key)", "Another option of this attribute has this key."
    )

    @api.model_create_multi
    def create(self, vals_list):
        options = super().create(vals_list)
        options.attribute_id._follow()
        return options

    def write(self, vals):
        if "key" in vals:
            self.filtered(lambda option: option.key != vals["key"])._refuse_used()
        result = super().write(vals)
        self.attribute_id._follow()
        return result

    def unlink(self):
        attributes = self.attribute_id
        result = super().unlink()
        attributes._follow()
        return result

    def update_field_translations(self, field_name, translations, source_lang=""):
        result = super().update_field_translations(
            field_name, translations, source_lang=source_lang
        )
        self.attribute_id._follow()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._refuse_used()

    def _refuse_used(self):
        """Refuse to take away a choice that items have made."""
        if not self:
            return
        self.flush_recordset(["key", "attribute_id"])
        chosen = SQL(
            """
            SELECT option.id, attribute.key, option.key AS choice,
                   top.parent_path AS path
              FROM itsm_ci_attribute_option AS option
              JOIN itsm_ci_attribute AS attribute
                ON attribute.id = option.attribute_id
              JOIN itsm_ci_class AS top ON top.id = attribute.class_id
             WHERE option.id IN %s
            """,
            tuple(self.ids),
        )
        # An array contains a text that is one of its elements, a text only itself.
        holds = SQL("(item.attributes -> wanted.key) @> to_jsonb(wanted.choice::text)")
        counts = self.env["itsm.ci.class"]._items_with_values(holds, chosen)
        for each, count in counts.items():
            option = self.browse(each)
            raise UserError(
                self.env._(
                    "%(count)s items have “%(option)s” as their “%(attribute)s”. "
                    "Choose another for them first; its label you may change.",
                    count=count,
                    option=option.name,
                    attribute=option.attribute_id.name,
                )
            )
