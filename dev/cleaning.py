"""Remove what the developer commands made; standard library only."""

import shutil
from pathlib import Path

from .console import say
from .paths import DEV, ROOT

CACHES = (".pytest_cache", ".ruff_cache", ".hypothesis")


def remove_dev_folder(*more: Path) -> int:
    """Remove the ignored folder, further folders and the tools' caches."""
    caches = [ROOT / name for name in CACHES]
    caches += [
        path
        for part in ("addons", "bench", "dev", "tests", "")
        for path in (ROOT / part).glob("**/__pycache__" if part else "__pycache__")
    ]
    for folder in (*more, DEV, *caches):
        if folder.exists():
            shutil.rmtree(folder)
            if folder.name != "__pycache__":
                say(f"removed {folder}")
    return 0
