"""Progress lines, logged sub-processes, locks and expected failures."""

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from .paths import LOCKS

# `make shell` keeps standard output for the script; it moves progress to stderr.
_settings = {"stream": sys.stdout}
HEARTBEAT_SECONDS = 5.0


class DevError(Exception):
    """An expected failure: one clear sentence and what to do about it."""


def progress_to_stderr() -> None:
    """Send progress lines to standard error from now on."""
    _settings["stream"] = sys.stderr


def say(text: str = "") -> None:
    """Print one line at once, also through a pipe."""
    print(text, file=_settings["stream"], flush=True)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step, then tell how long it took."""
    say(f"-> {title} ...")
    start = time.monotonic()
    yield
    say(f"   done in {time.monotonic() - start:.1f} s")


@contextlib.contextmanager
def lock(name: str) -> Iterator[None]:
    """Let only one process of this checkout do a thing at a time."""
    LOCKS.mkdir(parents=True, exist_ok=True)
    with open(LOCKS / f"{name}.lock", "w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"   waiting for another command to finish with {name} ...")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def tail(path: Path, lines: int = 25) -> str:
    """Return the last lines of a log file."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])


def run_logged(
    command: Sequence[str | os.PathLike],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    describe: Callable[[str], str | None] | None = None,
    stdin: str | None = None,
) -> int:
    """Run a command into a log file and report its progress now and then.

    ``describe`` turns a line of output into a few words worth showing, or None.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    shown_at = time.monotonic()
    current = ""
    with (
        open(log, "w", encoding="utf-8") as output,
        subprocess.Popen(
            [os.fspath(part) for part in command],
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=env,
            text=True,
            errors="replace",
        ) as process,
    ):
        if stdin is not None:
            process.stdin.write(stdin)
            process.stdin.close()
        for line in process.stdout:
            output.write(line)
            current = (describe(line) if describe else None) or current
            if current and time.monotonic() - shown_at > HEARTBEAT_SECONDS:
                say(f"   {current}")
                shown_at, current = time.monotonic(), ""
    return process.returncode


def run_or_fail(
    command: Sequence[str | os.PathLike],
    log: Path,
    failure: str,
    **options,
) -> None:
    """Run a logged command; on failure show the end of its log."""
    if run_logged(command, log, **options):
        raise DevError(f"{failure}\n{tail(log)}\nThe whole log: {log}")
