from odoo import fields, models

from ..tools import gates

TURN = "itsm_change.mail_activity_type_turn"


class ItsmChange(models.Model):
    """Whose turn it is: an activity for the person, which ends with their verb."""

    _inherit = "itsm.change"

    def _after_transition(self, verb):
        res = super()._after_transition(verb)
        # sudo: the reminders are the system's; whoever moved it need not see them all.
        changes = self.sudo()
        changes.activity_unlink([TURN])
        for change in changes:
            person, day = change._whose_turn()
            # Nobody needs to be told what they have just decided to do themselves.
            if person and person != self.env.user:
                change.activity_schedule(
                    TURN,
                    date_deadline=day,
                    summary=change._next_step_text(
                        gates.next_verb(change.state, change.type)
                    ),
                    user_id=person.id,
                )
        return res

    def _whose_turn(self):
        """Return the user who has to do the next step, and until which day."""
        self.ensure_one()
        verb = gates.next_verb(self.state, self.type)
        today = fields.Date.context_today(self)
        nobody = self.env["res.users"]
        start = self.planned_start.date() if self.planned_start else today
        end = self.planned_end.date() if self.planned_end else today
        return {
            "accept": (self.coordinator_id, today),
            "start": (self.implementer_id, max(start, today)),
            "finish": (self.implementer_id, max(end, today)),
            "close": (self.coordinator_id, today),
        }.get(verb, (nobody, today))
