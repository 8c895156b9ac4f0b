"""The texts of packs, in each of the languages that they speak."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

SOURCE_LANGUAGE = "en_US"
LANGUAGES = (SOURCE_LANGUAGE, "zh_CN")

# A subject may be nothing but answers.
_CHINESE = re.compile("[\u3400-\u9fff]|{[a-z0-9_]+}")
_LETTER = re.compile("[A-Za-z]{2}")


def untranslated(data: Any) -> list[str]:
    """Return where a text is missing in one of the languages, or left in English."""
    found = []
    for path, text in texts(data):
        missing = [code for code in LANGUAGES if not (text.get(code) or "").strip()]
        if missing:
            found.append(f"{path}: not in {', '.join(missing)}")
        elif _LETTER.search(text[SOURCE_LANGUAGE]) and not _CHINESE.search(
            text["zh_CN"]
        ):
            found.append(f"{path}: the Chinese text is not Chinese")
    return found


def texts(data: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Yield ``(where, {language: text})`` of all texts in a pack or a part of it."""
    if isinstance(data, dict):
        if any(code in data for code in LANGUAGES):
            yield path, data
            return
        for key, value in data.items():
            yield from texts(value, f"{path}.{key}".lstrip("."))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from texts(value, f"{path}[{label_of(value, index)}]")


def dictionary(data: Any) -> dict[str, dict[str, str]]:
    """Return ``{English text: {language: text}}`` of a pack or a part of it.

    Of several translations of one text, the first one counts.
    """
    words: dict[str, dict[str, str]] = {}
    for _path, text in texts(data):
        others = {code: value for code, value in text.items() if value}
        words.setdefault(text.get(SOURCE_LANGUAGE, ""), others)
    words.pop("", None)
    return words


def spoken(text: Mapping[str, str], lang: str | None) -> str:
    """Return a text in a language, in English where it has none in it."""
    return text.get(lang or SOURCE_LANGUAGE) or text.get(SOURCE_LANGUAGE, "")


def label_of(item: Any, index: int) -> str:
    """Return how an element of a list is called in a path."""
    if isinstance(item, dict):
        for name in ("code", "key"):
            if isinstance(item.get(name), str):
                return item[name]
        if isinstance(item.get("name"), dict):
            return str(item["name"].get(SOURCE_LANGUAGE) or index + 1)
    return str(index + 1)
