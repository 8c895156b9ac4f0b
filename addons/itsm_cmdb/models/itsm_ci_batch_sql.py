"""Bulk statements for the tables of staging, which the ORM would write row by row."""

import json

from psycopg2.extras import execute_values

_PAGE = 1000


def insert_rows(cr, table, columns, rows, conflict=""):
    """Insert many rows with few statements.

    :param conflict: what to do with rows that are there, such as ``ON CONFLICT …``
    """
    rows = list(rows)
    if rows:
        # Table and columns are names of this addon, never from outside.
        query = f"INSERT INTO {table} ({', '.join(columns)}) VALUES %s {conflict}"
        execute_values(cr._obj, query, rows, page_size=_PAGE)


def update_rows(cr, table, types, rows):
    """Set different values on many rows with few statements.

    :param dict types: column to its type in SQL; the first column finds the row
    :param rows: tuples in the order of ``types``
    """
    rows = list(rows)
    if not rows:
        return
    key, *columns = types
    assigned = ", ".join(f"{name} = v.{name}" for name in columns)
    arrays = ", ".join(f"%s::{kind}[]" for kind in types.values())
    query = (
        f"UPDATE {table} t SET {assigned}"
        f" FROM unnest({arrays}) AS v ({', '.join(types)})"
        f" WHERE t.{key} = v.{key}"
    )
    for start in range(0, len(rows), _PAGE):
        portion = rows[start : start + _PAGE]
        cr.execute(query, [list(column) for column in zip(*portion, strict=True)])


def as_json(value):
    """Return a value as the text of a jsonb column; None where it is empty."""
    return json.dumps(value, allow_nan=False) if value else None
