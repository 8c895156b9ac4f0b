"""Sums of sums: the figures of coarse groups, made of those of finer ones.

A pivot shows the same records by service and month, by service, by month, and in all.
Read once by service and month, the others follow from a few hundred rows.
"""

from collections.abc import Iterable, Sequence


def parts_of(aggregates: Iterable[str]) -> list[str] | None:
    """Return the aggregates that finer groups must tell.

    :param aggregates: such as ``"__count"``, ``"hours:sum"``, ``"rating:avg"``
    :return: without doubles; nothing if one of them does not follow from parts, as
        medians do not
    """
    parts: dict[str, None] = {}
    for aggregate in aggregates:
        name, _colon, function = aggregate.partition(":")
        if function == "avg":
            parts |= {f"{name}:sum": None, f"{name}:count": None}
        elif aggregate == "__count" or function in _TOGETHER:
            parts[aggregate] = None
        else:
            return None
    return list(parts)


def roll_up(
    rows: Iterable[tuple],
    specs: Sequence[str],
    parts: Sequence[str],
    group_by: Sequence[str],
) -> list[tuple]:
    """Return the rows of a coarser grouping, in the order in which they come up.

    :param rows: of the finer one: the values of ``specs``, then those of ``parts``
    :param group_by: some of ``specs``, in any order
    """
    places = [list(specs).index(spec) for spec in group_by]
    groups: dict[tuple, list[tuple]] = {}
    for row in rows:
        key = tuple(row[place] for place in places)
        groups.setdefault(key, []).append(row[len(specs) :])
    together = [_TOGETHER[part.partition(":")[2] or "count"] for part in parts]
    return [
        (
            *key,
            *(
                join(column)
                for join, column in zip(
                    together, zip(*members, strict=True), strict=True
                )
            ),
        )
        for key, members in groups.items()
    ]


def finish(
    rows: Iterable[tuple],
    width: int,
    parts: Sequence[str],
    aggregates: Sequence[str],
) -> list[tuple]:
    """Return rows with the aggregates that were asked for in place of their parts.

    :param width: how many values of each row are what it is grouped by
    """
    place = {part: width + index for index, part in enumerate(parts)}
    return [
        (*row[:width], *(_aggregate(row, each, place) for each in aggregates))
        for row in rows
    ]


def _aggregate(row, aggregate, place):
    name, _colon, function = aggregate.partition(":")
    if function != "avg":
        return row[place[aggregate]]
    count = row[place[f"{name}:count"]]
    return row[place[f"{name}:sum"]] / count if count else False


# Groups that have no value tell False; their neighbours may have one.
def _known(values):
    return [value for value in values if value is not None and value is not False]


def _sum(values):
    known = _known(values)
    return sum(known) if known else False


def _union(values):
    found = {each for value in values for each in value or ()}
    return sorted(found, key=lambda each: (each is None, each))


_TOGETHER = {
    "array_agg_distinct": _union,
    "count": sum,
    "max": lambda values: max(_known(values), default=False),
    "min": lambda values: min(_known(values), default=False),
    "sum": _sum,
    "sum_currency": _sum,
}
