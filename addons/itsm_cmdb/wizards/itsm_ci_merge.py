from odoo import api, fields, models

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
        words = self.env["itsm.ci.batch"]._words()
        keys = sorted({key for state in states.values() for key in state} - _OWN)
        lines = []
        for key in keys:
            said = {}
            for ci_id, state in states.items():
                if key in state:
                    said.setdefault(repr(state[key]), (ci_id, state[key]))
            if len(said) > 1 or any(key not in state for state in states.values()):
                lines.append(self._line(key, said.values(), words))
        self.env["itsm.ci.merge.line"].create(lines)._choose_defaults()

    def _line(self, key, said, words):
        return {
            "wizard_id": self.id,
            "key": key,
            "label": words.label(key),
            "choice_ids": [
                fields.Command.create(
                    {
                        "ci_id": ci_id,
                        "name": words.value(key, value)[:200],
                        "value": {"value": value},
                    }
                )
                for ci_id, value in said
            ],
        }

    def action_merge(self):
        """Merge the items, and open the one that stays."""
        self.ensure_one()
        values = {}
        for line in self.line_ids:
            choice = line.choice_id
            if choice and choice.ci_id != self.survivor_id:
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
