"""``i18n``: export the terms of each addon and check their translations."""

import re
from collections import Counter
from pathlib import Path

import polib

from . import databases
from .console import DevError, say, step
from .paths import ROOT, addon_folders, addon_names
from .runner import prepare

LANGUAGE = "zh_CN"
# What a translation must carry over unchanged: %s, %(name)s, {name} and HTML tags.
PLACEHOLDER = re.compile(
    r"%(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?[sdifrgxc]|\{\w*\}|</?[a-zA-Z][\w-]*"
)
SHOWN = 40


def i18n() -> int:
    """Export, merge and check; fail with a list of what is missing."""
    bench = prepare()
    databases.ensure_template(bench)
    with step("Exporting the terms"):
        bench.run(
            ["i18n", "export", "-d", databases.TEMPLATE, *addon_names()],
            "i18n",
            "The terms could not be exported.",
        )
    common = _common_terms(bench.odoo.addon("mail"))
    problems = []
    for folder in addon_folders():
        problems += _refresh(folder, common)
    for problem in problems[:SHOWN]:
        say(problem)
    if problems:
        raise DevError(f"{len(problems)} translations are missing or wrong.")
    say(f"i18n: all terms are translated into {LANGUAGE}")
    return 0


def _common_terms(mail: Path) -> dict[str, str]:
    """Return Odoo's own words for the fields that every thread model inherits."""
    path = mail / "i18n" / f"{LANGUAGE}.po"
    if not path.is_file():
        return {}
    return {
        entry.msgid: entry.msgstr
        for entry in polib.pofile(str(path)).translated_entries()
        if _is_field_name(entry)
    }


def _is_field_name(entry: polib.POEntry) -> bool:
    return any("field_description" in place for place, _line in entry.occurrences)


def _refresh(folder: Path, common: dict[str, str]) -> list[str]:
    """Bring an addon's files up to date; return what is wrong with them."""
    template_path = folder / "i18n" / f"{folder.name}.pot"
    if not template_path.is_file():
        return []
    template = polib.pofile(str(template_path))
    _forget_dates(template)
    template.save(str(template_path))
    path = folder / "i18n" / f"{LANGUAGE}.po"
    translated = merge(template, path)
    for entry in translated.untranslated_entries():
        if _is_field_name(entry):
            entry.msgstr = common.get(entry.msgid, "")
    translated.save(str(path))
    return check(translated, path.relative_to(ROOT).as_posix())


def _forget_dates(catalogue: polib.POFile) -> None:
    """Leave out what would make each export differ from the one before."""
    for key in ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator"):
        catalogue.metadata.pop(key, None)


def merge(template: polib.POFile, path: Path) -> polib.POFile:
    """Return the translation with the template's terms and no obsolete ones."""
    known = polib.pofile(str(path)) if path.is_file() else polib.POFile()
    known.metadata = dict(template.metadata) | {"Language": LANGUAGE}
    known.header = template.header
    known.merge(template)
    for entry in known.obsolete_entries():
        known.remove(entry)
    order = {entry.msgid: number for number, entry in enumerate(template)}
    known.sort(key=lambda entry: order.get(entry.msgid, 0))
    return known


def check(catalogue: polib.POFile, name: str) -> list[str]:
    """Return the untranslated terms and those whose placeholders differ."""
    problems = []
    for entry in catalogue:
        if not entry.translated():
            problems.append(f"{name}: untranslated: {entry.msgid!r}")
        elif placeholders(entry.msgid) != placeholders(entry.msgstr):
            problems.append(
                f"{name}: placeholders differ: {entry.msgid!r} -> {entry.msgstr!r}"
            )
    return problems


def placeholders(text: str) -> Counter:
    """Return the placeholders and tags of a text with their numbers."""
    return Counter(PLACEHOLDER.findall(text))
