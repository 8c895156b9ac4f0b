"""Read quantities with units, as ledgers write them. Pure Python.

>>> quantity("1.5TB", "GB"), quantity("16 GB", "GB"), quantity("８核", "核")
(1536.0, 16.0, 8.0)
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from .ledger.engine import tabular

_QUANTITY = re.compile(r"([+-]?[\d,]*\.?\d+(?:e[+-]?\d{1,2})?)\s*([^\d\s].*)?")


def _scale(letters: str, step: int, *names: str) -> dict[str, float]:
    """Units with their prefixes: each ``step`` times the one before it."""
    return {
        prefix + name: float(step**power)
        for power, prefix in enumerate(letters.split(","))
        for name in names
    }


# Sizes of memory and disks count by 1024, as systems and ledgers show them; rates
# and electrical units by 1000.
_DIMENSIONS: tuple[dict[str, float], ...] = (
    _scale(",k,m,g,t,p", 1024, "b")
    | _scale("ki,mi,gi,ti,pi", 1024, "b")
    | {"k": 1024.0, "m": 1024.0**2, "g": 1024.0**3, "t": 1024.0**4}
    | {"ki" + "b": 1024.0, "mib": 1024.0**2, "gib": 1024.0**3}
    | {"tib": 1024.0**4, "pib": 1024.0**5},
    _scale(",k,m,g,t", 1000, "bps", "bit/s", "b/s"),
    _scale(",k,m,g", 1000, "hz"),
    {"mw": 1e6, "kw": 1e3, "w": 1.0, "瓦": 1.0, "千瓦": 1e3},
    {"mva": 1e6, "kva": 1e3, "va": 1.0},
    {"kv": 1e3, "v": 1.0, "伏": 1.0},
    {"a": 1.0, "安": 1.0, "ma": 1e-3},
    {"ah": 1.0, "mah": 1e-3},
    {"km": 1e3, "m": 1.0, "cm": 1e-2, "mm": 1e-3, "inch": 0.0254, "in": 0.0254}
    | {"米": 1.0, "厘米": 1e-2, "毫米": 1e-3, "英寸": 0.0254, '"': 0.0254},
    {"t": 1e3, "kg": 1.0, "g": 1e-3, "公斤": 1.0, "千克": 1.0, "吨": 1e3, "克": 1e-3},
    {"s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0, "hour": 3600.0, "hours": 3600.0}
    | {"秒": 1.0, "分钟": 60.0, "小时": 3600.0, "d": 86400.0, "day": 86400.0}
    | {"days": 86400.0, "天": 86400.0, "日": 86400.0},
    {"month": 1.0, "months": 1.0, "个月": 1.0, "月": 1.0}
    | {"year": 12.0, "years": 12.0, "y": 12.0, "年": 12.0},
    {"btu/h": 0.29307107, "匹": 735.49875},
)
# Words for "how many": they say nothing that the attribute does not say.
_COUNTERS = frozenset(
    ("个", "台", "只", "块", "套", "颗", "根", "条", "张", "核", "核心", "口", "端口",
     "路", "core", "cores", "port", "ports", "pcs", "pc", "unit", "units", "u", "x",
     "socket", "sockets", "thread", "threads", "人", "位")
)  # fmt: skip


def quantity(value: Any, *units: str | None) -> float | None:
    """The number of a quantity, in the first of ``units`` (names of one unit).

    A number without a unit is in the attribute's. None when empty. Raises
    TabularError ``bad_number``, or ``bad_unit`` for a unit that cannot be converted.
    """
    if isinstance(value, (int, float)) or value is None:
        return tabular.to_float(value)
    text = tabular.to_text(value)
    if text is None:
        return None
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2212", "-")
    match = _QUANTITY.fullmatch(plain) if len(plain) <= 60 else None
    if not match:
        return tabular.to_float(text)
    number = tabular.to_float(match.group(1))
    said = (match.group(2) or "").strip(" .()")
    if number is None or not said:
        return number
    return number * _factor(
        said, [tabular.normalize(unit) for unit in units if unit], text
    )


def _factor(said: str, wanted: list[str], shown: str) -> float:
    """What a number in the unit ``said`` is multiplied with."""
    if said in wanted:
        return 1.0
    for units in _DIMENSIONS:
        if said in units and (unit := next(filter(units.get, wanted), None)):
            return units[said] / units[unit]
    counted = not wanted or any(unit in _COUNTERS for unit in wanted)
    if said in _COUNTERS and counted:
        return 1.0
    raise tabular.TabularError("bad_unit", value=shown[:80], unit=(wanted or [""])[0])
