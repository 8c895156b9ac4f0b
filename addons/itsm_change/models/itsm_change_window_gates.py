from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import conflicts

# Before these a change must have its time for itself; they wait for their turn.
TAKING = ("accept", "authorize", "schedule", "start", "start_now")
BEGINNING = ("start", "start_now")


class ItsmChange(models.Model):
    """The gates of the calendar: dates without a blocking conflict, and no freeze."""

    _inherit = "itsm.change"

    def _before_transition(self, verb):
        if verb in TAKING:
            self._schedule_lock()
            self._refresh_conflicts()
        if verb in BEGINNING:
            self._refuse_frozen_now()
        return super()._before_transition(verb)

    def _refuse_frozen_now(self):
        """Refuse to begin early, or late, into a freeze that the dates keep out of."""
        now = fields.Datetime.now()
        span = now, now + timedelta(minutes=1)
        for change_id, problems in self._problems_at(
            {key: [span] for key in self.ids}
        ).items():
            texts = [
                each["text"]
                for each in problems[0]
                if each["kind"] == conflicts.FREEZE
                and each["severity"] == conflicts.BLOCK
            ]
            if texts:
                raise UserError(
                    self.env._(
                        "%(change)s cannot begin now. %(freezes)s",
                        change=self.browse(change_id).display_name,
                        freezes=" ".join(texts),
                    )
                )

    def _authorize(self):
        """Look at what is in the way as it is now."""
        self._schedule_lock()
        self._refresh_conflicts()
        return super()._authorize()

    def _gate_facts(self):
        blocking = self.conflict_ids.filtered(
            lambda row: row.is_active and row.severity == conflicts.BLOCK
        ).with_env(self.env(su=False))
        frozen = blocking.filtered(lambda row: row.kind == conflicts.FREEZE)
        return super()._gate_facts() | {
            "window": self._gate_window(blocking - frozen),
            "freeze": (not frozen, "\n".join(frozen.mapped("text"))),
        }

    def _gate_window(self, blocking):
        """Return whether dates are chosen at which nothing is in the way."""
        if not (self.planned_start and self.planned_end):
            return False, self.env._("Choose when it begins and ends.")
        return not blocking, "\n".join(f"{row.text} {row.cure}" for row in blocking)
