"""Writes two years of tickets, their clocks and ratings into a database.

What a story tells becomes the events that the service-level engine reads, so that the
clocks are computed and not invented.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from .demand import Story
from .load_organisation import QUIET, Loaded, to_utc
from .load_voices import VoiceLoader

_AT_ONCE = 1000


class TicketLoader:
    """Writes stories as tickets, a thousand at once."""

    def __init__(self, env, loaded: Loaded, until: datetime):
        self._env = env
        self._loaded = loaded
        self.utc = to_utc(env)
        self._voices = VoiceLoader(env, self.utc, until)
        services = env["itsm.service"].search([("code", "!=", False)])
        self._services = {service.code: service for service in services}
        self._categories = _named(env["itsm.category"])
        self._codes = _coded(env["itsm.resolution.code"])
        self._channels = _coded(env["itsm.channel"])
        self._reasons = _coded(env["itsm.pending.reason"])
        # What is looked up for each ticket, once for all.
        self._stages, self._lines, self._members, self._solved = {}, {}, {}, {}
        self._majors = {}

    def load(self, stories: Iterable[Story]) -> int:
        """Write all stories; return how many they are."""
        stories, number = iter(stories), 0
        while batch := list(islice(stories, _AT_ONCE)):
            self._write(batch)
            self._env.cr.commit()
            number += len(batch)
        return number

    def _write(self, batch) -> None:
        Ticket = self._env["itsm.ticket"]
        quiet = Ticket._as_system()._without_sla_log().with_context(**QUIET)
        plans = [self._plan(story) for story in batch]
        created = quiet.create([values for values, _steps in plans])
        tickets = Ticket.browse(created.ids)
        self._join_outages(batch, created)
        self._follow(tickets, [steps for _values, steps in plans])
        self._date(tickets)
        self._voices.rate(batch, tickets)
        self._complain(batch, tickets)

    def _plan(self, story) -> tuple[dict, list]:
        """Return the values of a ticket, and its events ``(moment, kind, data)``."""
        service = self._services[story.service]
        teams = self._teams(service)
        employee = self._loaded.employees[story.person.login]
        opened = self.utc(story.opened)
        first = teams[0]
        values = {
            "name": story.subject,
            "type": service.ticket_type,
            "desk_id": service.desk_id.id,
            "service_id": service.id,
            "category_id": service.ticket_category_id.id
            or self._categories.get(story.category),
            "partner_id": employee.work_contact_id.id,
            "phone": story.person.phone,
            "channel_id": self._channels[story.channel].id,
            "impact": story.impact,
            "urgency": story.urgency,
            "location_id": self._place(story, employee),
            "opened_at": opened,
            "stage_id": self._stage(service.desk_id, story.state),
        }
        state = {"team": first.id, "user": None, "moves": 0}
        steps = [(opened, "opened", {"team": first.id})]
        for step in story.steps:
            self._tell(story, step, teams, state, values, steps)
        values |= {
            "team_id": state["team"],
            "user_id": state["user"],
            "reassignment_count": state["moves"],
            "reopen_count": sum(step.kind == "reopened" for step in story.steps),
        }
        return values, steps

    def _tell(self, story, step, teams, state, values, steps) -> None:
        """Add what a step does to the values of the ticket and to its events."""
        at, data = self.utc(step.at), {}
        if step.kind == "responded":
            values["first_response_at"] = at
            state["user"] = self._member(story, state["team"])
            steps.append((at, "assigned", {"user": state["user"]}))
        elif step.kind == "handed":
            team = teams[min(int(step.what), len(teams)) - 1]
            if team.id == state["team"]:
                return
            state["team"], state["moves"] = team.id, state["moves"] + 1
            state["user"] = self._member(story, team.id)
            data = {"team": team.id}
            steps.append((at, "assigned", {"user": state["user"]}))
        elif step.kind == "paused":
            reason = self._reasons[step.what]
            data = {"reason": reason.id, "stops": reason.pauses_clock}
            values |= {"pending_reason_id": reason.id, "pending_since": at}
        elif step.kind in ("resolved", "closed", "cancelled"):
            self._end(story, step.kind, at, values)
        elif step.kind == "reopened":
            values |= {"resolved_at": False, "resolution_code_id": False}
        if step.kind != "paused":
            values |= {"pending_reason_id": False, "pending_since": False}
        steps.append((at, step.kind, data))

    def _end(self, story, kind, at, values) -> None:
        if kind == "resolved":
            code = self._codes[story.code]
            values |= {
                "resolved_at": at,
                "resolution_code_id": code.id,
                "resolution": self._solution(code, story.person.language),
            }
        else:
            values["closed_at"] = at

    def _solution(self, code, language):
        key = code, language
        if key not in self._solved:
            self._solved[key] = code.with_context(lang=language).name
        return self._solved[key]

    def _place(self, story, employee):
        """Return a room on the floor of the requester's department."""
        rooms = self._loaded.rooms[self._loaded.homes[story.person.department]]
        return rooms[employee.id % len(rooms)].id

    def _member(self, story, team_id):
        """Return the member of a team who takes it: some work more than others."""
        if team_id not in self._members:
            team = self._env["itsm.team"].browse(team_id)
            self._members[team_id] = team.member_ids.ids
        members = self._members[team_id]
        if not members:
            return None
        place = hash_of(story) % (len(members) + len(members) // 2)
        return members[place % len(members)]

    def _teams(self, service):
        """Return the teams of a service, from its first line to the last."""
        if service not in self._lines:
            own = service.ticket_category_id.team_id or service.team_id
            teams = service.desk_id.team_ids.sorted(lambda team: (team.line, team.id))
            first = teams[:1]
            self._lines[service] = first | (own - first) | (teams - first)
        return self._lines[service]

    def _stage(self, desk, state):
        key = desk.id, state
        if key not in self._stages:
            self._stages[key] = self._env["itsm.stage"]._for_state(desk, state).id
        return self._stages[key]

    def _complain(self, batch, tickets) -> None:
        """Write the complaints about these tickets, which are over."""
        plans = self._voices.complaints(batch, tickets)
        Ticket = self._env["itsm.ticket"]
        quiet = Ticket._as_system()._without_sla_log().with_context(**QUIET)
        created = quiet.create([values for values, _steps in plans])
        for ticket in created:
            ticket.stage_id = self._stage(ticket.desk_id, "closed")
        complaints = Ticket.browse(created.ids)
        self._follow(complaints, [steps for _values, steps in plans])
        self._date(complaints)

    def _join_outages(self, batch, tickets) -> None:
        """Make the first report of an outage the major incident of the others."""
        for story, ticket in zip(batch, tickets, strict=True):
            if not story.event:
                continue
            day = story.opened.date()
            if day in self._majors:
                ticket.parent_id = self._majors[day]
            else:
                self._majors[day] = ticket.id
                ticket.is_major = True

    def _follow(self, tickets, steps) -> None:
        """Log the events and let the engine compute the clocks."""
        Event = self._env["itsm.sla.event"]
        facts = {ticket.id: ticket.priority for ticket in tickets}
        entries = []
        for ticket, told in zip(tickets, steps, strict=True):
            for at, kind, data in told:
                if kind == "opened":
                    data = {**data, "priority": facts[ticket.id]}
                entries.append((ticket.id, at, kind, data))
        logged = Event._log("itsm.ticket", entries)
        events = {
            id_: [event._as_event() for event in group]
            for id_, group in logged.grouped("res_id").items()
        }
        self._env["itsm.sla.clock"]._follow(tickets, match="renew", events=events)

    def _date(self, tickets) -> None:
        """Let the tickets be as old as they say."""
        self._env.flush_all()
        self._env.cr.execute(
            "UPDATE itsm_ticket SET create_date = opened_at, write_date ="
            " COALESCE(closed_at, resolved_at, first_response_at, opened_at)"
            " WHERE id = ANY(%s)",
            [tickets.ids],
        )
        tickets.invalidate_recordset(["create_date", "write_date"])


def hash_of(story) -> int:
    """Return a number of a story that is the same in each run."""
    return (
        story.opened.toordinal() * 86400 + story.opened.second * 61 + len(story.subject)
    )


def _named(model):
    return {
        record.name: record.id for record in model.with_context(lang="en_US").search([])
    }


def _coded(model):
    return {
        record.code: record
        for record in model.with_context(active_test=False).search([])
    }
