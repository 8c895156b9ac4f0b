from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import states

KINDS = [
    ("attribute", "Another Value"),
    ("relation_add", "New Relation"),
    ("relation_end", "Relation Ends"),
    ("new_item", "New Item"),
]
RELATIONS = ("relation_add", "relation_end")
# What a row is about is settled; another one is another row.
_MAY_WRITE = frozenset({"new", "item_name", "values", "sequence"})
# While it is worked, what nobody had planned is written down too.
LATE_STATES = (states.IMPLEMENT, states.REVIEW)


class ItsmChangeDelta(models.Model):
    """Something that will be different on an item when the change has been made.

    It is written down with the plan, and applied when the change is closed as
    successful (see ``itsm_change_delta_apply.py``). Whoever plans it must see the
    items, but need not be one who may write them: whoever approves the change allows
    it.
    """

    _name = "itsm.change.delta"
    _description = "Difference by a Change"
    _inherit = ["itsm.guarded.mixin", "itsm.change.part"]
    _order = "change_id, sequence, id"
    _rec_name = "what"

    company_id = fields.Many2one(related="change_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, required=True, default="attribute")
    ci_id = fields.Many2one(
        "itsm.ci",
        "Item",
        ondelete="restrict",
        index="btree_not_null",
        help="Of a relation: its source. Empty: the new item.",
    )
    # Another value
    key = fields.Char(help="As the history of items names it, such as attributes.ram.")
    old = fields.Json("Was When Planned", readonly=True)
    new = fields.Json("Will Be")
    # A relation
    relation_type_id = fields.Many2one("itsm.ci.relation.type", ondelete="restrict")
    other_ci_id = fields.Many2one(
        "itsm.ci",
        "Other Item",
        ondelete="restrict",
        index="btree_not_null",
        help="Target of the relation. Empty: the new item.",
    )
    new_item_id = fields.Many2one(
        "itsm.change.delta",
        "New Item at One End",
        ondelete="cascade",
        index="btree_not_null",
    )
    # A new item
    class_id = fields.Many2one("itsm.ci.class", ondelete="restrict")
    item_name = fields.Char("Name of the New Item")
    values = fields.Json("Values of the New Item")
    result_ci_id = fields.Many2one(
        "itsm.ci", "Item Made", readonly=True, ondelete="restrict", copy=False
    )
    # What becomes of it
    state = fields.Selection(
        [("planned", "Planned"), ("applied", "Applied"), ("refused", "Not Applied")],
        required=True,
        default="planned",
        readonly=True,
        copy=False,
    )
    is_unplanned = fields.Boolean(
        "Unplanned", readonly=True, copy=False, help="Written down after the start."
    )
    applied_at = fields.Datetime(readonly=True, copy=False)

    _value_once = models.UniqueIndex(
        "(change_id, ci_id, key) WHERE kind = 'attribute'",
        "The change says already what this value will be.",
    )
    _relation_once = models.UniqueIndex(
        "(change_id, kind, relation_type_id, COALESCE(ci_id, 0),"
        " COALESCE(other_ci_id, 0), COALESCE(new_item_id, 0))"
        " WHERE kind IN ('relation_add', 'relation_end')",
        "The change says already what becomes of this relation.",
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "applied_at",
            "is_unplanned",
            "old",
            "result_ci_id",
            "state",
        }

    # ------------------------------------------------------------------
    # Saving
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        deltas = super().create(vals_list)
        deltas._include_items()
        deltas._tell_approvers()
        return deltas

    @api.model
    def _complete_new(self, vals_list):
        """Check what is planned, and note how it is now."""
        vals_list = super()._complete_new(vals_list)
        ids = {
            vals.get(name) for vals in vals_list for name in ("ci_id", "other_ci_id")
        }
        items = self.env["itsm.ci"].browse(ids - {None, False}).exists()
        # For who may read them only: a plan must not tell of what its planner may not
        # see.
        held = items._snapshot()
        Change = self.env["itsm.change"]
        for vals in vals_list:
            change = Change.browse(vals.get("change_id"))
            vals["is_unplanned"] = change.state in LATE_STATES
            self._check_plan(vals, items)
            vals.update(self._as_planned(vals, held.get(vals.get("ci_id"), {})))
        return vals_list

    def write(self, vals):
        if not self._is_system():
            self._refuse_system_fields(vals)
            if not set(vals) <= _MAY_WRITE:
                raise UserError(
                    self.env._(
                        "What a difference is about stays as it is: remove it, and "
                        "plan another one."
                    )
                )
            self._check_new_values(vals)
        result = super().write(vals)
        self._tell_approvers()
        return result

    def unlink(self):
        changes = self.change_id
        result = super().unlink()
        # sudo: that the scope has moved concerns those who approved it.
        changes.sudo()._approval_recheck()
        return result

    def _tell_approvers(self):
        # sudo: that the scope has moved concerns those who approved it.
        self.change_id.sudo()._approval_recheck()

    def _include_items(self):
        """What will differ is affected: put the items on their changes."""
        for change, deltas in self.grouped("change_id").items():
            items = deltas.ci_id - change.sudo().ci_ids
            if not items:
                continue
            if change.state not in states.PLANNED_STATES:
                raise UserError(
                    self.env._(
                        "%(change)s is not made on “%(item)s”. What nobody planned is "
                        "written down for its own items only.",
                        change=change.display_name,
                        item=items[0].display_name,
                    )
                )
            change.ci_ids |= items

    # ------------------------------------------------------------------
    # Until when, and by whom
    # ------------------------------------------------------------------

    def _refuse_settled_part(self):
        """Leave what was planned as it is once the work begins; more may be added.

        Whoever may close the change may write down what was done beside the plan.
        """
        if self._is_system():
            return
        late = self.filtered(
            lambda delta: delta.is_unplanned and delta.change_id.state in LATE_STATES
        )
        super(ItsmChangeDelta, self - late)._refuse_settled_part()
        if not self.env.su:
            late.change_id._check_actor("close")
