"""Who says what is being saved, and why: what a revision keeps beside the change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Origin:
    """Where a save comes from.

    It travels in the context. A client of the API can send texts and numbers there, but
    no object of this class, so nobody can pass a change off as somebody else's.
    """

    source: str = "manual"
    """Code of the source whose statement it is."""
    reason: str | None = None
    res_model: str | None = None
    """With ``res_id`` the record that it was made under, such as a change."""
    res_id: int | None = None
    at: datetime | None = None
    """When it was so, if that was earlier than the save."""
    batch_id: int | None = None

    @property
    def is_manual(self) -> bool:
        """Tell whether a person just types, under nothing that was planned."""
        return self.source == "manual" and not self.res_model
