from odoo import api, models

from ..tools import class_properties


class ItsmCiClass(models.Model):
    """A new class has the code that its name suggests."""

    _inherit = "itsm.ci.class"

    @api.onchange("name")
    def _onchange_name(self):
        if not self.code:
            self.code = class_properties.proposed_key(self.name or "")


class ItsmCiAttribute(models.Model):
    """A new attribute has the key that its label suggests."""

    _inherit = "itsm.ci.attribute"

    @api.onchange("name")
    def _onchange_name(self):
        if not self.key:
            self.key = class_properties.proposed_key(self.name or "")


class ItsmCiAttributeOption(models.Model):
    """A new option has the key that its label suggests."""

    _inherit = "itsm.ci.attribute.option"

    @api.onchange("name")
    def _onchange_name(self):
        if not self.key:
            self.key = class_properties.proposed_key(self.name or "")


class ItsmCiRelationType(models.Model):
    """A new type of relation has the code that its name suggests."""

    _inherit = "itsm.ci.relation.type"

    @api.onchange("name")
    def _onchange_name(self):
        if not self.code:
            self.code = class_properties.proposed_key(self.name or "")
