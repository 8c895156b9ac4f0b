"""``test``: the whole suite in one pytest run, on copies of a template."""

import os
import subprocess
import sys

from . import databases
from .browser import find_browser
from .console import DevError, lock, say, step
from .forked import fork_server
from .live import LIVE
from .paths import DEV, LOGS, ROOT
from .runner import Workbench, prepare, write_config

DATABASE = "itsm_test"
COPIES = (LIVE, f"{DATABASE}-gw")
WORKERS = 2
# The log of the template's installation, checked by tests/test_install_log.py.
INSTALL_LOG = "ITSM_INSTALL_LOG"


def test(*arguments: str) -> int:
    """Prepare the databases and run pytest with these arguments."""
    in_ci = os.environ.get("CI") == "true"
    if not find_browser():
        if in_ci:
            raise DevError("CI needs Chromium for the browser tests; install it.")
        say("No Chromium was found: the browser tests will be skipped.")
    bench = prepare()
    install_log = databases.ensure_template(bench)
    with lock(DATABASE):
        # A killed run could not drop its own.
        _drop_copies(bench)
        with step("Copying the test database"):
            databases.clone(bench, databases.TEMPLATE, DATABASE)
        try:
            with fork_server(bench, databases.TEMPLATE) as forks:
                return subprocess.run(
                    _command(arguments),
                    cwd=ROOT,
                    env=_environment(bench) | forks | {INSTALL_LOG: str(install_log)},
                    check=False,
                ).returncode
        finally:
            _drop_copies(bench)


def _drop_copies(bench: Workbench) -> None:
    for name in databases.names(bench):
        if name.startswith(COPIES):
            databases.drop(bench, name)


def _command(arguments: tuple[str, ...]) -> list[str]:
    command = [sys.executable, "-m", "pytest", "--odoo-http", "-p", "dev.pytest_gate"]
    # One file's tests share their classes' set-up, so a file stays on one worker.
    command += ["-n", str(WORKERS), "--dist", "loadfile"]
    return [*command, *arguments]


def _environment(bench: Workbench) -> dict[str, str]:
    config = DEV / "odoo-test.conf"
    write_config(
        bench,
        config,
        db_name=DATABASE,
        max_cron_threads="0",
        # A worker's memory limit would be inherited by the browsers it starts.
        limit_memory_hard="0",
        limit_memory_soft="0",
        screenshots=str(LOGS / "screenshots"),
    )
    return bench.environment() | {"ODOO_RC": str(config), "PYTHONPATH": str(ROOT)}
