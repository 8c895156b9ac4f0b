"""The whole desk driven from outside, with API keys through Odoo's own JSON API.

The calls are those of ``docs/api.md``.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dev.live import RpcError

GUIDE = Path(__file__).parents[1] / "docs" / "api.md"
# The service that the guide asks for.
SERVICE = """
service = env["itsm.service"].create({
    "name": "Laptop",
    "code": "LAPTOP",
    "desk_id": env.ref("itsm_helpdesk.desk_it").id,
    "question_ids": [(0, 0, {
        "key": key, "name": key, "type": "choice", "sequence": number,
        "option_ids": [(0, 0, {"key": option, "name": option})],
    }) for number, (key, option) in enumerate(
        [("device", "laptop"), ("reason", "new")])],
})
service.action_publish()
env.cr.commit()
"""

PEOPLE = """
new = env["res.users"].with_context(no_reset_password=True).create
group = lambda name: [(6, 0, [env.ref(name).id])]
agent = new({"name": "Api Agent", "login": "api-agent",
             "email": "api-agent@example.com",
             "group_ids": group("itsm_helpdesk.group_itsm_agent")})
nurse = new({"name": "Api Nurse", "login": "api-nurse",
             "email": "api-nurse@example.com",
             "group_ids": group("base.group_portal")})
env.ref("itsm_helpdesk.team_it_line1").member_ids = [(4, agent.id)]
# The guide's feed is sent by the same user.
agent.group_ids = [(4, env.ref("itsm_cmdb.group_cmdb_feed").id)]
env.ref("itsm_cmdb.source_scan").feed_user_ids = [(4, agent.id)]
env.cr.commit()
print(nurse.partner_id.id, env.ref("itsm_helpdesk.desk_it").id)
"""


class Caller:
    """A program that holds one person's API key."""

    def __init__(self, server, login):
        self._server = server
        self._key = server.api_key(login)

    def __call__(self, method, model="itsm.ticket", **arguments):
        return self._server.rpc(model, method, self._key, **arguments)

    def refused(self, method, **arguments):
        """Return the status and sentence with which a call is refused."""
        with pytest.raises(RpcError) as caught:
            self(method, **arguments)
        return caught.value.status, caught.value.body


@pytest.fixture(scope="module")
def ids(live_server):
    """The ids of the nurse's contact and of the IT desk."""
    partner_id, desk_id = map(int, live_server.shell(PEOPLE).split())
    return {"partner_id": partner_id, "desk_id": desk_id}


@pytest.fixture(scope="module")
def agent(live_server, ids):
    """A program with the key of an agent."""
    return Caller(live_server, "api-agent")


@pytest.fixture(scope="module")
def nurse(live_server, ids):
    """A program with the key of a portal user."""
    return Caller(live_server, "api-nurse")


def read(caller, ticket_id, *names):
    """Return fields of a ticket."""
    return caller("read", ids=[ticket_id], fields=list(names))[0]


def register(agent, ids, **values):
    """Register a ticket for the nurse; return its id."""
    values = {"name": "The scanner beeps", **ids, **values}
    return agent("create", vals_list=[values])[0]


def test_a_ticket_from_call_to_confirmation(agent, nurse, ids):
    """Register, take, ask, wait, go on, solve; the requester confirms."""
    ticket_id = register(agent, ids, impact="1", urgency="1")
    ticket = read(agent, ticket_id, "number", "state", "priority", "opened_at")
    assert ticket["number"].startswith("INC")
    assert (ticket["state"], ticket["priority"]) == ("new", "1")
    found = agent(
        "search_read", domain=[["number", "=", ticket["number"]]], fields=["name"]
    )
    assert [row["id"] for row in found] == [ticket_id]

    agent("action_take", ids=[ticket_id])
    assert read(agent, ticket_id, "state")["state"] == "in_progress"
    agent(
        "message_post",
        ids=[ticket_id],
        body="Which scanner is it?",
        message_type="comment",
        subtype_xmlid="mail.mt_comment",
    )
    agent("set_pending", ids=[ticket_id], reason="requester")
    waiting = read(agent, ticket_id, "state", "first_response_at")
    assert waiting["state"] == "pending"
    assert waiting["first_response_at"]
    agent("resume", ids=[ticket_id])
    agent("resolve", ids=[ticket_id], code="solved", text="A new cable.")
    nurse("close", ids=[ticket_id])
    closed = read(agent, ticket_id, "state", "closed_at", "closure_code_id")
    assert closed["state"] == "closed"
    assert closed["closed_at"]


