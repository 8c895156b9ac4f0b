"""What a service file holds."""

from __future__ import annotations

from typing import Any

from .conditions import Condition
from .limits import MAX_SERVICES
from .values import (
    Choice,
    Flag,
    Kind,
    Line,
    Listing,
    Number,
    Pairs,
    Picture,
    Shape,
    Texts,
    key,
    whole,
)

FORMAT = "itsm-services"
# Raise it with each change that older addons cannot read, and add to ``UPGRADES``.
VERSION = 1

_WORD = r"[a-z][a-z0-9_.]{0,79}"
_PATH = Listing(Line(limit=200), limit=20)
_NAMES = Listing(Line(limit=500), as_set=True)

# Somebody, by what is most certain: the login, else the address, else the name.
PERSON = Shape(
    {"name": Line(limit=200), "login": Line(limit=200), "email": Line(limit=320)}
)
_PEOPLE = Listing(PERSON, as_set=True)

# A group or a server action: its XML id, or its name where it has none.
REFERENCE = Shape(
    {
        "xmlid": Line(limit=200, pattern=r"[A-Za-z0-9_]+\.[A-Za-z0-9_.\-]+"),
        "name": Line(limit=500),
    }
)

OPTION = Shape({"key": Line(limit=200), "label": Texts()}, required=("key", "label"))

DEFAULT = Shape(
    {
        "kind": Choice(("none", "fixed", "employee", "today"), "none"),
        "value": Line(),
        "record": Line(),
        "field": Line(pattern=_WORD),
    }
)


def _question(columns: Kind | None = None) -> Shape:
    """Return the kind of a question; one of a table has columns."""
    kinds: dict[str, Kind] = {
        "key": key(),
        "type": Line(pattern=_WORD),
        "label": Texts(),
        "help": Texts(),
        "placeholder": Texts(),
        "required": Flag(),
        "shown_if": Condition(),
        "required_if": Condition(),
        "options": Listing(OPTION),
        "minimum": Number(),
        "maximum": Number(),
        "max_length": whole(),
        "pattern": Line(),
        "pattern_hint": Texts(),
        "decimals": whole(),
        "default": DEFAULT,
        "model": Line(pattern=r"[a-z][a-z0-9_.]*", limit=120),
        "domain": Line(),
        "max_rows": whole(),
        "max_files": whole(),
        "extensions": Listing(Line(pattern=r"[A-Za-z0-9]{1,12}")),
        "set": Line(limit=500),
    }
    if columns:
        kinds["columns"] = Listing(columns)
    return Shape(kinds, required=("key", "type"))


COLUMN = _question()
QUESTION = _question(COLUMN)

QUESTION_SET = Shape(
    {"name": Texts(), "questions": Listing(QUESTION)}, required=("name",)
)

CATEGORY = Shape(
    {
        "path": _PATH,
        "name": Texts(),
        "icon": Line(pattern=r"fa-[a-z0-9\-]{1,60}"),
        "sequence": whole(),
        "picture": Picture(),
    },
    required=("path",),
)

CHECK = Shape({"name": Texts(), "required": Flag(default=True)}, required=("name",))

# The desk is named where it is not the one of the service.
TEAM = Shape({"name": Line(limit=500), "desk": Line(limit=500)})

TASK = Shape(
    {
        "key": key(),
        "name": Texts(),
        "description": Texts(),
        "team": TEAM,
        "assignee": PERSON,
        "duration": Number(minimum=0, maximum=1e6),
        "after": Listing(key(), as_set=True),
        "condition": Condition(),
        "required": Flag(default=True),
        "on_failure": Choice(("stop", "continue", "branch"), "stop"),
        "failure": Listing(key(), as_set=True),
        "checks": Listing(CHECK),
        "action": REFERENCE,
    },
    required=("key", "name"),
)

ORDER = Shape(
    {"service": Line(limit=200), "condition": Condition(), "mapping": Pairs()},
    required=("service",),
)

