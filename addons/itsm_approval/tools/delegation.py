"""Who may act for whom through delegates of delegates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Mandate:
    """An absent person lets another act; ``policies`` None means in everything."""

    absent: int
    delegate: int
    policies: frozenset[int] | None = None


Scope = frozenset[int] | None


def _narrow(one: Scope, other: Scope) -> Scope:
    """Return the policies that both scopes have; None is all."""
    if one is None:
        return other
    return one if other is None else one & other


def _widen(one: Scope, other: Scope) -> Scope:
    """Return the policies that either scope has."""
    return None if one is None or other is None else one | other


def _reach(start: int, steps: Iterable[tuple[int, int, Scope]]) -> dict[int, Scope]:
    """Return whom ``start`` reaches along the steps, and for which policies.

    Nearest first. Loops end: a person is looked at again only for policies that no
    shorter way had.
    """
    onwards: dict[int, list[tuple[int, Scope]]] = {}
    for here, there, scope in steps:
        onwards.setdefault(here, []).append((there, scope))
    found: dict[int, Scope] = {}
    waiting: list[tuple[int, Scope]] = [(start, None)]
    while waiting:
        here, so_far = waiting.pop(0)
        for there, scope in onwards.get(here, ()):
            scope = _narrow(so_far, scope)
            if there == start or (scope is not None and not scope):
                continue
            known = found.get(there, frozenset())
            wider = _widen(known, scope)
            if wider != known:
                found[there] = wider
                waiting.append((there, scope))
    return found


def delegates(absent: int, mandates: Iterable[Mandate]) -> dict[int, Scope]:
    """Return ``{delegate: policies}`` of everybody who may act for a person."""
    return _reach(absent, ((m.absent, m.delegate, m.policies) for m in mandates))


def represented(delegate: int, mandates: Iterable[Mandate]) -> dict[int, Scope]:
    """Return ``{absent person: policies}`` of everybody a person may act for."""
    return _reach(delegate, ((m.delegate, m.absent, m.policies) for m in mandates))


def without(mandates: Iterable[Mandate], barred: frozenset[int]) -> list[Mandate]:
    """Return the mandates that nobody gave or has who must not decide themselves.

    Else a requester whom an approver made their delegate could choose who decides.
    """
    return [m for m in mandates if m.absent not in barred and m.delegate not in barred]


def covers(scope: Scope, policy: int | None) -> bool:
    """Tell whether a scope has a policy."""
    return scope is None or policy in scope


def in_force(start: date, end: date, day: date) -> bool:
    """Tell whether a day is within an absence, first and last day included."""
    return start <= day <= end
