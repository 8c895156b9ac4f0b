"""``bench``: run the scripts of ``bench/`` and keep what they measured."""

import importlib
import json
import os
import platform
import sys
from datetime import datetime, timezone
from pathlib import Path

from . import databases
from .console import DevError, run_logged, say, step, tail
from .paths import LOGS, ROOT
from .runner import Workbench, prepare

DATABASE = "itsm_bench"
SCRIPTS = ROOT / "bench"
RESULTS = SCRIPTS / "results"
# Each script runs like one piped into `make shell`, and fills `results`.
WRAPPER = """\
import json, sys
sys.path.insert(0, {folder!r})
results = {{}}
with open({script!r}, encoding="utf-8") as source:
    code = compile(source.read(), {script!r}, "exec")
exec(code, globals() | {{"env": env, "results": results, "__file__": {script!r}}})
with open({output!r}, "w", encoding="utf-8") as target:
    json.dump(results, target)
"""


def bench(*names: str) -> int:
    """Run all benchmarks, or those whose names are given."""
    scripts = [
        path
        for kind in ("bench", "compare")
        for path in sorted(SCRIPTS.glob(f"{kind}_*.py"))
        if not names or _name(path) in names
    ]
    if not scripts:
        raise DevError(
            "There is no such benchmark; they are bench/bench_*.py and compare_*.py."
        )
    workbench = prepare()
    if any(_is_shell_script(path) for path in scripts):
        _ensure_database(workbench)
    RESULTS.mkdir(exist_ok=True)
    failed = [path.stem for path in scripts if not _run(workbench, path)]
    if failed:
        raise DevError(f"These benchmarks failed: {', '.join(failed)}")
    return 0


def _ensure_database(workbench: Workbench) -> None:
    """Keep the data of earlier runs unless the addons changed or FRESH is set."""
    databases.ensure_template(workbench)
    current = databases.read_stamp(workbench, DATABASE)
    if os.environ.get("FRESH") or current != databases.fingerprint(workbench):
        with step("Creating the benchmark database"):
            databases.clone(workbench, databases.TEMPLATE, DATABASE)


def _name(path: Path) -> str:
    return path.stem.partition("_")[2]


def _is_shell_script(path: Path) -> bool:
    """Tell it from one that compares products, which have databases of their own."""
    return path.stem.startswith("bench_")


def _run(workbench: Workbench, path: Path) -> bool:
    if _is_shell_script(path):
        results = _run_in_shell(workbench, path)
    else:
        sys.path.insert(0, str(SCRIPTS))
        results = importlib.import_module(path.stem).compare(workbench)
    if results is None:
        return False
    for key, value in results.items():
        say(f"   {key}: {value}")
    report = _circumstances(workbench) | {"results": results}
    target = RESULTS / f"{_name(path)}.json"
    target.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return True


def _run_in_shell(workbench: Workbench, path: Path) -> dict | None:
    """Return what a script measured in an Odoo shell; None if it failed."""
    raw = LOGS / f"{path.stem}.json"
    raw.unlink(missing_ok=True)
    log = LOGS / f"{path.stem}.log"
    with step(path.stem):
        code = run_logged(
            workbench.command("shell", "-d", DATABASE, "--no-http", "--log-level=warn"),
            log,
            env=workbench.environment(),
            stdin=WRAPPER.format(
                folder=str(SCRIPTS), script=str(path), output=str(raw)
            ),
        )
    if code or not raw.is_file():
        say(tail(log))
        return None
    return json.loads(raw.read_text(encoding="utf-8"))


def _circumstances(workbench: Workbench) -> dict:
    """Return what a result depends on beside our own code."""
    with databases.session(workbench, "postgres") as cursor:
        cursor.execute("SHOW server_version")
        postgresql = cursor.fetchone()[0]
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "odoo": workbench.odoo.version,
        "postgresql": postgresql,
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
    }
