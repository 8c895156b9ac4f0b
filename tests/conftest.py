"""Fixtures for suite-wide tests against a real server and a real browser.

``live_server`` is a running Odoo with committed data on a database of its own (one
for each test file), ``page_factory`` signs a person in and fails the test when a
page raised an error. Nothing heavy is imported until a test asks for it.
"""

import os

import pytest
from outside import SECONDS


# Odoo's test classes end every child process when they are done, so servers and
# browsers must be gone before the next file begins: module scope, not session.
@pytest.fixture(scope="module")
def live_server():
    """A server with ``url``, ``db``, ``log_path``, ``shell``, ``rpc``, ``restart``."""
    if not os.environ.get("ODOO_RC"):
        pytest.skip("needs an Odoo and a database: run it with `make test`")
    from dev.live import serve

    with serve(os.environ.get("PYTEST_XDIST_WORKER", "main")) as server:
        yield server


@pytest.fixture(scope="module")
def browser():
    """The machine's Chromium through Playwright."""
    from dev.browser import find_browser, launch

    if not find_browser():
        pytest.skip("no browser: install chromium")
    with launch() as launched:
        yield launched


@pytest.fixture
def page_factory(browser, live_server):
    """Call with a login (and a size) to get a signed-in visitor's page.

    The page has ``visitor`` with ``open(path, selector, picture)`` and ``errors``; a
    test that provokes an error on purpose clears that list.
    """
    from playwright.sync_api import expect

    from dev.browser import DESKTOP, Visitor

    visitors = []
    expect.set_options(timeout=SECONDS * 1000)

    def sign_in(login=None, size=DESKTOP, password=None):
        visitor = Visitor(browser, live_server.url, size)
        visitors.append(visitor)
        visitor.context.set_default_timeout(SECONDS * 1000)
        if login:
            visitor.sign_in(login, password)
        visitor.page.visitor = visitor
        return visitor.page

    yield sign_in
    errors = [error for visitor in visitors for error in visitor.errors]
    for visitor in visitors:
        visitor.close()
    assert not errors, "the pages raised errors:\n" + "\n".join(errors)
