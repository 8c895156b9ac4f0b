"""How the demo's database is filled."""

import threading

import pytest

pytest.importorskip("psycopg2")

from dev import databases
from dev.console import DevError

SCRIPT = databases.Script("Writing", "history", databases.ROOT)


class _Bench:
    """Runs nothing; each script waits for the other one, so both must be there."""

    def __init__(self, broken=""):
        self.broken, self.done = broken, []
        self.together = threading.Barrier(2, timeout=10)

    def shell(self, database, code):
        """Take the place of an Odoo shell."""
        self.together.wait()
        self.done.append((database, code))
        if code == self.broken:
            raise DevError("It failed.")


def test_history_and_web_pages_are_made_at_once():
    """There are two cores, and neither needs the other."""
    bench = _Bench()
    databases._fill(bench, "new", SCRIPT)
    assert sorted(bench.done) == sorted(
        [("new", "history"), ("new", databases.WARM_UP)]
    )


@pytest.mark.parametrize("broken", ["history", databases.WARM_UP])
def test_half_made_history_is_told(broken):
    """Whichever fails: the database must not be used."""
    with pytest.raises(DevError, match="failed"):
        databases._fill(_Bench(broken), "new", SCRIPT)
