"""A prize draw that anybody can repeat: who wins follows from a seed and a list.

1. Each entry has a key, a text such as ``DRAW0007-1523-1``, and belongs to a person.
2. The lot of an entry is the SHA-256 of the seed, a line feed and its key (UTF-8),
   written as 64 hexadecimal digits.
3. The entries are sorted by their lots. In this order each person counts once, and
   the first persons win, as many as there are prizes, the first the first prize.

The seed has a secret part, whose SHA-256 (the commitment) is published before, and a
public part that nobody knew then, where one was announced. So nobody can choose a seed
that suits: not who keeps the secret, since it is fixed, nor who knows the public part.

To check by hand: ``printf '%s\\n%s' "$SEED" "$KEY" | sha256sum``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

ALGORITHM = "SHA-256 lots, version 1"


class Lot(NamedTuple):
    """An entry with its lot."""

    digest: str
    key: str
    person: int


def sha256(text: str) -> str:
    """Return the SHA-256 of a text as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def commitment(secret: str) -> str:
    """Return what is published of the secret before the draw."""
    return sha256(secret)


def full_seed(secret: str, public: str | None) -> str:
    """Return the seed of the secret and of the public part, where there is one."""
    return f"{secret}/{public}" if public else secret


def digest_of_list(keys: Iterable[str]) -> str:
    """Return the SHA-256 of the sorted keys, each on a line: the list's fingerprint."""
    return sha256("\n".join(sorted(keys)))


def entry_keys(mark: str, counts: Mapping[int, int]) -> dict[str, int]:
    """Return ``{key: person}`` of all entries.

    :param mark: the number of the draw, so that lots of different draws differ
    :param counts: number of entries by person
    """
    return {
        f"{mark}-{person}-{index}": person
        for person, count in counts.items()
        for index in range(1, count + 1)
    }


def lots(seed: str, entries: Mapping[str, int]) -> list[Lot]:
    """Return all entries in the order of their lots."""
    return sorted(
        Lot(sha256(f"{seed}\n{key}"), key, person) for key, person in entries.items()
    )


def winners(ordered: Iterable[Lot], prizes: int) -> list[Lot]:
    """Return the lots that win, each person's first one, at most ``prizes``."""
    won: dict[int, Lot] = {}
    for lot in ordered:
        if len(won) >= prizes:
            break
        won.setdefault(lot.person, lot)
    return list(won.values())
