"""Decisions at the same moment, against a real server with real transactions."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from outside import SECONDS, Database, Shell, wait_for

from dev.live import RpcError

PEOPLE, ROUNDS = 4, 5
PREPARE = f"""
import datetime
new = env["res.users"].with_context(no_reset_password=True).create
people = new([
    {{"name": f"Voter {{n}}", "login": f"voter-{{n}}",
      "email": f"voter-{{n}}@example.com",
      "group_ids": [(6, 0, [env.ref("base.group_user").id])]}}
    for n in range({PEOPLE} + 1)
])
desk = env["itsm.desk"].create({{"name": "Votes", "resource_calendar_id": False}})
until = datetime.datetime.now() + datetime.timedelta(days=1)
keys = [
    env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "race", until)
    for user in people
]
env.cr.commit()
print(desk.id, *people.ids, *keys)
"""
ASK = """
policy = env["itsm.approval.policy"].create({{
    "name": "Race {rule}",
    "res_model": "itsm.ticket",
    "step_ids": [(0, 0, {{
        "name": "Step",
        "timeout_after": 8,
        "timeout_action": "reject",
        "line_ids": [(0, 0, {{"rule": "{rule}", "user_ids": [(6, 0, {people})]}})],
    }})],
}})
requester = env["res.users"].browse({requester}).partner_id
tickets = env["itsm.ticket"].create([
    {{"name": "Race", "desk_id": {desk}, "partner_id": requester.id}}
    for n in range({count})
])
approvals = tickets._approval_request(policy)
env.cr.commit()
print(*approvals.ids)
"""
DUE = (
    "UPDATE itsm_approval_step SET next_at = %s, timeout_at = %s WHERE approval_id = %s"
)
SWEEP = 'env["itsm.approval"]._cron_sweep()\nenv.cr.commit()\n'


@pytest.fixture(scope="module")
def race(live_server):
    """Approvers with a program each, and a requester, the last one."""
    desk, *rest = live_server.shell(PREPARE).split()
    people = [int(id_) for id_ in rest[: PEOPLE + 1]]
    keys = rest[PEOPLE + 1 :]

    class Race:
        @staticmethod
        def ask(rule, count=1):
            script = ASK.format(
                rule=rule,
                people=people[:PEOPLE],
                requester=people[-1],
                desk=desk,
                count=count,
            )
            return [int(id_) for id_ in live_server.shell(script).split()]

        @staticmethod
        def call(number, method, approval_id, **arguments):
            """Return what a person's call gives, or the refusal it meets."""
            try:
                return live_server.rpc(
                    "itsm.approval",
                    method,
                    keys[number],
                    ids=[approval_id],
                    **arguments,
                )
            except RpcError as error:
                return error

        @staticmethod
        def together(*actions):
            """Run actions at the same moment; return their answers."""
            start = threading.Barrier(len(actions))

            def run(action):
                start.wait()
                return action()

            with ThreadPoolExecutor(len(actions)) as pool:
                return list(pool.map(run, actions))

        @classmethod
        def votes(cls, approval_id, decisions):
            """Let several people decide at once."""
            return cls.together(
                *(
                    lambda n=number, said=decision: cls.call(
                        n, "vote", approval_id, decision=said, comment=f"By {n}"
                    )
                    for number, decision in enumerate(decisions)
                )
            )

    return Race


@pytest.fixture
def database(live_server):
    database = Database(live_server)
    yield database
    database.connection.close()


def state(database, approval_id):
    """Return the state of an approval, and its votes that were cast."""
    cast = database.rows(
        "SELECT p.name, v.decision FROM itsm_approval_vote v "
        "LEFT JOIN res_partner p ON p.id = v.decided_by_id "
        "WHERE v.approval_id = %s AND v.state = 'cast' ORDER BY p.name",
        approval_id,
    )
    query = "SELECT state FROM itsm_approval WHERE id = %s"
    return database.value(query, approval_id), cast


def ends(database, approval_id):
    """Return how many notes on the ticket tell of an end."""
    return database.value(
        "SELECT count(*) FROM mail_message m JOIN itsm_approval a "
        "ON a.res_id = m.res_id AND a.res_model = m.model "
        "WHERE a.id = %s AND (m.body LIKE '%%Approval granted%%' "
        "OR m.body LIKE '%%Approval rejected%%' "
        "OR m.body LIKE '%%Approval withdrawn%%')",
        approval_id,
    )


def check_refusal(answer, *words):
    """The loser reads a sentence, and no error of the server."""
    assert isinstance(answer, RpcError), answer
    assert answer.status < 500, answer
    assert any(word in answer.body for word in words), answer.body


