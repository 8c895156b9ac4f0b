"""Writes the hospital's houses, departments and people into a database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pytz

from .load_people import QUIET, load_people
from .logo import logo
from .organisation import LANGUAGES, Organisation, Words

_ROOMS_A_FLOOR = 12


@dataclass(frozen=True)
class Loaded:
    """What was written, by what it is called in the plan.

    :param departments: ``{English name: record}``
    :param employees: ``{login of the plan: hr.employee}``
    :param floors: ``{(house, floor): itsm.location}``
    :param rooms: ``{(house, floor): itsm.location records}``
    :param homes: ``{English name of a department: (house, floor)}``
    """

    departments: Mapping
    employees: Mapping
    floors: Mapping
    rooms: Mapping
    homes: Mapping


def load_organisation(env, organisation: Organisation) -> Loaded:
    """Write houses, departments, jobs, people and the members of the teams."""
    env.company.write({"name": "Central Hospital", "logo": logo()})
    _retire_strangers(env, organisation)
    floors, rooms = _places(env, organisation)
    departments = _departments(env, organisation)
    jobs = _jobs(env, organisation)
    people = [*organisation.people, *organisation.specialists]
    employees = load_people(env, people, departments, jobs)
    for person in people:
        if person.is_head:
            departments[person.department].manager_id = employees[person.login]
    _specialists(env, organisation, employees)
    homes = {
        each.name["en_US"]: (each.house, each.floor)
        for each in organisation.departments
        if each.house
    }
    return Loaded(departments, employees, floors, rooms, homes)


def to_utc(env) -> Callable[[datetime], datetime]:
    """Return what turns local moments of the hospital into those of the database."""
    calendar = env.ref("itsm_helpdesk.desk_it").resource_calendar_id
    zone = pytz.timezone(calendar.tz or "UTC")

    def moment(local: datetime) -> datetime:
        there = zone.localize(local).astimezone(pytz.utc)
        return there.replace(tzinfo=None, microsecond=0)

    return moment


def translate(record, field: str, words: Words) -> None:
    """Give a record's text its words in each language that the database has."""
    for language in LANGUAGES:
        record.with_context(lang=language)[field] = words[language]


def _retire_strangers(env, organisation) -> None:
    """Archive the departments of Odoo's own demo company, and who works there."""
    ours = {each.name["en_US"] for each in organisation.departments}
    strangers = (
        env["hr.department"]
        .with_context(lang="en_US")
        .search([])
        .filtered(lambda department: department.name not in ours)
    )
    employees = env["hr.employee"].search([("department_id", "in", strangers.ids)])
    employees.filtered(lambda employee: not employee.user_id).active = False
    strangers.active = False


def _places(env, organisation) -> tuple[dict, dict]:
    Location = env["itsm.location"]
    site = env.ref("itsm_helpdesk.demo_location_central")
    floors, rooms = {}, {}
    for house in organisation.houses:
        # A place has one name for all; the demo data has two of them by another.
        building = Location.search(
            [("name", "=", house["demo_name"]), ("parent_id", "=", site.id)]
        )
        if building:
            building.name = house["name"]
        else:
            building = Location.create(
                {"name": house["name"], "kind": "building", "parent_id": site.id}
            )
        for floor in range(1, house["floors"] + 1):
            place = house["key"], floor
            floors[place] = Location.create(
                {"name": f"{floor}F", "kind": "floor", "parent_id": building.id}
            )
            rooms[place] = Location.create(
                [
                    {
                        "name": f"{house['key']}{floor}{number:02}",
                        "kind": "room",
                        "parent_id": floors[place].id,
                    }
                    for number in range(1, _ROOMS_A_FLOOR + 1)
                ]
            )
    return floors, rooms


def _departments(env, organisation) -> dict:
    Department = env["hr.department"].with_context(**QUIET)
    there = {
        department.name: department
        for department in Department.with_context(lang="en_US").search([])
    }
    for planned in organisation.departments:
        name = planned.name["en_US"]
        if name not in there:
            there[name] = Department.create({"name": name})
        there[name].parent_id = there.get(planned.parent, Department)
        translate(there[name], "name", planned.name)
    return there


def _jobs(env, organisation) -> dict:
    people = [*organisation.people, *organisation.specialists]
    names = {person.job["en_US"]: person.job for person in people}
    jobs = env["hr.job"].create([{"name": name} for name in names])
    for job, words in zip(jobs, names.values(), strict=True):
        translate(job, "name", words)
    return dict(zip(names, jobs, strict=True))


def _specialists(env, organisation, employees) -> None:
    """Let those who answer sign in, and work in the teams of their line."""
    agent = env.ref("itsm_helpdesk.group_itsm_agent")
    users = (
        env["res.users"]
        .with_context(**QUIET)
        .create(
            [
                {
                    "login": person.login,
                    "partner_id": employees[person.login].work_contact_id.id,
                    "group_ids": [(6, 0, agent.ids)],
                    "lang": person.language,
                }
                for person in organisation.specialists
            ]
        )
    )
    teams = teams_by_line(env)
    for person, user in zip(organisation.specialists, users, strict=True):
        employees[person.login].user_id = user
        found = teams[person.desk, person.line]
        named = found.filtered(lambda team, name=person.team: team.name == name)
        # Others take turns where a line has several teams.
        team = named or found[user.id % len(found)]
        team.member_ids = [(4, user.id)]


def teams_by_line(env) -> dict:
    """Return ``{(English name of the desk, line): teams}``."""
    desks = env["itsm.desk"].with_context(lang="en_US").search([])
    return {
        (desk.name, int(line)): teams
        for desk in desks
        for line, teams in desk.team_ids.grouped("line").items()
    }
