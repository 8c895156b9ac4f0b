from odoo import api, fields, models
from odoo.tools import format_list

from ..tools import staging

# Kept by the system, or belonging to the one record only.
_OWN = frozenset(
    {
        "active",
        "class_id",
        "code",
        "company_id",
        "document_ids",
        "image_1920",
        # Of each item all are kept.
        "ip_addresses",
        "mac_addresses",
        "merged_into_id",
        "status",
        "stage_id",
        "user_department_ids",
        "verified_at",
    }
)


class ItsmCiMerge(models.TransientModel):
    """Choose which of several records of one thing stays, and with which values."""

    _name = "itsm.ci.merge"
    _description = "Merge Items"

    item_ids = fields.Many2many("itsm.ci", required=True, readonly=True)
    survivor_id = fields.Many2one(
        "itsm.ci",
        "Item That Stays",
        required=True,
        domain="[('id', 'in', item_ids)]",
        help="The others are archived, and lead to it.",
    )
    line_ids = fields.One2many("itsm.ci.merge.line", "wizard_id", "Values")
    has_unknown = fields.Boolean(compute="_compute_has_unknown")
    class_warning = fields.Text(compute="_compute_class_warning")

    @api.depends("item_ids", "survivor_id")
    def _compute_class_warning(self):
        """Warn of items that can hardly be one thing: they are of several classes."""
        for wizard in self:
            # sudo: the tree of classes is no secret.
            classes = wizard.item_ids.sudo().class_id
            wizard.class_warning = len(classes) > 1 and self.env._(
                "These items are of different classes: %(classes)s. The one that stays "
                "keeps its class (%(kept)s). Merge them only if they are truly one and "
                "the same thing; merging cannot be undone.",
                classes=format_list(self.env, classes.mapped("name")),
                kept=wizard.survivor_id.sudo().class_id.name or "",
            )

    @api.depends("line_ids.is_known")
    def _compute_has_unknown(self):
        for wizard in self:
            wizard.has_unknown = not all(wizard.line_ids.mapped("is_known"))

    @api.onchange("survivor_id")
    def _onchange_survivor_id(self):
        for line in self.line_ids:
            choices = line.choice_ids
            own = choices.filtered(lambda choice: choice.ci_id == self.survivor_id)
            line.choice_id = own[:1] or choices[:1]

    def _add_lines(self):
        """Add a line for each attribute in which the items differ."""
        self.ensure_one()
        states = self.item_ids._snapshot()
        keys = sorted({key for state in states.values() for key in state} - _OWN)
        lines = []
        for key in keys:
            said = {}
            for ci_id, state in states.items():
                if key in state:
                    said.setdefault(repr(state[key]), (ci_id, state[key]))
            if len(said) > 1 or any(key not in state for state in states.values()):
                lines.append(self._line(key, said.values()))
        self.env["itsm.ci.merge.line"].create(lines)._choose_defaults()

    def _line(self, key, said):
        """Return the values of a line; each value is read as its item's class says."""
        Ci = self.env["itsm.ci"]
        said = [(Ci.browse(ci_id), value) for ci_id, value in said]
        # sudo: the tree of classes is no secret.
        classes = {item: item.sudo().class_id for item, _value in said}
        return {
            "wizard_id": self.id,
            "key": key,
            "label": Ci._key_label(key, classes[said[0][0]]),
            "choice_ids": [
                fields.Command.create(
                    {
                        "ci_id": item.id,
                        "name": Ci._value_text(key, value, classes[item])[:200] or "–",
                        "value": {"value": value},
                    }
                )
                for item, value in said
            ],
        }

    def action_merge(self):
        """Merge the items, and open the one that stays."""
        self.ensure_one()
        values = {}
        for line in self.line_ids:
            choice = line.choice_id
            if line.is_known and choice and choice.ci_id != self.survivor_id:
                values[line.key] = line._chosen_value()
        survivor = self.item_ids._merge(self.survivor_id, values)
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ci",
            "res_id": survivor.id,
            "view_mode": "form",
        }


class ItsmCiMergeLine(models.TransientModel):
    """An attribute in which the items differ."""

    _name = "itsm.ci.merge.line"
    _description = "Value of a Merged Item"
    _order = "label, id"

    wizard_id = fields.Many2one("itsm.ci.merge", required=True, ondelete="cascade")
    key = fields.Char(required=True, readonly=True)
    label = fields.Char("Attribute", readonly=True)
    choice_ids = fields.One2many("itsm.ci.merge.choice", "line_id", "Values")
    choice_id = fields.Many2one(
        "itsm.ci.merge.choice", "Value", domain="[('line_id', '=', id)]"
    )

    is_known = fields.Boolean(compute="_compute_is_known")

    @api.depends("key", "wizard_id.survivor_id")
    def _compute_is_known(self):
        """Tell whether the item that stays can have a value of it, by its class."""
        for wizard, lines in self.grouped("wizard_id").items():
            # sudo: the tree of classes is no secret.
            item_class = wizard.survivor_id.sudo().class_id
            known = {spec.key for spec in item_class._attribute_specs()}
            for line in lines:
                key = line.key or ""
                name = key.removeprefix("attributes.")
                line.is_known = name == key or name in known

    def _choose_defaults(self):
        for line in self:
            survivor = line.wizard_id.survivor_id
            own = line.choice_ids.filtered(
                lambda choice, item=survivor: choice.ci_id == item
            )
            line.choice_id = own[:1] or line.choice_ids[:1]

    def _chosen_value(self):
        """Return the chosen value as it is written: records by their ids."""
        self.ensure_one()
        value = self.choice_id.value["value"]
        field = self.env["itsm.ci"]._fields.get(self.key)
        kind = field.type if field else self._attribute_type()
        if kind in staging.RECORD_TYPES:
            return staging.plain(value, kind)
        return value

    def _attribute_type(self):
        # sudo: the tree of classes is no secret.
        item_class = self.choice_id.ci_id.sudo().class_id
        kinds = {
            f"attributes.{spec.key}": spec.type
            for spec in item_class._attribute_specs()
        }
        return kinds.get(self.key, "char")


class ItsmCiMergeChoice(models.TransientModel):
    """A value that one of the items has."""

    _name = "itsm.ci.merge.choice"
    _description = "Choice of a Merged Item"

    line_id = fields.Many2one("itsm.ci.merge.line", required=True, ondelete="cascade")
    ci_id = fields.Many2one("itsm.ci", required=True, ondelete="cascade")
    name = fields.Char(required=True)
    value = fields.Json()

    @api.depends("name", "ci_id.code")
    def _compute_display_name(self):
        for choice in self:
            choice.display_name = f"{choice.name} ({choice.ci_id.code})"
