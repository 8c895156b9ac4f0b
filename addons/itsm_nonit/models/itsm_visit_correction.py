from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..tools import field_work
from .itsm_visit import LEADERS


class ItsmVisit(models.Model):
    """Times that were recorded wrongly: who may put them right, and what follows.

    The entries of the phone stay as they came; the conversation says what was put
    right, by whom and why.
    """

    _inherit = "itsm.visit"

    may_correct = fields.Boolean(
        compute="_compute_may_correct", export_string_translation=False
    )

    @api.depends("state", "user_id", "started_at", "ended_at", "signed_at")
    @api.depends_context("uid")
    def _compute_may_correct(self):
        leads = self.env.user.has_group(LEADERS)
        mine = self._filtered_access("write")
        for visit in self:
            visit.may_correct = (
                visit.state in ("paused", "done")
                and visit in mine
                and (leads or visit._is_own_of_today())
            )

    def _is_own_of_today(self):
        """Tell whether it is the user's own visit of this day, and not signed."""
        self.ensure_one()
        at = self.ended_at or self.started_at
        if not at or self.user_id != self.env.user or self.signed_at:
            return False
        day = fields.Datetime.context_timestamp(self, at).date()
        return day == fields.Date.context_today(self)

    def action_correct_times(self):
        """Open the times of the visit, to put them right."""
        self.ensure_one()
        self._refuse_correction()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct the Times"),
            "res_model": "itsm.visit.correction",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_visit_id": self.id},
        }

    def correct_times(self, spells, reason):
        """Put right when somebody worked, and say so in the conversation.

        :param spells: list of ``(start, end)`` that replaces what is on record
        :param reason: why, for the conversation
        """
        self.ensure_one()
        self._refuse_correction()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the times are corrected."))
        spells = sorted(spells)
        self._check_spells(spells)
        visit = self.sudo()  # sudo: spells are written by verbs only; checked above
        before = [(spell.start, spell.end) for spell in visit.spell_ids]
        if spells == sorted(before):
            raise UserError(self.env._("These are the times that are on record."))
        minutes = visit.minutes
        values = {
            "spell_ids": [
                Command.clear(),
                *(Command.create({"start": one, "end": end}) for one, end in spells),
            ],
            "started_at": spells[0][0],
        }
        if visit.state == "done":
            values["ended_at"] = spells[-1][1]
        visit._write_system(values)
        if visit.state == "done":
            visit._write_system({"labour_cost": visit._corrected_cost(minutes)})
        self._tell_correction(minutes, before, spells, reason)
        return True

    def _corrected_cost(self, minutes):
        """Return what the work cost, at the rate that was counted with."""
        if minutes and self.labour_cost:
            return self.labour_cost / minutes * self.minutes
        return self._cost_of_work()

    # ------------------------------------------------------------------
    # What is checked
    # ------------------------------------------------------------------

    def _refuse_correction(self):
        """Refuse whoever may not correct the times, with what stands in the way."""
        self.check_access("write")
        self._refuse_state(("paused", "done"))
        if not self.may_correct:
            raise UserError(
                self.env._(
                    "Who was there corrects the times on the same day, as long as "
                    "nobody has signed. After that, ask your team leader."
                )
            )

    def _check_spells(self, spells):
        """Refuse times that cannot be."""
        if not spells:
            raise UserError(
                self.env._("Enter at least one stretch of work, from when to when.")
            )
        problem = field_work.spell_problem(spells, fields.Datetime.now())
        if problem:
            sentences = {
                "backward": self.env._("Work ends after it began. Correct the times."),
                "future": self.env._("Work cannot end in the future."),
                "overlap": self.env._("Two stretches of work overlap. Correct them."),
            }
            raise UserError(sentences[problem])
        # sudo: nobody is in two places at once, wherever the other one is.
        other = self.env["itsm.visit.spell"].sudo()
        other = other.search(
            Domain("visit_id.user_id", "=", self.user_id.id)
            & Domain("visit_id", "!=", self.id)
            & Domain.OR(
                Domain("start", "<", end)
                & (Domain("end", ">", start) | Domain("end", "=", False))
                for start, end in spells
            ),
            limit=1,
        )
        if other:
            raise UserError(
                self.env._(
                    "%(name)s was at another visit then, from %(start)s.",
                    name=self.user_id.name,
                    start=self._moment(other.start),
                )
            )

    # ------------------------------------------------------------------
    # In the conversation
    # ------------------------------------------------------------------

    def _tell_correction(self, minutes, before, after, reason):
        """Note a correction at the task or ticket, for the desk only."""
        # sudo: who does a task of another desk's ticket may correct his own times.
        visit = self.sudo()
        job = visit.ticket_id or visit.task_id
        text = self.env._(
            "Times of %(name)s corrected, from %(before)s minutes (%(was)s) to "
            "%(after)s minutes (%(now)s). Reason: %(reason)s",
            name=visit.user_id.name,
            before=minutes,
            was=self._spells_text(before),
            after=visit.minutes,
            now=self._spells_text(after),
            reason=reason,
        )
        if visit.signed_at:
            signed = self.env._(
                "%(name)s had signed before that.", name=visit.signed_by
            )
            text = f"{text} {signed}"
        job.with_user(self.env.user).sudo()._message_log(body=text)

    def _spells_text(self, spells):
        return ", ".join(
            f"{self._moment(start)} – {self._moment(end)}" for start, end in spells
        )

    def _moment(self, value):
        """Return a time as the desk reads it, with the zone."""
        zone = (self.desk_id.resource_calendar_id.tz or self.env.user.tz) or "UTC"
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), value)
        return f"{local:%Y-%m-%d %H:%M} ({zone})"
