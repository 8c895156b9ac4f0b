"""How large a service file and its parts may be."""

from __future__ import annotations

MAX_BYTES = 32 * 1024 * 1024
# A picture before it is written as base64.
MAX_PICTURE_BYTES = 4 * 1024 * 1024
# Braces within braces; conditions in columns of tables need the most.
MAX_DEPTH = 40
# Braces and commas, counted before the file is read: reading takes memory for each.
MAX_GROUPS = 500_000
MAX_COMMAS = 2_000_000

MAX_PROBLEMS = 50

MAX_SERVICES = 5_000
MAX_ROWS = 2_000
MAX_LINE = 20_000
MAX_TEXT = 200_000