def test_the_first_decision_counts_and_the_others_are_told(race, database):
    """However they race, one decides; it ends once, and the others read who it was."""
    for approval_id in race.ask("any", ROUNDS):
        decisions = ["approve", "reject"] * (PEOPLE // 2)
        answers = race.votes(approval_id, decisions)
        [winner] = [n for n, answer in enumerate(answers) if answer is True]
        found, cast = state(database, approval_id)
        assert cast == [(f"Voter {winner}", decisions[winner])]
        assert found == {"approve": "granted", "reject": "refused"}[decisions[winner]]
        for number, answer in enumerate(answers):
            if number != winner:
                check_refusal(answer, f"Voter {winner}")
        assert ends(database, approval_id) == 1


def test_all_who_agree_at_once_are_counted(race, database):
    """No vote is lost, and the last of them grants it, once."""
    for approval_id in race.ask("all", ROUNDS):
        answers = race.votes(approval_id, ["approve"] * PEOPLE)
        assert answers == [True] * PEOPLE
        found, cast = state(database, approval_id)
        assert (found, len(cast)) == ("granted", PEOPLE)
        assert ends(database, approval_id) == 1


def test_one_person_votes_once(race, database):
    """Two clicks at once are one vote."""
    for approval_id in race.ask("all", ROUNDS):
        answers = race.together(
            *[lambda id_=approval_id: race.call(0, "vote", id_, decision="approve")] * 3
        )
        assert answers.count(True) == 1, answers
        assert state(database, approval_id) == ("waiting", [("Voter 0", "approve")])


def test_vote_and_withdrawal_at_once(race, database):
    """Either it is withdrawn or it is decided, never both."""
    for approval_id in race.ask("any", ROUNDS):
        voted, withdrawn = race.together(
            lambda id_=approval_id: race.call(0, "vote", id_, decision="approve"),
            lambda id_=approval_id: race.call(
                PEOPLE, "withdraw", id_, reason="No need"
            ),
        )
        found, cast = state(database, approval_id)
        if voted is True:
            check_refusal(withdrawn, "approved already")
            assert (found, cast) == ("granted", [("Voter 0", "approve")])
        else:
            assert withdrawn is True, withdrawn
            check_refusal(voted, "withdrawn")
            assert (found, cast) == ("withdrawn", [])
        assert ends(database, approval_id) == 1


def make_due(database, approval_id):
    past = "2020-01-01 00:00:00"
    database.connection.cursor().execute(DUE, (past, past, approval_id))


def test_sweep_leaves_alone_what_is_being_decided(race, live_server, database):
    """Its time is over, but somebody decides at this very moment: the sweep waits
    for nobody and goes on; the next one looks again."""
    [approval_id] = race.ask("any")
    make_due(database, approval_id)
    holder = live_server.bench.database.connect(live_server.db)
    holder.autocommit = False
    with holder.cursor() as cursor:
        lock = "SELECT id FROM itsm_approval WHERE id = %s FOR NO KEY UPDATE"
        cursor.execute(lock, (approval_id,))
        Shell(live_server, SWEEP).check_ended_well()
        assert state(database, approval_id) == ("waiting", [])
    holder.rollback()
    holder.close()
    assert race.call(0, "vote", approval_id, decision="approve") is True
    Shell(live_server, SWEEP).check_ended_well()
    assert state(database, approval_id) == ("granted", [("Voter 0", "approve")])
    assert ends(database, approval_id) == 1


def test_vote_that_comes_while_the_sweep_times_it_out(race, live_server, database):
    """The vote waits for the sweep, is done again, and reads that time is over."""
    [approval_id] = race.ask("any")
    make_due(database, approval_id)
    blocker = live_server.bench.database.connect(live_server.db)
    blocker.autocommit = False
    with blocker.cursor() as cursor:
        # The sweep has the approval, and is held up where it writes the votes.
        cursor.execute("LOCK TABLE itsm_approval_vote IN SHARE MODE")
        sweep = Shell(live_server, SWEEP)
        wait_for(lambda: len(database.waiting()) == 1, "the sweep at work")
        with ThreadPoolExecutor(1) as pool:
            vote = pool.submit(race.call, 0, "vote", approval_id, decision="approve")
            wait_for(lambda: len(database.waiting()) == 2, "the vote waiting")
            blocker.rollback()
            answer = vote.result(timeout=SECONDS)
    blocker.close()
    sweep.check_ended_well()
    check_refusal(answer, "rejected already")
    assert state(database, approval_id)[0] == "refused"
    assert ends(database, approval_id) == 1


def test_two_sweeps_time_out_once(race, live_server, database):
    """Workers on several nodes may sweep at once."""
    approvals = race.ask("all", ROUNDS)
    for approval_id in approvals:
        make_due(database, approval_id)
    sweeps = [Shell(live_server, SWEEP) for _n in range(2)]
    for sweep in sweeps:
        sweep.check_ended_well()
    for approval_id in approvals:
        assert state(database, approval_id)[0] == "refused"
        assert ends(database, approval_id) == 1
