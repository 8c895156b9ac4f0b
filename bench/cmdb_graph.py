"""A layered graph of items for the benchmarks of impact: sites of a thousand items.

Each site has ten layers of a hundred items. An item depends on four of the layer
above, three of them hard, in the second to fourth layer on a fifth, hard too; in the
sixth layer the four are a redundancy group. The first layer depends on the site's core,
all cores on one root. That is four relations an item.
"""

from odoo.tools import SQL

SITE = 1_000
CODE = "BENCH-%s"
_DELETE = """
    DELETE FROM itsm_ci_relation WHERE note = 'bench';
    DELETE FROM itsm_ci_dependency_group WHERE name = 'bench';
    DELETE FROM itsm_ci WHERE code LIKE 'BENCH-%';
"""
_ITEMS = """
    INSERT INTO itsm_ci (code, name, class_id, company_id, active, criticality,
                         create_date, write_date, create_uid, write_uid)
    SELECT 'BENCH-' || n, 'Bench ' || n, %(item_class)s, %(company)s, TRUE, '3',
           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', 1, 1
      FROM generate_series(%(first)s, %(last)s) AS n
"""
_NUMBERED = """
    SELECT id, substr(code, 7)::int AS n FROM itsm_ci WHERE code LIKE 'BENCH-%%'
"""
_GROUPS = """
    INSERT INTO itsm_ci_dependency_group (ci_id, name, unit, minimum, "full", active)
    SELECT id, 'bench', 'count', 2, 3, TRUE FROM ({numbered}) AS item
     WHERE n > %(before)s AND ((n - 1) %% 1000) / 100 = 5
"""
_RELATIONS = """
    WITH item AS ({numbered}),
    wanted AS (
        SELECT n, k,
               CASE WHEN (n - 1) %% 1000 = 0 THEN 0
                    WHEN (n - 1) %% 1000 < 100 THEN n - (n - 1) %% 1000
                    ELSE n - (n - 1) %% 100 - 100
                         + ((n - 1) * 7 + k * 13) %% 100 END AS provider
          FROM item CROSS JOIN generate_series(0, 4) AS k
         WHERE n > %(before)s AND (k = 0 OR (n - 1) %% 1000 >= 100)
           AND (k < 4 OR (n - 1) %% 1000 < 400)
    )
    INSERT INTO itsm_ci_relation (source_id, type_id, target_id, strength, impact,
                                  weight, group_id, active, started_at, note)
    SELECT source.id, %(type)s, target.id,
           CASE WHEN k = 3 THEN 'soft' ELSE 'hard' END, 'source', 1, grp.id, TRUE,
           now() AT TIME ZONE 'UTC', 'bench'
      FROM wanted
      JOIN item AS source ON source.n = wanted.n
      JOIN item AS target ON target.n = wanted.provider
      LEFT JOIN itsm_ci_dependency_group AS grp
        ON grp.ci_id = source.id AND grp.name = 'bench'
"""


def clear(env):
    """Remove the graph of an earlier run."""
    env.cr.execute(_DELETE)
    env.cr.commit()


def grow(env, items):
    """Let the graph grow to ``items`` items and a root; return its relations' number.

    :param int items: a multiple of a thousand
    """
    before = max(_numbers(env), default=-1)
    facts = {
        "item_class": _item_class(env).id,
        "company": env.company.id,
        "type": _relation_type(env).id,
        "before": max(before, 0),
        "first": before + 1,
        "last": items,
    }
    for statement in (_ITEMS, _GROUPS, _RELATIONS):
        env.cr.execute(SQL(statement.format(numbered=_NUMBERED), **facts))
    env.cr.commit()
    # Statistics and visibility of rows are what a database has after a while.
    connection = env.cr._cnx
    connection.autocommit = True
    for table in ("itsm_ci", "itsm_ci_relation", "itsm_ci_dependency_group"):
        env.cr.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))
    connection.autocommit = False
    env.invalidate_all()
    env.cr.execute("SELECT count(*) FROM itsm_ci_relation WHERE note = 'bench'")
    return env.cr.fetchone()[0]


def item(env, number):
    """Return the item of a number: 0 is the root, 1, 1001, 2001 … are cores."""
    return env["itsm.ci"].search([("code", "=", CODE % number)])


def _numbers(env):
    env.cr.execute(_NUMBERED.replace("%%", "%"))
    return [number for _id, number in env.cr.fetchall()]


def _item_class(env):
    Class = env["itsm.ci.class"]
    found = Class.search([("code", "=", "bench")])
    return found or Class.create({"name": "Bench", "code": "bench"})


def _relation_type(env):
    Type = env["itsm.ci.relation.type"]
    return Type.search([("code", "=", "bench")]) or Type.create(
        {"name": "Needs", "inverse_name": "Needed by", "code": "bench"}
    )
