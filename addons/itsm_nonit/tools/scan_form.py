"""The short form behind a scanned label: what nobody knows yet, a photo, words.

Pure functions on the plain definition of a service's form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# Asked where the form of the service has no question for them.
PHOTOS, WORDS = "scan_photos", "scan_words"
# What phones take pictures in.
PICTURES = ("jpg", "jpeg", "png", "webp", "heic", "heif")

Definition = Mapping[str, Any]
Question = Mapping[str, Any]


def known(
    definition: Definition, place_id: int, thing_id: int, name_key: str, name: str
) -> dict[str, Any]:
    """Return the answers that the label gives.

    The first question for a place is answered with where one is; a question for
    things that are booked with the thing; the one of ``name_key`` with its name.
    """
    found: dict[str, Any] = {}
    for question in _questions(definition):
        key, kind = question["key"], question["type"]
        if kind == "location" and place_id:
            found.setdefault(key, str(place_id))
            place_id = 0
        elif kind == "record" and question.get("model") == "itsm.bookable" and thing_id:
            found[key] = str(thing_id)
        elif key == name_key and name:
            found[key] = name
    return found


def asks_place(definition: Definition) -> bool:
    """Tell whether a form asks where it is."""
    return any(question["type"] == "location" for question in _questions(definition))


def shorten(
    definition: Definition,
    raw: Mapping[str, Any],
    titles: Mapping[str, str],
) -> dict[str, Any]:
    """Return the definition of the short form.

    It has what must be answered and is not in ``raw``, what this depends on, the
    notes, one question for photos and one for words, in this order.

    :param titles: labels of ``PHOTOS`` and ``WORDS``
    """
    questions = _questions(definition)
    kept = {
        question["key"]
        for question in questions
        if question["key"] not in raw
        and (question.get("required") or question.get("required_if"))
    }
    photos = _first(questions, "file", kept)
    words = _first(questions, "text", kept)
    kept |= _needed(questions, kept)
    asked = [
        question
        for question in questions
        if question["key"] in kept
        or (question["type"] == "note" and _refers(question) <= kept)
    ]
    photos = photos or {"key": PHOTOS, "type": "file", "label": titles[PHOTOS]}
    words = words or {"key": WORDS, "type": "text", "label": titles[WORDS]}
    extra = [
        {"extensions": list(PICTURES), **_free(photos)},
        _free(words),
    ]
    return {
        **definition,
        "questions": [
            *asked,
            *(each for each in extra if each["key"] not in kept),
        ],
    }


def _questions(definition: Definition) -> list[Question]:
    return definition.get("questions") or []


def _first(questions: Iterable[Question], kind: str, kept: set[str]) -> Question | None:
    """Return the first question of a kind that anybody may answer, if there is one."""
    return next(
        (
            question
            for question in questions
            if question["type"] == kind
            and (question["key"] in kept or not question.get("shown_if"))
        ),
        None,
    )


def _free(question: Question) -> dict[str, Any]:
    """Return a question as it stands at the end of the short form."""
    return {name: question[name] for name in question if name != "required_if"}


def _needed(questions: Iterable[Question], kept: set[str]) -> set[str]:
    """Return the keys of the questions that the kept ones depend on."""
    by_key = {question["key"]: question for question in questions}
    found: set[str] = set()
    new = set(kept)
    while new:
        new = {key for each in new for key in _refers(by_key[each])} & by_key.keys()
        new -= kept | found
        found |= new
    return found


def _refers(question: Question) -> set[str]:
    """Return the keys that the conditions of a question are about."""
    return {
        rule["question"]
        for name in ("shown_if", "required_if")
        for rule in _rules(question.get(name))
    }


def _rules(condition: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the rules of a condition and of the groups in it."""
    if isinstance(condition, Mapping):
        if "question" in condition:
            yield condition
        for part in condition.get("rules") or ():
            yield from _rules(part)
