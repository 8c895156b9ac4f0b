"""Placeholders in texts that people write: ``{{service}}``.

They are filled in when somebody reads the text, in that person's language and time
zone. Nothing is evaluated: a name stands for a value, and that is all.
"""

import re
from collections.abc import Callable, Mapping

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def written(name: str) -> str:
    """Return a placeholder as people write it.

    >>> written("service")
    '{{service}}'
    """
    return "{{" + name + "}}"


def names(*texts: str | None) -> list[str]:
    """Return the names of the placeholders in some texts, each once, in order.

    >>> names("{{service}} from {{ from }}", None, "{{service}}")
    ['service', 'from']
    """
    found = (name for text in texts for name in _PLACEHOLDER.findall(text or ""))
    return list(dict.fromkeys(found))


def fill(
    text: str | None,
    values: Mapping[str, str],
    escape: Callable[[str], str] = str,
) -> str:
    """Return a text with its placeholders filled in; unknown ones stay as they are.

    :param escape: what makes a value safe where the text is more than plain words

    >>> fill("{{service}} at {{to}} and {{what}}", {"service": "Mail", "to": "8:00"})
    'Mail at 8:00 and {{what}}'
    """

    def value_of(match: re.Match) -> str:
        name = match.group(1)
        return str(escape(values[name])) if name in values else match.group(0)

    return _PLACEHOLDER.sub(value_of, text or "")
