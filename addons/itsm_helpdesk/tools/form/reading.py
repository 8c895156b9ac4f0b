"""Read what was sent for a form: clean answers, and what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .. import upload
from . import conditions, definition, moments, values
from . import files as file_answers
from .files import FileFact
from .problems import Problem, RefusedError


@dataclass
class FormResult:
    """What a form says.

    ``answers``: clean JSON by key, in the order of the questions; without those that
    are hidden, empty or wrong; a yes/no question that is shown always has one. Files
    are the ids of kept ones, then ``{"name"}`` for each new one, which the caller
    replaces by its id once it is stored.
    ``hidden``, ``required``: paths of questions and cells.
    ``problems``: by path, in the order of the questions.
    ``ignored``: paths of what was sent but not read: unknown or hidden questions.
    ``uploads``: the new files to store, by path.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)
    problems: dict[str, Problem] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    uploads: dict[str, Sequence[FileFact]] = field(default_factory=dict)


def read(
    form: definition.Definition,
    raw: Any,
    *,
    today: date,
    zone: str = "UTC",
    known: Mapping[str, Collection[int]] | None = None,
    files: Mapping[str, Sequence[FileFact]] | None = None,
    max_file_bytes: int = upload.MAX_FILE_BYTES,
) -> FormResult:
    """Read the answers to a form whose definition was checked.

    Nothing in ``raw`` makes it raise. Hidden questions have no answer and no problem,
    whatever was sent; what a row of a table shows depends on that row alone. Rows in
    which nothing is answered are left out; problems count rows as they were sent.

    :param raw: ``{key: value}`` from ``posting.read``, a client, or earlier answers
    :param today: the day where the person is
    :param zone: time zone of local times
    :param known: ids that may be answered, by the paths of ``references.wanted``;
        None takes any, for forms that are only shown or kept as a draft
    :param files: new files by path
    """
    around = values.Around(today, zone or "UTC", known, files or {}, max_file_bytes)
    sent = raw if isinstance(raw, Mapping) else {}
    asked = [
        _read_question(question, sent.get(question["key"]), around)
        for question in definition.questions(form)
    ]
    standing = conditions.standing(
        definition.questions(form),
        {part.key: part.answer for part in asked if part.answer is not None},
    )
    result = FormResult(hidden=standing.hidden, required=standing.required)
    for part in asked:
        if part.key in standing.hidden or part.silent:
            part.ignore(result)
        else:
            part.enter(result, part.key in standing.required)
    keys = {part.key for part in asked}
    result.ignored += [str(key) for key in sent if key not in keys]
    return result


@dataclass
class _Part:
    """The answer to one question, before it is known whether it is shown."""

    question: definition.Question
    sent: bool = False
    answer: Any = None
    problems: dict[str, Problem] = field(default_factory=dict)
    uploads: Sequence[FileFact] = ()
    # Of the cells of a table.
    hidden: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)
    ignored: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.question["key"]

    @property
    def silent(self) -> bool:
        return self.question["type"] in conditions.SILENT

    def ignore(self, result: FormResult) -> None:
        """Leave out a hidden question."""
        if self.sent:
            result.ignored.append(self.key)

    def enter(self, result: FormResult, required: bool) -> None:
        """Add a shown question to the result."""
        result.hidden |= self.hidden
        result.required |= self.required
        result.ignored += self.ignored
        result.problems.update(self.problems)
        if self.answer is not None:
            result.answers[self.key] = self.answer
        if self.uploads:
            result.uploads[self.key] = self.uploads
        if required and not self.problems and _is_missing(self.answer):
            result.problems[self.key] = _missing(self.question)


def _is_missing(answer: Any) -> bool:
    """Tell whether a required question is not answered; a *no* does not do."""
    return answer is None or answer is False


def _refused_answer(question: definition.Question) -> bool | None:
    """Return what stands in for what cannot be read: yes/no always has an answer."""
    return False if question["type"] == "boolean" else None


def _missing(question: definition.Question) -> Problem:
    return Problem("required", {"type": question["type"]})


def _read_question(
    question: definition.Question, value: Any, around: values.Around
) -> _Part:
    part = _Part(question, sent=not values.is_empty(value))
    kind = question["type"]
    if part.silent:
        return part
    try:
        if kind == "table":
            _read_rows(part, value, around)
        elif kind == "file":
            _read_files(part, value, around)
        else:
            part.answer = values.read_value(question, value, around, part.key)
    except RefusedError as refused:
        part.problems[part.key] = refused.problem
        part.answer = _refused_answer(question)
    return part


