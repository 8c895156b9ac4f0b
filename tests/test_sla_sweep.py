"""The sweep of service-level clocks: killed, or run by two workers at once.

It runs in processes of its own against committed data. Whatever happens to them,
each escalation rule fires exactly once for each clock.
"""

import signal

import pytest
from outside import Database, Shell, wait_for

TICKETS, BATCH, RULES = 60, 10, 2
PREPARE = """
from datetime import timedelta
from odoo import fields
desk = env["itsm.desk"].create({{"name": "{name}", "resource_calendar_id": False}})
boss = env["res.partner"].create({{"name": "{name}", "email": "boss@example.com"}})
policy = env["itsm.sla.policy"].create({{
    "name": "{name}",
    "desk_ids": [(6, 0, desk.ids)],
    "target_ids": [(0, 0, {{"metric": "resolution", "hours": 8}})],
    "escalation_ids": [
        (0, 0, {{"name": "{name} " + str(share), "basis": "percent", "amount": share,
                "notify_partner_ids": [(6, 0, boss.ids)]}})
        for share in (50, 100)
    ],
}})
tickets = env["itsm.ticket"].create(
    [{{"name": "{name} %s" % n, "desk_id": desk.id}} for n in range({tickets})]
)
env.flush_all()
# All of it happened yesterday; no worker has looked since.
past = fields.Datetime.now() - timedelta(hours=24)
env.cr.execute(
    "UPDATE itsm_sla_event SET at = %s WHERE res_model = %s AND res_id = ANY(%s)",
    (past, tickets._name, tickets.ids),
)
env.cr.execute(
    "UPDATE itsm_sla_clock SET create_date = %s, next_at = %s WHERE policy_id = %s",
    (past - timedelta(hours=1), past, policy.id),
)
env.cr.commit()
print(policy.id)
"""
SWEEP = """
import os, signal
from odoo.sql_db import Cursor
moment, number = {kill!r}
done, commit = 0, Cursor.commit

def counted(cursor):
    global done
    if (moment, number) == ("before", done + 1):
        os.kill(os.getpid(), signal.SIGKILL)
    commit(cursor)
    done += 1
    if (moment, number) == ("after", done):
        os.kill(os.getpid(), signal.SIGKILL)

Cursor.commit = counted
env["itsm.sla.clock"]._cron_sweep(limit={batch})
"""
FIRED = """
    SELECT clock_id, escalation_id, count(*)
      FROM itsm_sla_escalation_fired fired
      JOIN itsm_sla_clock clock ON clock.id = fired.clock_id
     WHERE clock.policy_id = %s
     GROUP BY 1, 2
"""
NOTES = """
    SELECT message.res_id, count(*)
      FROM mail_message message
      JOIN itsm_sla_clock clock
        ON clock.res_model = message.model AND clock.res_id = message.res_id
     WHERE clock.policy_id = %s AND message.body LIKE '%%Escalation%%'
       AND message.message_type = 'notification'
     GROUP BY 1
"""
TOLD = "SELECT body FROM mail_message WHERE subject LIKE %s"


@pytest.fixture
def database(live_server):
    database = Database(live_server)
    yield database
    database.connection.close()


def prepare(server, name):
    """Return the id of a policy with clocks that are all due."""
    return int(server.shell(PREPARE.format(name=name, tickets=TICKETS)).split()[-1])


def start_sweep(server, kill=("never", 0)):
    """Start a sweep in a process of its own, which may kill itself at a commit."""
    return Shell(server, SWEEP.format(kill=kill, batch=BATCH))


def check_fired_once(database, policy, name):
    """Each rule fired once for each clock, and did once what it does."""
    fired = database.rows(FIRED, policy)
    assert len(fired) == TICKETS * RULES
    assert {count for _clock, _rule, count in fired} == {1}
    notes = database.rows(NOTES, policy)
    assert len(notes) == TICKETS
    assert {count for _ticket, count in notes} == {RULES}
    told = "".join(body for (body,) in database.rows(TOLD, f"{name} %"))
    for number in range(TICKETS):
        assert told.count(f"{name} {number}<") == RULES
    open_ends = "SELECT count(*) FROM itsm_sla_clock WHERE policy_id = %s AND "
    assert database.rows(open_ends + "next_at IS NOT NULL", policy) == [(0,)]
    assert database.rows(open_ends + "state != 'breached'", policy) == [(0,)]


def test_killed_sweeps_fire_each_rule_once(live_server, database):
    """Killed just before a commit, and just after one, at different batches."""
    policy = prepare(live_server, "Killed")
    for kill in (("before", 1), ("after", 1), ("before", 2), ("after", 2)):
        process = start_sweep(live_server, kill)
        assert process.wait() == -signal.SIGKILL
    done = len(database.rows(FIRED, policy))
    assert 0 < done < TICKETS * RULES
    assert done % (BATCH * RULES) == 0, "a batch is done as a whole or not at all"
    start_sweep(live_server).check_ended_well()
    check_fired_once(database, policy, "Killed")


def test_two_sweeps_share_the_work(live_server, database):
    """Held up inside their first batches, two workers hold different clocks."""
    policy = prepare(live_server, "Shared")
    blocker = live_server.bench.database.connect(live_server.db)
    blocker.autocommit = False
    with blocker.cursor() as cursor:
        cursor.execute("LOCK TABLE itsm_sla_escalation_fired IN SHARE MODE")
        processes = [start_sweep(live_server) for _n in range(2)]
        wait_for(lambda: len(database.waiting()) == 2, "both sweeps at work")
    blocker.rollback()
    blocker.close()
    for process in processes:
        process.check_ended_well()
    check_fired_once(database, policy, "Shared")
