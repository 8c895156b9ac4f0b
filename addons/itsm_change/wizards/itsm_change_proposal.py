from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_cmdb.models.itsm_ci import CRITICALITIES, ENVIRONMENTS
from odoo.addons.itsm_cmdb.tools.history import is_empty

from ..models.itsm_change_delta_values import FIELDS
from ..tools import states

_ATTRIBUTE = "attributes."


class ItsmChangeProposal(models.TransientModel):
    """An item as it will be after a change, written down as on the item's own form.

    What differs from the item as it is now becomes the difference by the change.
    Without an item it is a new one.
    """

    _name = "itsm.change.proposal"
    _description = "Item After a Change"
    _inherit = ["itsm.change.wizard"]
    _about = ("change_id", "ci_id")

    change_id = fields.Many2one(
        "itsm.change",
        domain=lambda self: [("state", "in", states.OPEN_STATES)],
        help="Empty: a new one.",
    )
    delta_id = fields.Many2one(
        "itsm.change.delta", help="The new item, planned before."
    )
    ci_id = fields.Many2one("itsm.ci", "Item", readonly=True)
    is_new = fields.Boolean("New Item", readonly=True)
    class_id = fields.Many2one(
        "itsm.ci.class", domain="[('is_abstract', '=', False)]", required=True
    )
    lifecycle_id = fields.Many2one(related="class_id.effective_lifecycle_id")
    attributes = fields.Properties(definition="class_id.attribute_definition")
    name = fields.Char(required=True)
    stage_id = fields.Many2one(
        "itsm.ci.stage", domain="[('lifecycle_id', '=', lifecycle_id)]"
    )
    criticality = fields.Selection(CRITICALITIES, default="3", required=True)
    environment = fields.Selection(ENVIRONMENTS)
    owner_id = fields.Many2one("hr.employee")
    custodian_id = fields.Many2one("hr.employee")
    department_id = fields.Many2one("hr.department")
    location_id = fields.Many2one("itsm.location")
    rack_position = fields.Integer()
    rack_units = fields.Integer()
    model_id = fields.Many2one("itsm.ci.model")
    manufacturer_id = fields.Many2one("res.partner")
    supplier_id = fields.Many2one("res.partner")
    serial_number = fields.Char()
    asset_code = fields.Char()
    host_name = fields.Char()
    domain_name = fields.Char("DNS Domain")
    warranty_end = fields.Date()
    ending_ids = fields.Many2many(
        "itsm.ci.relation",
        "itsm_change_proposal_relation_rel",
        "proposal_id",
        "relation_id",
        "Relations That End",
        domain="['|', ('source_id', '=', ci_id), ('target_id', '=', ci_id)]",
    )
    line_ids = fields.One2many(
        "itsm.change.proposal.line", "proposal_id", "New Relations"
    )

    @api.model
    def _open(self, vals, item=None):
        """Return the action of a form that shows an item as it is planned by now."""
        proposal = self.create(self._begin_values(vals, item))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change Under a Change")
            if item
            else self.env._("New Item by a Change"),
            "res_model": self._name,
            "res_id": proposal.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _begin_values(self, vals, item):
        """Return the values of a form: the item, with what is planned already."""
        if not item:
            first = self.env["itsm.ci.class"].search(
                [("is_abstract", "=", False)], limit=1
            )
            return {
                "is_new": True,
                "class_id": first.id,
                "name": self.env._("New item"),
                **vals,
            }
        item.check_access("read")
        held = dict(item._snapshot()[item.id])
        change = self.env["itsm.change"].browse(vals.get("change_id") or [])
        if not change:
            change = self._change_of(item)
        for delta in change.delta_ids:
            if delta.kind == "attribute" and delta.ci_id == item:
                held[delta.key] = delta.new
        attributes = {
            key.removeprefix(_ATTRIBUTE): _id_of(value)
            for key, value in held.items()
            if key.startswith(_ATTRIBUTE) and not is_empty(value)
        }
        return {
            "change_id": change.id,
            "ci_id": item.id,
            "class_id": item.class_id.id,
            "attributes": attributes,
            **{key: _id_of(held.get(key)) or False for key in FIELDS},
            **vals,
        }

    @api.model
    def _change_of(self, item):
        """Return the change that the user most likely means."""
        return self.env["itsm.change"].search(
            [
                ("state", "=", states.DRAFT),
                ("ci_ids", "in", item.ids),
                "|",
                ("create_uid", "=", self.env.uid),
                ("implementer_id", "=", self.env.uid),
            ],
            order="id desc",
            limit=1,
        )

    # ------------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------------

    def action_plan(self):
        """Write into the change what will differ, and open it."""
        self.ensure_one()
        change = self.change_id or self._make_change()
        if self.is_new:
            new_item = self._plan_new_item(change)
        else:
            self._plan_values(change)
            self._plan_ends(change)
            new_item = self.env["itsm.change.delta"]
        self._plan_relations(change, new_item)
        return change._get_records_action()

    def _make_change(self):
        return self.env["itsm.change"].create(
            {
                "name": self.env._("Change of %(item)s", item=self.name),
                "company_id": (self.ci_id.company_id or self.env.company).id,
                "implementer_id": self.env.uid,
            }
        )

    def _wanted(self):
        """Return ``{key: value}`` of the form, in the naming of the history."""
        self.ensure_one()
        values = {}
        for key in FIELDS:
            value = self[key]
            if isinstance(value, models.BaseModel):
                value = value.id
            elif self._fields[key].type == "date":
                value = fields.Date.to_string(value)
            values[key] = value or None
        given = self.attributes._values or {}
        for spec in self.class_id._attribute_specs():
            value = given.get(spec.key)
            is_nothing = value is None or (value is False and spec.type != "boolean")
            values[_ATTRIBUTE + spec.key] = None if is_nothing else value
        return values

    def _plan_values(self, change):
        """Plan the values that differ from the item; forget those that do not."""
        Delta = self.env["itsm.change.delta"]
        held = self.ci_id._snapshot()[self.ci_id.id]
        planned = {
            delta.key: delta
            for delta in change.delta_ids
            if delta.kind == "attribute" and delta.ci_id == self.ci_id
        }
        new = []
        for key, value in self._wanted().items():
            read = Delta._read_value(self.class_id, key, value)
            delta = planned.get(key, Delta)
            if Delta._is_same(read, held.get(key)):
                delta.unlink()
            elif not delta:
                new.append(
                    {
                        "change_id": change.id,
                        "ci_id": self.ci_id.id,
                        "key": key,
                        "new": read,
                    }
                )
            elif not Delta._is_same(read, delta.new):
                delta.new = read
        Delta.create(new)

    def _plan_new_item(self, change):
        """Plan a new item, or plan it otherwise."""
        wanted = {key: value for key, value in self._wanted().items() if value}
        wanted.pop("name", None)
        vals = {"item_name": self.name, "values": wanted}
        if self.delta_id:
            self.delta_id.write(vals)
            return self.delta_id
        return self.delta_id.create(
            {
                "change_id": change.id,
                "kind": "new_item",
                "class_id": self.class_id.id,
                **vals,
            }
        )

    def _plan_ends(self, change):
        Delta = self.env["itsm.change.delta"]
        planned = change.delta_ids.filtered(lambda delta: delta.kind == "relation_end")
        known = {
            (delta.ci_id, delta.relation_type_id, delta.other_ci_id)
            for delta in planned
        }
        Delta.create(
            [
                {
                    "change_id": change.id,
                    "kind": "relation_end",
                    "ci_id": relation.source_id.id,
                    "relation_type_id": relation.type_id.id,
                    "other_ci_id": relation.target_id.id,
                }
                for relation in self.ending_ids
                if (relation.source_id, relation.type_id, relation.target_id)
                not in known
            ]
        )

    def _plan_relations(self, change, new_item):
        self.env["itsm.change.delta"].create(
            [
                {
                    "change_id": change.id,
                    "kind": "relation_add",
                    "relation_type_id": line.type_id.id,
                    "new_item_id": new_item.id,
                    **line._ends(self.ci_id),
                }
                for line in self.line_ids
            ]
        )


class ItsmChangeProposalLine(models.TransientModel):
    """A new relation of an item after a change."""

    _name = "itsm.change.proposal.line"
    _description = "New Relation by a Change"
    _inherit = ["itsm.change.wizard"]
    _about = ("other_ci_id",)

    proposal_id = fields.Many2one(
        "itsm.change.proposal", required=True, ondelete="cascade", index=True
    )
    type_id = fields.Many2one("itsm.ci.relation.type", required=True)
    direction = fields.Selection(
        [("from", "From this item"), ("to", "To this item")],
        required=True,
        default="from",
    )
    other_ci_id = fields.Many2one("itsm.ci", "Other Item", required=True)

    def _ends(self, item):
        """Return the ends of the relation as fields of a difference."""
        self.ensure_one()
        if self.other_ci_id == item:
            raise UserError(self.env._("A relation is between two different items."))
        ends = [item.id, self.other_ci_id.id]
        if self.direction == "to":
            ends.reverse()
        return dict(zip(("ci_id", "other_ci_id"), ends, strict=True))


def _id_of(value):
    """Return a value of the history as a field takes it."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], int):
        return value[0]
    return value