def _read_files(part: _Part, value: Any, around: values.Around) -> None:
    new = around.files.get(part.key, ())
    part.sent = part.sent or bool(new)
    known = around.known_at(part.key)
    found = file_answers.read(part.question, value, new, known, around.max_file_bytes)
    part.answer = found or None
    part.uploads = new


def _read_rows(part: _Part, value: Any, around: values.Around) -> None:
    """Read the rows of a table, each for itself."""
    if values.is_empty(value):
        return
    if not isinstance(value, list) or not all(isinstance(r, Mapping) for r in value):
        raise RefusedError("not_rows")
    most = definition.max_rows(part.question)
    if len(value) > most:
        raise RefusedError("too_many_rows", maximum=most)
    rows = [
        _read_row(part, f"{part.key}.{index}", row, around)
        for index, row in enumerate(value)
    ]
    part.answer = [row for row in rows if row] or None


def _read_row(
    part: _Part, path: str, row: Mapping[str, Any], around: values.Around
) -> Any:
    """Return the cells of a row that are shown and answered, None if all are empty."""
    columns = definition.columns(part.question)
    cells, problems = {}, {}
    for column in columns:
        key = column["key"]
        try:
            cell = values.read_value(column, row.get(key), around, f"{part.key}.{key}")
        except RefusedError as refused:
            problems[key] = refused.problem
            cell = _refused_answer(column)
        if cell is not None:
            cells[key] = cell
    standing = conditions.standing(columns, cells)
    part.hidden |= {f"{path}.{key}" for key in standing.hidden}
    known = {column["key"] for column in columns}
    part.ignored += [
        f"{path}.{key}"
        for key in row
        if key not in known
        or (key in standing.hidden and not values.is_empty(row[key]))
    ]
    cells = {key: cells[key] for key in cells if key not in standing.hidden}
    problems = {key: problems[key] for key in problems if key not in standing.hidden}
    is_blank = all(cell is False for cell in cells.values())
    if is_blank and not problems:
        return None
    part.required |= {f"{path}.{key}" for key in standing.required}
    for column in columns:
        key = column["key"]
        if key in problems:
            part.problems[f"{path}.{key}"] = problems[key]
        elif key in standing.required and _is_missing(cells.get(key)):
            part.problems[f"{path}.{key}"] = _missing(column)
    return None if is_blank else cells


# ----------------------------------------------------------------------
# A new form
# ----------------------------------------------------------------------


def defaults(
    form: definition.Definition, facts: Mapping[str, Any], today: date
) -> dict[str, Any]:
    """Return the raw values with which a new form starts.

    :param facts: of the person's employee record: a text, or ``(id, name)`` of a
        record; a question for records takes the id, any other the name
    :param today: the day where the person is
    """
    found = {
        question["key"]: _default(question, facts, today)
        for question in definition.questions(form)
        if question.get("default")
    }
    return {key: value for key, value in found.items() if not values.is_empty(value)}


def _default(
    question: definition.Question, facts: Mapping[str, Any], today: date
) -> Any:
    kind, value = question["default"].get("kind"), question["default"].get("value")
    if kind == "today":
        # A time needs an hour: the start of an ordinary working day.
        hour = "T09:00" if question["type"] == "datetime" else ""
        return f"{today.isoformat()}{hour}"
    if kind == "employee":
        fact = facts.get(value) if definition.takes_fact(question, value) else None
        is_pair = isinstance(fact, tuple | list)
        if question["type"] in definition.REFERENCES:
            return fact[0] if is_pair else None
        return fact[1] if is_pair else fact
    return values.fixed(question, value) if kind == "fixed" else None


def prefill(
    form: definition.Definition, answers: Mapping[str, Any], zone: str
) -> dict[str, Any]:
    """Return earlier answers as a person would type them: times in their own zone."""
    typed = dict(answers)
    for question in definition.questions(form):
        key = question["key"]
        if question["type"] == "datetime" and key in typed:
            typed[key] = moments.local_text(typed[key], zone)
        elif question["type"] == "table" and isinstance(typed.get(key), list):
            columns = {"questions": definition.columns(question)}
            typed[key] = [prefill(columns, row, zone) for row in typed[key]]
    return typed
