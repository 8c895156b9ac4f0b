"""Who works in the hospital: departments, jobs and people with their languages."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Words = Mapping[str, str]  # {language: text}
LANGUAGES = ("en_US", "zh_CN")
# Two in three write Chinese.
_CHINESE = 0.67


@dataclass(frozen=True)
class Department:
    """A department.

    :param parent: English name of the department above it; empty at the top
    :param kind: ``clinic``, ``technical`` or ``office``; says which jobs it has
    :param house: key of the house it is in; empty where it is only a heading
    """

    name: Words
    kind: str
    parent: str = ""
    staff: int = 0
    house: str = ""
    floor: int = 0


@dataclass(frozen=True)
class Person:
    """Somebody who works here.

    :param department: English name
    :param language: which they write
    """

    name: str
    login: str
    department: str
    job: Words
    language: str
    is_head: bool
    phone: str


@dataclass(frozen=True)
class Specialist(Person):
    """Somebody who answers: at a desk, in a line of support (1 to 3).

    :param team: English name of their team; empty: any of the line
    """

    desk: str
    line: int
    team: str = ""


@dataclass(frozen=True)
class Organisation:
    """All of them."""

    departments: Sequence[Department]
    people: Sequence[Person]
    specialists: Sequence[Specialist]
    houses: Sequence[Mapping]
    praise: Sequence[Words]
    blame: Sequence[Words]


def organisation(seed: int = 900) -> Organisation:
    """Return the hospital's organisation; the same seed gives the same one."""
    facts = json.loads(
        Path(__file__).with_name("organisation.json").read_text(encoding="utf-8")
    )
    rng = random.Random(seed)
    departments = [Department(**{"parent": "", **row}) for row in facts["departments"]]
    namer = _Namer(facts["names"], rng)
    people = [
        _person(rng, namer, department, facts["jobs"][department.kind], place)
        for department in departments
        if department.name["en_US"] != _IT
        for place in range(department.staff)
    ]
    return Organisation(
        departments=departments,
        people=people,
        specialists=_specialists(namer, facts["desk_jobs"]),
        houses=facts["houses"],
        praise=facts["praise"],
        blame=facts["blame"],
    )


_IT = "Information Technology"


def _person(rng, namer, department, jobs, place) -> Person:
    head = jobs[0]["name"]
    others = [job for job in jobs[1:] for _times in range(job["share"])]
    language, name, login = namer.take()
    return Person(
        name=name,
        login=login,
        department=department.name["en_US"],
        job=head if place == 0 else rng.choice(others)["name"],
        language=language,
        is_head=place == 0,
        phone=str(40000 + namer.taken),
    )


def _specialists(namer, jobs) -> list[Specialist]:
    found = []
    for job in jobs:
        for _place in range(job["people"]):
            language, name, login = namer.take()
            found.append(
                Specialist(
                    name=name,
                    login=login,
                    department=job["department"],
                    job=job["name"],
                    language=language,
                    is_head=False,
                    phone=str(40000 + namer.taken),
                    desk=job["desk"],
                    line=job["line"],
                    team=job.get("team", ""),
                )
            )
    return found


class _Namer:
    """Gives each person a name that nobody else has."""

    def __init__(self, names, rng):
        self._rng = rng
        self._names = names
        self._used: set[str] = set()
        self.taken = 0

    def take(self) -> tuple[str, str, str]:
        """Return language, name and login of the next person."""
        language = "zh_CN" if self._rng.random() < _CHINESE else "en_US"
        name = self._new(language)
        self.taken += 1
        return language, name, f"h{self.taken:04}"

    def _new(self, language) -> str:
        parts = self._names[language]
        while True:
            family = self._rng.choice(parts["family"])
            given = self._rng.choice(parts["given"])
            if language == "zh_CN":
                # Some given names have a second character, so that all find one.
                if len(given) == 1 and self._rng.random() < 0.6:
                    other = self._rng.choice(parts["given"])
                    given += other if len(other) == 1 else ""
                name = family + given
            else:
                initial = chr(ord("A") + self._rng.randrange(26))
                name = f"{given} {initial}. {family}"
            if name not in self._used:
                self._used.add(name)
                return name
