"""What tests run in processes of their own: output, failures and ends by force."""

import signal

import pytest
from outside import Database, Shell, wait_for

from dev.console import DevError


def test_prints_and_keeps(live_server):
    """It works on the server's own database, not on the template."""
    script = "env.user.name = {name!r}; env.cr.commit(); print(env.cr.dbname, {name!r})"
    assert live_server.shell(script.format(name="王 O'Dû")) == (
        f"{live_server.db} 王 O'Dû\n"
    )
    name = "SELECT p.name FROM res_users u JOIN res_partner p ON p.id = u.partner_id "
    assert Database(live_server).value(f"{name} WHERE u.id = 1") == "王 O'Dû"


def test_tells_what_went_wrong(live_server):
    with pytest.raises(DevError, match="ended by 1(?s:.*)KeyError: 'no.model'"):
        live_server.shell("env['no.model']")
    with pytest.raises(DevError, match="ended by 3"):
        live_server.shell("import sys; sys.exit(3)")


def test_ended_by_force(live_server):
    database = Database(live_server)
    sleeping = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(%%'"
    process = Shell(live_server, "env.cr.execute('SELECT pg_sleep(600)')")
    ((backend,),) = wait_for(lambda: database.rows(sleeping), "the long query")
    assert process.poll() is None
    process.kill()
    assert process.wait() == -signal.SIGKILL
    database.rows("SELECT pg_terminate_backend(%s)", backend)


def test_ends_with_whoever_started_it(live_server):
    database = Database(live_server)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT 4711'"
    process = Shell(
        live_server, "import time; env.cr.execute('SELECT 4711'); time.sleep(600)"
    )
    wait_for(lambda: database.value(waiting), "the script")
    del process
    wait_for(lambda: not database.value(waiting), "its end")


def test_models_that_came_later(live_server):
    """A model that was added to the copy is there in the next process."""
    live_server.shell(
        "env['ir.model'].create({'name': 'Later', 'model': 'x_later'})\n"
        "env.cr.commit()\n"
    )
    assert live_server.shell("print('x_later' in env)") == "True\n"
