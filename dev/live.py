"""A real server with committed data, for the tests that one transaction cannot hold.

Races, the JSON API and browser scenarios use it through ``tests/conftest.py``.
"""

import contextlib
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator

from . import databases
from .paths import LOGS
from .runner import Workbench, prepare
from .server import OdooServer, free_port


class RpcError(Exception):
    """The server refused a call; keeps its status and its answer."""

    def __init__(self, status: int, body: str):
        super().__init__(f"HTTP {status}: {body[:500]}")
        self.status = status
        self.body = body


class LiveServer(OdooServer):
    """A server on a database of its own, with helpers for tests."""

    def shell(self, script: str) -> str:
        """Run a script in an Odoo shell on this database; return what it prints."""
        return self.bench.shell(self.db, script)

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
    """Give a started server on a fresh copy of the test template."""
    bench: Workbench = prepare()
    name = f"itsm_live_{worker}_{os.getpid()}"
    log = LOGS / f"{name}.log"
    databases.clone(bench, databases.TEMPLATE, name)
    server = LiveServer(bench, name, free_port(), log, "--max-cron-threads=0")
    try:
        server.start()
        yield server
    finally:
        server.stop()
        databases.drop(bench, name)
