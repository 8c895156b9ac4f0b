"""What can be wrong with a service file.

Callers translate by ``code``; the English text serves logs and tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .limits import MAX_PROBLEMS


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    :param path: where, as ``services[laptop].questions[model].label``; empty for the
        file as a whole
    :param code: what, in one word
    :param params: what the sentence about it names
    """

    path: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        details = ", ".join(f"{key}={value!r}" for key, value in self.params.items())
        text = f"{self.code} ({details})" if details else self.code
        return f"{self.path}: {text}" if self.path else text


class Problems(list[Problem]):
    """Problems found so far; a hostile file cannot make the list endless."""

    def __init__(
        self, problems: Iterable[Problem] = (), limit: int = MAX_PROBLEMS
    ) -> None:
        super().__init__(problems)
        self.limit = limit

    @property
    def full(self) -> bool:
        """Tell whether looking for more is of no use."""
        return len(self) >= self.limit

    def add(self, path: str, code: str, **params: Any) -> None:
        """Keep a problem, unless there are enough."""
        if not self.full:
            self.append(Problem(path, code, params))


class FileRefused(Exception):
    """The file cannot be used; ``problems`` says why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))