SERVICE = Shape(
    {
        "code": Line(limit=200),
        "name": Texts(),
        "sequence": whole(),
        "category": _PATH,
        "icon": Line(pattern=r"fa-[a-z0-9\-]{1,60}"),
        "picture": Picture(),
        "description": Texts(),
        "details": Texts(),
        "included": Texts(),
        "excluded": Texts(),
        "keywords": Texts(),
        "cost": Number(minimum=0),
        "currency": Line(pattern=r"[A-Z]{3}"),
        "cost_note": Texts(),
        "confirmation": Texts(),
        "subject_pattern": Texts(),
        "desk": Line(limit=500),
        "team": Line(limit=500),
        "owner": PERSON,
        "service_class": Line(limit=500),
        "ticket_type": Line(pattern=_WORD),
        "ticket_category": _PATH,
        "impact": Line(limit=40),
        "urgency": Line(limit=40),
        "available": Shape(
            {
                "departments": _NAMES,
                "companies": _NAMES,
                "jobs": _NAMES,
                "groups": Listing(REFERENCE, as_set=True),
            }
        ),
        "for_others": Flag(default=True),
        "auto_resolve": Flag(default=True),
        "questions": Listing(QUESTION),
        "plan": Listing(TASK),
        "orders": Listing(ORDER),
        "approval_policy": Line(limit=500),
        "sla_policies": _NAMES,
    },
    required=("code", "name"),
)

APPROVAL_LINE = Shape(
    {
        "name": Texts(),
        "approver_type": Line(pattern=_WORD),
        "users": _PEOPLE,
        "group": REFERENCE,
        "levels": whole(),
        "role": Line(limit=80),
        "rule": Line(pattern=_WORD),
        "minimum": whole(),
        "percent": Number(minimum=0, maximum=100),
    },
    required=("approver_type",),
)

APPROVAL_STEP = Shape(
    {
        "name": Texts(),
        "condition": Line(),
        "remind_after": Number(minimum=0),
        "timeout_after": Number(minimum=0),
        "timeout_action": Line(pattern=_WORD),
        "escalate_to": _PEOPLE,
        "lines": Listing(APPROVAL_LINE),
    },
    required=("name",),
)

APPROVAL_POLICY = Shape(
    {
        "name": Texts(),
        "description": Texts(),
        "domain": Line(),
        "allow_requester": Flag(),
        "allow_implementer": Flag(),
        "fallback": _PEOPLE,
        "calendar": Line(limit=500),
        "steps": Listing(APPROVAL_STEP),
    },
    required=("name",),
)


def _by_name(entry: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(sorted(entry["name"].items()))


DOCUMENT = Shape(
    {
        "format": Line(),
        "version": whole(),
        "services": Listing(
            SERVICE, MAX_SERVICES, sort_key=lambda entry: entry["code"]
        ),
        "categories": Listing(
            CATEGORY, MAX_SERVICES, sort_key=lambda entry: entry["path"]
        ),
        "question_sets": Listing(QUESTION_SET, MAX_SERVICES, sort_key=_by_name),
        "approval_policies": Listing(APPROVAL_POLICY, MAX_SERVICES, sort_key=_by_name),
    },
    required=("format", "version", "services"),
)


def tidy(data: dict[str, Any]) -> dict[str, Any]:
    """Return sound content with its keys in order and nothing that says nothing."""
    return DOCUMENT.normal(data)


def normal(data: dict[str, Any]) -> dict[str, Any]:
    """Return sound content in its normal form: what says the same, looks the same.

    Tasks of a plan have no keys in a database, so theirs are counted.
    """
    data = tidy(data)
    services = [_counted(entry) for entry in data.get("services", ())]
    return {**data, "services": services} if services else data


def _counted(service: dict[str, Any]) -> dict[str, Any]:
    """Return a service whose tasks are called t1, t2 and so on."""
    if not service.get("plan"):
        return service
    keys = {task["key"]: f"t{n}" for n, task in enumerate(service["plan"], 1)}
    plan = []
    for task in service["plan"]:
        parts = {
            part: sorted(keys[key] for key in task[part])
            for part in ("after", "failure")
            if part in task
        }
        plan.append({**task, **parts, "key": keys[task["key"]]})
    return {**service, "plan": plan}


def filled(data: dict[str, Any]) -> dict[str, Any]:
    """Return sound content in order, with every key that the schema knows."""
    return DOCUMENT.filled(tidy(data))
