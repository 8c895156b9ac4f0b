from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError

from .itsm_ci_event import GIVING, OPEN_STATES

# Sentences about items that one message has room for.
_MAX_PROBLEMS = 5


class Kind(NamedTuple):
    """What a kind of event does, and to which items it can happen."""

    statuses: frozenset
    status: str | None = None
    needs: tuple = ()


_LIVING = frozenset(
    {"planned", "ordered", "in_stock", "in_use", "in_repair", "retired", "missing"}
)
_AT_HAND = frozenset({"planned", "ordered", "in_stock", "in_use"})
KIND_RULES = {
    "stock_in": Kind(
        frozenset({"planned", "ordered", "in_stock", "retired", "missing"}), "in_stock"
    ),
    "hand_over": Kind(_AT_HAND, "in_use", ("custodian_id",)),
    "return": Kind(frozenset({"in_use", "missing"}), "in_stock"),
    "move": Kind(_LIVING, None, ("location_id",)),
    "repair": Kind(_AT_HAND, "in_repair"),
    "upgrade": Kind(_LIVING - {"retired", "missing"}, None, ("change_ids",)),
    "loan": Kind(_AT_HAND, "in_use", ("custodian_id", "due_date")),
    "count": Kind(_LIVING),
    "disposal": Kind(_LIVING, "disposed", ("disposal_method", "reason")),
}


class ItsmCiEvent(models.Model):
    """What an event of each kind needs and what it does to its items."""

    _inherit = "itsm.ci.event"

    # ------------------------------------------------------------------
    # Preconditions
    # ------------------------------------------------------------------

    def _check_ready(self):
        """Refuse, with sentences, what cannot happen to the items now."""
        busy = self._items_elsewhere()
        for event in self:
            event._check_filled()
            problems = [
                problem
                for line in event.line_ids
                if (problem := event._item_problem(line.ci_id, busy))
            ]
            if problems:
                more = len(problems) - _MAX_PROBLEMS
                shown = problems[:_MAX_PROBLEMS]
                if more > 0:
                    shown.append(self.env._("And %(count)s more items.", count=more))
                raise UserError("\n".join(shown))

    def _check_filled(self):
        """Refuse an event without items, or without what its kind needs."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(
                self.env._("%(event)s has no items. Add some.", event=self.display_name)
            )
        for name in KIND_RULES[self.kind].needs:
            if not self[name]:
                raise UserError(
                    self.env._(
                        "%(event)s: fill in “%(field)s” first.",
                        event=self.display_name,
                        field=self._fields[name]._description_string(self.env),
                    )
                )
        if self.kind == "upgrade":
            self.change_ids._check_items()

    def _items_elsewhere(self):
        """Return ``{item id: other open event}`` of the items of these events."""
        lines = self.env["itsm.ci.event.line"].search(
            [
                ("ci_id", "in", self.line_ids.ci_id.ids),
                ("state", "in", OPEN_STATES),
                ("event_id", "not in", self.ids),
            ]
        )
        return {line.ci_id.id: line.event_id for line in lines}

    def _item_problem(self, item, busy):
        """Return what stands against the event for an item, or None."""
        self.ensure_one()
        if item.id in busy:
            return self.env._(
                "“%(item)s” is on %(event)s, which is still open. End that first.",
                item=item.display_name,
                event=busy[item.id].display_name,
            )
        # Whether it is one in this step or came back while the event was open.
        if self.state == "underway":
            return None
        if item.status not in KIND_RULES[self.kind].statuses:
            return self.env._(
                "“%(item)s” is %(status)s, so this cannot happen to it: %(kind)s.",
                item=item.display_name,
                status=self._label(item, "status"),
                kind=self._label(self, "kind"),
            )
        if self.kind in GIVING and item.custodian_id == self.custodian_id:
            return self.env._(
                "“%(item)s” is with %(person)s already.",
                item=item.display_name,
                person=self.custodian_id.name,
            )
        return None

    @staticmethod
    def _label(record, name):
        selection = record._fields[name]._description_selection(record.env)
        return dict(selection).get(record[name], record[name] or "")

    # ------------------------------------------------------------------
    # Effects
    # ------------------------------------------------------------------

    def _effects(self):
        """Return ``{line: {key: value}}`` of what the event writes into its items."""
        self.ensure_one()
        common = self._common_effects()
        stages = self._stages()
        changes = self.change_ids._by_item() if self.kind == "upgrade" else {}
        effects = {}
        for line in self.line_ids:
            values = {**common, **changes.get(line.ci_id.id, {})}
            if KIND_RULES[self.kind].status:
                values["stage_id"] = stages[line.ci_id.lifecycle_id].id
            condition = line.condition_after or line.condition_before
            if condition:
                values["condition"] = condition
            effects[line] = values
        return effects

    def _common_effects(self):
        """Return what the event writes into each of its items."""
        values = {}
        if self.kind in GIVING:
            values["custodian_id"] = self.custodian_id.id
        if self.kind in ("stock_in", "return", "disposal"):
            values["custodian_id"] = False
        if self.kind == "count":
            values["verified_at"] = self.date
        if self.kind not in ("repair", "disposal", "upgrade"):
            for name in ("department_id", "location_id"):
                if self[name]:
                    values[name] = self[name].id
        if "location_id" in values:
            is_rack = self.location_id.kind == "rack"
            values["rack_position"] = self.rack_position if is_rack else 0
        return values

    def _stages(self):
        """Return ``{life cycle: stage}`` that the items come to."""
        status = KIND_RULES[self.kind].status
        if not status:
            return {}
        stages = {}
        for lifecycle in self.line_ids.ci_id.lifecycle_id:
            stage = lifecycle._default_stage(status)
            if not stage:
                raise UserError(
                    self.env._(
                        "The life cycle “%(lifecycle)s” has no stage for items that "
                        "are %(status)s. Add one.",
                        lifecycle=lifecycle.name,
                        status=dict(
                            self.env["itsm.ci"]
                            ._fields["status"]
                            ._description_selection(self.env)
                        )[status],
                    )
                )
            stages[lifecycle] = stage
        return stages
