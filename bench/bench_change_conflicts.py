"""Conflicts of one change among many planned ones, in a graph of 100 000 items.

A thousand changes are planned over half a year, then ten thousand: each is made on
three items and touches what depends on them, mostly in the evening. Measured is what it
takes to find all that stands in the way of one change: typical ones, one on the core
of a site that touches a thousand items, one among twenty other dates, and what it takes
to keep the rows. Each starts with an empty cache and includes fetching.
"""

import random
from datetime import timedelta
from statistics import median

import cmdb_graph
import timing

from odoo import fields
from odoo.tools import SQL

FEW, MANY, DAYS, ROUNDS = 1_000, 10_000, 180, 5
ITEMS, TYPICAL, SLOTS, WINDOWS = 100_000, 9, 20, 40
_CLEAR = """
    DELETE FROM itsm_change WHERE name = 'bench';
    DELETE FROM itsm_change_window WHERE reason->>'en_US' = 'bench';
"""
# Three items of one site each, from the layer of the redundancy groups' members on.
_CHOSEN = """
    INSERT INTO itsm_change_ci (change_id, ci_id, role, origin)
    SELECT DISTINCT change.id, item.id, 'affected', 'manual'
      FROM unnest(%(ids)s::int[]) WITH ORDINALITY AS change (id, n)
     CROSS JOIN generate_series(0, 2) AS k
      JOIN itsm_ci AS item ON item.code = 'BENCH-' || (
           (change.n * 7919) %% %(sites)s * 1000 + 401
           + (change.n * 104729 + k * 15485863) %% 599
      )
"""
_TOUCHED = """
    INSERT INTO itsm_change_ci (change_id, ci_id, role, origin, state)
    SELECT DISTINCT near.change_id, near.ci_id, 'touched', 'computed', 'degraded'
      FROM (
        SELECT link.change_id, far.source_id AS ci_id
          FROM itsm_change_ci AS link
          JOIN itsm_ci_relation AS hit ON hit.target_id = link.ci_id
          CROSS JOIN LATERAL (
            SELECT hit.source_id
             UNION
            SELECT source_id FROM itsm_ci_relation WHERE target_id = hit.source_id
          ) AS far
         WHERE link.change_id = ANY(%(ids)s::int[]) AND link.role = 'affected'
      ) AS near
    ON CONFLICT DO NOTHING
"""
_DATES = """
    UPDATE itsm_change AS change
       SET planned_start = plan.start, planned_end = plan.start + plan.length,
           has_outage = plan.n %% 2 = 0, implementer_id = plan.implementer,
           state = CASE WHEN plan.n %% 3 = 0 THEN 'assess' ELSE 'scheduled' END
      FROM (
        SELECT id, n, %(first)s::timestamp + n * %(days)s / %(count)s * interval '1 day'
                      + (18 + n %% 5) * interval '1 hour' AS start,
               (1 + n %% 4) * interval '1 hour' AS length,
               (%(people)s::int[])[1 + n * 7919 %% 30] AS implementer
          FROM unnest(%(ids)s::int[]) WITH ORDINALITY AS each (id, n)
      ) AS plan
     WHERE plan.id = change.id
"""


def clear():
    """Remove what an earlier run planned."""
    env.cr.execute(_CLEAR)
    env.cr.commit()
    env.invalidate_all()


def people():
    """Return the ids of those who lead the changes."""
    Users = env["res.users"].with_context(no_reset_password=True)
    found = Users.search([("login", "like", "bench-change-%")])
    missing = range(len(found), 30)
    found |= Users.create(
        [{"name": f"Bench {n}", "login": f"bench-change-{n}"} for n in missing]
    )
    return found.ids


def plan(count):
    """Plan that many changes in all; the order in which they lie is mixed."""
    Change = env["itsm.change"].with_context(
        tracking_disable=True, mail_create_nosubscribe=True
    )
    had = Change.search([("name", "=", "bench")])
    made = Change.create([{"name": "bench"}] * (count - len(had)))
    env.flush_all()
    ids = (had | made).ids
    random.Random(6).shuffle(ids)
    facts = {
        "ids": ids,
        "sites": ITEMS // cmdb_graph.SITE,
        "first": first,
        "days": DAYS,
        "count": count,
        "people": people(),
    }
    env.cr.execute(SQL("DELETE FROM itsm_change_ci WHERE change_id = ANY(%s)", ids))
    for statement in (_DATES, _CHOSEN, _TOUCHED):
        env.cr.execute(SQL(statement, **facts))
    settle()
    return Change.browse(ids)


