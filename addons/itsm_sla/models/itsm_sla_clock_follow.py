from odoo import api, fields, models

from ..tools import clock as pure
from ..tools import escalation
from ..tools.policy import Key, RecordLife


class ItsmSlaClock(models.Model):
    """Bringing clocks up to date with what happened to their records."""

    _inherit = "itsm.sla.clock"

    @api.model
    def _follow(self, records, *, match="", events=None, at=None):
        """Bring the clocks of records up to date.

        :param records: records of one model
        :param match: ``renew`` chooses all policies anew; ``turn`` only those of teams
            and suppliers, for a new turn, while the customer's go on; otherwise the
            clocks that exist go on
        :param events: ``{record id: [events]}`` of new records, which have nothing
            else yet; saves reading it
        :param at: moment at which policies begin or cease to apply; default: now
        """
        if not records or not self.env["itsm.sla.policy"]._cards(records._name):
            return
        # sudo: whoever acts, the record's own facts decide.
        records = records.sudo()
        if events is None:
            if match:
                # Whoever changed a record at the same moment is met here, where the
                # transaction is repeated, and not at the key of the new clocks.
                records.flush_recordset()
            lives = self.env["itsm.sla.event"]._lives_of(records)
            clocks = self._of(records)
        else:
            lives = {id_: RecordLife(found) for id_, found in events.items()}
            clocks = self._as_engine().browse()
        created = self._as_engine().browse()
        if match:
            at = at or fields.Datetime.now()
            created = self._match(records, lives, clocks, at, renew=match == "renew")
        clocks._read_again(records, lives)
        records._sla_show(clocks | created)

    # ------------------------------------------------------------------
    # What they show
    # ------------------------------------------------------------------

    @api.model
    def _create_read(self, records, lives, values_list):
        """Create clocks that show at once what they are to show."""
        if not values_list:
            return self._as_engine().browse()
        by_id = {record.id: record for record in records}
        cards = self.env["itsm.sla.policy"]._cards(records._name)
        now = fields.Datetime.now()
        drafts = []
        for values in values_list:
            record, card = by_id[values["res_id"]], cards[values["policy_id"]]
            key = Key(card.id, values["metric"], values["spell"])
            version = card.version(values["policy_version_id"])
            calendar = self._calendar_of(record, version)
            timeline = calendar._itsm_timeline(company=record._sla_company())
            reading, spell = self._reading(
                lives[record.id], key, version.terms, timeline, now
            )
            waiting = self._waiting_rules(card, key.metric, reading, (), now)
            shown = self._shown(reading, spell, waiting)
            shown["calendar_id"] = calendar.id
            drafts.append((values | shown, reading, timeline))
        kept = self._timetables(drafts)
        clocks = self._as_engine().create(
            [
                {**values, "timetable_id": kept[self._hours_kept(reading, timeline)]}
                for values, reading, timeline in drafts
            ]
        )
        # New clocks have no stretches to be replaced.
        self.browse()._keep_segments(
            {clock: draft[1] for clock, draft in zip(clocks, drafts, strict=True)}
        )
        return clocks

    def _read_again(self, records, lives, now=None):
        """Bring existing clocks to what the events say, writing what differs.

        :return: ``{clock: reading}``
        """
        by_id = {record.id: record for record in records}
        now = now or fields.Datetime.now()
        fired = self._fired_rules()
        drafts = []
        for clock in self:
            record = by_id[clock.res_id]
            reading, spell, calendar, timeline = clock._read(
                record, lives[record.id], now
            )
            if reading is None:
                clock._cancel_spell()
                continue
            waiting = self._waiting_rules(
                clock._card(),
                clock.metric,
                reading,
                fired.get(clock.id, ()),
                clock.create_date or now,
            )
            shown = self._shown(reading, spell, waiting, waived=clock.waived)
            shown["calendar_id"] = calendar.id
            shown["company_id"] = record._sla_company().id
            drafts.append(((clock, shown), reading, timeline))
        kept = self._timetables(drafts)
        changed = {}
        # Only finished clocks have stretches to be replaced.
        finished = self.filtered(lambda clock: not clock.is_unfinished)
        for (clock, shown), reading, timeline in drafts:
            shown["timetable_id"] = kept[self._hours_kept(reading, timeline)]
            if clock._write_different(shown):
                changed[clock] = reading
        replaced = finished.filtered(lambda clock: clock in changed)
        replaced._keep_segments(changed)
        return {clock: reading for (clock, _shown), reading, _timeline in drafts}

    def _cancel_spell(self):
        """Cancel a clock whose turn never was, as a correction has shown."""
        self.ensure_one()
        self._write_different(
            {
                "state": pure.CANCELLED,
                "is_unfinished": False,
                "deadline": False,
                "next_at": False,
            }
        )

    def _read(self, record, record_life, now):
        """Return what the clock shows: reading, spell, calendar and timeline.

        A finished clock is read on the hours it stopped in, whatever became of the
        calendar; a clock without spell (its events were corrected) reads None.
        """
        self.ensure_one()
        key, version = self._key(), self._version_card()
        if not self.is_unfinished:
            timeline = self.timetable_id._timeline()
            reading, spell = self._reading(
                record_life, key, version.terms, timeline, now
            )
            if reading and self._is_over(reading):
                return reading, spell, self.calendar_id, timeline
        # It runs, or was reopened: the hours of today count.
        calendar = self._calendar_of(record, version)
        timeline = calendar._itsm_timeline(company=record._sla_company())
        reading, spell = self._reading(record_life, key, version.terms, timeline, now)
        return reading, spell, calendar, timeline

    @api.model
    def _reading(self, record_life, key, agreed, timeline, now):
        """Return the reading and the spell of a clock, None without a spell."""
        found = record_life.spells(agreed, key.metric)
        if key.spell >= len(found):
            return None, None
        spell = found[key.spell]
        reading = pure.read(
            spell,
            agreed,
            key.metric,
            timeline,
            now,
            detached_at=record_life.detached.get((key.policy, key.metric)),
        )
        return reading, spell

    @api.model
    def _shown(self, reading, spell, waiting, waived=0):
        """Return the values of a clock's row that follow from a reading.

        :param waiting: escalation rules that wait, from :meth:`_waiting_rules`
        """
        over = self._is_over(reading)
        moments = [moment for moment, _rule in waiting[:1]]
        if not over and reading.deadline and not reading.breached:
            moments.append(reading.deadline)
        excused = waived > 0 and waived >= reading.elapsed - (reading.budget or 0)
        return {
            "party_id": spell.party or 0,
            "state": reading.state,
            "is_unfinished": not over,
            "priority": reading.priority or False,
            "started_at": reading.started_at,
            "stopped_at": reading.stopped_at or False,
            "deadline": reading.deadline or False,
            "warning_at": reading.warning_at or False,
            "budget": reading.budget or 0,
            "elapsed": reading.elapsed,
            "paused": sum(
                s.working for s in reading.segments if s.phase == pure.PAUSED
            ),
            "breached": reading.breached,
            "relaxed": reading.relaxed,
            "adjusted_breached": reading.breached and not excused,
            "next_at": min(moments, default=False),
        }

    @api.model
    def _waiting_rules(self, card, metric, reading, fired, since):
        """Return the escalation rules that wait for their moment, soonest first.

        :param fired: ids of the rules that fired already
        :param since: when the clock came to be
        """
        if self._is_over(reading):
            return []
        return escalation.due_moments(
            card.rules,
            metric,
            reading,
            fired,
            fields.Datetime.subtract(since, minutes=1),
        )

    @api.model
    def _is_over(self, reading):
        """Tell whether nothing that happens later can change a clock by itself."""
        return reading.stopped_at is not None or reading.state == pure.CANCELLED

    def _fired_rules(self):
        """Return ``{clock id: ids of the rules that fired}``."""
        watched = self.filtered(lambda clock: clock._card().rules)
        if not watched:
            return {}
        return {
            clock.id: set(rules.ids)
            for clock, rules in self.env["itsm.sla.escalation.fired"]
            .sudo()
            ._read_group(
                [("clock_id", "in", watched.ids)],
                ["clock_id"],
                ["escalation_id:recordset"],
            )
        }

    def _write_different(self, values):
        """Write the values that differ; tell whether there were any."""
        self.ensure_one()
        different = {
            name: value
            for name, value in values.items()
            if (self[name].id if self._fields[name].relational else self[name]) != value
        }
        if different:
            self.write(different)
        return bool(different)

    # ------------------------------------------------------------------
    # Working time
    # ------------------------------------------------------------------

    @api.model
    def _calendar_of(self, record, version):
        """Return the calendar that a version measures a record on; empty: always."""
        Calendar = self.env["resource.calendar"].sudo()
        if version.calendar_source == "policy":
            return Calendar.browse(version.calendar_id or ())
        if version.calendar_source == "record":
            return record._sla_calendar().sudo()
        return Calendar

    @api.model
    def _hours_kept(self, reading, timeline):
        """Return the working hours that a clock's row keeps: those it stopped in."""
        return timeline.hours if self._is_over(reading) else None

    @api.model
    def _timetables(self, drafts):
        """Return ``{working hours: timetable id}`` of the clocks that are over."""
        return self.env["itsm.sla.timetable"]._ids_of(
            {
                self._hours_kept(reading, timeline)
                for _clock, reading, timeline in drafts
            }
        )
