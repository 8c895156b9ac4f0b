"""Processes that are forked by ``dev/fork_server.py`` instead of started anew."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .console import DevError, step, tail
from .fork_server import READY
from .paths import LOGS, ROOT
from .runner import Workbench

# Where the fork server of this run listens.
SOCKET = "ITSM_FORK_SERVER"


@contextlib.contextmanager
def fork_server(bench: Workbench, database: str) -> Iterator[dict[str, str]]:
    """Run a fork server for copies of a database; give the environment to reach it."""
    log = LOGS / "fork-server.log"
    # The path of a socket has room for some hundred characters only.
    with (
        tempfile.TemporaryDirectory(prefix="itsm-") as folder,
        open(log, "w", encoding="utf-8") as complaints,
    ):
        path = str(Path(folder) / "socket")
        process = subprocess.Popen(
            [sys.executable, "-m", "dev.fork_server", path, database],
            cwd=ROOT,
            env=bench.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            # Ctrl-C goes to the tests, which then end what they started.
            start_new_session=True,
        )
        try:
            with step("Loading Odoo for the tests that start it"):
                if process.stdout.readline().strip() != READY:
                    raise DevError(f"Odoo could not be loaded.\n{tail(log)}")
            yield {SOCKET: path}
        finally:
            process.terminate()
            process.wait()


class ForkedProcess:
    """An Odoo command of a fork server, used like a ``subprocess.Popen``."""

    def __init__(self, path: str, arguments: list[str], streams: tuple):
        """Start it.

        :param streams: open files that become its standard input, output and error
        """
        self.returncode: int | None = None
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(path)
        files = [stream.fileno() for stream in streams]
        socket.send_fds(self._connection, [json.dumps(arguments).encode()], files)
        self._answers = self._connection.makefile("r")
        self.pid = int(self._answers.readline())

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return the exit code.

        :raise subprocess.TimeoutExpired: when it has not ended by then
        """
        if self.returncode is None:
            self._await_answer(timeout)
            # Whoever is ended together with its keeper says nothing any more.
            self.returncode = int(self._answers.readline() or -signal.SIGKILL)
            self._answers.close()
            self._connection.close()
        return self.returncode

    def _await_answer(self, timeout: float | None) -> None:
        poll = select.poll()
        poll.register(self._connection, select.POLLIN)
        if not poll.poll(None if timeout is None else timeout * 1000):
            raise subprocess.TimeoutExpired(["odoo"], timeout)

    def send_signal(self, number: int) -> None:
        """Send a signal unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)
