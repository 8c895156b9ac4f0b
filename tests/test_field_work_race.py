"""A phone that sends an entry again while the first is still on its way.

That is what a poor network does: the answer is lost, not the question.
"""

import base64
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from outside import Database
from PIL import Image

TIMES = 6
PEOPLE = """
import datetime
agent = env["res.users"].with_context(no_reset_password=True).create({
    "name": "Racing Technician", "login": "race-tech",
    "email": "race-tech@example.com",
    "group_ids": [(6, 0, [env.ref("itsm_helpdesk.group_itsm_agent").id])],
})
desk = env["itsm.desk"].create({"name": "Field Race", "resource_calendar_id": False})
team = env["itsm.team"].create({
    "name": "Field Racers", "desk_id": desk.id, "member_ids": [(6, 0, agent.ids)],
})
tickets = env["itsm.ticket"].create([
    {"name": name, "desk_id": desk.id, "team_id": team.id}
    for name in ("Sent again", "Two phones")
])
until = datetime.datetime.now() + datetime.timedelta(days=1)
key = env["res.users.apikeys"].with_user(agent).sudo()._generate("rpc", "race", until)
env.cr.commit()
print(key, *tickets.ids)
"""


@pytest.fixture(scope="module")
def race(live_server):
    """The technician's phone, and the ids of two tickets."""
    key, *ids = live_server.shell(PEOPLE).split()

    class Race:
        tickets = [int(id_) for id_ in ids]
        database = Database(live_server)

        @staticmethod
        def together(entries):
            """Send all entries at once; return the answers."""
            with ThreadPoolExecutor(len(entries)) as pool:
                return list(
                    pool.map(
                        lambda raw: live_server.rpc(
                            "itsm.visit", "field_do", key, raw=raw
                        ),
                        entries,
                    )
                )

    return Race


def entry(ticket_id, verb, number, **values):
    """Return an entry as a phone sends it."""
    key = f"race-{ticket_id}-{verb}-{number:020d}"
    return {
        "key": key,
        "verb": verb,
        "ticket_id": ticket_id,
        "age": 0,
        "values": values,
    }


def test_the_same_entry_at_the_same_moment(race):
    """It is done once, and every sender gets the same good answer."""
    ticket_id = race.tickets[0]
    picture = BytesIO()
    Image.new("RGB", (4, 4), "teal").save(picture, "JPEG")
    photo = {"kind": "before", "data": base64.b64encode(picture.getvalue()).decode()}
    for verb, values in (("start", {}), ("photo", photo), ("pause", {})):
        answers = race.together([entry(ticket_id, verb, 1, **values)] * TIMES)
        assert all(answer == answers[0] for answer in answers)
    value = race.database.value
    assert value("SELECT count(*) FROM itsm_visit WHERE ticket_id = %s", ticket_id) == 1
    for table, count in (("photo", 1), ("spell", 1), ("step", 3)):
        found = value(
            f"SELECT count(*) FROM itsm_visit_{table} d JOIN itsm_visit v "
            "ON v.id = d.visit_id WHERE v.ticket_id = %s",
            ticket_id,
        )
        assert found == count, table


def test_two_phones_of_one_technician(race):
    """Both begin the same work: it is one visit."""
    ticket_id = race.tickets[1]
    race.together([entry(ticket_id, "start", number) for number in range(TIMES)])
    rows = race.database.rows(
        "SELECT state FROM itsm_visit WHERE ticket_id = %s", ticket_id
    )
    assert rows == [("working",)]
    spells = race.database.value(
        "SELECT count(*) FROM itsm_visit_spell s JOIN itsm_visit v "
        "ON v.id = s.visit_id WHERE v.ticket_id = %s",
        ticket_id,
    )
    assert spells == 1
