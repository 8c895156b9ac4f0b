"""What an installation's log may say, and what it must not."""

import re
from pathlib import Path

# Noise of the machine or of Odoo itself; nothing of our addons belongs here.
KNOWN_NOISE = (
    # The embedded PostgreSQL has no such extension; Odoo does without it.
    r"pg_trgm",
    r"unaccent",
    # Python newer than what this Odoo was released with, and old libraries' notices.
    r"is not officially supported",
    r"py\.warnings: .*site-packages",
    # Printing to PDF through wkhtmltopdf is optional.
    r"wkhtmltopdf|Wkhtmltopdf",
    # Texts of Odoo's own modules that its translations do not match.
    r"odoo\.tools\.translate: .*(no translation|translation.*not found)",
)
LEVEL = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")


def complaints(log: Path) -> list[str]:
    """Return the warnings and errors of a log that are not known noise."""
    known = re.compile("|".join(KNOWN_NOISE))
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line for line in lines if LEVEL.match(line) and not known.search(line)]
