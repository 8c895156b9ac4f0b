from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_datetime

from ..tools import clock as pure
from ..tools.policy import RecordLife


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
            ``phase``, ``cause``, ``cause_name``, ``team``, ``team_name``, ``user``,
            ``user_name``, ``priority``, ``seconds`` and ``working``.
        """
        self.ensure_one()
        self.check_access("read")
        return self._explained()[self.id]

    def _explained(self):
        """Return ``{clock id: explanation}``."""
        result = {}
        now = fields.Datetime.now()
        for model, clocks in self.grouped("res_model").items():
            # sudo: whoever may read the clock may know how it comes about.
            clocks = clocks.sudo()
            records = self.env[model].sudo().browse(clocks.mapped("res_id"))
            events = self.env["itsm.sla.event"].sudo()._events_of(model, records.ids)
            lives = {id_: RecordLife(found) for id_, found in events.items()}
            for clock in clocks:
                record = self.env[model].sudo().browse(clock.res_id)
                reading, _spell, _calendar, _timeline = clock._read(
                    record, lives[clock.res_id], now
                )
                if reading:
                    result[clock.id] = clock._explanation(record, reading)
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

    def _segment_dicts(self, record, reading):
        users = self.env["res.users"].browse(
            {segment.user for segment in reading.segments if segment.user}
        )
        names = {user.id: user.name for user in users.exists()}
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
                "user": segment.user,
                "user_name": names.get(segment.user, False),
                "seconds": int((segment.end - segment.start).total_seconds()),
                "working": segment.working,
            }
            for segment in reading.segments
        ]

    @api.model
    def _cause_text(self, record, segment):
        """Return why a clock does not run, in words; False while it runs."""
        if segment.phase == pure.PAUSED:
            return record._sla_cause_name(segment.cause)
        if segment.phase == pure.STOPPED:
            labels = dict(
                self.env["itsm.sla.event"]
                ._fields["kind"]
                ._description_selection(self.env)
            )
            return labels.get(segment.cause, segment.cause)
        return False

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
            promise=Target._promise_text(reading.target.measure, reading.target.amount),
            priority=priorities.get(reading.priority) or "–",
        )

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

        :return: ``{"clocks": [explanations with id and labels], "now": moment,
            "work": [[start, end], …]}``, moments in UTC; ``work`` are the working
            hours in the window, empty when they are too many to draw
        """
        if not self.env["itsm.sla.policy"]._has_clocks(res_model):
            raise AccessError(
                self.env._("Records of “%(model)s” have no clocks.", model=res_model)
            )
        record = self.env[res_model].browse(res_id).exists()
        record.check_access("read")
        clocks = self.search(
            [("res_model", "=", res_model), ("res_id", "=", record.id)],
            order="kind, metric, spell, id",
        )
        explained = clocks._explained()
        drawn = [
            {
                "id": clock.id,
                "label": clock._picture_label(),
                "state_label": dict(
                    clock._fields["state"]._description_selection(self.env)
                )[clock.state],
                **explained[clock.id],
            }
            for clock in clocks
            if clock.id in explained
        ]
        return {
            "clocks": drawn,
            "now": _iso(fields.Datetime.now()),
            "work": self._work_intervals(record, clocks),
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
    def _work_intervals(self, record, clocks, limit=200):
        """Return the working hours in the window of the clocks, for shading."""
        starts = [clock.started_at for clock in clocks if clock.started_at]
        if not starts:
            return []
        ends = [
            c.stopped_at or c.deadline for c in clocks if c.stopped_at or c.deadline
        ]
        # sudo: the calendar of the desk; only its hours leave here.
        calendar = record.sudo()._sla_calendar()
        timeline = calendar._itsm_timeline(company=record.sudo()._sla_company())
        end = max([*ends, fields.Datetime.now()])
        found = timeline.intervals(min(starts), end)
        work = []
        for start, stop in found:
            work.append([_iso(start), _iso(stop)])
            if len(work) > limit:
                return []
        return work


def _iso(moment):
    """Return a UTC moment in ISO 8601, None for none."""
    return moment.isoformat() + "Z" if moment else None
