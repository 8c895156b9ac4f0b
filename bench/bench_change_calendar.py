"""A month of the change calendar with 2 000 changes, and with 20.

Measured is what the server does for the calendar's one question: all entries of the
weeks around a month, for a coordinator. Both months lie in the same database, which
holds changes of other years too, and take turns. Then the same as a calendar feed, and
the best times for a change in that month. Each starts with an empty cache.
"""

import random
from datetime import timedelta

import timing

from odoo import fields

FEW, MANY, OTHERS, ROUNDS = 20, 2_000, 8_000, 7
NAMES = [
    *("display_name", "start", "stop", "kind", "color", "is_hatched", "state", "type"),
    *("risk", "conflict_state", "implementer_id", "team_id"),
]
_CLEAR = """
    DELETE FROM itsm_change WHERE name LIKE 'bench calendar%';
    DELETE FROM itsm_change_window WHERE reason->>'en_US' = 'bench calendar';
"""
_DATES = """
    UPDATE itsm_change AS change
       SET planned_start = plan.start, planned_end = plan.start + plan.length,
           has_outage = plan.n %% 2 = 0, risk = 'medium', implementer_id = %(user)s,
           state = CASE WHEN plan.n %% 3 = 0 THEN 'assess' ELSE 'scheduled' END
      FROM (
        SELECT id, n, %(first)s::timestamp + n * interval '1 day' * %(days)s / %(count)s
                      AS start,
               (1 + n %% 4) * interval '1 hour' AS length
          FROM unnest(%(ids)s::int[]) WITH ORDINALITY AS each (id, n)
      ) AS plan
     WHERE plan.id = change.id
"""


def coordinator():
    """Return who looks at the calendar."""
    Users = env["res.users"].with_context(no_reset_password=True)
    return Users.search([("login", "=", "bench-coordinator")]) or Users.create(
        {
            "name": "Bench Coordinator",
            "login": "bench-coordinator",
            "group_ids": [(4, env.ref("itsm_change.group_change_coordinator").id)],
        }
    )


def plan(count, first, days):
    """Plan changes, spread over days."""
    Change = env["itsm.change"].with_context(
        tracking_disable=True, mail_create_nosubscribe=True
    )
    changes = Change.create([{"name": f"bench calendar {n}"} for n in range(count)])
    env.flush_all()
    ids = changes.ids
    random.Random(6).shuffle(ids)
    env.cr.execute(
        _DATES,
        {"ids": ids, "first": first, "days": days, "count": count, "user": user.id},
    )
    return changes


def make_windows(first):
    """Let windows of either kind recur every week."""
    env["itsm.change.window"].create(
        [
            {
                "name": f"bench {kind}",
                "reason": "bench calendar",
                "kind": kind,
                "start": first + timedelta(days=day),
                "end": first + timedelta(days=day, hours=8),
                "tz": "UTC",
                "recurrence": "weekly",
            }
            for day, kind in ((5, "freeze"), (2, "maintenance"))
        ]
    )


def month(first):
    """Return a measure of what the calendar asks for, from an empty cache."""
    domain = [
        ("start", "<=", first + timedelta(days=36)),
        ("stop", ">=", first - timedelta(days=6)),
    ]
    rows = env["itsm.change.calendar"].with_user(user).with_context(lang="en_US")

    def measure():
        env.invalidate_all()
        return timing.seconds(lambda: rows.search_read(domain, NAMES))

    return measure, rows.search_count(domain)


env.cr.execute(_CLEAR)
env.invalidate_all()
user = coordinator()
today = fields.Datetime.today()
busy, quiet = today + timedelta(days=60), today + timedelta(days=120)
make_windows(today + timedelta(days=30))
plan(MANY, busy, 28)
plan(FEW, quiet, 28)
plan(OTHERS, today - timedelta(days=2000), 1900)
env.cr.commit()
env.cr.execute("ANALYZE itsm_change; ANALYZE itsm_change_window_occurrence")
env.cr.commit()
env.invalidate_all()
feed = env["itsm.change.feed"].with_user(user)._mine()
feed.action_renew()
env.cr.commit()
change = env["itsm.change"].search([("planned_start", ">=", quiet)], limit=1)

measures = {}
measures["many"], results["entries_of_many"] = month(busy)
measures["few"], results["entries_of_few"] = month(quiet)


def read_feed(again=False):
    env.invalidate_all()
    mine = env["itsm.change.feed"]._by_token(feed.token)

    def read():
        events = mine._events()
        mine._etag(events)
        if not again:
            mine._ical(events)

    return timing.seconds(read)


def find_slots():
    env.invalidate_all()
    span = quiet, quiet + timedelta(days=7)
    return timing.seconds(lambda: change._suggest_slots(timedelta(hours=2), *span))


measures["feed"] = read_feed
measures["feed_unchanged"] = lambda: read_feed(again=True)
measures["slots_of_a_week"] = find_slots
times = timing.by_turns(measures, ROUNDS)
for name, taken in times.items():
    results[f"{name}_ms"] = round(taken, 1)
results["feed_entries"] = len(env["itsm.change.feed"]._by_token(feed.token)._rows())
results["many_to_few"] = round(times["many"] / times["few"], 1)
results["an_entry_of_many_to_one_of_few"] = round(
    times["many"]
    / results["entries_of_many"]
    / (times["few"] / results["entries_of_few"]),
    2,
)
env.cr.execute(_CLEAR)
env.cr.commit()
