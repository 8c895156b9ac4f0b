"""The demo: a server with demo data, and its check in a browser."""

import os
import re
import shutil
import signal
from pathlib import Path
from urllib.parse import urlsplit

from . import databases
from .browser import Visitor, find_browser, launch
from .console import DevError, say, step
from .demo_pages import Page
from .demo_users import DEMO_USERS, DemoUser
from .install_log import complaints
from .paths import LOGS, SCREENSHOTS
from .runner import prepare
from .server import OdooServer, free_port

PORT = 8069
# What is looked at stays as it is, and only pages write to the log.
NO_JOBS = "--max-cron-threads=0"
# Browsers that leave, their two websockets at once, and services on the internet.
NOISE = re.compile(
    r"werkzeug: Error on request|bus\.websocket: could not serialize"
    r"|addons\.(iap|partner_autocomplete)\."
)
ERROR_DIALOG = ".o_error_dialog, .o_notification:has(.bg-danger)"


def wanted_port() -> int:
    """Return the port asked for with PORT, else Odoo's own."""
    setting = os.environ.get("PORT") or str(PORT)
    if not setting.isdigit() or not 0 < int(setting) < 65436:
        raise DevError(f"PORT={setting} is not a port number. Try PORT=8070.")
    return int(setting)


def start_server(*options: str) -> OdooServer:
    """Make the demo database if need be, and start a server on it."""
    bench = prepare()
    databases.ensure_demo(bench)
    wanted = wanted_port()
    port = free_port(wanted)
    if port != wanted:
        say(f"   port {wanted} is busy, taking {port}")
    log = LOGS / "demo-server.log"
    log.unlink(missing_ok=True)
    server = OdooServer(bench, databases.DEMO, port, log, *options)
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
    server = start_server(NO_JOBS)
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
    failures += [
        f"the server's log: {line}"
        for line in complaints(server.log_path)
        if not NOISE.search(line)
    ]
    say()
    for failure in failures:
        say(f"FAILED  {failure}")
    pages = sum(len(user.pages) for user in DEMO_USERS)
    verdict = f"{len(failures)} problems" if failures else "all is well"
    say(f"Demo check: {len(DEMO_USERS)} users, {pages} pages, {verdict}.")
    say(f"Pictures: {SCREENSHOTS}")
    return 1 if failures else 0


def _open(visitor: Visitor, page: Page, picture: Path) -> None:
    """Open a page, go where it leads, and note what it says of errors."""
    visitor.open(page.path, page.there, picture)
    if page.click:
        visitor.follow(page.click, page.behind, picture)
    # What may not be seen or is not there ends on the first app of all.
    path = urlsplit(visitor.page.url).path
    if not (path.startswith(page.path) or "/action-" in page.path):
        visitor.errors.append(f"{page.name}: leads to {path}")
    if visitor.page.query_selector(ERROR_DIALOG):
        text = " ".join(visitor.page.inner_text(ERROR_DIALOG).split())
        visitor.errors.append(f"{page.name}: {text}")


def _visit(browser, server: OdooServer, user: DemoUser) -> list[str]:
    """Open one user's pages; return what went wrong."""
    visitor = Visitor(browser, server.url)
    try:
        visitor.sign_in(user.login)
        for page in user.pages:
            _look(visitor, user.login, page)
    except DevError as error:
        visitor.errors.append(str(error))
    finally:
        visitor.close()
    return [f"{user.login}: {error}" for error in visitor.errors]


def _look(visitor: Visitor, login: str, page: Page) -> None:
    """Picture a page; one that does not come is pictured as it is, and told."""
    from playwright.sync_api import Error

    try:
        _open(visitor, page, SCREENSHOTS / f"{login}-{page.name}.png")
    except Error as error:
        name = f"{login}-{page.name}-failed.png"
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        visitor.page.screenshot(path=SCREENSHOTS / name)
        visitor.errors.append(f"{page.name}: {str(error).splitlines()[0]} (see {name})")
