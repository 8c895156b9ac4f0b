"""An import that is killed in the middle loses nothing that was done.

The import runs in a process of its own, is stopped inside a batch by a lock on the
tickets, killed, and taken up again through the API as the browser does it.
"""

import csv
import io

import pytest
from outside import Database, Shell, wait_for

ROWS = 400
BATCH = 20
HEADERS = ["Number", "Subject", "State", "Requester", "Category", "Team", "Opened"]
PREPARE = """
admin = env.ref("base.user_admin")
profile = env["itsm.import.profile"].with_user(admin).create(
    {{"name": "Kill", "desk_id": env.ref("itsm_helpdesk.desk_it").id, "tz": "UTC"}}
)
job = env["itsm.import"].with_user(admin)._start(profile, {content!r}, "kill.csv")
job.action_plan()
env.cr.commit()
print(job.id)
"""
APPLY = """
job = env["itsm.import"].browse({job}).with_user(env.ref("base.user_admin"))
while not job.apply_next(limit={batch})["finished"]:
    env.cr.commit()
env.cr.commit()
"""
# What is compared between a killed and an uninterrupted import.
STATE = """
    SELECT ticket.name, ticket.state, ticket.opened_at, partner.name,
           category.complete_name, team.name ->> 'en_US'
      FROM itsm_ticket ticket
      JOIN res_partner partner ON partner.id = ticket.partner_id
      JOIN itsm_category category ON category.id = ticket.category_id
      JOIN itsm_team team ON team.id = ticket.team_id
     WHERE ticket.number LIKE %s
     ORDER BY ticket.name
"""


def ledger(prefix: str) -> bytes:
    """Return a ledger whose numbers begin with ``prefix``."""
    states = ("New", "Active", "Resolved", "Closed")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADERS)
    for n in range(ROWS):
        writer.writerow(
            [
                f"{prefix}-{n:04}",
                f"Case {n:04}",
                states[n % 4],
                f"Kill Requester {n % 37}",
                f"Kill Category {n % 5}",
                f"Kill Team {n % 3}",
                f"2026-01-{n % 28 + 1:02} 10:00",
            ]
        )
    return text.getvalue().encode()


class ImportDatabase(Database):
    """Counts what an import has done."""

    def applied(self, job):
        return self.value(
            "SELECT count(*) FROM itsm_import_line WHERE import_id = %s AND applied",
            job,
        )

    def tickets(self, prefix):
        return self.value(
            "SELECT count(*) FROM itsm_ticket WHERE number LIKE %s", f"{prefix}-%"
        )


@pytest.fixture
def database(live_server):
    database = ImportDatabase(live_server)
    yield database
    database.connection.close()


def start_applying(server, job):
    """Return a process that applies the import batch by batch."""
    return Shell(server, APPLY.format(job=job, batch=BATCH))


def kill_inside_a_batch(server, database, job):
    """Apply some batches in another process and kill it within one."""
    process = start_applying(server, job)
    try:
        wait_for(lambda: database.applied(job) >= 2 * BATCH, "the second batch")
        blocker = server.bench.database.connect(server.db)
        blocker.autocommit = False
        with blocker.cursor() as cursor:
            # Waits for the batch under way, then holds up the next one.
            cursor.execute("LOCK TABLE itsm_ticket IN SHARE MODE")
        (backend,) = wait_for(database.waiting, "waiting for the lock")
        assert process.poll() is None
        process.kill()
        blocker.close()
        wait_for(lambda: not database.alive(backend), "the end of the transaction")
    finally:
        process.kill()


def test_killed_import_is_resumed_without_loss(live_server, database):
    job = int(live_server.shell(PREPARE.format(content=ledger("KILL"))).split()[-1])
    kill_inside_a_batch(live_server, database, job)

    done = database.applied(job)
    assert 2 * BATCH <= done < ROWS
    assert done % BATCH == 0, "a batch is applied as a whole or not at all"
    assert database.tickets("KILL") == done
    assert database.value("SELECT state FROM itsm_import WHERE id = %s", job) == (
        "applying"
    )

    key = live_server.api_key("admin")
    progress = {"finished": False}
    while not progress["finished"]:
        progress = live_server.rpc(
            "itsm.import", "apply_next", key, ids=[job], limit=100
        )
        assert progress["done"] > done or progress["finished"]
        done = progress["done"]
    assert done == ROWS
    assert database.tickets("KILL") == ROWS
    assert not database.value(
        "SELECT count(*) FROM itsm_import_line "
        "WHERE import_id = %s AND outcome = 'refused'",
        job,
    )

    whole = int(live_server.shell(PREPARE.format(content=ledger("WHOLE"))).split()[-1])
    live_server.shell(APPLY.format(job=whole, batch=1000))
    assert database.rows(STATE, "KILL-%") == database.rows(STATE, "WHOLE-%")
    people = "SELECT count(*) FROM res_partner WHERE name LIKE %s"
    assert database.value(people, "Kill Requester %") == 37


def test_two_windows_never_apply_a_row_twice(live_server, database):
    job = int(live_server.shell(PREPARE.format(content=ledger("TWICE"))).split()[-1])
    first, second = (start_applying(live_server, job) for _n in range(2))
    for process in (first, second):
        process.wait()
    key = live_server.api_key("admin")
    state = "SELECT state FROM itsm_import WHERE id = %s"
    while database.value(state, job) != "done":
        live_server.rpc("itsm.import", "apply_next", key, ids=[job])
    assert database.tickets("TWICE") == database.applied(job) == ROWS
