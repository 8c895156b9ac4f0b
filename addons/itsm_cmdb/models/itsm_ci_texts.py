from markupsafe import Markup

from odoo import api, fields, models, tools
from odoo.tools.misc import format_date, format_datetime, formatLang

from ..tools.history import is_record


class ItsmCi(models.Model):
    """States and changes in words, for history, comparisons and reports."""

    _inherit = "itsm.ci"

    @api.model
    def _key_label(self, key, item_class=None):
        """Return what a key of the history is called; of any class if none is given."""
        if not key.startswith("attributes."):
            field = self._fields.get(key)
            return field._description_string(self.env) if field else key
        spec = self._attribute_spec(key, item_class)
        return spec.label if spec else key.removeprefix("attributes.")

    @api.model
    def _attribute_spec(self, key, item_class):
        """Return what the class says of an attribute, in the language of the reader."""
        wanted = key.removeprefix("attributes.")
        specs = (
            item_class._attribute_specs(self.env.lang or "en_US") if item_class else ()
        )
        return next((spec for spec in specs if spec.key == wanted), None)

    @api.model
    def _value_text(self, key, value, item_class=None):
        """Return a value of the history as a person reads it."""
        if key.startswith("attributes."):
            spec = self._attribute_spec(key, item_class)
            kind, choices = (spec.type, dict(spec.options)) if spec else ("char", {})
            unit = spec.unit if spec else ""
        else:
            kind, choices, unit = self._field_reading(key)
        text = self._typed_text(kind, value, choices)
        return f"{text} {unit}" if text and unit else text

    @api.model
    def _field_reading(self, key):
        """Return type, choices and unit by which a field's values are read."""
        field = self._fields.get(key)
        if field is None:
            return "char", {}, ""
        choices = {}
        if field.type == "selection":
            choices = dict(field._description_selection(self.env))
        return field.type, choices, ""

    @api.model
    def _typed_text(self, kind, value, choices):
        if kind == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if value is None or value is False or value == "" or value == []:
            return ""
        if kind in ("image", "binary"):
            return self.env._("Picture %(mark)s", mark=str(value)[:7])
        if kind == "date":
            return format_date(self.env, value)
        if kind == "datetime":
            return format_datetime(self.env, fields.Datetime.to_datetime(value))
        if kind == "monetary":
            return formatLang(self.env, value, digits=2)
        if kind == "float":
            return f"{value:.6f}".rstrip("0").rstrip(".")
        if kind == "html":
            return tools.html2plaintext(Markup(value)).strip()
        if is_record(value):
            return value[1] or f"#{value[0]}"
        if isinstance(value, list):
            return ", ".join(
                each[1] or f"#{each[0]}" if is_record(each) else choices.get(each, each)
                for each in value
            )
        return choices.get(value, str(value))
