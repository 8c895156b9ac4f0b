from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import lifecycle


class ItsmTicket(models.Model):
    """What a transition changes: stage, dates, counters; and moves by dragging."""

    _inherit = "itsm.ticket"

    def _move(self, verb, vals):
        """Bring the tickets into the verb's state, with its dates and counters."""
        target = lifecycle.TRANSITIONS[verb].target
        for key, tickets in self.grouped(
            lambda ticket: (ticket.desk_id, bool(ticket.first_response_at))
        ).items():
            desk, responded = key
            tickets._write_system(
                {
                    **self._leaving_values(target),
                    **self._entering_values(target, responded),
                    **vals,
                    "stage_id": self._target_stage(desk.sudo(), target).id,
                }
            )
        if verb == "reopen":
            self._count("reopen_count")
        self._after_transition(verb)

    def _after_transition(self, verb):
        """Hook: called after tickets were moved by ``verb``."""

    @api.model
    def _leaving_values(self, target):
        """Return what is emptied when tickets enter ``target``."""
        values = {}
        if target != "pending":
            values.update(
                pending_reason_id=False,
                pending_since=False,
                pending_until=False,
                supplier_id=False,
            )
        if target in lifecycle.OPEN_STATES:
            values.update(resolved_at=False, closed_at=False)
        return values

    @api.model
    def _entering_values(self, target, responded):
        """Return the dates that entering ``target`` sets."""
        now = fields.Datetime.now()
        if target == "resolved":
            # The solution is an answer, if there was none before.
            answer = {} if responded else {"first_response_at": now}
            return {"resolved_at": now, **answer}
        if target in lifecycle.ENDED_STATES:
            return {"closed_at": now}
        return {}

    def _target_stage(self, desk, state):
        """Return the stage to enter: the one chosen on the kanban, or the first."""
        chosen = self.env["itsm.stage"].browse(
            self.env.context.get("itsm_stage_id", ())
        )
        chosen = chosen.exists()
        if chosen.state == state and (not chosen.desk_ids or desk in chosen.desk_ids):
            return chosen
        return self.env["itsm.stage"]._for_state(desk, state)

    def _write_stage(self, vals):
        """Move to a stage somebody chose, through the verb that leads there."""
        vals = dict(vals)
        stage = self.env["itsm.stage"].browse(vals.pop("stage_id")).exists()
        if vals:
            self.write(vals)
        for state, tickets in self.grouped("state").items():
            if state == stage.state:
                tickets.check_access("write")
                tickets._write_system({"stage_id": stage.id})
                continue
            verb = lifecycle.verb_between(state, stage.state)
            tickets._refuse_dead_end(verb, state, stage)
            tickets.with_context(itsm_stage_id=stage.id)._run_without_form(verb)
        return True

    def _refuse_dead_end(self, verb, state, stage):
        if verb:
            return
        labels = dict(self._fields["state"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "%(ticket)s cannot go from “%(state)s” to “%(stage)s”.",
                ticket=self[0].display_name,
                state=labels[state],
                stage=stage.name,
            )
        )

    def _run_without_form(self, verb):
        """Use a verb that was meant by dragging a card.

        Verbs that need words cannot be meant by a drag alone.
        """
        if verb in ("set_pending", "reopen", "cancel"):
            raise UserError(
                self.env._(
                    "Open %(ticket)s and use the button there: a reason is needed.",
                    ticket=self[0].display_name,
                )
            )
        return getattr(self, verb)()

    def _resolution_values(self, code, text):
        """Return the given code and text; what is not given stays the ticket's own."""
        values = {"resolution_code_id": code.id, "resolution": text}
        return {name: value for name, value in values.items() if value}

    def _close_with(self, code):
        self._move(
            "close", {"closure_code_id": self._coded("itsm.closure.code", code).id}
        )

    def _count(self, name):
        """Add one to a counter of each ticket, in one statement for each value."""
        for count, tickets in self.grouped(name).items():
            tickets._write_system({name: count + 1})

    def _tell(self, text):
        """Post ``text`` in the conversation, where the requester reads it."""
        author = self.env.user.partner_id
        for ticket in self:
            ticket.message_post(
                body=text,
                author_id=author.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
