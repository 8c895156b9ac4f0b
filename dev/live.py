"""A real server with committed data, for the tests that one transaction cannot hold.

Races, the JSON API and browser scenarios use it through ``tests/conftest.py``.
"""

import contextlib
import json
import os
import tempfile
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator

from . import databases
from .console import DevError
from .forked import SOCKET, ForkedProcess
from .paths import LOGS
from .runner import Workbench, prepare
from .server import OdooServer, free_port

# How the databases of live servers begin.
LIVE = "itsm_live_"


class RpcError(Exception):
    """The server refused a call; keeps its status and its answer."""

    def __init__(self, status: int, body: str):
        super().__init__(f"HTTP {status}: {body[:500]}")
        self.status = status
        self.body = body


class LiveServer(OdooServer):
    """A server on a database of its own, with helpers for tests."""

    def launch(self, arguments: list[str], stdin, stdout, stderr):
        """Fork an Odoo command where somebody has loaded Odoo, else start it."""
        path = os.environ.get(SOCKET)
        if not path:
            return super().launch(arguments, stdin, stdout, stderr)
        return ForkedProcess(path, arguments, (stdin, stdout, stderr))

    def start_shell(self, script: str, stdout, stderr):
        """Start a script in an Odoo shell on this database; return the process."""
        with tempfile.TemporaryFile("w+", encoding="utf-8") as stdin:
            stdin.write(script)
            stdin.seek(0)
            arguments = ["shell", "-d", self.db, "--no-http"]
            return self.launch(arguments, stdin, stdout, stderr)

    def shell(self, script: str) -> str:
        """Run a script in an Odoo shell on this database; return what it prints."""
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8") as printed,
            tempfile.TemporaryFile("w+", encoding="utf-8") as complaints,
        ):
            code = self.start_shell(script, printed, complaints).wait()
            if code:
                complaints.seek(0)
                raise DevError(
                    f"A script in the Odoo shell ended by {code}.\n{complaints.read()}"
                )
            printed.seek(0)
            return printed.read()

    def api_key(self, login: str) -> str:
        """Return a new API key of a user."""
        return self.shell(
            "import datetime\n"
            f"user = env['res.users'].search([('login', '=', {login!r})])\n"
            "until = datetime.datetime.now() + datetime.timedelta(days=1)\n"
            "keys = env['res.users.apikeys'].with_user(user).sudo()\n"
            "key = keys._generate('rpc', 'tests', until)\n"
            "env.cr.commit()\n"
            "print(key)\n"
        ).strip()

    def rpc(self, model: str, method: str, api_key: str, **arguments):
        """Call a model's method through ``/json/2`` and return its answer."""
        request = urllib.request.Request(
            f"{self.url}/json/2/{model}/{method}",
            data=json.dumps(arguments).encode(),
            headers={
                "Authorization": f"Bearer {api_key}",
                "Content-Type": "application/json",
                "X-Odoo-Database": self.db,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RpcError(error.code, error.read().decode()) from error


@contextlib.contextmanager
def serve(worker: str = "main") -> Iterator[LiveServer]:
    """Give a started server on a fresh copy of the test template.

    The copy stays until the run has ended: the file system would look at each of its
    thousands of deleted files when the next copy is made, which takes seconds.
    """
    bench: Workbench = prepare()
    name = f"{LIVE}{worker}_{uuid.uuid4().hex[:8]}"
    log = LOGS / f"{name}.log"
    databases.clone(bench, databases.TEMPLATE, name)
    server = LiveServer(bench, name, free_port(), log, "--max-cron-threads=0")
    try:
        server.start()
        yield server
    finally:
        server.stop()
