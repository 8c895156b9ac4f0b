"""Two texts side by side, with the words that differ."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

# A word with what follows it; a Chinese, Japanese or Korean sign is a word by itself.
_WORDS = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]|[^\W\u2e80-\u9fff\uac00-\ud7af"
    r"\uf900-\ufaff]+|\s+|.",
    re.DOTALL,
)
SAME, GONE, NEW = "same", "gone", "new"
# Lines that have less than this in common are another line, not a changed one.
_AKIN = 0.35


class Row(NamedTuple):
    """A line of the older text beside the line of the newer one.

    Each side is a list of ``(kind, text)``; an empty one has no such line.
    """

    left: list
    right: list

    @property
    def changed(self):
        """Whether the two sides differ."""
        return self.left != self.right


def compare(before, after):
    """Return the lines of two texts side by side.

    >>> for row in compare("Press the red key.", "Press the green key."):
    ...     print(row.left)
    ...     print(row.right)
    [('same', 'Press the '), ('gone', 'red'), ('same', ' key.')]
    [('same', 'Press the '), ('new', 'green'), ('same', ' key.')]
    """
    old, new = _lines(before), _lines(after)
    rows = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            rows += [Row([(SAME, line)], [(SAME, line)]) for line in old[i1:i2]]
        else:
            rows += _changed_lines(old[i1:i2], new[j1:j2])
    return rows


def _lines(text):
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _changed_lines(old, new):
    """Pair the lines that changed in their order; what is left over stands alone."""
    rows = []
    while old and new:
        matcher = SequenceMatcher(None, _words(old[0]), _words(new[0]), autojunk=False)
        if matcher.ratio() >= _AKIN:
            rows.append(_row(matcher))
            old, new = old[1:], new[1:]
        elif len(old) >= len(new):
            rows.append(Row([(GONE, old[0])], []))
            old = old[1:]
        else:
            rows.append(Row([], [(NEW, new[0])]))
            new = new[1:]
    rows += [Row([(GONE, line)], []) for line in old]
    rows += [Row([], [(NEW, line)]) for line in new]
    return rows


def _words(line):
    return _WORDS.findall(line)


def _row(matcher):
    left, right = [], []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        gone, new = "".join(matcher.a[i1:i2]), "".join(matcher.b[j1:j2])
        if tag == "equal":
            left.append((SAME, gone))
            right.append((SAME, new))
            continue
        if gone:
            left.append((GONE, gone))
        if new:
            right.append((NEW, new))
    return Row(left, right)
