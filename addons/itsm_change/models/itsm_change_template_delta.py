from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

_NUMBERS = {"integer": int, "float": float, "monetary": float}
KINDS = [
    ("attribute", "Other Value"),
    ("relation_add", "New Relation"),
    ("relation_end", "Relation Ends"),
]


class ItsmChangeTemplateDelta(models.Model):
    """Something that is different on each item after a change of the template."""

    _name = "itsm.change.template.delta"
    _description = "Difference of a Change Template"
    _inherit = ["itsm.change.template.part"]
    _order = "template_id, sequence, id"

    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, required=True, default="attribute")
    key = fields.Char(
        "Field or Attribute", help="Technical name of the item's field or attribute."
    )
    value = fields.Char(
        "New Value", help="Empty: whoever makes the change fills it in."
    )
    relation_type_id = fields.Many2one("itsm.ci.relation.type", ondelete="restrict")
    other_ci_id = fields.Many2one("itsm.ci", "Other Item", ondelete="restrict")

    @api.depends("kind", "key", "value", "relation_type_id", "other_ci_id")
    def _compute_display_name(self):
        for delta in self:
            kind = dict(self._fields["kind"]._description_selection(self.env))
            parts = (delta.key, delta.value, delta.relation_type_id.display_name)
            parts = (*parts, delta.other_ci_id.display_name)
            delta.display_name = " ".join(
                [kind.get(delta.kind, ""), *filter(None, parts)]
            )

    def _as_content(self):
        """Return what the row says, as plain values."""
        self.ensure_one()
        return {
            "kind": self.kind,
            "key": self.key or False,
            "value": self.value or False,
            "relation_type_id": self.relation_type_id.id,
            "other_ci_id": self.other_ci_id.id,
        }

    @api.constrains("kind", "key", "value", "relation_type_id", "other_ci_id")
    def _check_complete(self):
        for delta in self:
            if delta.kind == "attribute":
                complete = delta.key and (delta.value or "").strip()
            else:
                complete = delta.relation_type_id and delta.other_ci_id
            if not complete:
                raise ValidationError(
                    self.env._(
                        "Say what will be different: a field and its new value, or a "
                        "relation and its other item."
                    )
                )

    # ------------------------------------------------------------------
    # On the items of a change
    # ------------------------------------------------------------------

    def _delta_values(self, change, item):
        """Return the values of the row that a change gets for one of its items."""
        self.ensure_one()
        values = {
            "change_id": change.id,
            "sequence": self.sequence,
            "kind": self.kind,
            "ci_id": item.id,
        }
        if self.kind == "attribute":
            return values | {"key": self.key, "new": self._value_for(item.class_id)}
        return values | {
            "relation_type_id": self.relation_type_id.id,
            "other_ci_id": self.other_ci_id.id,
        }

    def _value_for(self, item_class):
        """Return the new value as items of a class have it."""
        kind, choices, comodel, label = self.env["itsm.change.delta"]._reading(
            item_class, self.key
        )
        text = self.value.strip()
        try:
            return self._typed(kind, choices, comodel, text)
        except (KeyError, ValueError) as error:
            raise UserError(
                self.env._(
                    "“%(value)s” is no value for “%(field)s”, as the template "
                    "“%(template)s” has it.",
                    value=text,
                    field=label,
                    template=self.template_id.name,
                )
            ) from error

    def _kept_value(self, item_class):
        """Return the value as differences keep it; a text where it cannot be."""
        if self.kind != "attribute":
            return None
        try:
            value = self._value_for(item_class)
            Delta = self.env["itsm.change.delta"]
            return Delta._read_value(item_class, self.key, value)
        except UserError:
            return self.value

    @api.model
    def _typed(self, kind, choices, comodel, text):
        if kind in _NUMBERS:
            return _NUMBERS[kind](text)
        if kind == "boolean":
            return {"yes": True, "true": True, "1": True, "no": False, "false": False}[
                text.lower()
            ]
        if kind in ("selection", "tags"):
            keys = {str(label): key for key, label in choices.items()}
            found = [
                part if part in choices else keys[part]
                for part in (text.split(",") if kind == "tags" else [text])
            ]
            return found if kind == "tags" else found[0]
        if kind == "many2one":
            found = self.env[comodel].name_search(text, operator="=", limit=2)
            if len(found) != 1:
                raise ValueError(text)
            return found[0][0]
        return text
