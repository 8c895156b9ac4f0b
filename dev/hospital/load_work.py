"""Writes logged work and the roles of those who answer into a database."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from .demand import demands
from .load_organisation import QUIET, teams_by_line
from .organisation import Specialist
from .work import Work

# The role that a job gives, by the line of support.
_ROLES = {
    1: "itsm_helpdesk.role_agent",
    2: "itsm_helpdesk.role_engineer_2",
    3: "itsm_helpdesk.role_engineer_3",
}
# Held by persons; what nobody holds shows as a gap in the table.
_PERSONS = {
    "itsm_change.role_change_manager": "manager",
    "itsm_change.role_change_coordinator": "leader",
    "itsm_change.role_cab_member": "expert",
    "itsm_cmdb.role_configuration_manager": "leader",
    "itsm_knowledge.role_knowledge_manager": "leader",
    "itsm_helpdesk.role_service_level_manager": "manager",
}
# Desks whose manager is named; of the others it shows as a gap.
_MANAGED = (
    "Facilities Desk",
    "Supplies Desk",
    "Personnel Desk",
    "Keys and Access Desk",
)
_SINCE = "2025-01-01"
_TIME_LOGGED = timedelta(days=120)
# What takes days waits for others most of the time.
_LONGEST = 90


def load_work(env, planned: Iterable[Work], employees) -> int:
    """Write what was done beside the tickets; return how many entries that makes.

    :param employees: ``{login of the plan: hr.employee}``
    """
    kinds = {
        kind: env.ref(f"itsm_helpdesk.work_kind_{kind}").id
        for kind in (
            *("meeting", "round", "maintenance", "project", "training"),
            *("on_call", "documentation", "administration"),
        )
    }
    logs = (
        env["itsm.work.log"]
        .with_context(**QUIET)
        .create(
            [
                {
                    "user_id": employees[each.login].user_id.id,
                    "date": each.day,
                    "minutes": each.minutes,
                    "kind_id": kinds[each.kind],
                    "note": each.note,
                }
                for each in planned
            ]
        )
    )
    return len(logs)


def load_ticket_time(env, today: date) -> int:
    """Log the time that tickets of the last months took; return how many entries.

    What a service takes in the middle is known; each ticket takes more or less.
    """
    usual = {demand.service: demand.minutes for demand in demands()}
    tickets = env["itsm.ticket"].search(
        [
            ("resolved_at", ">=", today - _TIME_LOGGED),
            ("user_id", "!=", False),
            ("service_id.code", "in", list(usual)),
            ("type", "!=", "complaint"),
        ],
        order="id",
    )
    kind = env.ref("itsm_helpdesk.work_kind_ticket").id
    rng = random.Random(5)
    logs = (
        env["itsm.work.log"]
        .with_context(**QUIET)
        .create(
            [
                {
                    "user_id": ticket.user_id.id,
                    "date": ticket.resolved_at.date(),
                    "minutes": _rounded(
                        usual[ticket.service_id.code] * rng.uniform(0.4, 1.3)
                    ),
                    "kind_id": kind,
                    "ticket_id": ticket.id,
                }
                for ticket in tickets
                if ticket.user_id in ticket.team_id.member_ids
            ]
        )
    )
    return len(logs)


def _rounded(minutes) -> int:
    return max(5, round(min(minutes, _LONGEST) / 5) * 5)


def load_roles(env, specialists: Sequence[Specialist]) -> int:
    """Say who holds which role, by job or person; return how many assignments.

    What the roles give, these people have already.
    """
    teams = teams_by_line(env)
    jobs = {
        job.name: job for job in env["hr.job"].with_context(lang="en_US").search([])
    }
    held = {}
    for person in specialists:
        found = teams[person.desk, person.line]
        team = found.filtered(lambda team, name=person.team: team.name == name)
        name, role = person.job["en_US"], env.ref(_ROLES[person.line])
        held[name] = {"job_id": jobs[name].id, **_of(role, team or found[:1])}
    line = teams["IT Service Desk", 1]
    for role_id, login in _PERSONS.items():
        user = env.ref(f"itsm_helpdesk.demo_user_{login}", raise_if_not_found=False)
        if user:
            held[role_id] = {"user_id": user.id, **_of(env.ref(role_id), line)}
    manager = env.ref("itsm_helpdesk.role_desk_manager")
    for name in _MANAGED:
        team = teams[name, 1]
        user = team.desk_id.manager_ids[:1]
        held[name] = {"user_id": user.id, **_of(manager, team[:1])}
    assignments = (
        env["itsm.role.assignment"]
        .with_context(**QUIET)
        .create([{**each, "date_from": _SINCE} for each in held.values()])
    )
    assignments.action_activate()
    return len(assignments)


def _of(role, team) -> dict:
    """Return a role and for what it is held: a team, its desk, or everything."""
    values = {"role_id": role.id}
    if role.scope != "all":
        values["desk_id"] = team.desk_id.id
    if role.scope == "team":
        values["team_id"] = team.id
    return values
