"""Two at the same moment in the configuration database, with real transactions."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dev.live import RpcError

PEOPLE, ROUNDS = 4, 3
PREPARE = f"""
import datetime
new = env["res.users"].with_context(no_reset_password=True).create
people = new([
    {{"name": f"Keeper {{n}}", "login": f"keeper-{{n}}",
      "email": f"keeper-{{n}}@example.com",
      "group_ids": [(6, 0, [env.ref("itsm_cmdb.group_cmdb_manager").id])]}}
    for n in range({PEOPLE})
])
holders = env["hr.employee"].create(
    [{{"name": f"Holder {{n}}"}} for n in range({PEOPLE})]
)
life = env["itsm.ci.lifecycle"].create({{
    "name": "Race",
    "stage_ids": [(0, 0, {{"name": s, "status": s, "sequence": n}}) for n, s in
                  enumerate(("in_stock", "in_use", "missing", "retired"))],
}})
kind = env["itsm.ci.class"].create({{
    "name": "Racer", "code": "racer", "lifecycle_id": life.id,
}})
place = env["itsm.location"].create({{"name": "Track", "code": "TRACK"}})
source = env.ref("itsm_cmdb.source_ledger")
until = datetime.datetime.now() + datetime.timedelta(days=1)
keys = [
    env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "race", until)
    for user in people
]
env.cr.commit()
print(*people.ids, *holders.ids, kind.id, place.id, source.id, *keys)
"""


@pytest.fixture(scope="module")
def race(live_server):
    """Four managers of the configuration with a program each."""
    words = live_server.shell(PREPARE).split()
    ids, keys = [int(word) for word in words[:-PEOPLE]], words[-PEOPLE:]

    class Race:
        people, holders = ids[:PEOPLE], ids[PEOPLE : 2 * PEOPLE]
        kind, place, source = ids[2 * PEOPLE :]
        shell = staticmethod(live_server.shell)

        @staticmethod
        def call(number, model, method, **arguments):
            """Return what a person's call gives, or the refusal it meets."""
            try:
                return live_server.rpc(model, method, keys[number], **arguments)
            except RpcError as error:
                # A refusal is a sentence, never a failure of the database.
                assert error.status < 500, error.body
                return error

        @classmethod
        def new(cls, model, *vals_list):
            ids = live_server.rpc(model, "create", keys[0], vals_list=list(vals_list))
            return ids if len(ids) > 1 else ids[0]

        @classmethod
        def item(cls, name, **vals):
            return cls.new("itsm.ci", {"name": name, "class_id": cls.kind, **vals})

        @classmethod
        def read(cls, model, ids, *fields):
            return live_server.rpc(model, "read", keys[0], ids=ids, fields=fields)

        @classmethod
        def find(cls, model, domain, *fields, **more):
            return live_server.rpc(
                model, "search_read", keys[0], domain=domain, fields=fields, **more
            )

        @staticmethod
        def together(action, count=PEOPLE):
            """Run ``action(number)`` for all at the same moment."""
            start = threading.Barrier(count)

            def run(number):
                start.wait()
                return action(number)

            with ThreadPoolExecutor(count) as pool:
                return list(pool.map(run, range(count)))

    return Race


def succeeded(answers):
    """Return the numbers of those who were not refused."""
    return [n for n, each in enumerate(answers) if not isinstance(each, RpcError)]


def chain(race, item, key):
    """Return the values of an attribute through its history; each follows the last."""
    rows = race.find("itsm.ci.revision", [["ci_id", "=", item]], "changes", order="id")
    pairs = [row["changes"][key] for row in rows if key in (row["changes"] or {})]
    for before, after in itertools.pairwise(pairs):
        assert before[1] == after[0], pairs
    return [pair[1] for pair in pairs]


def test_an_item_is_handed_over_to_one_after_the_other(race):
    """Whoever comes second sees who has it now; no hand-over is lost from history."""
    for round_ in range(ROUNDS):
        item = race.item(f"Handed {round_}")
        events = race.new(
            "itsm.ci.event",
            *(
                {
                    "kind": "hand_over",
                    "custodian_id": holder,
                    "line_ids": [[0, 0, {"ci_id": item}]],
                }
                for holder in race.holders
            ),
        )
        answers = race.together(
            lambda n, events=events: race.call(
                n, "itsm.ci.event", "action_done", ids=[events[n]]
            )
        )
        winners = succeeded(answers)
        assert winners
        states = [row["state"] for row in race.read("itsm.ci.event", events, "state")]
        assert [n for n, state in enumerate(states) if state == "done"] == winners
        holders = [value[0] for value in chain(race, item, "custodian_id")]
        assert sorted(holders) == sorted(race.holders[n] for n in winners)
        (row,) = race.read("itsm.ci", [item], "custodian_id")
        assert row["custodian_id"][0] == holders[-1]


