from dataclasses import replace

from odoo import api, fields, models

from odoo.addons.itsm_sla.tools import history, life

from ..tools import lifecycle, tabular
from .itsm_import_target import ToldPast

_MOMENT = "changed_at"
_RELATIONS = ("team_id", "user_id")
# What a row says that matters to time.
_TOLD = ("state", "priority", *_RELATIONS)
# Dates of a ticket, as the history calls them.
_DATES = {
    "opened": "opened_at",
    "responded": "first_response_at",
    "resolved": "resolved_at",
    "closed": "closed_at",
}
# The events whose moment each date is.
_EVENTS = {
    "opened_at": (life.OPENED,),
    "first_response_at": (life.RESPONDED,),
    "resolved_at": (life.RESOLVED,),
    "closed_at": (life.CLOSED, life.CANCELLED),
}


class ItsmImportTargetTicket(models.AbstractModel):
    """The past of tickets: what the rows of a ledger tell becomes clock events."""

    _inherit = "itsm.import.target.ticket"

    @api.model
    def _history_field(self):
        return _MOMENT

    @api.model
    def _history_relations(self):
        return _RELATIONS

    # ------------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------------

    @api.model
    def _tell(self, profile, rows):
        last = rows[-1].values
        stated = history.Dates(*(last.get(name) for name in _DATES.values()))
        kept = self._kept_rows(profile, rows)
        if not stated.opened and not any(row.get("at") for row in kept):
            return None
        story = history.tell(self._snapshots(kept), stated)
        dates = {
            name: getattr(story.dates, date)
            for date, name in _DATES.items()
            if getattr(story.dates, date) != getattr(stated, date)
        }
        moments = tuple(at for at, _kind, _data in story.steps)
        return ToldPast(kept, moments, dates, story.moved)

    @api.model
    def _kept_rows(self, profile, rows):
        """Return what the rows say that matters to time, where it changes.

        A row without a time tells nothing unless it is the last.
        """
        kept, before = [], None
        for row in rows:
            at = row.values.get(_MOMENT)
            if not at and row is not rows[-1]:
                continue
            told = {name: row.values.get(name) for name in _TOLD}
            told["priority"] = self._told_priority(profile.desk_id, row.values)
            same = {name: tabular.normalize(value) for name, value in told.items()}
            if same != before:
                told["at"] = at and fields.Datetime.to_string(at)
                kept.append({name: v for name, v in told.items() if v is not None})
            before = same
        return kept

    @api.model
    def _told_priority(self, desk, values):
        """Return a row's priority: its own, or that of its impact and urgency."""
        levels = [values.get(name) for name in ("impact", "urgency")]
        if values.get("priority") or not any(levels):
            return values.get("priority")
        Rule = self.env["itsm.priority.rule"]
        return Rule._priority_for(desk, *(level or "2" for level in levels))

    @api.model
    def _told_until(self, profile, rows):
        tickets = self._tickets(profile, {row.values["number"] for row in rows})
        # sudo: moments only, of tickets that were found with the user's rights.
        latest = dict(
            self.env["itsm.sla.event"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", tickets._name),
                    ("res_id", "in", tickets.ids),
                    ("kind", "not in", history.NOTES),
                ],
                ["res_id"],
                ["at:max"],
            )
        )
        return {
            tabular.make_key([ticket.number]): latest[ticket.id]
            for ticket in tickets
            if ticket.id in latest
        }

    # ------------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------------

    @api.model
    def _keep_past(self, kept, ids):
        tickets = self.env["itsm.ticket"].browse([row.record.id for row in kept])
        Event = self.env["itsm.sla.event"]
        found = Event._events_of(tickets._name, tickets.ids)
        known = {id_: life.effective(events) for id_, events in found.items()}
        pauses = self._pauses()
        steps = {
            row.record.id: self._steps(row, known[row.record.id], ids, pauses)
            for row in kept
        }
        logged = Event._log(
            tickets._name,
            [(id_, *step) for id_, found in steps.items() for step in found],
        )
        self._correct_dates(kept, known, steps)
        self._note_waiting(tickets, known, steps)
        self._follow_past(kept, found, logged)

    @api.model
    def _follow_past(self, kept, found, logged):
        """Bring the clocks to what was logged; new tickets get theirs.

        :param found: ``{ticket id: events}`` that were there before
        """
        Clock, Ticket = self.env["itsm.sla.clock"], self.env["itsm.ticket"]
        matched = Ticket._sla_matched()
        new, moved, others = [], [], []
        for row in kept:
            group = moved if row.written & matched else others
            (group if found[row.record.id] else new).append(row.record.id)
        events = {
            id_: [event._as_event() for event in group]
            for id_, group in logged.grouped("res_id").items()
        }
        Clock._follow(
            Ticket.browse(new),
            match="renew",
            events={id_: events[id_] for id_ in new},
        )
        Clock._follow(Ticket.browse(moved), match="renew")
        Clock._follow(Ticket.browse(others), match="turn")

    @api.model
    def _steps(self, row, known, ids, pauses):
        """Return what is to be logged of a ticket.

        What the rows tell last is how the ticket now stands, whatever became of
        names and levels on the way. Without rows, what its dates do not tell
        happened now.
        """
        ticket, now = row.record, fields.Datetime.now()
        goal = self._goal(ticket, pauses)
        snapshots = self._snapshots(row.rows or [], ids, pauses)
        since = snapshots[-1].at if snapshots else ticket.pending_since or now
        last = replace(goal, at=since)
        snapshots = [*snapshots[:-1], last]
        snapshots[0] = replace(
            snapshots[0],
            # What no row says was so from the start.
            **{
                name: getattr(goal, name)
                for name in ("priority", "team")
                if not any(getattr(s, name) for s in snapshots[:-1])
            },
        )
        dates = history.Dates(*(ticket[name] or None for name in _DATES.values()))
        story = history.tell(snapshots, dates)
        if any(event.kind == life.OPENED for event in known):
            return history.carry_on(known, story, goal, now)
        return list(story.steps)

    @api.model
    def _goal(self, ticket, pauses):
        """Return how a ticket stands."""
        return self._snapshot(
            None,
            self._state_word(ticket),
            ticket.priority,
            ticket.team_id.id or None,
            ticket.user_id.id or None,
            pauses,
        )

    @api.model
    def _snapshots(self, rows, ids=None, pauses=None):
        """Return kept rows as snapshots: with ids where they are given, else names."""
        return [
            self._snapshot(
                fields.Datetime.to_datetime(row.get("at")),
                row.get("state"),
                row.get("priority"),
                *(self._party(row.get(name), (ids or {}).get(name))
                  for name in _RELATIONS),
                pauses,
            )
            for row in rows
        ]  # fmt: skip

    @api.model
    def _party(self, name, ids):
        text = tabular.normalize(name) or None
        return text if ids is None else ids.get(text)

    @api.model
    def _snapshot(self, at, word, priority, team, user, pauses):
        """Return a snapshot for a state's word such as ``pending:supplier``.

        :param pauses: what the event of each pause says; None: only the reason
        """
        state, _colon, reason = (word or "").partition(":")
        phase = state or None
        if state in lifecycle.OPEN_STATES:
            phase = history.PAUSED if state == "pending" else history.OPEN
        pause = {}
        if phase == history.PAUSED:
            pause = {"reason": reason} if pauses is None else pauses.get(reason)
        # Without a known reason a ticket waits, but its clocks run.
        pause = {"reason": None, "stops": False} if pause is None else pause
        return history.Snapshot(at, phase, pause, priority, team, user)

    @api.model
    def _pauses(self):
        """Return ``{code: what the event of a pause says}``."""
        Reason = self.env["itsm.pending.reason"].with_context(active_test=False)
        return {
            reason.code: {"reason": reason.id, "stops": reason.pauses_clock}
            for reason in Reason.search([])
        }

    @api.model
    def _correct_dates(self, kept, known, steps):
        """Correct events whose date the file gives differently now."""
        corrections = []
        for row in kept:
            new = {kind for _at, kind, _data in steps[row.record.id]}
            for name in row.written & _EVENTS.keys():
                kinds, date = set(_EVENTS[name]), row.record[name]
                # The file's last word is about the last such event.
                old = [e for e in known[row.record.id] if e.kind in kinds][-1:]
                if old and date and not new & kinds and old[0].at != date:
                    corrections.append((row.record.id, old[0], date))
        self.env["itsm.sla.event"]._as_engine().create(
            [
                {
                    "res_model": "itsm.ticket",
                    "res_id": id_,
                    "at": date,
                    "kind": event.kind,
                    "data": event.data,
                    "replaces_id": event.id,
                    "reason": self.env._("As in the imported ledger"),
                }
                for id_, event, date in corrections
            ]
        )

    @api.model
    def _note_waiting(self, tickets, known, steps):
        """Say on waiting tickets since when they wait."""
        for ticket in tickets.filtered(lambda ticket: ticket.state == "pending"):
            new = [at for at, kind, _data in steps[ticket.id] if kind == life.PAUSED]
            old = [event.at for event in known[ticket.id] if event.kind == life.PAUSED]
            if new or not ticket.pending_since:
                since = max(new or old, default=False)
                self._quietly(ticket).pending_since = since
