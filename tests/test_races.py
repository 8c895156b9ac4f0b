"""Two people at the same moment, against a real server with real transactions."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dev.live import RpcError

ROUNDS, AGENTS = 8, 4
PEOPLE = f"""
import datetime
new = env["res.users"].with_context(no_reset_password=True).create
agents = new([
    {{"name": f"Racer {{n}}", "login": f"racer-{{n}}",
      "email": f"racer-{{n}}@example.com",
      "group_ids": [(6, 0, [env.ref("itsm_helpdesk.group_itsm_agent").id])]}}
    for n in range({AGENTS})
])
desk = env["itsm.desk"].create({{"name": "Race Desk", "resource_calendar_id": False}})
team = env["itsm.team"].create({{
    "name": "Racers", "desk_id": desk.id, "member_ids": [(6, 0, agents.ids)],
}})
desk.default_team_id = team
until = datetime.datetime.now() + datetime.timedelta(days=1)
keys = [
    env["res.users.apikeys"].with_user(agent).sudo()._generate("rpc", "race", until)
    for agent in agents
]
env.cr.commit()
print(desk.id, team.id, *keys)
"""


@pytest.fixture(scope="module")
def race(live_server):
    """The desk of the racers, with one program for each of them."""
    desk_id, team_id, *keys = live_server.shell(PEOPLE).split()

    class Race:
        desk, team = int(desk_id), int(team_id)

        @staticmethod
        def call(number, method, **arguments):
            return live_server.rpc("itsm.ticket", method, keys[number], **arguments)

        @classmethod
        def register(cls, number, count=1):
            values = [{"name": "Race", "desk_id": cls.desk}] * count
            return cls.call(number, "create", vals_list=values)

        @staticmethod
        def together(action):
            """Run ``action(number)`` for all racers at once; return their answers."""
            with ThreadPoolExecutor(AGENTS) as pool:
                return list(pool.map(action, range(AGENTS)))

    return Race


def outcome(action):
    """Return what an action gives, or the refusal it meets."""
    try:
        return action()
    except RpcError as error:
        return error


def test_one_agent_gets_the_ticket_and_the_others_are_told(race):
    """However they race, one is the assignee and the others read who was quicker."""
    tickets = race.register(0, ROUNDS)
    for ticket_id in tickets:
        answers = race.together(
            lambda n, id=ticket_id: outcome(
                lambda: race.call(n, "action_take", ids=[id])
            )
        )
        winners = [n for n, answer in enumerate(answers) if answer is True]
        losers = [answer for answer in answers if answer is not True]
        assert len(winners) == 1, answers
        assert all(f"Racer {winners[0]}" in error.body for error in losers)
        assert all(error.status < 500 for error in losers)
        [ticket] = race.call(
            0,
            "read",
            ids=[ticket_id],
            fields=["user_id", "state", "reassignment_count"],
        )
        assert ticket["user_id"][1] == f"Racer {winners[0]}"
        assert (ticket["state"], ticket["reassignment_count"]) == ("in_progress", 0)


def test_numbers_are_unique_when_many_register_at_once(race):
    """Each ticket gets a number of its own."""
    created = [
        ticket_id
        for ids in race.together(
            lambda n: [race.register(n)[0] for _round in range(ROUNDS)]
        )
        for ticket_id in ids
    ]
    rows = race.call(0, "read", ids=created, fields=["number"])
    numbers = [row["number"] for row in rows]
    assert len(numbers) == ROUNDS * AGENTS
    assert len(set(numbers)) == len(numbers)


def test_round_robin_stays_fair_when_many_register_at_once(race, live_server):
    """Tickets that arrive at the same moment still go round."""
    live_server.shell(
        f"env['itsm.team'].browse({race.team}).assignment_method = 'round_robin'\n"
        "env.cr.commit()"
    )
    created = [
        ticket_id
        for ids in race.together(
            lambda n: [race.register(n)[0] for _round in range(ROUNDS)]
        )
        for ticket_id in ids
    ]
    rows = race.call(0, "read", ids=created, fields=["user_id"])
    shares = {}
    for row in rows:
        assert row["user_id"], "a ticket was left without an assignee"
        shares[row["user_id"][1]] = shares.get(row["user_id"][1], 0) + 1
    assert sorted(shares.values()) == [ROUNDS] * AGENTS


def test_a_ticket_is_closed_once(race):
    """Of several who close the same ticket, one does; nothing is counted twice."""
    [ticket_id] = race.register(0)
    race.call(0, "action_take", ids=[ticket_id])
    race.call(0, "resolve", ids=[ticket_id], code="solved", text="Done.")
    answers = race.together(
        lambda n: outcome(lambda: race.call(n, "close", ids=[ticket_id]))
    )
    assert [answer for answer in answers if answer is True] == [True]
    answers = race.together(
        lambda n: outcome(lambda: race.call(n, "reopen", ids=[ticket_id], reason="No."))
    )
    assert [answer for answer in answers if answer is True] == [True]
    [ticket] = race.call(0, "read", ids=[ticket_id], fields=["reopen_count"])
    assert ticket["reopen_count"] == 1
