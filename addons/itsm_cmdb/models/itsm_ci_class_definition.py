from collections import defaultdict

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import class_properties

# Only our own code can have this object in its context.
_GENERATED = object()
# Labels are kept in it; others are laid over them when the definition is read.
_BASE_LANGUAGE = "en_US"


class LabelledDefinition(fields.PropertiesDefinition):
    """A property definition whose labels are read in the language of the reader.

    Odoo keeps the labels of properties in one language only.
    """

    def convert_to_record(self, value, record):
        """Return the definition with the labels that the attributes have by now."""
        properties = super().convert_to_record(value, record)
        lang = record.env.lang
        if not properties or not lang or lang == _BASE_LANGUAGE:
            return properties
        attributes = record._origin._attribute_specs(lang)
        return class_properties.relabelled(
            properties, {each.key: each for each in attributes}
        )


class Base(models.AbstractModel):
    """Properties may say that they are required, and what they mean."""

    _inherit = "base"

    def _additional_allowed_keys_properties_definition(self):
        keys = super()._additional_allowed_keys_properties_definition()
        return (*keys, "required", "help")


class ItsmCiClass(models.Model):
    """The property definition of a class follows from its attributes."""

    _inherit = "itsm.ci.class"

    attribute_definition = LabelledDefinition(
        "Attribute Definition", copy=False, readonly=True
    )

    # ------------------------------------------------------------------
    # From attributes to the definition
    # ------------------------------------------------------------------

    def _regenerate_definitions(self):
        """Make the definitions of the classes and of all below them follow."""
        # sudo: who may change an attribute changes what follows from it.
        classes = self.sudo()._descendants().with_context(lang=_BASE_LANGUAGE)
        held = classes.with_context(itsm_ci_definition=_GENERATED)
        own = classes._attributes_of_each()
        for each in held:
            wanted = class_properties.definition(own[each.id]._specs())
            if each.attribute_definition != wanted:
                each.attribute_definition = wanted

    def _attributes_of_each(self):
        """Return ``{class id: its active attributes, the inherited ones first}``."""
        paths = {each.id: each._path_ids() for each in self}
        ids = {ancestor for path in paths.values() for ancestor in path}
        Attribute = self.env["itsm.ci.attribute"]
        by_class = defaultdict(Attribute.browse)
        # Attributes just written may not be flushed in their order: search does that.
        for attribute in Attribute.search(
            [("class_id", "in", list(ids)), ("active", "=", True)]
        ):
            by_class[attribute.class_id.id] |= attribute
        return {
            each: Attribute.union(*(by_class[ancestor] for ancestor in path))
            for each, path in paths.items()
        }

    def _attribute_specs(self, lang=_BASE_LANGUAGE):
        """Return what the class says of its attributes, in one language."""
        return self._specs_of(self.id, lang) if self.id else ()

    @api.model
    @tools.ormcache("class_id", "lang")
    def _specs_of(self, class_id, lang):
        # sudo: whoever may read an item reads what its attributes are called.
        item_class = self.sudo().browse(class_id).with_context(lang=lang)
        return item_class._attributes_of_each()[class_id]._specs()

    def write(self, vals):
        if "attribute_definition" in vals:
            self._refuse_foreign_definition()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("attribute_definition") for vals in vals_list):
            self._refuse_foreign_definition()
        return super().create(vals_list)

    def _refuse_foreign_definition(self):
        """Properties can be edited on a record's form; attributes live on the class."""
        if self.env.context.get("itsm_ci_definition") is not _GENERATED:
            raise UserError(
                self.env._(
                    "Attributes are kept on their class, where they have a key and a "
                    "help text: open the class to change them."
                )
            )

    # ------------------------------------------------------------------
    # What a change would lose
    # ------------------------------------------------------------------

    def _refuse_loss_by_move(self, parent):
        """Refuse a new parent if items have values of attributes left behind."""
        staying = set(parent._path_ids()) if parent else set()
        for each in self:
            leaving = set(each.parent_id._path_ids() if each.parent_id else ())
            attributes = (
                self.env["itsm.ci.attribute"]
                .with_context(active_test=False)
                .search([("class_id", "in", list(leaving - staying))])
            )
            found = self.env["itsm.ci.attribute"]._count_values(attributes, each)
            for attribute, count in found.items():
                raise UserError(
                    self.env._(
                        "%(count)s items of “%(name)s” have a value for "
                        "“%(attribute)s”. They inherit it from “%(parent)s” and "
                        "would lose it.",
                        count=count,
                        name=each.name,
                        attribute=attribute.name,
                        parent=attribute.class_id.name,
                    )
                )

    @api.model
    def _items_with_values(self, condition, params_table):
        """Return ``{id of the row: number of items}`` of a table of keys to look for.

        ``params_table`` has the columns ``id``, ``path`` and ``key``; items of all
        companies count, and archived ones.
        """
        self.env["itsm.ci"].flush_model(["attributes", "class_id"])
        self.flush_model(["parent_path"])
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT wanted.id, count(*)
                      FROM (%s) AS wanted
                      JOIN itsm_ci_class AS class
                        ON class.parent_path LIKE wanted.path || '%%'
                      JOIN itsm_ci AS item ON item.class_id = class.id
                     WHERE %s
                  GROUP BY wanted.id
                  ORDER BY wanted.id
                    """,
                    params_table,
                    condition,
                )
            )
        )
