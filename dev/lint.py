"""``lint``: ruff, pylint-odoo and the form of XML files."""

import os
import subprocess
import sys

from .console import DevError, say, step
from .paths import ADDONS, ROOT, addon_folders
from .xml_format import check_file, fix_file

PYTHON_FOLDERS = ("addons", "bench", "dev", "tests", "conftest.py")


def lint() -> int:
    """Run all checks, also after one failed; report which did."""
    fix = os.environ.get("FIX") not in (None, "", "0")
    checks = {
        "ruff check": lambda: _ruff("check", *(["--fix"] if fix else [])),
        "ruff format": lambda: _ruff("format", *([] if fix else ["--check"])),
        "pylint-odoo": _pylint,
        "XML": lambda: _xml(fix),
    }
    failed = []
    for name, check in checks.items():
        with step(name):
            if not check():
                failed.append(name)
    if failed:
        raise DevError(
            f"lint found something in: {', '.join(failed)}. "
            "`make lint FIX=1` corrects most of the form."
        )
    say("lint: all is well")
    return 0


def _run(*command: str) -> bool:
    return not subprocess.run(command, cwd=ROOT, check=False).returncode


def _ruff(*arguments: str) -> bool:
    folders = [name for name in PYTHON_FOLDERS if (ROOT / name).exists()]
    return _run(sys.executable, "-m", "ruff", *arguments, "--quiet", *folders)


def _pylint() -> bool:
    folders = [str(path.relative_to(ROOT)) for path in addon_folders()]
    if not folders:
        return True
    return _run(sys.executable, "-m", "pylint", "--rcfile=setup.cfg", *folders)


def _xml(fix: bool) -> bool:
    problems = []
    for path in sorted(ADDONS.rglob("*.xml")):
        if "lib" in path.relative_to(ADDONS).parts:
            continue
        if fix:
            fix_file(path)
        problems += check_file(path, path.relative_to(ROOT).as_posix())
    for problem in problems:
        say(problem)
    return not problems
