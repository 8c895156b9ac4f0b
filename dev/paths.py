"""Where things are: the checkout and the ignored folder beside it."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDONS = ROOT / "addons"
DEV = Path(os.environ.get("ITSM_DEV_DIR") or ROOT / ".dev").absolute()
VENV = DEV / "venv"
VENV_PYTHON = VENV / "bin" / "python"
LOGS = DEV / "logs"
DATA = DEV / "data"
LOCKS = DEV / "locks"
SCREENSHOTS = DEV / "screenshots"
PICTURES = ROOT / "docs" / "images"
DIST = DEV / "dist"
REQUIREMENTS = ROOT / "dev" / "requirements.txt"


def addon_folders() -> list[Path]:
    """Return the addons of this project, sorted by name."""
    return sorted(path.parent for path in ADDONS.glob("*/__manifest__.py"))


def addon_names() -> list[str]:
    """Return the technical names of this project's addons."""
    return [path.name for path in addon_folders()]
