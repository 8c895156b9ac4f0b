from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import escape_psql

from odoo.addons.itsm_cmdb.tools.history import is_empty, is_record, same

from .itsm_change_delta import RELATIONS

_ATTRIBUTE = "attributes."
# Fields of items that a change may plan, beside the attributes of their class.
FIELDS = (
    "name",
    "stage_id",
    "criticality",
    "environment",
    "owner_id",
    "custodian_id",
    "department_id",
    "location_id",
    "rack_position",
    "rack_units",
    "model_id",
    "manufacturer_id",
    "supplier_id",
    "serial_number",
    "asset_code",
    "host_name",
    "domain_name",
    "warranty_end",
)
_NEVER_EMPTY = frozenset({"name", "criticality"})
_TYPES = {
    "integer": int,
    "float": (int, float),
    "monetary": (int, float),
    "boolean": bool,
    "char": str,
    "text": str,
}


class ItsmChangeDelta(models.Model):
    """What may be planned, how its values are kept, and how people read them.

    Values are kept as the history of items has them: texts, numbers, truth values;
    records as ``[id, name]``; None where there is nothing. “No” and nothing are the
    same here: the field cannot tell them apart.
    """

    _inherit = "itsm.change.delta"

    what = fields.Char(compute="_compute_texts")
    subject = fields.Char("On", compute="_compute_texts")
    old_text = fields.Char("Before", compute="_compute_texts")
    new_text = fields.Char("After", compute="_compute_texts")

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.model
    def _check_plan(self, vals, items):
        """Refuse a row that does not say what its kind needs."""
        kind = vals.get("kind") or "attribute"
        if kind == "attribute" and not (vals.get("ci_id") and vals.get("key")):
            raise UserError(self.env._("Choose the item, and what will differ on it."))
        if kind == "new_item" and not (
            vals.get("class_id") and (vals.get("item_name") or "").strip()
        ):
            raise UserError(self.env._("Give the new item a class and a name."))
        if kind == "new_item":
            self.env["itsm.ci.class"].browse(vals["class_id"]).check_access("read")
        if kind in RELATIONS:
            self._check_relation(vals, items)

    @api.model
    def _check_relation(self, vals, items):
        """Refuse a relation without two ends, and one that its type does not know."""
        source, target = (
            items.browse(vals.get(name) or []) for name in ("ci_id", "other_ci_id")
        )
        relation_type = self.env["itsm.ci.relation.type"].browse(
            vals.get("relation_type_id") or []
        )
        new_item = self.browse(vals.get("new_item_id") or [])
        if not relation_type or len(source) + len(target) + len(new_item) != 2:
            raise UserError(
                self.env._("Choose the type of the relation, and both of its items.")
            )
        if new_item and new_item.change_id.id != vals.get("change_id"):
            raise UserError(self.env._("The new item is one of another change."))
        # sudo: whether the classes may have it does not depend on who plans it.
        classes = [each.sudo().class_id for each in (source, target)]
        classes = [each or new_item.sudo().class_id for each in classes]
        if not relation_type.sudo().rule_ids._permits(*classes):
            raise UserError(
                self.env._(
                    "Items of the classes “%(first)s” and “%(other)s” cannot have "
                    "the relation “%(type)s”.",
                    first=classes[0].name,
                    other=classes[1].name,
                    type=relation_type.name,
                )
            )
        is_end = vals.get("kind") == "relation_end"
        if is_end and not self._relation_now(source, relation_type, target):
            raise UserError(
                self.env._(
                    "There is no relation “%(type)s” from “%(first)s” to “%(other)s” "
                    "that could end.",
                    type=relation_type.name,
                    first=source.display_name,
                    other=target.display_name,
                )
            )

    @api.model
    def _relation_now(self, source, relation_type, target):
        """Return the relation of a type between two items, if there is one."""
        # sudo: both ends were read by whoever asks.
        Relation = self.env["itsm.ci.relation"].sudo()
        if not (source and target):
            return Relation
        return Relation.search(
            [
                ("source_id", "=", source.id),
                ("type_id", "=", relation_type.id),
                ("target_id", "=", target.id),
            ],
            limit=1,
        )

    @api.model
    def _as_planned(self, vals, held):
        """Return the values that follow from what is planned.

        :param held: what the item has now
        """
        kind = vals.get("kind") or "attribute"
        if kind == "attribute":
            item = self.env["itsm.ci"].browse(vals["ci_id"])
            return {
                "new": self._read_value(item.class_id, vals["key"], vals.get("new")),
                "old": held.get(vals["key"]),
            }
        if kind == "new_item":
            item_class = self.env["itsm.ci.class"].browse(vals["class_id"])
            change = self.env["itsm.change"].browse(vals["change_id"])
            return {
                "item_name": vals["item_name"].strip(),
                "values": self._read_values(item_class, vals.get("values")),
                "old": self._namesakes(change, item_class, vals["item_name"]),
            }
        return {"old": None, "new": None}

    def _check_new_values(self, vals):
        """Check values that are planned otherwise now."""
        if "item_name" in vals and any(delta.kind == "new_item" for delta in self):
            vals["item_name"] = (vals["item_name"] or "").strip()
            if not vals["item_name"]:
                raise UserError(self.env._("Give the new item a class and a name."))
        if "new" in vals:
            for delta in self:
                vals["new"] = self._read_value(
                    delta.ci_id.class_id, delta.key, vals["new"]
                )
        if "values" in vals:
            for delta in self:
                vals["values"] = self._read_values(delta.class_id, vals["values"])

    @api.model
    def _namesakes(self, change, item_class, name):
        """Return the ids of the items of a class that have a name now."""
        # sudo: an item that the planner does not see has its name all the same.
        found = (
            self.env["itsm.ci"]
            .sudo()
            .search(
                [
                    ("class_id", "=", item_class.id),
                    ("name", "=ilike", escape_psql(name.strip())),
                    ("company_id", "in", [change.company_id.id, False]),
                ]
            )
        )
        return sorted(found.ids)

    # ------------------------------------------------------------------
    # Values
    # ------------------------------------------------------------------

    @api.model
    def _read_values(self, item_class, values):
        if not isinstance(values or {}, dict):
            raise UserError(self.env._("The values of a new item are pairs."))
        read = {
            key: self._read_value(item_class, key, value)
            for key, value in (values or {}).items()
            if key != "name"
        }
        return {key: value for key, value in read.items() if value is not None}

    @api.model
    def _read_value(self, item_class, key, value):
        """Return a value as it is kept.

        :raise UserError: where the item's class has no such thing, or it cannot be
        """
        kind, choices, comodel, label = self._reading(item_class, key)
        if is_empty(value) or (value is False and kind != "boolean"):
            if key in _NEVER_EMPTY:
                raise UserError(self.env._("“%(field)s” cannot be empty.", field=label))
            return None
        try:
            return self._typed_value(kind, choices, comodel, value)
        except (TypeError, ValueError, KeyError, OverflowError) as error:
            raise UserError(
                self.env._(
                    "“%(value)s” is no value for “%(field)s”.", value=value, field=label
                )
            ) from error

    @api.model
    def _reading(self, item_class, key):
        """Return type, choices, model of records and label of a key."""
        Ci = self.env["itsm.ci"]
        label = Ci._key_label(key, item_class)
        if isinstance(key, str) and key.startswith(_ATTRIBUTE):
            spec = Ci._attribute_spec(key, item_class)
            if spec:
                return spec.type, dict(spec.options), spec.comodel, label
        elif key in FIELDS:
            kind, choices, _unit = Ci._field_reading(key)
            return kind, choices, Ci._fields[key].comodel_name, label
        raise UserError(
            self.env._(
                "A change cannot plan “%(field)s” of items of the class “%(class)s”.",
                field=label,
                **{"class": item_class.name},
            )
        )

    @api.model
    def _typed_value(self, kind, choices, comodel, value):
        if kind == "many2one":
            return self._read_record(comodel, value)
        if kind == "selection":
            return value if choices[value] else None
        if kind == "tags":
            return [each for each in value if choices[each]]
        if kind == "date":
            return fields.Date.to_string(fields.Date.to_date(value))
        if kind == "datetime":
            return fields.Datetime.to_string(fields.Datetime.to_datetime(value))
        if not isinstance(value, _TYPES[kind]) or (
            isinstance(value, bool) and kind != "boolean"
        ):
            raise TypeError(value)
        return value.strip() if isinstance(value, str) else value

    @api.model
    def _is_same(self, left, right):
        """Tell whether two values say the same."""
        left, right = (None if each is False else each for each in (left, right))
        return same(left, right)

    @api.model
    def _read_record(self, comodel, value):
        """Return ``[id, name]`` of a record that the planner may see."""
        record_id = value[0] if is_record(value) else value
        if not isinstance(record_id, int) or isinstance(record_id, bool):
            raise TypeError(value)
        record = self.env[comodel].browse(record_id).exists()
        if not record:
            raise ValueError(value)
        return [record.id, record.display_name]

    # ------------------------------------------------------------------
    # Texts
    # ------------------------------------------------------------------

    @api.depends(
        "kind",
        "key",
        "old",
        "new",
        "item_name",
        "ci_id",
        "other_ci_id",
        "class_id",
        "relation_type_id",
        "new_item_id.item_name",
    )
    @api.depends_context("lang")
    def _compute_texts(self):
        Ci = self.env["itsm.ci"]
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        # sudo: whoever may read the row may read the names in it.
        for delta in self.sudo():
            item = delta.ci_id.display_name or delta.new_item_id.item_name
            other = delta.other_ci_id.display_name or delta.new_item_id.item_name
            kind, before, then = kinds.get(delta.kind), False, False
            what = f"{kind}: {delta.relation_type_id.name}"
            if delta.kind == "attribute":
                item_class = delta.ci_id.class_id
                what = Ci._key_label(delta.key, item_class)
                before = Ci._value_text(delta.key, delta.old, item_class)
                then = Ci._value_text(delta.key, delta.new, item_class)
            elif delta.kind == "new_item":
                what = f"{kind}: {delta.class_id.name}"
                item, then = delta.item_name, delta._values_text()
            elif delta.kind == "relation_end":
                before = other
            else:
                then = other
            delta.update(
                {"what": what, "subject": item, "old_text": before, "new_text": then}
            )

    def _values_text(self):
        """Return in words what a new item will have."""
        self.ensure_one()
        Ci = self.env["itsm.ci"]
        return ", ".join(
            f"{Ci._key_label(key, self.class_id)}: "
            f"{Ci._value_text(key, value, self.class_id)}"
            for key, value in sorted((self.values or {}).items())
        )
