"""``setup``: prepare all that the other commands need. ``clean``: undo it."""

import os

from . import embedded, postgres
from .browser import find_browser
from .cleaning import remove_dev_folder
from .console import say
from .runner import prepare


def setup() -> int:
    """Prepare Python, Odoo and PostgreSQL and say what is used."""
    bench = prepare()
    server = bench.database
    say(f"Odoo        {bench.odoo.version} from {bench.odoo.origin}")
    with server.connect() as session:
        version = session.server_version // 10000
    origin = "named by the environment" if postgres.named_by(os.environ) else "embedded"
    say(f"PostgreSQL  {version}, {origin}, as {server.user}")
    say(f"Browser     {find_browser() or 'none: browser tests will be skipped'}")
    return 0


def clean() -> int:
    """Stop the embedded server and remove the ignored folder."""
    embedded.stop()
    return remove_dev_folder(embedded.home())
