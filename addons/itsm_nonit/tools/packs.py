"""Packs: a whole desk – teams, words, promises, catalogue – as one JSON file.

The catalogue within a pack is a service file and is checked as one; whoever calls
hands that check in, so that this stays free of other addons.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .pack_texts import SOURCE_LANGUAGE, label_of

FORMAT = "itsm-desk-pack"
VERSION = 1
HOURS = ("office", "always")
METRICS = ("response", "resolution")
PRIORITIES = (None, "1", "2", "3", "4")
TYPES = (None, "incident", "request", "inquiry", "complaint")
# What packs order of desks that no pack brings, by the usual code of an IT service.
OUTSIDE = ("ACCOUNT", "ACCOUNT-CLOSE")
LEVELS = (None, "1", "2", "3")
WAITS_FOR = ("requester", "supplier", "parts", "date", "approval", "other")

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ICON = re.compile(r"fa-[a-z0-9-]{1,60}")

Pack = Mapping[str, Any]
Check = Callable[[Any], Iterable[Any]]


class PackRefused(Exception):
    """The file is no pack that can be used.

    :ivar problems: what is wrong, as lines in English for who writes packs
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


# What each part holds: ``{key: check}``; a star marks what must be there.
_TEXT, _WORD, _FLAG, _NUMBER, _WHOLE = "text", "key", "flag", "number", "whole"
_DOCUMENT = {
    "format*": (FORMAT,),
    "version*": (VERSION,),
    "key*": _WORD,
    "sequence*": _WHOLE,
    "icon*": _ICON,
    "color": _WHOLE,
    "name*": _TEXT,
    "summary*": _TEXT,
    "desk*": {
        "name*": _TEXT,
        "description*": _TEXT,
        "hours*": HOURS,
        "auto_close_days": _WHOLE,
    },
    "teams*": [{"key*": _WORD, "name*": _TEXT, "line*": (1, 2, 3)}],
    "ticket_categories": [{"name*": _TEXT, "team": _WORD}],
    "pending_reasons": [
        {
            "code*": _WORD,
            "name*": _TEXT,
            "waits_for*": WAITS_FOR,
            "pauses_clock": _FLAG,
            "needs_date": _FLAG,
            "resumes_on_reply": _FLAG,
            "requester_text*": _TEXT,
        }
    ],
    "closure_codes": [{"code*": _WORD, "name*": _TEXT}],
    "resolution_codes": [{"code*": _WORD, "name*": _TEXT}],
    "sla": [
        {
            "name*": _TEXT,
            "ticket_type": TYPES,
            "targets*": [
                {"metric*": METRICS, "priority": PRIORITIES, "hours*": _NUMBER}
            ],
        }
    ],
    "bookables": None,
    "settings": None,
    "services*": None,
}


def read(content: bytes) -> dict[str, Any]:
    """Return the content of a pack file.

    :raise PackRefused: where it is no JSON object in UTF-8
    """
    try:
        data = json.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise PackRefused([f"No JSON in UTF-8: {error}"]) from error
    if not isinstance(data, dict):
        raise PackRefused(["A pack is a JSON object."])
    return data


