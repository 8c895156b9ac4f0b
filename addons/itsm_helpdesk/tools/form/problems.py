"""What can be wrong with a form or an answer, as codes that the caller translates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a stable ``code`` and the ``params`` of its sentence."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


class RefusedError(Exception):
    """A value that cannot be taken."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.problem = Problem(code, params)
