from collections import defaultdict
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_datetime

from ..tools import clock as pure
from ..tools import terms
from ..tools.worktime import ALWAYS
from .itsm_sla_policy import KINDS

# What the customer was promised comes first.
_ROWS = [kind for kind, _label in KINDS]


class ItsmSlaClock(models.Model):
    """Why is it late? The clock minute by minute, as data and in words."""

    _inherit = "itsm.sla.clock"

    def explain(self):
        """Return how the clock comes to what it shows.

        Read anew from the events, not from the stored row. The same events give the
        same answer, so a finished clock is explained alike for ever.

        :return: dict with ``policy``, ``version``, ``kind``, ``metric``,
            ``priority``, ``state``, ``started_at``, ``deadline``, ``stopped_at``
            (UTC, ISO 8601, or None), ``budget``, ``elapsed``, ``remaining``,
            ``waived`` (seconds), ``breached``, ``relaxed``, ``segments`` and
            ``words`` (list of sentences). A segment has ``start``, ``end``,
            ``phase``, ``cause``, ``cause_name``, ``team``, ``team_name``,
            ``supplier``, ``supplier_name``, ``user``, ``user_name``, ``priority``,
            ``seconds`` and ``working``.
        """
        self.ensure_one()
        self.check_access("read")
        return self._explained().get(self.id) or self._explanation_of_none()

    def _explained(self):
        """Return ``{clock id: explanation}``."""
        return {
            clock.id: clock._explanation(record, reading)
            for clock, (record, reading) in self._fresh_readings().items()
        }

    def _fresh_readings(self):
        """Return ``{clock: (record, reading)}``, with the rights of the system."""
        result = {}
        now = fields.Datetime.now()
        for model, clocks in self.grouped("res_model").items():
            # sudo: whoever may read the clock may know how it comes about.
            clocks = clocks.sudo()
            records = self.env[model].sudo().browse(clocks.mapped("res_id"))
            lives = self.env["itsm.sla.event"].sudo()._lives_of(records)
            for clock in clocks:
                record = self.env[model].sudo().browse(clock.res_id)
                reading, _spell, _calendar, _timeline = clock._read(
                    record, lives[clock.res_id], now
                )
                if reading:
                    result[clock] = record, reading
        return result

    def _explanation(self, record, reading):
        return {
            "policy": self.policy_id.name,
            "version": self.policy_version_id.number,
            "kind": self.kind,
            "metric": self.metric,
            "party_name": self.party_name,
            "priority": reading.priority,
            "state": reading.state,
            "started_at": _iso(reading.started_at),
            "deadline": _iso(reading.deadline),
            "stopped_at": _iso(reading.stopped_at),
            "budget": reading.budget,
            "elapsed": reading.elapsed,
            "remaining": reading.remaining,
            "waived": self.waived,
            "breached": reading.breached,
            "relaxed": reading.relaxed,
            "segments": self._segment_dicts(record, reading),
            "words": self._words(record, reading),
        }

    def _explanation_of_none(self):
        """Explain a clock whose turn never was, as a correction has shown."""
        # sudo: whoever may read the clock may know how it comes about.
        clock = self.sudo()
        return {
            "policy": clock.policy_id.name,
            "version": clock.policy_version_id.number,
            "kind": clock.kind,
            "metric": clock.metric,
            "party_name": clock.party_name,
            "priority": clock.priority or None,
            "state": pure.CANCELLED,
            "started_at": None,
            "deadline": None,
            "stopped_at": None,
            "budget": None,
            "elapsed": 0,
            "remaining": None,
            "waived": clock.waived,
            "breached": False,
            "relaxed": False,
            "segments": [],
            "words": [
                self.env._(
                    "What this clock was started for was taken out, so it counts for "
                    "nobody."
                )
            ],
        }

    def _segment_dicts(self, record, reading):
        users = self.env["res.users"]
        return [
            {
                "start": _iso(segment.start),
                "end": _iso(segment.end),
                "phase": segment.phase,
                "cause": segment.cause,
                "cause_name": self._cause_text(record, segment),
                "priority": segment.priority,
                "team": segment.team,
                "team_name": record._sla_party_name("ola", segment.team or 0),
                "supplier": segment.supplier,
                "supplier_name": record._sla_party_name("uc", segment.supplier or 0),
                "user": segment.user,
                "user_name": record._sla_name_of(users.browse(segment.user or ())),
                "seconds": int((segment.end - segment.start).total_seconds()),
                "working": segment.working,
            }
            for segment in reading.segments
        ]

    @api.model
    def _cause_text(self, record, segment):
        """Return why a clock does not run, or what the record waited for though it
        ran, in words; False if it just ran."""
        if segment.phase != pure.STOPPED:
            waits = segment.cause is not None
            return waits and record._sla_cause_name(segment.cause)
        kinds = self.env["itsm.sla.event"]._fields["kind"]
        labels = dict(kinds._description_selection(self.env))
        return labels.get(segment.cause, segment.cause)

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _words(self, record, reading):
        """Return the arithmetic of the deadline, one sentence each."""
        return [
            sentence
            for sentence in (
                self._say_promise(reading),
                self._say_start(reading),
                self._say_pauses(record, reading),
                self._say_outcome(reading),
                self._say_remarks(reading),
            )
            if sentence
        ]

    def _say_promise(self, reading):
        Target = self.env["itsm.sla.target"]
        priorities = dict(Target._fields["priority"]._description_selection(self.env))
        if not reading.target:
            return self.env._(
                "“%(policy)s” promises nothing at this priority.",
                policy=self.policy_id.name,
            )
        return self.env._(
            "“%(policy)s” (version %(version)s) promises %(metric)s %(promise)s at "
            "priority %(priority)s.",
            policy=self.policy_id.name,
            version=self.policy_version_id.number,
            metric=self.env["itsm.sla.policy"]._metric_labels()[self.metric].lower(),
            promise=Target._promise_text(
                self._measure_in_words(reading), reading.target.amount
            ),
            priority=priorities.get(reading.priority) or "–",
        )

    @api.model
    def _measure_in_words(self, reading):
        """Return the measure as it turns out: without calendar all time is working."""
        measure = reading.target.measure
        around_the_clock = measure == terms.WORKING and reading.timeline.hours is None
        return terms.ELAPSED if around_the_clock else measure

    def _say_start(self, reading):
        return self.env._(
            "The clock started on %(start)s; %(elapsed)s have been used.",
            start=self._moment_text(reading.started_at),
            elapsed=self._duration_text(reading.elapsed),
        )

    def _say_pauses(self, record, reading):
        """Say how long it stood still, and for what."""
        sums = defaultdict(int)
        for segment in reading.segments:
            if segment.phase != pure.RUNNING:
                sums[self._cause_text(record, segment)] += segment.working
        if not sums:
            return ""
        return self.env._(
            "It stood still for %(total)s, which does not count: %(parts)s.",
            total=self._duration_text(sum(sums.values())),
            parts=", ".join(
                f"{name} {self._duration_text(seconds)}"
                for name, seconds in sums.items()
            ),
        )

    def _say_outcome(self, reading):
        values = {
            "deadline": self._moment_text(reading.deadline),
            "stop": self._moment_text(reading.stopped_at),
            "budget": self._duration_text(reading.budget or 0),
            "elapsed": self._duration_text(reading.elapsed),
            "left": self._duration_text(abs(reading.remaining or 0)),
        }
        if reading.state == pure.CANCELLED:
            return self.env._("It was cancelled, so it counts for nobody.")
        if reading.state == pure.MET:
            return self.env._(
                "It stopped on %(stop)s with %(budget)s − %(elapsed)s = %(left)s left: "
                "in time.",
                **values,
            )
        if reading.stopped_at:
            return self.env._(
                "The time was used up on %(deadline)s; it stopped on %(stop)s, "
                "%(left)s too late.",
                **values,
            )
        if reading.breached:
            return self.env._(
                "The time was used up on %(deadline)s; it is %(left)s over.", **values
            )
        if reading.state == pure.PAUSED:
            return self.env._(
                "It stands still with %(budget)s − %(elapsed)s = %(left)s left; the "
                "deadline is known when it goes on.",
                **values,
            )
        return self.env._(
            "%(budget)s − %(elapsed)s = %(left)s are left, so the deadline is "
            "%(deadline)s.",
            **values,
        )

    def _say_remarks(self, reading):
        remarks = []
        if reading.relaxed:
            remarks.append(
                self.env._("It was late already under an earlier, stricter priority.")
            )
        if self.waived:
            remarks.append(
                self.env._(
                    "%(waived)s are excused by a waiver.",
                    waived=self._duration_text(self.waived),
                )
            )
        return " ".join(remarks)

    def _standing(self):
        """Return in few words where the clock stands, for notices."""
        self.ensure_one()
        label = self.env["itsm.sla.policy"]._metric_labels()[self.metric]
        if self.breached:
            return self.env._(
                "%(metric)s was due on %(deadline)s",
                metric=label,
                deadline=self._moment_text(self.deadline),
            )
        return self.env._(
            "%(metric)s is due on %(deadline)s",
            metric=label,
            deadline=self._moment_text(self.deadline),
        )

    @api.model
    def _moment_text(self, moment):
        """Return a moment as the user reads it, in their zone."""
        if not moment:
            return "–"
        return format_datetime(
            self.env, moment, tz=self.env.tz.zone, dt_format="EEE yyyy-MM-dd HH:mm"
        )

    # ------------------------------------------------------------------
    # For the picture
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def timeline(self, res_model, res_id):
        """Return what the picture of a record's clocks is drawn of.

        :return: ``{"clocks": […], "now": moment, "may_waive": bool, "may_correct":
            bool}``, moments in UTC. Each clock is an explanation with ``id``,
            ``label``, ``state_label``, ``warning_at`` and ``work``: the clock's own
            working hours in the window of the picture, ``[[start, end], …]``; None
            around the clock, or when they are too many to draw
        """
        if not self.env["itsm.sla.policy"]._has_clocks(res_model):
            raise AccessError(
                self.env._("Records of “%(model)s” have no clocks.", model=res_model)
            )
        record = self.env[res_model].browse(res_id).exists()
        record.check_access("read")
        clocks = self.search(
            [("res_model", "=", res_model), ("res_id", "=", record.id)],
            order="metric DESC, spell, id",
        ).sorted(lambda clock: _ROWS.index(clock.kind))
        readings = clocks._fresh_readings()
        now = fields.Datetime.now()
        window = self._picture_window([r for _record, r in readings.values()], now)
        may_write = bool(record) and record.has_access("write")
        return {
            "clocks": [
                clock._picture_row(*readings[clock], window)
                for clock in clocks
                if clock in readings
            ],
            "now": _iso(now),
            "may_waive": may_write and self.env["itsm.sla.waiver"].has_access("create"),
            "may_correct": may_write and record._sla_may_correct(),
        }

    def _picture_row(self, record, reading, window):
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": self.id,
            "label": self._picture_label(),
            "state_label": states[reading.state],
            "warning_at": _iso(reading.warning_at),
            "work": self._work_intervals(reading.timeline, window),
            # sudo: as for explain().
            **self.sudo()._explanation(record, reading),
        }

    def _picture_label(self):
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        label = self.env["itsm.sla.policy"]._metric_labels()[self.metric]
        parts = [label, self.party_name or kinds[self.kind]]
        if self.spell:
            parts.append(self.env._("no. %(number)s", number=self.spell + 1))
        return " · ".join(parts)

    @api.model
    def _picture_window(self, readings, now):
        """Return the first and the last moment that the picture shows."""
        moments = [now]
        for reading in readings:
            moments += [reading.started_at, reading.stopped_at, reading.deadline]
        known = [moment for moment in moments if moment]
        return min(known), max(known)

    @api.model
    def _work_intervals(self, timeline, window, limit=200):
        """Return the working hours in a window, for shading; None: no shading."""
        if timeline is ALWAYS:
            return None
        found = list(islice(timeline.intervals(*window), limit + 1))
        if len(found) > limit:
            return None
        return [[_iso(start), _iso(stop)] for start, stop in found]


def _iso(moment):
    """Return a UTC moment in ISO 8601, None for none."""
    return moment.isoformat() + "Z" if moment else None
