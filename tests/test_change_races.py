"""Two people who schedule the same slot at the same moment, with real transactions."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dev.live import RpcError

PEOPLE, ROUNDS = 2, 5
PREPARE = f"""
import datetime
new = env["res.users"].with_context(no_reset_password=True).create
people = new([
    {{"name": f"Scheduler {{n}}", "login": f"scheduler-{{n}}",
      "email": f"scheduler-{{n}}@example.com",
      "group_ids": [(6, 0, [env.ref("itsm_change.group_change_manager").id])]}}
    for n in range({PEOPLE})
])
kind = env["itsm.ci.class"].create({{"name": "Slot", "code": "slot"}})
needs = env["itsm.ci.relation.type"].create({{
    "name": "Needs", "inverse_name": "Needed by", "code": "slot_needs",
}})
# What is asked of a change beside its time is tested elsewhere.
env["itsm.change.gate"].search(
    [("key", "not in", ("window", "freeze"))]
).active = False
until = datetime.datetime.now() + datetime.timedelta(days=1)
keys = [
    env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "race", until)
    for user in people
]
env.cr.commit()
print(kind.id, needs.id, *keys)
"""
# Standard changes at one time for each round, each on its own of the round's items.
CHANGES = """
import datetime
made = []
for round in range({first}, {first} + {rounds}):
    items = env["itsm.ci"].create([
        {{"name": f"Slot {{round}} {{n}}", "class_id": {kind}}}
        for n in range({items})
    ])
    if {grouped}:
        cluster = env["itsm.ci"].create(
            {{"name": f"Cluster {{round}}", "class_id": {kind}}}
        )
        group = env["itsm.ci.dependency.group"].create(
            {{"ci_id": cluster.id, "name": "Nodes", "minimum": 1}}
        )
        env["itsm.ci.relation"].create([
            {{"source_id": cluster.id, "type_id": {needs}, "target_id": item.id,
              "group_id": group.id}}
            for item in items
        ])
    start = datetime.datetime(2031, 1, 1, 20) + datetime.timedelta(days=round)
    made += env["itsm.change"].create([
        {{"name": f"Race {{n}}", "type": "standard", "has_outage": True,
          "planned_start": start,
          "planned_end": start + datetime.timedelta(hours=2),
          "ci_link_ids": [(0, 0, {{"ci_id": items[n % len(items)].id}})]}}
        for n in range({people})
    ]).ids
env.cr.commit()
print(*made)
"""


@pytest.fixture(scope="module")
def race(live_server):
    """Two change managers with a program each."""
    kind, needs, *keys = live_server.shell(PREPARE).split()

    class Race:
        firsts = itertools.count(step=ROUNDS)

        @classmethod
        def changes(cls, items, grouped=False):
            """Return for each round the ids of changes at one time, on its items."""
            script = CHANGES.format(
                first=next(cls.firsts),
                rounds=ROUNDS,
                kind=kind,
                needs=needs,
                items=items,
                grouped=grouped,
                people=PEOPLE,
            )
            ids = [int(each) for each in live_server.shell(script).split()]
            return [ids[n : n + PEOPLE] for n in range(0, len(ids), PEOPLE)]

        @staticmethod
        def read(ids, *fields):
            return live_server.rpc(
                "itsm.change", "read", keys[0], ids=ids, fields=list(fields)
            )

        @staticmethod
        def schedule(ids):
            """Let each schedule their change at the same moment."""
            start = threading.Barrier(PEOPLE)

            def run(number):
                start.wait()
                try:
                    return live_server.rpc(
                        "itsm.change", "schedule", keys[number], ids=[ids[number]]
                    )
                except RpcError as error:
                    # A refusal is a sentence, never a failure of the database.
                    assert error.status < 500, error.body
                    return error

            with ThreadPoolExecutor(PEOPLE) as pool:
                return list(pool.map(run, range(PEOPLE)))

    return Race


def one_of(race, ids):
    """Check that one of the changes got the time, and the other a sentence."""
    answers = race.schedule(ids)
    winners = [n for n, answer in enumerate(answers) if answer is True]
    assert len(winners) == 1, answers
    rows = race.read(ids, "state", "number", "conflict_state")
    states = [row["state"] for row in rows]
    assert [n for n, state in enumerate(states) if state == "scheduled"] == winners
    (refusal,) = (answer for answer in answers if answer is not True)
    assert rows[winners[0]]["number"] in refusal.body


def test_the_same_item_at_the_same_moment(race):
    for ids in race.changes(items=1):
        one_of(race, ids)


def test_the_last_redundancy_at_the_same_moment(race):
    """Different items, but together they take down what needs one of both."""
    for ids in race.changes(items=PEOPLE, grouped=True):
        one_of(race, ids)


def test_different_items_do_not_stand_in_each_others_way(race):
    for ids in race.changes(items=PEOPLE):
        assert race.schedule(ids) == [True] * PEOPLE
