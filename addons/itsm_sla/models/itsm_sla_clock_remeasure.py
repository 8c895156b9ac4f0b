from markupsafe import Markup

from odoo import models


class ItsmSlaClock(models.Model):
    """What moves a clock though nothing happened to its record is told there."""

    _inherit = "itsm.sla.clock"

    def _remeasure(self, reason, *, hours, terms):
        """Measure clocks on what counts today, finished ones too.

        :param reason: why; noted on the records, with what changed
        :param hours: on the present working hours
        :param terms: by the newest version of each policy
        """
        clocks = self._as_engine().browse(self.ids)
        if terms:
            for policy, group in clocks.grouped("policy_id").items():
                clocks |= group._of_one_life(policy.current_version_id)
        before = clocks._results()
        if terms:
            for policy, group in clocks.grouped("policy_id").items():
                group.policy_version_id = policy.current_version_id
        if hours:
            clocks._take_present_hours()
        for model, group in clocks.grouped("res_model").items():
            records = self.env[model].browse(dict.fromkeys(group.mapped("res_id")))
            self._follow(records, match="turn" if terms else "")
        clocks._tell_changes(
            before, self.env._("Clocks measured anew: %(reason)s", reason=reason)
        )

    def _take_present_hours(self):
        """Let finished clocks forget the hours they stopped in."""
        finished = self.filtered(lambda clock: not clock.is_unfinished)
        timelines = {}
        for clock in finished:
            record = clock._record().sudo()  # the record's own facts decide
            calendar = self._calendar_of(record, clock._version_card())
            company = record._sla_company()
            timelines[clock] = calendar, calendar._itsm_timeline(company=company).hours
        kept = self.env["itsm.sla.timetable"]._ids_of(
            {hours for _calendar, hours in timelines.values()}
        )
        for clock, (calendar, hours) in timelines.items():
            clock._write_different(
                {"calendar_id": calendar.id, "timetable_id": kept[hours]}
            )

    def _results(self):
        """Return ``{clock id: (state, deadline, elapsed)}``, to be compared later."""
        return {
            clock.id: (clock.state, clock.deadline, clock.elapsed) for clock in self
        }

    def _tell_changes(self, before, text):
        """Note on the records what became of their clocks.

        :param before: what :meth:`_results` gave
        :param text: what the note begins with
        """
        for model, clocks in self.grouped("res_model").items():
            lines = {}
            for clock in clocks:
                lines.setdefault(clock.res_id, []).append(
                    clock._change_line(before[clock.id])
                )
            # sudo: a note in one's own name on records whose clocks were measured.
            records = self.env[model].sudo().browse(lines)
            records._message_log_batch(
                bodies={
                    id_: Markup("<p>%s</p><ul>%s</ul>")
                    % (text, Markup("").join(Markup("<li>%s</li>") % x for x in found))
                    for id_, found in lines.items()
                },
                author_id=self.env.user.partner_id.id,
            )

    def _change_line(self, before):
        """Return what a clock showed and shows, in a line."""
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        state, deadline, elapsed = before
        return self.env._(
            "%(clock)s: %(old)s, due %(old_deadline)s, used %(old_elapsed)s → %(new)s, "
            "due %(new_deadline)s, used %(new_elapsed)s",
            clock=self.display_name,
            old=states[state],
            old_deadline=self._moment_text(deadline),
            old_elapsed=self._duration_text(elapsed),
            new=states[self.state],
            new_deadline=self._moment_text(self.deadline),
            new_elapsed=self._duration_text(self.elapsed),
        )

    def _tell_moved(self, deadlines):
        """Note on the records that deadlines moved by themselves.

        Nothing happened to the record: its calendar, or the desk's hours, changed.

        :param deadlines: ``{clock id: deadline}`` before they were read again
        """
        for model, clocks in self.grouped("res_model").items():
            bodies = {}
            for clock in clocks:
                old = deadlines[clock.id]
                if not old or not clock.deadline or old == clock.deadline:
                    continue
                # The sweep is nobody's: its note speaks in the zone of the hours.
                clock = clock.with_context(tz=clock.calendar_id.tz)
                line = self.env._(
                    "%(clock)s: the deadline moved from %(old)s to %(new)s, because "
                    "the working hours have changed.",
                    clock=clock.display_name,
                    old=self._moment_text(old),
                    new=self._moment_text(clock.deadline),
                )
                said = bodies.get(clock.res_id)
                bodies[clock.res_id] = (
                    said + Markup("<br/>") + line if said else (Markup("%s") % line)
                )
            if bodies:
                self.env[model].sudo().browse(bodies)._message_log_batch(bodies=bodies)
