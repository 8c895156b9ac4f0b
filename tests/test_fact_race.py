"""Figures that are drawn up while people work, by two workers, one of them killed.

Workers run in processes of their own against committed data, in small batches. When all
is quiet, one refresh is enough: nothing was missed, and no old state came back.
"""

import pytest
from outside import Database, Shell, wait_for

TICKETS, ROUNDS, PASSES = 30, 12, 25
PREPARE = f"""
desk = env["itsm.desk"].create({{"name": "Fact Race", "resource_calendar_id": False}})
team = env["itsm.team"].create({{"name": "Fact Racers", "desk_id": desk.id}})
env["itsm.ticket"].create(
    [{{"name": f"Fact {{n}}", "desk_id": desk.id}} for n in range({TICKETS})]
)
env.cr.commit()
print(desk.id)
"""
WORKER = f"""
for _pass in range({PASSES}):
    env["itsm.fact.refresh"]._cron_refresh(limit=7)
"""
# What people do meanwhile; a long transaction commits after the workers looked. What
# meets another one's change is given up, as by a server that would try it again.
PEOPLE = """
import random
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
random.seed({seed})

def act(ticket, number):
    verb = random.choice(["resolve", "reopen", "delete", "write", "open"])
    if verb == "resolve":
        ticket.resolve("solved", "Done.")
    elif verb == "reopen":
        ticket.reopen("Not yet.")
    elif verb == "delete" and number > 10:
        ticket.unlink()
    elif verb == "open":
        ticket.create({{"name": "New", "desk_id": {desk}}})
    else:
        ticket.write({{"impact": random.choice("123")}})

def work():
    tickets = env["itsm.ticket"].search([("desk_id", "=", {desk})])
    for ticket in random.sample(tickets, min(5, len(tickets))):
        try:
            with env.cr.savepoint():
                act(ticket, len(tickets))
                env.flush_all()
        except UserError:
            env.invalidate_all()

for _round in range({rounds}):
    try:
        work()
        if random.random() < 0.2:
            env.cr.rollback()
        else:
            env.cr.commit()
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        env.cr.rollback()
"""
# Rows that differ from what would be drawn up now, either way.
DIFFERENCES = """
from odoo.tools import SQL
for fact in env["itsm.fact.refresh"]._fact_models():
    Fact = env[fact]
    Fact._fact_refresh()
    env.cr.commit()
    columns = SQL(", ").join(SQL.identifier(n) for n in ["id", *Fact._fact_names()])
    stored = SQL("SELECT %s FROM %s", columns, SQL.identifier(Fact._table))
    live = SQL(" UNION ALL ").join(
        SQL("SELECT %s FROM (%s) part", columns, Fact._fact_select(part))
        for part in Fact._fact_parts()
    )
    for one, other in ((stored, live), (live, stored)):
        env.cr.execute(SQL("(%s) EXCEPT (%s)", one, other))
        for row in env.cr.fetchall():
            print(fact, row)
"""


@pytest.fixture
def desk(live_server):
    """The id of a desk with tickets, and with its own rows in the facts."""
    return int(live_server.shell(PREPARE))


def test_two_workers_and_busy_people(live_server, desk):
    """Whoever comes first, the figures are right in the end."""
    everybody = [
        *(Shell(live_server, WORKER) for _worker in range(2)),
        *(
            Shell(live_server, PEOPLE.format(seed=seed, rounds=ROUNDS, desk=desk))
            for seed in range(3)
        ),
    ]
    for process in everybody:
        process.check_ended_well()
    assert live_server.shell(DIFFERENCES).strip() == ""


def test_killed_worker_leaves_nothing_undone(live_server, desk):
    """What it had begun is begun again by the next one."""
    database = Database(live_server)
    live_server.shell("env['itsm.ticket.report']._fact_rebuild(); env.cr.commit()")
    worker = Shell(live_server, WORKER)
    wait_for(
        lambda: database.value(
            "SELECT count(*) FROM itsm_fact_change WHERE note = 'ticket'"
        ),
        "The rebuild",
    )
    worker.kill()
    assert live_server.shell(DIFFERENCES).strip() == ""