def read_all(
    folder: Path, check_services: Check
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return ``{key: pack}`` of a folder in the order they are shown, and problems.

    A file that is not sound is left out: the others can be used without it.
    """
    packs, refused = {}, []
    for path in sorted(folder.glob("*.json")):
        try:
            packs[path.stem] = _sound(path, check_services)
        except PackRefused as error:
            refused += [f"{path.name}: {line}" for line in error.problems]
    return dict(sorted(packs.items(), key=lambda pair: pair[1]["sequence"])), refused


def _sound(path: Path, check_services: Check) -> dict[str, Any]:
    data = read(path.read_bytes())
    found = problems(data, check_services)
    if not found and data["key"] != path.stem:
        found = [f"key: the file of “{data['key']}” is called “{path.stem}”"]
    if found:
        raise PackRefused(found)
    return data


def problems(data: Any, check_services: Check) -> list[str]:
    """Return what is wrong with a pack; none means that it can be installed.

    :param check_services: what is wrong with a service file
    """
    found = list(_misfits(data, _DOCUMENT, ""))
    if found:
        return found
    found += [f"services.{problem}" for problem in check_services(data["services"])]
    if found:
        return found
    return [*_bad_keys(data), *_bad_services(data), *_bad_parts(data)]


def services(data: Pack) -> list[dict[str, Any]]:
    """Return the services of a pack."""
    return data["services"].get("services") or []


def codes(data: Pack) -> list[str]:
    """Return the codes of a pack's services."""
    return [service["code"] for service in services(data)]


def catalogue(data: Pack) -> dict[str, Any]:
    """Return the service file of a pack without parts from outside of all packs.

    Their forms are somebody else's, so they are put in with what fits of a mapping.
    """
    entries = []
    for service in services(data):
        orders = service.get("orders") or []
        inside = [order for order in orders if order["service"] not in OUTSIDE]
        entries.append({**service, "orders": inside} if orders != inside else service)
    return {**data["services"], "services": entries}


def without_services(data: Pack) -> dict[str, Any]:
    """Return what a pack holds besides its services."""
    shared = {
        name: part for name, part in data["services"].items() if name != "services"
    }
    return {**data, "services": shared}


def wanted_elsewhere(data: Pack) -> dict[str, list[str]]:
    """Return ``{service code: codes that it orders}`` of parts in other packs."""
    own = set(codes(data))
    found = {
        service["code"]: [
            order["service"]
            for order in service.get("orders") or ()
            if order["service"] not in own
        ]
        for service in services(data)
    }
    return {code: others for code, others in found.items() if others}


# ----------------------------------------------------------------------
# Form
# ----------------------------------------------------------------------


def _misfits(value: Any, kind: Any, path: str) -> Iterator[str]:
    """Yield where a value is not of a kind of ``_DOCUMENT``."""
    if kind is None:
        return
    if isinstance(kind, dict):
        yield from _object_misfits(value, kind, path)
    elif isinstance(kind, list):
        if not isinstance(value, list):
            yield f"{path}: must be a list"
            return
        for index, item in enumerate(value):
            yield from _misfits(item, kind[0], f"{path}[{label_of(item, index)}]")
    elif isinstance(kind, tuple):
        if value not in kind or isinstance(value, bool):
            yield f"{path}: must be one of {', '.join(map(str, kind))}"
    elif not _fits(value, kind):
        yield f"{path}: no {getattr(kind, 'pattern', kind)}"


def _object_misfits(value: Any, kinds: dict[str, Any], path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path or 'file'}: must be an object"
        return
    known = {name.rstrip("*"): kind for name, kind in kinds.items()}
    for name, item in value.items():
        here = f"{path}.{name}".lstrip(".")
        if name in known:
            yield from _misfits(item, known[name], here)
        else:
            yield f"{here}: not known"
    for name in kinds:
        if name.endswith("*") and value.get(name[:-1]) in (None, "", [], {}):
            yield f"{path}.{name[:-1]}: needed".lstrip(".")


def _fits(value: Any, kind: Any) -> bool:
    if kind == _TEXT:
        return (
            isinstance(value, dict)
            and bool(value.get(SOURCE_LANGUAGE))
            and all(isinstance(text, str) for text in value.values())
        )
    if kind == _FLAG:
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind == _NUMBER:
        return isinstance(value, (int, float)) and 0 < value < 10_000
    if kind == _WHOLE:
        return isinstance(value, int) and 0 <= value < 10_000
    pattern = _KEY if kind == _WORD else kind
    return isinstance(value, str) and bool(pattern.fullmatch(value))


# ----------------------------------------------------------------------
# What the parts are to each other
# ----------------------------------------------------------------------


def _bad_keys(data: Pack) -> Iterator[str]:
    """Yield what is there twice, and teams that are not there."""
    for part, name in (
        ("teams", "key"),
        ("pending_reasons", "code"),
        ("closure_codes", "code"),
        ("resolution_codes", "code"),
    ):
        yield from _twice(part, [entry[name] for entry in data.get(part) or ()])
    for part in ("teams", "ticket_categories", "sla"):
        names = [entry["name"][SOURCE_LANGUAGE] for entry in data.get(part) or ()]
        yield from _twice(part, names)
    teams = {team["key"] for team in data["teams"]}
    for category in data.get("ticket_categories") or ():
        if category.get("team") and category["team"] not in teams:
            yield f"ticket_categories: there is no team “{category['team']}”"
    for policy in data.get("sla") or ():
        promises = [(t["metric"], t.get("priority")) for t in policy["targets"]]
        yield from _twice("sla.targets", promises)


def _twice(path: str, names: list[Any]) -> Iterator[str]:
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        yield f"{path}: “{name}” is there twice"


def _bad_services(data: Pack) -> Iterator[str]:
    """Yield what services name that the pack does not have."""
    desk = data["desk"]["name"][SOURCE_LANGUAGE]
    teams = {team["name"][SOURCE_LANGUAGE] for team in data["teams"]}
    words = {
        entry["name"][SOURCE_LANGUAGE] for entry in data.get("ticket_categories") or ()
    }
    paths = {tuple(entry["path"]) for entry in data["services"].get("categories") or ()}
    for service in services(data):
        here = f"services[{service['code']}]"
        if not service["code"].startswith(f"{data['key'].replace('_', '-')}-"):
            yield f"{here}.code: does not begin with “{data['key'].replace('_', '-')}-”"
        if service.get("desk") != desk:
            yield f"{here}.desk: is not “{desk}”"
        for name, known in (
            ("impact", LEVELS),
            ("urgency", LEVELS),
            ("ticket_type", TYPES),
        ):
            if service.get(name) not in known:
                yield f"{here}.{name}: must be one of {', '.join(filter(None, known))}"
        if service.get("team") and service["team"] not in teams:
            yield f"{here}.team: there is no team “{service['team']}”"
        named = service.get("ticket_category") or []
        if named and (len(named) > 1 or named[0] not in words):
            yield f"{here}.ticket_category: there is no “{' / '.join(named)}”"
        if tuple(service.get("category") or ()) not in paths:
            yield f"{here}.category: is none of the pack's"
        yield from _bad_plan(service, desk, teams, here)


def _bad_plan(
    service: dict[str, Any], desk: str, teams: set[str], path: str
) -> Iterator[str]:
    for task in service.get("plan") or ():
        team = task.get("team") or {}
        own = team.get("desk") in (None, "", desk)
        if team.get("name") and own and team["name"] not in teams:
            yield f"{path}.plan[{task['key']}]: there is no team “{team['name']}”"


def _bad_parts(data: Pack) -> Iterator[str]:
    """Yield settings of services or questions that are not there."""
    questions = {
        service["code"]: {q["key"] for q in service.get("questions") or ()}
        for service in services(data)
    }
    for setting in data.get("settings") or ():
        code = setting.get("service")
        if code not in questions:
            yield f"settings: there is no service “{code}”"
            continue
        booking = setting.get("booking") or {}
        asked = [booking.get(part) for part in ("what", "from", "to")]
        asked.append((setting.get("goods") or {}).get("table"))
        quick = setting.get("quick_report")
        asked.append(quick.get("thing") if isinstance(quick, dict) else None)
        for key in filter(None, asked):
            if key not in questions[code]:
                yield f"settings[{code}]: there is no question “{key}”"
    for index, entry in enumerate(data.get("bookables") or ()):
        here = f"bookables[{label_of(entry, index)}]"
        if not entry.get("code") or not isinstance(entry.get("name"), dict):
            yield f"{here}: needs a code and a name"
