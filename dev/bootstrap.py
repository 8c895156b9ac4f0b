"""Make the project's virtual environment; runs on the system's Python."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .console import DevError, lock, run_logged, run_or_fail, step
from .paths import DEV, LOGS, REQUIREMENTS, ROOT, VENV, VENV_PYTHON

OLDEST_PYTHON = (3, 10)
NEWEST_PYTHON = (3, 13)
# Where the calling environment's own Odoo is, handed to the virtual environment.
FOUND_ODOO = "ITSM_FOUND_ODOO"


def in_venv() -> bool:
    """Tell whether this process already is the project's environment."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def run_in_venv(arguments: list[str]) -> None:
    """Prepare the environment if needed and continue this command inside it."""
    environment = dict(os.environ)
    found = _importable_odoo()
    if found:
        environment[FOUND_ODOO] = str(found)
    ensure_venv()
    os.chdir(ROOT)
    os.execve(VENV_PYTHON, [str(VENV_PYTHON), "-m", "dev", *arguments], environment)


def ensure_venv() -> None:
    """Create or refresh the virtual environment; instant when nothing changed."""
    DEV.mkdir(parents=True, exist_ok=True)
    stamp = VENV / "itsm-stamp"
    if _is_current(stamp):
        return
    with lock("venv"):
        if _is_current(stamp):
            return
        if not _is_healthy():
            shutil.rmtree(VENV, ignore_errors=True)
            with step("Creating a virtual environment"):
                _create(_suitable_python())
        with step("Installing the pinned Python packages"):
            run_or_fail(
                _pip() + ["install", "--progress-bar=off", "-r", REQUIREMENTS],
                LOGS / "pip.log",
                "Installing the Python packages failed. Check that pip can reach "
                "its package index and try again.",
                describe=_describe_pip,
            )
        stamp.write_text(_requirements_hash(), encoding="utf-8")


def _requirements_hash() -> str:
    return hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()


def _is_current(stamp: Path) -> bool:
    return (
        stamp.is_file()
        and stamp.read_text(encoding="utf-8") == _requirements_hash()
        and _is_healthy()
    )


def _is_healthy() -> bool:
    """Tell whether the environment's interpreter exists and has not moved."""
    config = VENV / "pyvenv.cfg"
    return VENV_PYTHON.exists() and config.is_file() and _belongs_here()


def _belongs_here() -> bool:
    # A moved or copied checkout keeps scripts that start the old interpreter.
    activate = VENV / "bin" / "activate"
    return activate.is_file() and str(VENV) in activate.read_text(encoding="utf-8")


def _pip() -> list:
    if (VENV / "bin" / "pip").exists():
        command = [VENV_PYTHON, "-m", "pip"]
    else:
        command = [sys.executable, "-m", "pip", "--python", VENV_PYTHON]
    return [*command, "--disable-pip-version-check", "--no-input"]


def _create(python: str) -> None:
    """Create the environment, also where Debian split ``ensurepip`` away."""
    log = LOGS / "venv.log"
    if not run_logged([python, "-m", "venv", VENV], log):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if shutil.which("virtualenv"):
        if not run_logged(["virtualenv", "-q", "-p", python, VENV], log):
            return
    elif not (
        run_logged([python, "-m", "pip", "--version"], log)
        or run_logged([python, "-m", "venv", "--without-pip", VENV], log)
    ):
        return
    raise DevError(
        "This Python cannot make virtual environments. Install the package "
        "python3-venv (apt-get install python3-venv) or virtualenv and try again."
    )


def _suitable_python() -> str:
    """Return an interpreter that Odoo 19 supports."""
    if OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        return sys.executable
    for minor in range(NEWEST_PYTHON[1], OLDEST_PYTHON[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and not subprocess.run([found, "-c", ""], check=False).returncode:
            return found
    raise DevError(
        f"Odoo 19 needs Python {'.'.join(map(str, OLDEST_PYTHON))} to "
        f"{'.'.join(map(str, NEWEST_PYTHON))}; this is "
        f"{sys.version.split()[0]}. Install one of them and call "
        "make with PYTHON=python3.x."
    )


def _describe_pip(line: str) -> str | None:
    words = line.split()
    if line.startswith(("Collecting", "Installing", "Building")) and len(words) > 1:
        return " ".join(words[:2])
    return None


def _importable_odoo() -> Path | None:
    """Return the folder that makes ``odoo`` importable in the caller's Python."""
    try:
        spec = importlib.util.find_spec("odoo")
    except (ImportError, ValueError):
        return None
    for location in (spec.submodule_search_locations or []) if spec else []:
        if (Path(location) / "release.py").is_file():
            return Path(location).parent
    return None
