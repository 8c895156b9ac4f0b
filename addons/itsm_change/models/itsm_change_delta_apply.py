from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_cmdb.tools.history import is_record
from odoo.addons.itsm_helpdesk.models.row_lock import wait_for_rows

from ..tools import states

_ATTRIBUTE = "attributes."


class ItsmChangeDelta(models.Model):
    """How differences come to be, and what hinders it.

    An item that is not any more what it was when this was planned has drifted: to
    write over it would undo what somebody else did. It is refused, until somebody has
    looked at it and accepts how it is now.
    """

    _inherit = "itsm.change.delta"

    problem = fields.Char(compute="_compute_problem")
    is_drifted = fields.Boolean("Has Drifted", compute="_compute_problem")

    def _compute_problem(self):
        problems = self._problems()
        for delta in self:
            delta.problem = problems.get(delta._origin)
            delta.is_drifted = bool(delta.problem)

    def _problems(self):
        """Return ``{delta: why it cannot be applied as planned}``."""
        planned = self._origin.filtered(lambda delta: delta.state == "planned")
        held = planned._held_now()
        found = {}
        # sudo: whoever may read the row may read what it is about.
        for delta in planned.sudo():
            text = delta._problem(held)
            if text:
                found[delta.with_env(self.env)] = text
        return found

    def _held_now(self):
        """Return ``{item id: {key: value}}`` of the items with planned values."""
        # sudo: what drifted has drifted, whoever looks.
        items = self.sudo().filtered(lambda delta: delta.kind == "attribute").ci_id
        return items._snapshot()

    def _problem(self, held):
        self.ensure_one()
        if self.kind == "attribute":
            return self._drift(held)
        if self.kind == "new_item":
            return self._namesake_problem()
        ends = self.ci_id | self.other_ci_id
        gone = ends.filtered(lambda item: not item.active)
        if self.kind == "relation_add" and gone:
            return self.env._(
                "“%(item)s” is in the archive, so it gets no new relation.",
                item=gone[0].display_name,
            )
        return False

    def _drift(self, held):
        """Return a sentence where the value is another one than when it was planned."""
        now = held.get(self.ci_id.id, {}).get(self.key)
        if self._is_same(now, self.old) or self._is_same(now, self.new):
            return False
        Ci, item_class = self.env["itsm.ci"], self.ci_id.class_id
        nothing = self.env._("nothing")
        return self.env._(
            "“%(field)s” of “%(item)s” was %(old)s when this was planned, and is "
            "%(now)s now.",
            field=Ci._key_label(self.key, item_class),
            item=self.ci_id.display_name,
            old=self._quoted(Ci._value_text(self.key, self.old, item_class), nothing),
            now=self._quoted(Ci._value_text(self.key, now, item_class), nothing),
        )

    def _quoted(self, text, nothing):
        return f"“{text}”" if text else nothing

    def _namesake_problem(self):
        now = self._namesakes(self.change_id, self.class_id, self.item_name)
        if set(now) <= set(self.old or ()):
            return False
        return self.env._(
            "There is an item “%(name)s” of the class “%(class)s” by now.",
            name=self.item_name,
            **{"class": self.class_id.name},
        )

    # ------------------------------------------------------------------
    # Accepting
    # ------------------------------------------------------------------

    def accept_drift(self):
        """Plan on from how the items are now, which is written over all the same."""
        changes = self.change_id
        changes.check_access("write")
        for change in changes:
            if change.state not in states.OPEN_STATES:
                change._refuse_late("delta_ids")
        problems = self._problems()
        held = self._held_now()
        for delta, text in problems.items():
            now = delta.old
            if delta.kind == "attribute":
                now = held.get(delta.sudo().ci_id.id, {}).get(delta.key)
            elif delta.kind == "new_item":
                now = self._namesakes(delta.change_id, delta.class_id, delta.item_name)
            delta._write_system({"old": now})
            if delta._is_hidden_from_some():
                text = self.env._(
                    "An item that not everybody sees has changed since it was planned."
                )
            delta.change_id._message_log(
                body=self.env._("%(drift)s That is accepted.", drift=text)
            )
        return True

    def _is_hidden_from_some(self):
        """Tell whether not all who read the change may read of its items."""
        self.ensure_one()
        delta = self.sudo()  # sudo: which groups, not what
        classes = delta.class_id | (delta.ci_id | delta.other_ci_id).class_id
        return bool(classes.group_ids)

    def action_accept_drift(self):
        """Accept how the items are now, from a button."""
        return self.accept_drift()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_plan_otherwise(self):
        """Open the form that says how the item will be."""
        self.ensure_one()
        vals = {"change_id": self.change_id.id}
        if self.kind != "new_item":
            return self.env["itsm.change.proposal"]._open(vals, self.ci_id)
        plain = {key: _plain(value) for key, value in (self.values or {}).items()}
        vals |= {
            "delta_id": self.id,
            "class_id": self.class_id.id,
            "name": self.item_name,
            "attributes": {
                key.removeprefix(_ATTRIBUTE): value
                for key, value in plain.items()
                if key.startswith(_ATTRIBUTE)
            },
        }
        own = {key: val for key, val in plain.items() if not key.startswith(_ATTRIBUTE)}
        return self.env["itsm.change.proposal"]._open({**vals, **own})

    def action_open_item(self):
        """Open the item that differs, or that was made."""
        self.ensure_one()
        item = self.ci_id or self.result_ci_id or self.other_ci_id
        if not item:
            raise UserError(self.env._("The item is made when the change is closed."))
        return item.get_formview_action()

    # ------------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------------

    def _apply(self):
        """Let the items be as planned, under the name of their change.

        All of it, or nothing: whoever calls does it in one transaction.
        """
        # sudo: whoever approved the change has allowed this, whoever closes it.
        deltas = self.sudo().filtered(lambda delta: delta.state == "planned")
        deltas._refuse_drift()
        for change, mine in deltas.grouped("change_id").items():
            under = {"origin": change, "reason": change.display_name}
            mine._make_items(under)
            mine._write_values(under)
            mine._end_relations(under)
            mine._begin_relations(under)
        deltas._as_system().write(
            {"state": "applied", "applied_at": fields.Datetime.now()}
        )

    def _refuse_drift(self):
        """Refuse what has drifted; hold the items, so that nothing drifts meanwhile."""
        items = self.ci_id | self.other_ci_id
        if items:
            items.flush_recordset()
            wait_for_rows(items)
            items.invalidate_recordset()
        problems = self._problems()
        if problems:
            raise UserError(
                self.env._(
                    "What will differ cannot be applied as planned:\n%(problems)s\n"
                    "Accept that on the page “What Will Differ”, or put it right.",
                    problems="\n".join(f"• {each}" for each in problems.values()),
                )
            )

    def _make_items(self, under):
        new = self.filtered(lambda delta: delta.kind == "new_item")
        if not new:
            return
        items = (
            self.env["itsm.ci"]
            ._under(**under)
            .create([delta._new_item_vals() for delta in new])
        )
        for delta, item in zip(new._as_system(), items, strict=True):
            delta.result_ci_id = item
        links = self.env["itsm.change.ci"]._as_analysis()
        links.create(
            [
                {"change_id": delta.change_id.id, "ci_id": delta.result_ci_id.id}
                for delta in new
            ]
        )

    def _new_item_vals(self):
        self.ensure_one()
        vals = {
            "name": self.item_name,
            "class_id": self.class_id.id,
            "company_id": self.change_id.company_id.id,
            "attributes": {},
        }
        for key, value in (self.values or {}).items():
            target = vals
            if key.startswith(_ATTRIBUTE):
                target, key = vals["attributes"], key.removeprefix(_ATTRIBUTE)
            target[key] = _plain(value)
        return vals

    def _write_values(self, under):
        values = {}
        for delta in self.filtered(lambda delta: delta.kind == "attribute"):
            value = _plain(delta.new) or delta._nothing()
            values.setdefault(delta.ci_id.id, {})[delta.key] = value
        if values:
            self.env["itsm.ci"]._under(**under)._write_values(values)

    def _nothing(self):
        """Return what its field or attribute takes for no value, zero or “no”."""
        self.ensure_one()
        kind, *_others = self._reading(self.ci_id.class_id, self.key)
        if kind in ("integer", "float", "monetary") and self.new is not False:
            return self.new
        return None if self.key.startswith(_ATTRIBUTE) and kind != "boolean" else False

    def _end_relations(self, under):
        for delta in self.filtered(lambda delta: delta.kind == "relation_end"):
            delta._relation()._under(**under).end()

    def _begin_relations(self, under):
        new = [
            delta._relation_vals()
            for delta in self.filtered(lambda delta: delta.kind == "relation_add")
            if not delta._relation()
        ]
        self.env["itsm.ci.relation"]._under(**under).create(new)

    def _relation(self):
        """Return the relation that it is about, if it is there now."""
        return self._relation_now(*self._ends())

    def _ends(self):
        made = self.new_item_id.result_ci_id
        return self.ci_id or made, self.relation_type_id, self.other_ci_id or made

    def _relation_vals(self):
        source, relation_type, target = self._ends()
        return {
            "source_id": source.id,
            "type_id": relation_type.id,
            "target_id": target.id,
        }


def _plain(value):
    """Return a kept value as items take it: records by their ids."""
    return value[0] if is_record(value) else value
