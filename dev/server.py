"""A real Odoo server process on 127.0.0.1."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from .console import DevError, tail
from .runner import Workbench

HOST = "127.0.0.1"
START_SECONDS = 120


def free_port(preferred: int = 0) -> int:
    """Return the preferred port if it is free, else the next free one."""
    candidates = range(preferred, preferred + 100) if preferred else (0,)
    for candidate in candidates:
        with socket.socket() as probe:
            # Like Odoo itself, so that a port in TIME_WAIT counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, candidate))
            except (OSError, OverflowError):
                continue
            return probe.getsockname()[1]
    raise DevError(f"No free port from {preferred} on. Set PORT to another number.")


class OdooServer:
    """A threaded Odoo server for one database."""

    def __init__(self, bench: Workbench, db: str, port: int, log_path: Path, *options):
        self.bench = bench
        self.db = db
        self.port = port
        self.log_path = log_path
        self.options = options
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        """Return the server's address."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Start the process and wait until it answers."""
        arguments = ["server", "-d", self.db, f"--db-filter=^{self.db}$"]
        arguments += [f"--http-port={self.port}", *self.options]
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with (
            open(self.log_path, "a", encoding="utf-8") as output,
            open(os.devnull, encoding="utf-8") as nothing,
        ):
            self.process = self.launch(arguments, nothing, output, output)
        self._wait_until_ready()

    def launch(self, arguments: list[str], stdin, stdout, stderr) -> subprocess.Popen:
        """Start an Odoo command that works on these open files."""
        return subprocess.Popen(
            self.bench.command(*arguments),
            env=self.bench.environment(),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            # Ctrl-C goes to whoever started it, who then stops it.
            start_new_session=True,
        )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            if self._answers():
                return
            time.sleep(0.2)
        self.stop()
        raise DevError(
            f"The Odoo server did not start.\n{tail(self.log_path)}\n"
            f"Its log: {self.log_path}"
        )

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=10) as page:
                return page.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def wait(self) -> int:
        """Wait for the end of the process."""
        return self.process.wait()

    def stop(self) -> None:
        """Stop the process in an orderly way."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End the process at once, as a power failure would."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def restart(self) -> None:
        """Stop the process if it runs and start it again on the same port."""
        self.stop()
        self.start()
