"""Run Odoo itself: its configuration, its commands and their progress."""

import configparser
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import embedded, postgres
from .connection import Connection
from .console import DevError, run_logged, tail
from .odoo_source import OdooTree, ensure_odoo
from .paths import ADDONS, DATA, DEV, LOGS

PROGRESS = re.compile(r"Loading module (\w+) \((\d+)/(\d+)\)")


@dataclass(frozen=True)
class Workbench:
    """An Odoo and a PostgreSQL that are ready to be used together."""

    odoo: OdooTree
    database: Connection

    @property
    def config(self) -> Path:
        """Return Odoo's configuration file."""
        return DEV / "odoo.conf"

    @property
    def data(self) -> Path:
        """Return Odoo's folder for files; databases of one name differ by server."""
        server = f"{self.database.host}:{self.database.port}"
        return DATA / hashlib.sha256(server.encode()).hexdigest()[:8]

    def environment(self) -> dict[str, str]:
        """Return the environment for Odoo and PostgreSQL's client programs."""
        ignored = ("PG", "ODOO_RC", "DATABASE_URL")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(ignored)}
        path = [str(embedded.client_programs()), inherited.get("PATH", os.defpath)]
        ours = {"ODOO_RC": str(self.config), "PATH": os.pathsep.join(path)}
        return inherited | self.database.environment() | ours

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of an Odoo subcommand; ODOO_RC configures it."""
        return [sys.executable, "-m", "odoo", *arguments]

    def run(self, arguments: Sequence[str], log_name: str, failure: str) -> Path:
        """Run an Odoo command to its end; return its log."""
        log = LOGS / f"{log_name}.log"
        code = run_logged(
            self.command(*arguments), log, env=self.environment(), describe=_describe
        )
        if code:
            raise DevError(f"{failure}\n{tail(log)}\nThe whole log: {log}")
        return log

    def shell(self, database: str, script: str) -> str:
        """Run a script in an Odoo shell and return what it prints."""
        done = subprocess.run(
            self.command("shell", "-d", database, "--no-http", "--log-level=warn"),
            input=script,
            capture_output=True,
            text=True,
            env=self.environment(),
            check=False,
        )
        if done.returncode:
            raise DevError(f"A script in the Odoo shell failed.\n{done.stderr}")
        return done.stdout


def prepare() -> Workbench:
    """Make sure of Odoo, PostgreSQL and the configuration that joins them."""
    bench = Workbench(ensure_odoo(), postgres.ensure_postgres())
    for folder in (bench.data, LOGS):
        folder.mkdir(parents=True, exist_ok=True)
    write_config(bench, bench.config)
    return bench


def write_config(bench: Workbench, path: Path, **extra: str) -> None:
    """Write an Odoo configuration, readable by this user only."""
    parser = configparser.ConfigParser(interpolation=None)
    options = {
        "addons_path": ",".join(map(str, [ADDONS, *bench.odoo.extra_addons])),
        "data_dir": str(bench.data),
        "db_host": bench.database.host,
        "db_port": bench.database.port,
        "db_user": bench.database.user,
        "db_password": bench.database.password,
        # Enough for fifty people at once, of whom each needs a connection.
        "db_maxconn": "64",
        "http_interface": "127.0.0.1",
        "list_db": "False",
        "workers": "0",
        **extra,
    }
    # Odoo takes its own default for what is not named.
    parser["options"] = {key: value for key, value in options.items() if value}
    partial = path.with_suffix(f".{os.getpid()}.tmp")
    with open(os.open(partial, os.O_CREAT | os.O_WRONLY, 0o600), "w") as output:
        parser.write(output)
    partial.replace(path)


def _describe(line: str) -> str | None:
    found = PROGRESS.search(line)
    return f"loading {found[1]} ({found[2]} of {found[3]})" if found else None
