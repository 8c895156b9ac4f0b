"""Many people who book the same room at the same moment, with real transactions."""

import http.client
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import pytest
from outside import Database

PEOPLE = 50
PREPARE = f"""
import datetime
from odoo.fields import Command
from odoo.http import root
desk = env["itsm.desk"].create({{"name": "Race Rooms", "resource_calendar_id": False}})
team = env["itsm.team"].create({{"name": "Race Rooms", "desk_id": desk.id}})
desk.default_team_id = team
room = env["itsm.bookable"].create({{"name": "Race Room", "desk_id": desk.id}})
service = env["itsm.service"].create({{
    "name": "Race for a room", "desk_id": desk.id, "booking_kind": "room",
    "booking_what_key": "what", "booking_from_key": "begin",
    "booking_to_key": "stop",
    "question_ids": [
        Command.create({{"key": "what", "type": "record", "name": "Room",
                         "res_model": "itsm.bookable", "required": True}}),
        Command.create({{"key": "begin", "type": "datetime", "name": "From"}}),
        Command.create({{"key": "stop", "type": "datetime", "name": "To"}}),
    ],
}})
service.action_publish()
users = env["res.users"].with_context(no_reset_password=True).create([
    {{"name": f"Booker {{n}}", "login": f"booker-{{n}}", "tz": "UTC",
      "email": f"booker-{{n}}@example.com",
      "group_ids": [Command.set(env.ref("base.group_portal").ids)]}}
    for n in range({PEOPLE})
])
# Signing in is not what is raced for.
sids = []
for user in users:
    session = root.session_store.new()
    session.update(
        db=env.cr.dbname, login=user.login, uid=user.id, context={{}}, debug=""
    )
    session.session_token = user._compute_session_token(session.sid)
    root.session_store.save(session)
    sids.append(session.sid)
day = (datetime.date.today() + datetime.timedelta(days=7)).isoformat()
env.cr.commit()
print(room.id, service.id, day, *sids)
"""


class Booker:
    """A person with an open session and a form that is filled in."""

    def __init__(self, url, sid, service_id, room_id):
        self.address = urlsplit(url).netloc
        self.headers = {"Cookie": f"session_id={sid}"}
        self.path = f"/my/services/{service_id}/request"
        self.room_id = room_id

    def open_form(self):
        """Open the form; keep what it needs to be sent."""
        status, page = self._ask("GET")
        assert status == 200, page[:500]
        self.hidden = {
            name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', page).group(1)
            for name in ("csrf_token", "portal_key")
        }

    def send(self, begin, stop):
        """Send the form; return the status and the page."""
        answers = {"q_what": self.room_id, "q_begin": begin, "q_stop": stop}
        return self._ask("POST", urlencode({**self.hidden, **answers}))

    def _ask(self, method, body=None):
        connection = http.client.HTTPConnection(self.address, timeout=300)
        headers = dict(self.headers)
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, self.path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def race(live_server):
    """The people, each with the form open."""
    room_id, service_id, day, *sids = live_server.shell(PREPARE).split()
    people = [Booker(live_server.url, sid, service_id, room_id) for sid in sids]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Booker.open_form, people))
    return Database(live_server), int(room_id), int(service_id), day, people


def together(people, begin, stop):
    """Let all send at the same moment; return their answers."""
    barrier = threading.Barrier(len(people))

    def run(person):
        barrier.wait()
        return person.send(begin, stop)

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(run, people))


def test_fifty_people_book_one_room(race):
    """One has it; all others read what is taken and what is free, nobody an error."""
    database, room_id, service_id, day, people = race
    answers = together(people, f"{day}T09:00", f"{day}T10:00")
    won = [page for status, page in answers if status == 303]
    lost = [page for status, page in answers if status == 200]
    assert (len(won), len(lost)) == (1, PEOPLE - 1), [each[0] for each in answers]
    for page in lost:
        assert 'id="itsm_errors"' in page
        assert 'href="#q_what"' in page
        assert "is taken at that time" in page
    rows = database.rows(
        "SELECT state, ticket_id FROM itsm_booking WHERE bookable_id = %s", room_id
    )
    assert [state for state, _ticket in rows] == ["confirmed"]
    # Nothing is left of those who lost.
    tickets = "SELECT array_agg(id) FROM itsm_ticket WHERE service_id = %s"
    assert database.value(tickets, service_id) == [rows[0][1]]
