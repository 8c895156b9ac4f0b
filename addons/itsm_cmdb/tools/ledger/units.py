"""Units in the names of columns, and money, as people type them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from .engine import tabular

_IN_BRACKETS = re.compile(
    r"[(\[【]\s*(?:单位\s*:?|unit\s*:?|in\s)?\s*([^()\[\]【】]+?)\s*[)\]】]\s*\**$"
)
_CURRENCY = r"rmb|cny|usd|eur|hkd|us\$|hk\$|[¥$€£]"
_MONEY_MARK = re.compile(rf"^({_CURRENCY})\s*|\s*({_CURRENCY})$")
_MONEY_WORDS = {"亿": 1e8, "万": 1e4, "千": 1e3, "百": 1e2, "w": 1e4, "k": 1e3}
_YUAN = ("元整", "元", "圆", "块")


def header_unit(header: Any) -> str:
    """The unit that the name of a column states in brackets.

    >>> header_unit("内存（GB）"), header_unit("原值(单位：万元)"), header_unit("Name")
    ('gb', '万元', '')
    """
    match = _IN_BRACKETS.search(plain(header))
    return match[1] if match else ""


def with_unit(value: Any, unit: str) -> Any:
    """A number as a quantity in the unit that its column states.

    What has a unit of its own, and what is no number, stays as it is.

    >>> with_unit(16384, "mb"), with_unit("16G", "mb"), with_unit("24", "")
    ('16384 mb', '16G', '24')
    """
    if not unit or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return f"{tabular.as_text(value)} {unit}"
    text = plain(value)
    return f"{text} {unit}" if text and text[-1].isdigit() else value


def to_money(value: Any, stated: str = "") -> float | None:
    """An amount, to the cent.

    :param stated: what the column's name says, such as 万元
    :raise TabularError: ``bad_number``

    >>> to_money("￥12,000.00"), to_money("1.2万"), to_money("(350.5)"), to_money(3)
    (12000.0, 12000.0, -350.5, 3.0)
    """
    scale = _scale(stated)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return round(float(value) * scale, 2)
    if tabular.to_text(value) is None:
        return None
    text = plain(value).replace(" ", "")
    sign = 1.0
    if text.startswith("(") and text.endswith(")"):
        sign, text = -1.0, text[1:-1]
    text = _without_yuan(_MONEY_MARK.sub("", text))
    for word, factor in _MONEY_WORDS.items():
        if text.endswith(word):
            # The cell states its scale itself; the column's is not meant.
            text, scale = text.removesuffix(word), factor
            break
    number = tabular.to_float(text)
    if number is None:
        text = tabular.as_text(value)[:80]
        raise tabular.TabularError("bad_number", value=text)
    return round(sign * number * scale, 2)


def _scale(stated: str) -> float:
    """1 万元 is 10 000; a plain 万 or k in brackets may mean something else."""
    text = plain(stated)
    bare = _without_yuan(text)
    return _MONEY_WORDS.get(bare, 1.0) if bare != text else 1.0


def _without_yuan(text: str) -> str:
    for word in _YUAN:
        text = text.removesuffix(word)
    return text


def plain(value: Any) -> str:
    """Text with full-width characters made plain, in lower case."""
    text = unicodedata.normalize("NFKC", tabular.as_text(value)).casefold()
    return " ".join(text.replace("\u2212", "-").split())
