"""A process that has loaded Odoo with our addons and forks whatever tests start.

Loading takes about four seconds of a processor, and a run of the suite starts a
hundred shells and servers. Each copy of the test template has the same models, so a
fork needs only to be told which copy is its own.

Run as ``python -m dev.fork_server SOCKET DATABASE``. For each connection to the socket
it takes the arguments of an Odoo command (a JSON list) with three files that become
standard input, output and error, answers with a line that holds the process id, and
with a second line that holds the exit code when the process has ended. When the
connection is closed before, the process is ended.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
import traceback

READY = "ready"


def main(path: str, database: str) -> None:
    """Load Odoo, then fork for each connection until the process is ended."""
    registry = _load(database)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        # Nobody waits for the keepers.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        # What is loaded stays for good: no collector need look at it in any fork.
        gc.freeze()
        print(READY, flush=True)
        while True:
            connection = listener.accept()[0]
            if not os.fork():
                try:
                    listener.close()
                    _keep(connection, registry)
                finally:
                    os._exit(0)
            connection.close()


def _load(database: str):
    from odoo import sql_db
    from odoo.modules.registry import Registry
    from odoo.service.server import load_server_wide_modules
    from odoo.tools import config

    config.parse_config([], setup_logging=True)
    load_server_wide_modules()
    registry = Registry(database)
    registry.clear_all_caches()
    registry.cache_invalidated.clear()
    # No fork may use another's connection, and a template must have none.
    sql_db.close_all()
    return registry


def _keep(connection: socket.socket, registry) -> None:
    """Fork what was asked for, wait for its end and tell its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    request, streams, _flags, _address = socket.recv_fds(connection, 1 << 16, 3)
    pid = os.fork()
    if not pid:
        connection.close()
        _run(json.loads(request), streams, registry)
    # A pipe has ended when nobody can write into it any more.
    for stream in streams:
        os.close(stream)
    connection.sendall(f"{pid}\n".encode())
    _end_with(connection, pid)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    connection.sendall(f"{code}\n".encode())


def _end_with(connection: socket.socket, pid: int) -> None:
    """Wait for the process; end it when whoever asked for it is gone."""
    poll = select.poll()
    # Without events of its own a socket tells only that the other side hung up.
    poll.register(connection, 0)
    poll.register(os.pidfd_open(pid), select.POLLIN)
    if connection.fileno() in dict(poll.poll()):
        os.kill(pid, signal.SIGTERM)


def _run(arguments: list[str], streams: list[int], registry) -> None:
    """Run an Odoo command as if it had been started by itself."""
    os.setsid()
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    code = 1
    try:
        database = arguments[arguments.index("-d") + 1]
        _adopt(database, registry)
        _command(arguments)
        _tell_others(database)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    except BaseException:  # noqa: BLE001 - told as Python tells it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Taking down what was loaded takes as long as a short script.
        os._exit(code)


def _adopt(database: str, registry) -> None:
    """Let the loaded models work on a copy of their database."""
    from odoo import sql_db
    from odoo.modules.registry import Registry

    Registry.registries.clear()
    registry.db_name = database
    registry._db = sql_db.db_connect(database)
    Registry.registries[database] = registry
    # Models that somebody added to the copy since are loaded anew.
    registry.check_signaling()


def _tell_others(database: str) -> None:
    """Let the next forks see models that a script added; a new start would."""
    from odoo.modules.registry import Registry

    Registry(database).signal_changes()


def _command(arguments: list[str]) -> None:
    from odoo import cli
    from odoo.service import server

    # The server would load the models that are there.
    server.preload_registries = lambda _names: 0
    sys.argv = ["odoo", *arguments]
    cli.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
