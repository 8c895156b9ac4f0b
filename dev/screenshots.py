"""``screenshots``: the pictures of the documents, taken from the demo."""

import contextlib
import io
import itertools
from pathlib import Path

from .browser import Visitor, launch
from .console import DevError, say, step
from .demo import NO_JOBS, start_server
from .paths import PICTURES
from .screenshot_pages import SCREENS, Screen

# A document with heavy pictures is not read on the way.
MAX_BYTES = 200_000
COLOURS = 256
# Charts and maps draw themselves after the page is there.
SETTLE_MS = 1500
TIMEOUT_MS = 60_000
# With a little of what stands above, on pages that scroll as a whole.
SCROLL = "part => { part.scrollIntoView(); window.scrollBy(0, -90); }"


def screenshots() -> int:
    """Start the demo and take all pictures anew."""
    server = start_server(NO_JOBS)
    try:
        failures = take_pictures(server.url)
    finally:
        server.stop()
    for failure in failures:
        say(f"FAILED  {failure}")
    say(f"Pictures: {PICTURES}")
    return 1 if failures else 0


def take_pictures(url: str, screens: tuple[Screen, ...] = SCREENS) -> list[str]:
    """Take pictures from a running demo; return what went wrong."""
    failures: list[str] = []

    def sitting(screen: Screen) -> tuple:
        return screen.login, screen.lang, screen.size

    with launch() as browser:
        for (login, lang, size), group in itertools.groupby(
            sorted(screens, key=sitting), sitting
        ):
            visitor = Visitor(browser, url, size)
            with step(f"Looking as {login}, {lang}, {size[0]} pixels wide"):
                failures += _sit_down(visitor, login, lang, list(group))
            visitor.close()
    return failures


def _sit_down(
    visitor: Visitor, login: str, lang: str, screens: list[Screen]
) -> list[str]:
    """Take the pictures of one person in one language and size."""
    from playwright.sync_api import Error

    failures = []
    visitor.page.set_default_timeout(TIMEOUT_MS)
    visitor.sign_in(login)
    with speaking(visitor, lang):
        for screen in screens:
            try:
                _take(visitor, screen, PICTURES / screen.file)
            except (DevError, Error) as error:
                failures.append(f"{screen.name}: {str(error).splitlines()[0]}")
    return failures


@contextlib.contextmanager
def speaking(visitor: Visitor, lang: str):
    """Let somebody read in a language, and in their own one afterwards."""
    [user] = call(visitor, "res.users", "read", [[_user_id(visitor)], ["lang"]])
    before = user["lang"]
    _speak(visitor, user["id"], lang)
    try:
        yield
    finally:
        _speak(visitor, user["id"], before)


def _speak(visitor: Visitor, user_id: int, lang: str) -> None:
    call(visitor, "res.users", "write", [[user_id], {"lang": lang}])


def _user_id(visitor: Visitor) -> int:
    info = _post(visitor, "/web/session/get_session_info", {})
    return info["uid"]


def call(visitor: Visitor, model: str, method: str, args: list, **kwargs):
    """Call a method of a model with the rights of who is signed in."""
    return _post(
        visitor,
        f"/web/dataset/call_kw/{model}/{method}",
        {"model": model, "method": method, "args": args, "kwargs": kwargs},
    )


def _post(visitor: Visitor, path: str, params: dict):
    answer = visitor.context.request.post(
        path, data={"jsonrpc": "2.0", "method": "call", "params": params}
    ).json()
    if "error" in answer:
        message = answer["error"].get("data", {}).get("message")
        raise DevError(f"{path}: {message or answer['error']['message']}")
    return answer["result"]


def _take(visitor: Visitor, screen: Screen, target: Path) -> None:
    page = visitor.page
    visitor.open(
        address(visitor, screen), screen.there if not screen.clicks else "body"
    )
    for selector in screen.clicks:
        page.locator(selector).first.click()
    page.locator(screen.there).first.wait_for()
    # What the pointer rests on shows its tip.
    page.mouse.move(0, 0)
    page.wait_for_timeout(SETTLE_MS)
    if screen.scroll:
        page.locator(screen.scroll).first.evaluate(SCROLL)
    picture = small(page.screenshot(full_page=screen.whole))
    if len(picture) > MAX_BYTES:
        raise DevError(f"{len(picture)} bytes; at most {MAX_BYTES} are wanted")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(picture)


def address(visitor: Visitor, screen: Screen) -> str:
    """Return the path of a screen, with the id of the record that it shows."""
    if not screen.record:
        return screen.path
    model, domain, order = screen.record
    ids = call(visitor, model, "search", [domain], order=order, limit=1)
    if not ids:
        raise DevError(f"the demo has no {model} that fits {domain}")
    return screen.path.format(id=ids[0])


def small(picture: bytes) -> bytes:
    """Return a picture with fewer colours, where that makes it smaller."""
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        # No dithering: its dots make screens unclear and files large.
        few = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        output = io.BytesIO()
        few.save(output, "PNG", optimize=True)
    return min(picture, output.getvalue(), key=len)
