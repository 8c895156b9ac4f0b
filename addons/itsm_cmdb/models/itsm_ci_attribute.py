from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..tools import class_properties

ATTRIBUTE_TYPES = [
    ("char", "Text"),
    ("text", "Text of Several Lines"),
    ("integer", "Whole Number"),
    ("float", "Decimal Number"),
    ("boolean", "Yes or No"),
    ("date", "Date"),
    ("datetime", "Date and Time"),
    ("selection", "Choice"),
    ("tags", "Several Choices"),
    ("many2one", "Record"),
]
CHOICES = ("selection", "tags")
# What the definitions of classes are made of.
_DEFINING = {
    "class_id",
    "key",
    "name",
    "type",
    "unit",
    "help",
    "required",
    "sequence",
    "active",
    "option_ids",
    "model_id",
}
# A value has its meaning from these.
_MEANING = ("class_id", "key", "type", "model_id")


class ItsmCiAttribute(models.Model):
    """A field that the items of a class, and of those below it, have."""

    _name = "itsm.ci.attribute"
    _description = "Item Attribute"
    _order = "class_id, sequence, id"

    class_id = fields.Many2one(
        "itsm.ci.class", required=True, ondelete="cascade", index=True
    )
    key = fields.Char(
        required=True, help="Stable key for scripts, imports and the feed: memory."
    )
    name = fields.Char("Label", required=True, translate=True)
    type = fields.Selection(ATTRIBUTE_TYPES, required=True, default="char")
    unit = fields.Char(translate=True, help="Such as GB, W or port.")
    help = fields.Text(translate=True)
    required = fields.Boolean()
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    option_ids = fields.One2many(
        "itsm.ci.attribute.option", "attribute_id", "Options", copy=True
    )
    model_id = fields.Many2one(
        "ir.model",
        "Records Of",
        ondelete="cascade",
        help="What a record is chosen from.",
    )
    is_controlled = fields.Boolean(
        "Controlled", help="Only a change may alter it; others are found by the audit."
    )
    is_expiry = fields.Boolean(
        "Expiry Date", help="The expiry board watches this date and owners are warned."
    )

    _key_unique = models.UniqueIndex(
        "(class_id, key)", "Another attribute of this class has this key."
    )

    # ------------------------------------------------------------------
    # Definition
    # ------------------------------------------------------------------

    def _specs(self):
        """Return what pure code needs to know of the attributes, in order."""
        return tuple(
            class_properties.Attribute(
                key=each.key,
                label=each.name,
                type=each.type,
                unit=each.unit or "",
                help=each.help or "",
                required=each.required,
                options=tuple((option.key, option.name) for option in each.option_ids),
                # sudo: readers of items have no right on models.
                comodel=each.sudo().model_id.model or "",
            )
            for each in self
        )

    @api.model_create_multi
    def create(self, vals_list):
        attributes = super().create(vals_list)
        attributes._follow()
        return attributes

    def write(self, vals):
        self._refuse_loss(vals)
        classes = self.class_id
        result = super().write(vals)
        if _DEFINING & vals.keys():
            self._follow(classes)
        return result

    def unlink(self):
        classes = self.class_id
        result = super().unlink()
        self.browse()._follow(classes)
        return result

    def update_field_translations(self, field_name, translations, source_lang=""):
        result = super().update_field_translations(
            field_name, translations, source_lang=source_lang
        )
        self._follow()
        return result

    def _follow(self, classes=None):
        """Bring the definitions of the classes up to date, now and before."""
        self.env.registry.clear_cache()
        (
            (classes or self.env["itsm.ci.class"]) | self.class_id
        )._regenerate_definitions()

    # ------------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------------

    @api.constrains("key")
    def _check_key(self):
        taken = self.env["itsm.ci"]._fields
        for each in self:
            if not class_properties.is_key(each.key):
                raise ValidationError(
                    self.env._(
                        "“%(key)s” cannot be the key of “%(name)s”. A key begins with "
                        "a small letter, has only small letters, digits and "
                        "underscores, and does not end with _html.",
                        key=each.key,
                        name=each.name,
                    )
                )
            if each.key in taken:
                raise ValidationError(
                    self.env._(
                        "“%(key)s” is a field that all items have. Give “%(name)s” "
                        "another key.",
                        key=each.key,
                        name=each.name,
                    )
                )

    @api.constrains("type", "model_id", "option_ids")
    def _check_type(self):
        for each in self:
            # sudo: configuration managers have no right on models.
            model = each.sudo().model_id
            if (each.type == "many2one") != bool(model):
                raise ValidationError(
                    self.env._(
                        "Say of “%(name)s” which records it is chosen from, if its "
                        "type is a record; and only then.",
                        name=each.name,
                    )
                )
            if model and (
                model.transient or self.env[model.model]._abstract or model.abstract
            ):
                raise ValidationError(
                    self.env._(
                        "“%(model)s” has no records that “%(name)s” could be.",
                        model=model.name,
                        name=each.name,
                    )
                )

    @api.constrains("key", "class_id")
    def _check_key_on_path(self):
        """A subclass may not say anew what a class above it has said."""
        for each, other in self._pairs(
            SQL("""(self_class.parent_path LIKE other_class.parent_path || '%%'
                    OR other_class.parent_path LIKE self_class.parent_path || '%%')""")
        ):
            raise ValidationError(
                self.env._(
                    "“%(class)s” has an attribute “%(name)s” with the key “%(key)s” "
                    "already, and classes inherit the attributes of those above them.",
                    **{"class": other.class_id.name},
                    name=other.name,
                    key=each.key,
                )
            )

    @api.constrains("key", "type", "model_id")
    def _check_one_meaning(self):
        """Searches and reports over several classes need one type for each key."""
        for each, other in self._pairs(
            SQL("""(mine.type != other.type
                    OR mine.model_id IS DISTINCT FROM other.model_id)""")
        ):
            types = dict(self._fields["type"]._description_selection(self.env))
            raise ValidationError(
                self.env._(
                    "The key “%(key)s” is a “%(type)s” on “%(class)s”. A key has the "
                    "same type on all classes, so that searches find it: choose that "
                    "type or another key.",
                    **{"class": other.class_id.name},
                    key=each.key,
                    type=types[other.type],
                )
            )

    def _pairs(self, condition):
        """Yield pairs of one of these and another of the same key, for a condition."""
        self.flush_model(["key", "class_id", "type", "model_id"])
        self.env["itsm.ci.class"].flush_model(["parent_path"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT mine.id, other.id
                  FROM itsm_ci_attribute AS mine
                  JOIN itsm_ci_class AS self_class ON self_class.id = mine.class_id
                  JOIN itsm_ci_attribute AS other
                    ON other.key = mine.key AND other.id != mine.id
                  JOIN itsm_ci_class AS other_class ON other_class.id = other.class_id
                 WHERE mine.id IN %s AND %s
              ORDER BY mine.id, other.id
                """,
                tuple(self.ids) or (0,),
                condition,
            )
        )
        for mine, other in rows:
            yield self.browse(mine), self.browse(other)

    # ------------------------------------------------------------------
    # Values that items have
    # ------------------------------------------------------------------

    @api.model
    def _count_values(self, attributes, item_class=None):
        """Return ``{attribute: number of items that have a value}``, of those with any.

        Only items of ``item_class`` and below are counted, if one is given.
        """
        if not attributes:
            return {}
        attributes.flush_recordset(["key", "class_id"])
        wanted = SQL(
            """
            SELECT attribute.id, attribute.key, top.parent_path AS path
              FROM itsm_ci_attribute AS attribute
              JOIN itsm_ci_class AS top ON top.id = %s
             WHERE attribute.id IN %s
            """,
            item_class.id if item_class else SQL("attribute.class_id"),
            tuple(attributes.ids),
        )
        has_value = SQL(
            """item.attributes -> wanted.key
               NOT IN ('null'::jsonb, 'false'::jsonb, '""'::jsonb, '[]'::jsonb)"""
        )
        counts = self.env["itsm.ci.class"]._items_with_values(has_value, wanted)
        return {self.browse(each): count for each, count in counts.items()}

    def _refuse_loss(self, vals):
        """Refuse another meaning for an attribute that items have values of."""
        changed = self.filtered(
            lambda each: any(
                name in vals
                and vals[name] != each._fields[name].convert_to_write(each[name], each)
                for name in _MEANING
            )
        )
        for attribute, count in self._count_values(changed).items():
            raise UserError(
                self.env._(
                    "%(count)s items have a value for “%(name)s”. Its class, key and "
                    "type stay as they are: make a new attribute and archive this.",
                    count=count,
                    name=attribute.name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for attribute, count in self._count_values(self).items():
            raise UserError(
                self.env._(
                    "%(count)s items have a value for “%(name)s”. Archive it instead: "
                    "what they say is kept, and no longer shown.",
                    count=count,
                    name=attribute.name,
                )
            )
