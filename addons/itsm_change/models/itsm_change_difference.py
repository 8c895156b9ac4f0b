from odoo import api, fields, models

from ..tools import states
from .itsm_change_delta import LATE_STATES


class ItsmChange(models.Model):
    """What will be different on the items after a change."""

    _inherit = "itsm.change"

    delta_ids = fields.One2many("itsm.change.delta", "change_id", "What Will Differ")
    has_drift = fields.Boolean(compute="_compute_drift")
    drift_text = fields.Text("Drift", compute="_compute_drift")
    can_plan_delta = fields.Boolean(compute="_compute_can_plan_delta")

    def _compute_drift(self):
        problems = self.delta_ids._problems()
        for change in self:
            texts = [problems.get(delta._origin) for delta in change.delta_ids]
            change.drift_text = "\n".join(filter(None, texts)) or False
            change.has_drift = bool(change.drift_text)

    def _compute_can_plan_delta(self):
        for change in self:
            change.can_plan_delta = change.can_edit_content or (
                change.state in LATE_STATES and change._may_use_on_screen("close")
            )

    @api.model
    def _next_step_fields(self):
        return (*super()._next_step_fields(), "delta_ids")

    def _names_items(self):
        return super()._names_items() or any(
            delta.kind == "new_item" for delta in self.delta_ids
        )

    def _approval_subject(self):
        """What will differ is approved too; that an item has drifted voids nothing."""
        planned = self.delta_ids.filtered(lambda delta: not delta.is_unplanned)
        rows = [
            [
                delta.kind,
                delta.ci_id.id,
                delta.key,
                delta.new,
                delta.relation_type_id.id,
                delta.other_ci_id.id,
                delta.class_id.id,
                delta.item_name,
                delta.values,
            ]
            for delta in planned
        ]
        if not rows:
            return super()._approval_subject()
        return [
            *super()._approval_subject(),
            {
                "key": "delta_ids",
                "label": self._fields["delta_ids"]._description_string(self.env),
                "value": rows,
                "text": "\n".join(
                    f"{delta.subject}: {delta.what}: "
                    f"{delta.old_text or '–'} → {delta.new_text or '–'}"
                    for delta in planned
                ),
            },
        ]

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_plan_item(self):
        """Open the form that says how an item of the change will be."""
        self.ensure_one()
        items = self.ci_ids
        if not items:
            self._refuse_without_items()
        vals = {"change_id": self.id}
        if len(items) == 1:
            return self.env["itsm.change.proposal"]._open(vals, items)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Which Item Will Differ?"),
            "res_model": "itsm.change.item.choice",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_change_id": self.id},
        }

    def action_plan_new_item(self):
        """Open the form of an item that the change will make."""
        self.ensure_one()
        return self.env["itsm.change.proposal"]._open({"change_id": self.id})

    # ------------------------------------------------------------------
    # Gate and end
    # ------------------------------------------------------------------

    def _gate_facts(self):
        problems = self.delta_ids._problems()
        # Not what the user may not see.
        seen = self.delta_ids.sudo(False)._filtered_access("read")
        texts = [text for delta, text in problems.items() if delta in seen.sudo()]
        if len(texts) < len(problems):
            texts.append(
                self.env._(
                    "An item that you may not see has changed since it was planned."
                )
            )
        return super()._gate_facts() | {
            "delta": (
                not problems if self.delta_ids else None,
                self.env._(
                    "%(problems)s Accept that on the page “What Will Differ”, or put "
                    "it right.",
                    problems=" ".join(texts),
                ),
            )
        }

    def _after_transition(self, verb):
        result = super()._after_transition(verb)
        if verb == "close":
            done = self.filtered(lambda change: change.close_code in states.DONE_CODES)
            done._apply_delta()
            (self - done)._drop_delta()
        elif verb == "cancel":
            self._drop_delta()
        return result

    def _apply_delta(self):
        """Let the items be as the changes planned them."""
        self.sudo().delta_ids._apply()  # sudo: see there

    def _drop_delta(self):
        """Note that nothing of what was planned came to be."""
        # sudo: the verb has checked who ends the change.
        deltas = self.sudo().delta_ids
        planned = deltas.filtered(lambda delta: delta.state == "planned")
        planned._write_system({"state": "refused"})
