"""An Odoo shell on a database that is made when it does not exist."""

import os
import re

from . import databases
from .console import DevError, lock, progress_to_stderr, step
from .runner import Workbench, prepare


def ensure_database(bench: Workbench, name: str) -> None:
    """Make a database with all addons and no demo data, unless it exists."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,55}", name):
        raise DevError(f"DB={name} is not a usable name. Use letters, digits, - and _.")
    with lock(f"db-{name}"):
        if name in databases.names(bench):
            return
        databases.ensure_template(bench)
        with step(f"Creating the database {name}"):
            databases.clone(bench, databases.TEMPLATE, name)


def shell(name: str = "", *more: str) -> int:
    """Become an Odoo shell; a script on standard input is run and nothing added."""
    progress_to_stderr()
    if not name or more:
        raise DevError("Say which database, in one word: make shell DB=name")
    bench = prepare()
    ensure_database(bench, name)
    command = bench.command("shell", "-d", name, "--no-http", "--log-level=warn")
    os.execve(command[0], command, bench.environment())
