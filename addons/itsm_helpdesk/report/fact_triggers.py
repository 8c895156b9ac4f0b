"""The database itself notes which facts are out of date: the triggers that do it.

A note is written by the transaction that changes a row, whatever changed it (a form, a
job, an import, plain SQL), and is seen by others when the change is, never before and
never later. Clocks, time stamps and long transactions therefore play no part.
"""

from typing import NamedTuple

from odoo.tools import SQL
from odoo.tools.sql import table_exists

_PREFIX = "itsm_fact_note_"
_EVENTS = {
    "INSERT": ("NEW",),
    "UPDATE": ("OLD", "NEW"),
    "DELETE": ("OLD",),
}


class Source(NamedTuple):
    """A table that facts are made of.

    ``note`` says what is out of date when a row changes, and ``key`` is the SQL that
    tells of which record. ``where`` leaves rows out. With ``watch`` only changes of
    these columns count, and neither new nor deleted rows do.
    """

    table: str
    note: str
    key: str = "id"
    where: str = "TRUE"
    watch: tuple[str, ...] = ()


class Mention(NamedTuple):
    """A column of a fact that names a record of a table.

    ``is_owner`` when the fact goes with the record; else only the name does.
    """

    table: str
    fact_table: str
    column: str
    is_owner: bool = False


def wanted(sources, mentions):
    """Return ``{table: body of its function}`` of the triggers of these facts.

    :param sources: ``[(name of the fact's model, Source)]`` of all facts
    :param mentions: ``[Mention]`` of all facts
    """
    steps = {}
    for fact, source in sources:
        for event in _EVENTS:
            if step := _note(event, fact, source):
                steps.setdefault((source.table, event), []).append(step)
    for mention in mentions:
        steps.setdefault((mention.table, "DELETE"), []).append(_forget(mention))
    bodies = {}
    for (table, event), each in sorted(steps.items()):
        body = f"IF TG_OP = '{event}' THEN {' '.join(each)} END IF; "
        bodies[table] = bodies.get(table, "") + body
    return {table: f"BEGIN {body}RETURN NULL; END" for table, body in bodies.items()}


def present(cr):
    """Return ``{table: body of its function}`` of the triggers that there are."""
    cr.execute(
        SQL(
            """
            SELECT proname, prosrc FROM pg_proc
             WHERE pronamespace = current_schema::regnamespace
               AND starts_with(proname, %s)
            """,
            _PREFIX,
        )
    )
    return {name.removeprefix(_PREFIX): body for name, body in cr.fetchall()}


def install(cr, bodies):
    """Make these triggers, in place of those of the same tables."""
    for table, body in bodies.items():
        if table_exists(cr, table):
            remove(cr, [table])
            _install_table(cr, table, body)


def remove(cr, tables):
    """Take the triggers of tables away."""
    for table in tables:
        cr.execute(
            SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(_PREFIX + table))
        )


def _install_table(cr, table, body):
    name = SQL.identifier(_PREFIX + table)
    cr.execute(
        SQL("CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS %s", name, body)
    )
    for event, sides in _EVENTS.items():
        if f"'{event}'" not in body:
            continue
        cr.execute(
            SQL(
                "CREATE TRIGGER %s AFTER %s ON %s REFERENCING %s "
                "FOR EACH STATEMENT EXECUTE FUNCTION %s()",
                SQL.identifier(_PREFIX + event.lower()),
                SQL(event),
                SQL.identifier(table),
                SQL(" ".join(f"{side} TABLE AS {side.lower()}_rows" for side in sides)),
                name,
            )
        )


def _note(event, fact, source):
    """Return the statement that notes a change, or nothing if it does not count."""
    if not source.watch:
        rows = " UNION ".join(
            f"SELECT {source.key} AS key FROM {side.lower()}_rows WHERE {source.where}"
            for side in _EVENTS[event]
        )
    elif event == "UPDATE":
        columns = [
            ", ".join(f"{rows}.{column}" for column in source.watch)
            for rows in ("old_rows", "new_rows")
        ]
        rows = (
            f"SELECT new_rows.{source.key} AS key FROM new_rows "
            "JOIN old_rows ON old_rows.id = new_rows.id "
            f"WHERE ({columns[0]}) IS DISTINCT FROM ({columns[1]})"
        )
    else:
        return None
    return (
        "INSERT INTO itsm_fact_change (fact, note, key) "
        f"SELECT '{fact}', '{source.note}', key FROM ({rows}) changed "
        "WHERE key IS NOT NULL;"
    )


def _forget(mention):
    gone = f"{mention.column} IN (SELECT id FROM old_rows)"
    if mention.is_owner:
        return f"DELETE FROM {mention.fact_table} WHERE {gone};"
    return f"UPDATE {mention.fact_table} SET {mention.column} = NULL WHERE {gone};"
