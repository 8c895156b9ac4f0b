"""Writes many records that differ from one in a few columns only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from odoo.tools import SQL


def new_ids(env, model: str, number: int) -> list[int]:
    """Return ids for records that are written next."""
    table = env[model]._table
    rows = env.execute_query(
        SQL(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id'))"
            " FROM generate_series(1, %s)",
            table,
            number,
        )
    )
    return [number for (number,) in rows]


def write_copies(record, rows: Sequence[Mapping]) -> None:
    """Write copies of a record; what Odoo computed for it holds for them, too.

    :param rows: the columns in which each copy differs, always the same ones, and
        its id among them
    """
    if not rows:
        return
    record.env.flush_all()
    differ = list(rows[0])
    same = [
        name
        for name, field in record._fields.items()
        if field.store and field.column_type and name not in differ
    ]
    into = ", ".join(f'"{name}"' for name in (*differ, *same))
    taken = ", ".join(
        [*(f'new."{name}"' for name in differ), *(f'of."{name}"' for name in same)]
    )
    names = ", ".join(f'"{name}"' for name in differ)
    record.env.cr.execute_values(
        f'INSERT INTO "{record._table}" ({into}) SELECT {taken}'
        f' FROM (VALUES %s) AS new ({names}), "{record._table}" AS of'
        f" WHERE of.id = {record.id:d}",
        [tuple(row[name] for name in differ) for row in rows],
        page_size=1000,
    )
    record.env.invalidate_all()
