"""The machine's Chromium, driven through Playwright."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from .console import DevError

# The shell has no window of its own to draw: a page costs it a third of the work.
NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable"),
)
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The web client reports a page that was left while it loaded as an error.
HARMLESS = ("Failed to load resource", "net::ERR_ABORTED", "Failed to fetch")
DESKTOP = (1440, 900)
REFUSED = ".oe_login_form .alert-danger"


def find_browser() -> str | None:
    """Return the path of a Chromium or Chrome, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


@contextlib.contextmanager
def launch() -> Iterator:
    """Give a headless Playwright browser."""
    from playwright.sync_api import sync_playwright

    executable = find_browser()
    if not executable:
        raise DevError(
            "No Chromium was found. Install it (Debian: apt-get install chromium) "
            "and try again."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Visitor:
    """One signed-in person's browser window, and the errors its pages raised."""

    def __init__(self, browser, url: str, size: tuple[int, int] = DESKTOP):
        self.url = url
        self.errors: list[str] = []
        self.context = browser.new_context(
            base_url=url, viewport={"width": size[0], "height": size[1]}
        )
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note_message)
        self.page.on("response", self._note_response)

    def _note_message(self, message) -> None:
        ours = message.location.get("url", "").startswith(self.url)
        harmless = any(text in message.text for text in HARMLESS)
        if message.type == "error" and ours and not harmless:
            self.errors.append(f"console: {message.text}")

    def _note_response(self, response) -> None:
        is_page = response.request.resource_type == "document"
        limit = 400 if is_page else 500
        if response.status >= limit and response.url.startswith(self.url):
            self.errors.append(f"HTTP {response.status}: {response.url}")

    def sign_in(self, login: str, password: str | None = None) -> None:
        """Sign in through the login page; the demo passwords equal the logins."""
        self.page.goto("/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password or login)
        self.page.click(".oe_login_form button[type=submit]")
        self.page.wait_for_selector(f"{REFUSED}, body:not(:has(.oe_login_form))")
        if self.page.query_selector(REFUSED):
            raise DevError(f"the login {login} was refused")

    def open(self, path: str, selector: str, picture: Path | None = None) -> None:
        """Open a page, wait for a part that proves it is there, and picture it."""
        self.page.goto(path)
        self._arrive(selector, picture)

    def follow(self, link: str, selector: str, picture: Path | None = None) -> None:
        """Click on a link of the page, as ``open`` does with the page behind it."""
        self.page.locator(link).first.click()
        self._arrive(selector, picture)

    def _arrive(self, selector: str, picture: Path | None) -> None:
        self.page.wait_for_selector(selector)
        with contextlib.suppress(Exception):
            # Long polling keeps some pages busy for ever; then picture it as is.
            self.page.wait_for_load_state("networkidle", timeout=1000)
        if picture:
            picture.parent.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=picture, full_page=True)

    def choose_first(self) -> None:
        """Take the first record an open autocompletion offers, once it has loaded."""
        # While the server searches, the list shows one row that says so.
        offered = ".ui-menu-item-wrapper:not([id$=_loading])"
        self.page.locator(f".o-autocomplete--dropdown-menu {offered}").first.click()

    def close(self) -> None:
        """Close the window."""
        self.context.close()