def test_refusals_are_sentences(agent, ids):
    """A call that a guard refuses gets a client error with the guard's words."""
    ticket_id = register(agent, ids)
    status, body = agent.refused("resolve", ids=[ticket_id], text="Done.")
    assert 400 <= status < 500
    assert "resolution code" in body
    status, body = agent.refused("set_pending", ids=[ticket_id], reason="no-such-code")
    assert 400 <= status < 500
    assert "no-such-code" in body
    status, _body = agent.refused("reopen", ids=[ticket_id], reason="Because.")
    assert 400 <= status < 500
    assert read(agent, ticket_id, "state")["state"] == "new"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "closed"),
        ("number", "INC1"),
        ("resolved_at", "2020-01-01 00:00:00"),
        ("reopen_count", 0),
    ],
)
def test_facts_cannot_be_written(agent, ids, name, value):
    """Nobody's key sets what only the verbs set, not even with a forged context."""
    ticket_id = register(agent, ids)
    before = read(agent, ticket_id, name)
    for context in ({}, {"itsm_system": True}):
        status, _body = agent.refused(
            "write", ids=[ticket_id], vals={name: value}, context=context
        )
        assert 400 <= status < 500
    assert read(agent, ticket_id, name) == before


def test_agents_are_named_by_login_and_teams_by_id(agent, ids):
    """Verbs take what a program knows: logins, codes and ids."""
    ticket_id = register(agent, ids)
    agent("assign", ids=[ticket_id], user="api-agent")
    assert read(agent, ticket_id, "user_id")["user_id"][1] == "Api Agent"
    before = read(agent, ticket_id, "team_id")["team_id"][0]
    agent("escalate", ids=[ticket_id], reason="Needs a specialist")
    after = read(agent, ticket_id, "team_id", "user_id")
    assert after["team_id"][0] != before
    assert not after["user_id"]
    agent("return_to_previous", ids=[ticket_id], reason="Found it")
    assert read(agent, ticket_id, "team_id")["team_id"][0] == before


def test_a_requesters_key_is_a_requesters(agent, nurse, ids):
    """A portal user's key reads their tickets and no more than their verbs."""
    ticket_id = register(agent, ids)
    other_id = register(agent, ids, partner_id=1)
    assert read(nurse, ticket_id, "name")["name"] == "The scanner beeps"
    assert nurse("search_count", domain=[["id", "=", other_id]]) == 0
    for method, arguments in (
        ("action_take", {}),
        ("resolve", {"code": "solved", "text": "x"}),
        ("assign", {"user": "api-agent"}),
        ("escalate", {"reason": "x"}),
        ("write", {"vals": {"name": "Mine"}}),
        ("unlink", {}),
    ):
        status, _body = nurse.refused(method, ids=[ticket_id], **arguments)
        assert 400 <= status < 500, method
    status, _body = nurse.refused("cancel", ids=[other_id], reason="x")
    assert 400 <= status < 500
    nurse("cancel", ids=[ticket_id], reason="It works again.")
    assert read(agent, ticket_id, "state")["state"] == "cancelled"


def test_a_wrong_key_opens_nothing(live_server, ids):
    """Without a right key there is no answer."""
    with pytest.raises(RpcError) as caught:
        live_server.rpc("itsm.ticket", "search_count", "0" * 40, domain=[])
    assert caught.value.status == 401


def test_a_time_that_is_none(agent, ids):
    """Bad input gets a sentence, not a stack trace; ISO 8601 is understood."""
    ticket_id = register(agent, ids)
    status, body = agent.refused(
        "set_pending", ids=[ticket_id], reason="supplier", until="tomorrow"
    )
    assert 400 <= status < 500
    assert "tomorrow" in body
    agent("set_pending", ids=[ticket_id], reason="date", until="2099-12-31T08:00:00Z")
    until = read(agent, ticket_id, "pending_until")["pending_until"]
    assert until == "2099-12-31 08:00:00"


def test_merge_and_split(agent, ids):
    """Two tickets become one, and one becomes two."""
    one, two = register(agent, ids), register(agent, ids)
    agent("merge_into", ids=[two], target=one)
    merged = read(agent, two, "merged_into_id", "state")
    assert (merged["merged_into_id"][0], merged["state"]) == (one, "cancelled")
    [new] = agent("split", ids=[one], name="Another matter")
    assert read(agent, new, "related_ids")["related_ids"] == [one]


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_the_guide_runs(live_server, agent, ids):
    """The commands of the guide work as they stand there."""
    live_server.shell(SERVICE)
    lines = "\n".join(
        re.findall(r"```sh\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    )
    work, refused = lines.split("call itsm.ticket/cancel")
    values = {
        "HOST": live_server.url,
        "KEY": live_server.api_key("api-agent"),
        "DESK": ids["desk_id"],
        "PERSON": ids["partner_id"],
    }
    for name, value in values.items():
        work, count = re.subn(
            rf"^{name}=.*$", f"{name}={value}", work, flags=re.MULTILINE
        )
        assert count == 1, name

    def run(script):
        return subprocess.run(
            ["bash", "-euc", script], capture_output=True, text=True, check=False
        )

    done = run(work)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"state": "new"' in done.stdout
    done = run(f"{work}\ncall itsm.ticket/cancel{refused}")
    assert done.returncode != 0
    assert "this is possible only for" in done.stdout
