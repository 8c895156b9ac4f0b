"""The demo: a server with demo data, and its check in a browser."""

import os
import shutil
import signal

from . import databases
from .browser import Visitor, find_browser, launch
from .console import DevError, say, step
from .demo_users import DEMO_USERS, DemoUser
from .paths import LOGS, SCREENSHOTS
from .runner import prepare
from .server import OdooServer, free_port

PORT = 8069


def wanted_port() -> int:
    """Return the port asked for with PORT, else Odoo's own."""
    setting = os.environ.get("PORT") or str(PORT)
    if not setting.isdigit() or not 0 < int(setting) < 65436:
        raise DevError(f"PORT={setting} is not a port number. Try PORT=8070.")
    return int(setting)


def start_server() -> OdooServer:
    """Make the demo database if need be, and start a server on it."""
    bench = prepare()
    databases.ensure_demo(bench)
    wanted = wanted_port()
    port = free_port(wanted)
    if port != wanted:
        say(f"   port {wanted} is busy, taking {port}")
    log = LOGS / "demo-server.log"
    log.unlink(missing_ok=True)
    server = OdooServer(bench, databases.DEMO, port, log)
    with step("Starting the server"):
        server.start()
    return server


def demo() -> int:
    """Start the demo and keep it running until Ctrl-C."""
    # A plain `kill` or a closed terminal stops the server as Ctrl-C does.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    server = start_server()
    try:
        _print_card(server)
        return server.wait()
    except KeyboardInterrupt:
        say("\nStopping the server ...")
        return 0
    finally:
        server.stop()


def _print_card(server: OdooServer) -> None:
    say()
    say(f"ITSM for Odoo is at {server.url}")
    say()
    say("  login      password   who")
    for user in DEMO_USERS:
        say(f"  {user.login:<10} {user.login:<10} {user.role}")
    say()
    say(f"The server's log: {server.log_path}")
    say("Ctrl-C stops it.")


def demo_check() -> int:
    """Sign in as each demo user, open the main pages, report and end."""
    if not find_browser():
        raise DevError(
            "The demo check needs Chromium. Install it (Debian: apt-get install "
            "chromium) and try again."
        )
    server = start_server()
    # Old pictures would hide that a page could not be opened.
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    failures: list[str] = []
    try:
        with launch() as browser:
            for user in DEMO_USERS:
                with step(f"Signing in as {user.login} ({user.role})"):
                    failures += _visit(browser, server, user)
    finally:
        server.stop()
    say()
    for failure in failures:
        say(f"FAILED  {failure}")
    pages = sum(len(user.pages) for user in DEMO_USERS)
    verdict = f"{len(failures)} problems" if failures else "all is well"
    say(f"Demo check: {len(DEMO_USERS)} users, {pages} pages, {verdict}.")
    say(f"Pictures: {SCREENSHOTS}")
    return 1 if failures else 0


def _visit(browser, server: OdooServer, user: DemoUser) -> list[str]:
    """Open one user's pages; return what went wrong."""
    from playwright.sync_api import Error

    visitor = Visitor(browser, server.url)
    where = "the login page"
    try:
        visitor.sign_in(user.login)
        for where, selector in user.pages:
            name = where.strip("/").replace("/", "-")
            visitor.open(where, selector, SCREENSHOTS / f"{user.login}-{name}.png")
    except DevError as error:
        visitor.errors.append(str(error))
    except Error as error:
        name = f"{user.login}-failed.png"
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        visitor.page.screenshot(path=SCREENSHOTS / name)
        visitor.errors.append(f"{where}: {str(error).splitlines()[0]} (see {name})")
    finally:
        visitor.close()
    return [f"{user.login}: {error}" for error in visitor.errors]
