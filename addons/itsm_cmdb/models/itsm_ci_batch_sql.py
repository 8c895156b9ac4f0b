"""Bulk statements for the tables of staging, which the ORM would write row by row."""

import json

_PAGE = 1000
# Chinese as it is: escaped it is twice as long. One encoder for all rows.
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def insert_rows(cr, table, columns, rows):
    """Insert many rows with few statements."""
    rows = list(rows)
    if rows:
        # Table and columns are names of this addon, never from outside.
        query = f"INSERT INTO {table} ({', '.join(columns)}) VALUES %s"
        cr.execute_values(query, rows, page_size=_PAGE)


def insert_columns(cr, table, types, rows):
    """Insert many rows column by column, which costs half of row by row.

    :param dict types: column to its type in SQL
    :param rows: tuples in the order of ``types``
    """
    arrays = ", ".join(f"%s::{kind}[]" for kind in types.values())
    query = f"INSERT INTO {table} ({', '.join(types)}) SELECT * FROM unnest({arrays})"
    for portion in _in_pages(rows):
        cr.execute(query, portion)


def _in_pages(rows):
    """Yield the columns of some rows at a time, as arrays."""
    rows = list(rows)
    for start in range(0, len(rows), _PAGE):
        columns = zip(*rows[start : start + _PAGE], strict=True)
        yield [list(column) for column in columns]


def update_rows(cr, table, types, rows):
    """Set different values on many rows with few statements.

    :param dict types: column to its type in SQL; the first column finds the row
    :param rows: tuples in the order of ``types``
    """
    key, *columns = types
    assigned = ", ".join(f"{name} = v.{name}" for name in columns)
    arrays = ", ".join(f"%s::{kind}[]" for kind in types.values())
    query = (
        f"UPDATE {table} t SET {assigned}"
        f" FROM unnest({arrays}) AS v ({', '.join(types)})"
        f" WHERE t.{key} = v.{key}"
    )
    for portion in _in_pages(rows):
        cr.execute(query, portion)


def as_json(value):
    """Return a value as the text of a jsonb column; None where it is empty."""
    return _encode(value) if value else None
