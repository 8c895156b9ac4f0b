"""Policies ready to be used, and which clocks a record gets from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from . import clock, life
from .escalation import Rule
from .life import Situation
from .terms import METRICS, SLA, Terms


@dataclass(frozen=True)
class VersionCard:
    """A policy version, ready to be used without asking the database.

    :param calendar_source: ``record``, ``policy`` or ``always``
    """

    id: int
    valid_from: datetime | None
    terms: Terms
    calendar_source: str
    calendar_id: int | None


@dataclass(frozen=True)
class PolicyCard:
    """A policy, ready to be used without asking the database.

    :param active: archived policies only go on where they have clocks
    :param domain: further conditions, as the caller evaluates them
    :param conditions: ``{fact: keys}``; one of the keys must be among the record's
    :param parties: teams or suppliers whose spells it is for; empty for all
    :param versions: oldest first
    """

    id: int
    kind: str
    active: bool
    in_parallel: bool
    company_id: int | None
    valid_from: datetime | None
    valid_until: datetime | None
    domain: Any
    conditions: Mapping[str, frozenset]
    parties: frozenset[int]
    versions: tuple[VersionCard, ...]
    rules: tuple[Rule, ...] = ()

    def version_at(self, moment: datetime) -> VersionCard:
        """Return the terms of a clock that starts at ``moment``."""
        in_force = [
            v for v in self.versions if not v.valid_from or v.valid_from <= moment
        ]
        return in_force[-1] if in_force else self.versions[0]

    def version(self, version_id: int) -> VersionCard:
        """Return the version with this id."""
        return next(v for v in self.versions if v.id == version_id)

    def covers(self, moment: datetime) -> bool:
        """Tell whether the policy is valid for what was opened at ``moment``."""
        return (not self.valid_from or self.valid_from <= moment) and (
            not self.valid_until or moment < self.valid_until
        )

    def is_for_party(self, party: int | None) -> bool:
        """Tell whether a team's or supplier's spell falls under the policy."""
        return not self.parties or party in self.parties


@dataclass(frozen=True)
class Key:
    """What identifies a clock of a record."""

    policy: int
    metric: str
    spell: int


@dataclass(frozen=True)
class Row:
    """A clock that a record has already.

    :param going: it still waits for something to happen, in a spell that there is
    """

    version: int
    going: bool


@dataclass
class RecordLife:
    """A record's events, worked up once for all its clocks."""

    events: Sequence[life.Event]
    moments: list[tuple[datetime, Situation]] = field(init=False)
    detached: dict[tuple[int, str], datetime] = field(init=False)

    def __post_init__(self) -> None:
        counted = life.effective(self.events)
        self.moments = life.live(counted)
        self.detached = {}
        for event in counted:
            if event.kind not in life.ATTACHMENTS:
                continue
            for metric in event.data["metrics"]:
                key = event.data["policy"], metric
                if event.kind == life.DETACHED:
                    self.detached[key] = event.at
                else:
                    self.detached.pop(key, None)

    @property
    def opened_at(self) -> datetime | None:
        """When the record opened, None if it never did."""
        return self.moments[0][0] if self.moments else None

    def spells(self, terms: Terms, metric: str) -> list[clock.Spell]:
        """Return the spells that clocks of a metric have under some terms."""
        return clock.spells(self.moments, terms.kind, metric, terms.on_reopen)


@dataclass
class Plan:
    """Which clocks a record is to have after its policies were matched anew.

    :param new: clocks to create, with the version they start under
    :param attached: ``{policy: metrics}`` that begin to apply after the opening
    :param detached: ``{policy: metrics}`` that cease to apply
    """

    new: dict[Key, int] = field(default_factory=dict)
    attached: dict[int, set[str]] = field(default_factory=dict)
    detached: dict[int, set[str]] = field(default_factory=dict)


def plan(
    record: RecordLife,
    applying: Iterable[PolicyCard],
    rows: Mapping[Key, Row],
    *,
    renew: bool = True,
) -> Plan:
    """Return what matching the policies anew changes on a record's clocks.

    Finished clocks stay as they are. Where a record has clocks already, only spells
    that still go on get new ones: yesterday's turns are not judged by today's
    policies. A record without any – a new one, an imported one – gets all.

    :param renew: choose all policies anew; else those of teams and suppliers only,
        and the customer's clocks go on under the policies that they have
    """
    result = Plan()
    wanted = set()
    known = {(key.policy, key.metric) for key in rows}

    def may_apply(card: PolicyCard, metric: str) -> bool:
        pair = card.id, metric
        return (
            renew or card.kind != SLA or (pair in known and pair not in record.detached)
        )

    for chosen in _chosen(record, list(applying), rows, may_apply):
        card, metric, number, spell, version = chosen
        key = Key(card.id, metric, number)
        wanted.add(key)
        if key not in rows:
            if rows and not clock.is_going(spell, card.kind, metric):
                continue
            result.new[key] = version.id
        pair = card.id, metric
        if pair in record.detached or (rows and pair not in known):
            result.attached.setdefault(card.id, set()).add(metric)
    for key, row in rows.items():
        gone = (key.policy, key.metric) in record.detached
        if row.going and key not in wanted and not gone:
            result.detached.setdefault(key.policy, set()).add(key.metric)
    return result


def _agreed(rows: Mapping[Key, Row]) -> dict[tuple[int, str], int]:
    """Return the version of the newest clock of each policy and metric."""
    return {
        (key.policy, key.metric): rows[key].version
        for key in sorted(rows, key=lambda key: key.spell)
    }


def _version_of_new(
    card: PolicyCard, spell: clock.Spell, agreed: VersionCard
) -> VersionCard:
    """Return the version under which a new clock starts.

    How a reopening counts stays as agreed at the opening: it decides which spells
    there are, so all the clocks of a record must see it alike.
    """
    version = card.version_at(spell.started_at)
    alike = version.terms.on_reopen == agreed.terms.on_reopen
    return version if alike else agreed


def _chosen(
    record: RecordLife,
    applying: Sequence[PolicyCard],
    rows: Mapping[Key, Row],
    may_apply: Callable[[PolicyCard, str], bool],
) -> Iterator[tuple[PolicyCard, str, int, clock.Spell, VersionCard]]:
    """Yield each policy, metric and spell that a clock is for.

    With it comes the version that a new clock would start under. Of several
    policies of a kind the first counts for a metric (and, for teams and suppliers,
    for a party); those in parallel count beside it.
    """
    agreed = _agreed(rows)
    for metric in METRICS:
        taken: set[tuple[str, int | None]] = set()
        for card in applying:
            if record.opened_at is None or not may_apply(card, metric):
                continue
            known = agreed.get((card.id, metric))
            version = (
                card.version(known) if known else card.version_at(record.opened_at)
            )
            mine: set[tuple[str, int | None]] = set()
            for number, spell in enumerate(record.spells(version.terms, metric)):
                starting = _version_of_new(card, spell, version)
                new = Key(card.id, metric, number) not in rows
                if new and not starting.terms.promises(metric):
                    continue
                if card.kind != SLA and not card.is_for_party(spell.party):
                    continue
                place = card.kind, None if card.kind == SLA else number
                if place in taken and not card.in_parallel:
                    continue
                yield card, metric, number, spell, starting
                mine.add(place)
            if not card.in_parallel:
                taken |= mine