def test_an_address_is_given_once(race):
    """However many are offered the same address, one gets it."""
    network = race.new("itsm.ip.network", {"name": "Track", "cidr": "10.77.0.0/24"})
    for round_ in range(ROUNDS):
        items = [race.item(f"Net {round_} {n}") for n in range(PEOPLE)]
        address = race.call(0, "itsm.ip.network", "next_free_address", ids=[network])
        wizards = [
            race.call(
                n,
                "itsm.ip.assign",
                "create",
                vals_list=[
                    {"network_id": network, "address": address, "ci_id": items[n]}
                ],
            )
            for n in range(PEOPLE)
        ]
        answers = race.together(
            lambda n, wizards=wizards: race.call(
                n, "itsm.ip.assign", "action_assign", ids=wizards[n]
            )
        )
        assert len(succeeded(answers)) == 1, answers
        rows = race.find("itsm.ip.address", [["address", "=", address]], "ci_id")
        assert [row["ci_id"][0] for row in rows] == [items[succeeded(answers)[0]]]


def test_an_address_written_by_hand_is_given_once(race):
    for round_ in range(ROUNDS):
        items = [race.item(f"Hand {round_} {n}") for n in range(PEOPLE)]
        address = f"10.78.0.{round_ + 1}"
        answers = race.together(
            lambda n, items=items, address=address: race.call(
                n,
                "itsm.ci",
                "write",
                ids=[items[n]],
                vals={"ip_addresses": address},
            )
        )
        assert len(succeeded(answers)) == 1, answers
        rows = race.find("itsm.ip.address", [["address", "=", address]], "ci_id")
        assert len(rows) == 1


def test_nothing_of_two_writers_is_lost(race):
    """All of them write the same field, and each one of their own."""
    own = ("host_name", "domain_name", "asset_code", "serial_number")
    for round_ in range(ROUNDS):
        item = race.item(f"Written {round_}")
        answers = race.together(
            lambda n, item=item, round_=round_: race.call(
                n,
                "itsm.ci",
                "write",
                ids=[item],
                vals={"name": f"By {n}", own[n]: f"{round_}-{n}"},
            )
        )
        assert succeeded(answers) == list(range(PEOPLE)), answers
        (row,) = race.read("itsm.ci", [item], "name", "provenance", *own)
        assert [row[key] for key in own] == [f"{round_}-{n}" for n in range(PEOPLE)]
        names = chain(race, item, "name")
        assert sorted(names) == [f"By {n}" for n in range(PEOPLE)]
        assert names[-1] == row["name"]
        assert set(own) <= set(row["provenance"])


def test_a_label_is_counted_once(race):
    for round_ in range(ROUNDS):
        code = f"COUNT-{round_}"
        race.item(code, asset_code=code, location_id=race.place, status="in_use")
        sheet = race.new(
            "itsm.ci.stocktake",
            {
                "name": code,
                "location_ids": [race.place],
                "class_ids": [race.kind],
                "leader_ids": race.people,
            },
        )
        race.call(0, "itsm.ci.stocktake", "action_start", ids=[sheet])
        for text, first in ((code, "expected"), (f"X{code}", "unknown")):
            answers = race.together(
                lambda n, sheet=sheet, text=text: race.call(
                    n,
                    "itsm.ci.stocktake",
                    "scan",
                    ids=[sheet],
                    text=text,
                    room_id=race.place,
                )
            )
            kinds = sorted(each["kind"] for each in answers)
            assert kinds == sorted([first, *["already"] * (PEOPLE - 1)])


BATCH = """
batch = env["itsm.ci.batch"]._start(
    env["itsm.ci.source"].browse({source}), "Race",
    [{{"class": "racer", "values": values}} for values in {rows}],
)
batch.plan()
env.cr.commit()
print(batch.id)
"""


def test_a_batch_is_applied_once(race):
    rows = [{"name": f"B{n}", "serial_number": f"BATCH-{n}"} for n in range(50)]
    batch = int(race.shell(BATCH.format(source=race.source, rows=rows)))
    answers = race.together(
        lambda n: race.call(n, "itsm.ci.batch", "apply", ids=[batch])
    )
    assert len(succeeded(answers)) == 1, answers
    found = race.find("itsm.ci", [["serial_number", "=like", "BATCH-%"]], "name")
    assert len(found) == len(rows)


def test_a_merging_while_an_import_runs(race):
    """Either comes first; neither breaks, and no record is left half merged."""
    for round_ in range(ROUNDS):
        stays, goes = (
            race.item(f"{name} {round_}", serial_number=f"M{name}-{round_}")
            for name in ("Stays", "Goes")
        )
        rows = [{"serial_number": f"MGoes-{round_}", "asset_code": f"A-{round_}"}]
        batch = int(race.shell(BATCH.format(source=race.source, rows=rows)))
        action = race.call(0, "itsm.ci", "action_merge", ids=[stays, goes])
        wizard = action["res_id"]
        race.call(
            0, "itsm.ci.merge", "write", ids=[wizard], vals={"survivor_id": stays}
        )
        steps = (
            lambda wizard=wizard: race.call(
                0, "itsm.ci.merge", "action_merge", ids=[wizard]
            ),
            lambda batch=batch: race.call(1, "itsm.ci.batch", "apply", ids=[batch]),
        )
        answers = race.together(lambda n, steps=steps: steps[n](), 2)
        assert 0 in succeeded(answers), answers
        (row,) = race.read("itsm.ci", [goes], "active", "merged_into_id")
        assert not row["active"]
        assert row["merged_into_id"][0] == stays
