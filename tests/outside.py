"""Looking at a live server's database from outside, while processes work on it."""

import tempfile
import time
from pathlib import Path

import pytest

# What a step may take on a loaded machine; nobody waits longer than the step takes.
SECONDS = 120


def wait_for(condition, what: str):
    """Return the first true answer of ``condition``; fail when it takes too long."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.01)
    pytest.fail(f"{what} did not happen within {SECONDS} seconds")


def header_button(page, name):
    """Return a button of a form's header, which a phone keeps in a menu."""
    found = page.locator(f"button[name={name}]:visible").first
    menu = page.locator(".o_statusbar_buttons button.dropdown-toggle:visible")
    # Whichever is drawn says where to look: an empty header is one on its way.
    found.or_(menu).first.wait_for()
    if not found.is_visible():
        menu.click()
    return found


def check_width(page):
    """Nothing of a page is wider than its screen."""
    width, inner = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert width <= inner, f"{page.url} is {width} px wide on {inner} px"


def make_data(server, module):
    """Run ``make(env)`` of a module of this folder in an Odoo shell.

    :return: what it printed
    """
    folder = str(Path(__file__).parent)
    return server.shell(
        f"import sys\nsys.path.insert(0, {folder!r})\n"
        f"from {module} import make\nmake(env)\n"
    )


class Shell:
    """An Odoo shell in a process of its own, which keeps what it said."""

    def __init__(self, server, script):
        # As long as the process.
        self._said = tempfile.TemporaryFile(mode="w+")  # noqa: SIM115
        self.process = server.start_shell(script, self._said, self._said)

    def poll(self):
        """Return its exit code, None while it runs."""
        return self.process.poll()

    def wait(self):
        """Return its exit code when it has ended."""
        return self.process.wait(SECONDS)

    def kill(self):
        """End it at once, as a power failure would."""
        self.process.kill()
        self.wait()

    def check_ended_well(self):
        """It comes to its end, and without an error."""
        code = self.wait()
        if code:
            self._said.seek(0)
            pytest.fail(f"A process ended by {code}:\n{self._said.read()}")


class Database:
    """Reads a live server's database over a connection of its own."""

    def __init__(self, server):
        self.connection = server.bench.database.connect(server.db)
        self.connection.autocommit = True

    def rows(self, query, *values):
        """Return the rows of a query."""
        with self.connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def value(self, query, *values):
        """Return the single value of a query."""
        return self.rows(query, *values)[0][0]

    def waiting(self):
        """Return the processes that wait for a lock in this database."""
        return [
            pid
            for (pid,) in self.rows(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                "AND wait_event_type = 'Lock'"
            )
        ]

    def alive(self, pid):
        """Return the number of database processes with this id."""
        return self.value("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", pid)
