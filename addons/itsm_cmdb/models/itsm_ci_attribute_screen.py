from odoo import api, models

from ..tools import class_properties


class ItsmCi(models.Model):
    """What screens need to know of the attributes."""

    _inherit = "itsm.ci"

    def onchange(self, values, field_names, fields_spec):
        """Show the attributes of a class as soon as it is chosen.

        Odoo sends properties only if their values change, and a new item has none.
        """
        result = super().onchange(values, field_names, fields_spec)
        if "class_id" in field_names and "attributes" in fields_spec:
            result.setdefault("value", {}).setdefault(
                "attributes", self._attributes_shown(values)
            )
        return result

    def _attributes_shown(self, values):
        """Return definition and values for the class that a form has now."""
        field = self._fields["attributes"]
        held = self.attributes._values if self else {}
        if values.get("attributes"):
            held = field.convert_to_cache(values["attributes"], self)
        item = self.new({"class_id": values.get("class_id")})
        return field.convert_to_read(held, item)

    @api.model
    def get_property_definition(self, full_name):
        """Return one definition for all classes, with labels for the reader.

        Grouping by an attribute shows the choices of every class that has it.
        """
        name, _dot, key = full_name.partition(".")
        if name != "attributes" or not key:
            return super().get_property_definition(full_name)
        self.browse().check_access("read")
        # sudo: whoever may read items reads what their attributes are called.
        attributes = self.env["itsm.ci.attribute"].sudo().search([("key", "=", key)])
        if not attributes:
            return super().get_property_definition(full_name)
        properties = class_properties.definition(attributes._specs())
        found = properties[0]
        for kind in ("selection", "tags"):
            if kind in found:
                choices = {each[0]: each for one in properties for each in one[kind]}
                found[kind] = list(choices.values())
        return found