def settle():
    """Leave statistics and rows as a database has them after a while."""
    env.cr.commit()
    connection = env.cr._cnx
    connection.autocommit = True
    for table in ("itsm_change", "itsm_change_ci", "itsm_change_window_occurrence"):
        env.cr.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))
    connection.autocommit = False
    env.invalidate_all()


def make_windows():
    """Let windows recur all the time: each for some items or a site's class."""
    env["itsm.change.window"].create(
        [
            {
                "name": f"bench {n}",
                "reason": "bench",
                "kind": "maintenance" if n % 2 else "freeze",
                "start": first + timedelta(days=n % 7, hours=18 if n % 2 else 6),
                "end": first + timedelta(days=n % 7, hours=30 if n % 2 else 8),
                "tz": "UTC",
                "recurrence": "weekly",
                "scope": "parts",
                "ci_ids": [
                    (
                        6,
                        0,
                        [cmdb_graph.item(env, n * 1000 + 501 + k).id for k in range(9)],
                    )
                ],
            }
            for n in range(WINDOWS)
        ]
    )


def finding(change):
    """Return a measure of finding the conflicts of a change, from an empty cache."""

    def measure():
        env.invalidate_all()
        return timing.seconds(change._find_conflicts)

    return measure


def at_once(changes):
    """Return how many others happen at the time of some changes, on average."""
    env.cr.execute(
        """
        SELECT count(*) FROM itsm_change AS mine JOIN itsm_change AS other
            ON other.planned_start < mine.planned_end
           AND other.planned_end > mine.planned_start AND other.id != mine.id
         WHERE mine.id = ANY(%s)
        """,
        [changes.ids],
    )
    return round(env.cr.fetchone()[0] / len(changes), 1)


def measure_typical(prefix, changes):
    """Measure some changes from the middle of the plan."""
    chosen = changes[len(changes) // 2 :][:TYPICAL]
    times = timing.by_turns({each.id: finding(each) for each in chosen}, ROUNDS)
    hits = [len(each._find_conflicts().get(each.id, ())) for each in chosen]
    results[f"{prefix}_ms"] = round(median(times.values()), 1)
    results[f"{prefix}_worst_ms"] = round(max(times.values()), 1)
    results[f"{prefix}_at_once"] = at_once(chosen)
    results[f"{prefix}_conflicts"] = round(median(hits), 1)
    return chosen


clear()
cmdb_graph.grow(env, ITEMS)
first = fields.Datetime.today() + timedelta(days=30)
make_windows()
measure_typical("typical_of_few", plan(FEW))
changes = plan(MANY)
chosen = measure_typical("typical_of_many", changes)
env.cr.execute("SELECT count(*) FROM itsm_change_ci")
results["items_of_changes"] = env.cr.fetchone()[0]
results["many_to_few"] = round(
    results["typical_of_many_ms"] / results["typical_of_few_ms"], 2
)

# The core of a site: it touches a thousand items, with all their groups.
change = chosen[0]
core = cmdb_graph.item(env, 1)
rows = [
    {"change_id": change.id, "ci_id": ci_id, "role": "touched", "state": "down"}
    for ci_id in core.impact()
    if ci_id != core.id
]
change.ci_link_ids.unlink()
env["itsm.change.ci"].create(
    [{"change_id": change.id, "ci_id": core.id, "role": "affected"}, *rows]
)
change.has_outage = True
settle()
results["core_touches"] = len(rows) + 1

middle = change.planned_start
slots = [
    (middle + timedelta(days=n - 10), middle + timedelta(days=n - 10, hours=3))
    for n in range(SLOTS)
]


def refresh():
    env.invalidate_all()
    return timing.seconds(lambda: (chosen[1]._refresh_conflicts(), env.flush_all()))


def search_slots():
    env.invalidate_all()
    return timing.seconds(lambda: chosen[2]._slot_problems(slots))


times = timing.by_turns(
    {
        "core": finding(change),
        "typical": finding(chosen[1]),
        "refresh": refresh,
        "slots": search_slots,
    },
    ROUNDS,
)
results["core_ms"] = round(times["core"], 1)
results["refresh_ms"] = round(times["refresh"], 1)
results["slots_ms"] = round(times["slots"], 1)
results["slots_to_one"] = round(times["slots"] / times["typical"], 1)
clear()
