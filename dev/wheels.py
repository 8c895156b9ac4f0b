"""``wheels``: build each addon as an installable wheel."""

import shutil
import subprocess
import sys

from .console import DevError, run_or_fail, say, step
from .paths import DIST, LOGS, ROOT, addon_folders


def wheels() -> int:
    """Build all addons with whool into the ignored folder."""
    # whool takes the version's last part from the history.
    history = ["git", "-C", str(ROOT), "rev-parse", "-q", "--verify", "HEAD"]
    if (
        not shutil.which("git")
        or subprocess.run(history, capture_output=True, check=False).returncode
    ):
        raise DevError(
            "Building wheels needs git and a checkout with at least one commit."
        )
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir(parents=True)
    for folder in addon_folders():
        if not (folder / "pyproject.toml").is_file():
            raise DevError(
                f"{folder.name} has no pyproject.toml; copy another addon's."
            )
        with step(f"Building {folder.name}"):
            run_or_fail(
                [sys.executable, "-m", "pip", "wheel", "--no-deps"]
                + ["--no-build-isolation", "--disable-pip-version-check"]
                + ["-w", DIST, folder],
                LOGS / f"wheel-{folder.name}.log",
                f"The wheel of {folder.name} could not be built.",
            )
    for wheel in sorted(DIST.glob("*.whl")):
        say(str(wheel.relative_to(ROOT) if wheel.is_relative_to(ROOT) else wheel))
    return 0
