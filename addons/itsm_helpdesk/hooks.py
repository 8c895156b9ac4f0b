"""What addons that stand on the desk share when they go."""

from odoo.tools import SQL


def release_tables(env, module):
    """Let the tables of an addon that is uninstalled go in any order."""
    env.flush_all()
    for table, constraint in _foreign_keys_inside(env, module):
        env.cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT %s",
                SQL.identifier(table),
                SQL.identifier(constraint),
            )
        )


def _foreign_keys_inside(env, module):
    """Return ``[(table, constraint)]`` of those between two tables of the addon."""
    tables = [
        Model._table
        for Model in env.registry.values()
        if Model._original_module == module and Model._auto and not Model._abstract
    ]
    return env.execute_query(
        SQL(
            """
            SELECT own.relname, conname
              FROM pg_constraint
              JOIN pg_class own ON own.oid = conrelid
              JOIN pg_class other ON other.oid = confrelid
             WHERE contype = 'f'
               AND own.relnamespace = current_schema::regnamespace
               AND own.relname = ANY(%(tables)s)
               AND other.relname = ANY(%(tables)s)
            """,
            tables=tables,
        )
    )
