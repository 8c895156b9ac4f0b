"""``i18n``: export the terms of each addon and check their translations."""

import ast
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
# The label of a choice: the addon that declares the field, and the model that has it.
CHOICE = re.compile(
    r"model:ir\.model\.fields\.selection,name:(\w+)\.selection__((?:(?!__)\w)+)__"
)


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
    templates = _templates()
    bring_home(templates, _needed())
    problems = []
    for folder in addon_folders():
        if folder.name in templates:
            problems += _refresh(folder, templates[folder.name], common)
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


def _templates() -> dict[str, polib.POFile]:
    """Return what was exported, by addon."""
    paths = {
        folder.name: folder / "i18n" / f"{folder.name}.pot"
        for folder in addon_folders()
    }
    return {
        name: polib.pofile(str(path)) for name, path in paths.items() if path.is_file()
    }


def _needed() -> dict[str, set[str]]:
    """Return the addons of this project that each of them needs, near and far."""
    direct = {
        folder.name: ast.literal_eval(
            (folder / "__manifest__.py").read_text(encoding="utf-8")
        )["depends"]
        for folder in addon_folders()
    }

    def all_of(name: str) -> set[str]:
        near = [each for each in direct[name] if each in direct]
        return set(near).union(*map(all_of, near))

    return {name: all_of(name) for name in direct}


def bring_home(templates: dict[str, polib.POFile], needed: dict[str, set[str]]) -> None:
    """Give the labels that a model has from another addon's mixin to its own addon.

    Odoo names such a label after the addon of the mixin, and so exports it there. But
    that addon is installed first: its file is read before the label exists, which
    then stays untranslated if the language was there before the addons.
    """
    models = {
        name: {place for entry in template for place, _line in entry.occurrences}
        for name, template in templates.items()
    }
    for declaring, template in templates.items():
        for entry in list(template):
            for occurrence in list(entry.occurrences):
                found = CHOICE.match(occurrence[0])
                homes = found and [
                    name
                    for name in templates
                    if f"model:ir.model,name:{name}.model_{found[2]}" in models[name]
                ]
                if not homes or found[1] != declaring or declaring in homes:
                    continue
                # The one that needs the fewest others is installed first.
                home = min(homes, key=lambda name: (len(needed[name]), name))
                entry.occurrences.remove(occurrence)
                _add(templates[home], home, entry, occurrence)
            if not entry.occurrences:
                template.remove(entry)


def _add(
    template: polib.POFile, name: str, entry: polib.POEntry, occurrence: tuple
) -> None:
    """Add a place of a term to an addon's template, in the order of the terms."""
    known = template.find(entry.msgid)
    if not known:
        known = polib.POEntry(msgid=entry.msgid, comment=f"module: {name}")
        template.append(known)
        template.sort(key=lambda each: each.msgid)
    if occurrence not in known.occurrences:
        known.occurrences.append(occurrence)


def _refresh(folder: Path, template: polib.POFile, common: dict[str, str]) -> list[str]:
    """Bring an addon's files up to date; return what is wrong with them."""
    _forget_dates(template)
    template.save(str(folder / "i18n" / f"{folder.name}.pot"))
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
