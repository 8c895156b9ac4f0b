"""Databases with our addons: build, update, clone and drop."""

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql

from .console import DevError, lock, say, step
from .odoo_source import SELFIE
from .paths import LOGS, ROOT, addon_folders, addon_names
from .runner import Workbench

TEMPLATE = "itsm_template"
DEMO = "itsm_demo"
STAMP_KEY = "itsm_dev.fingerprint"
# What Odoo reads at run time only: a change in it needs no update of a database.
RUN_TIME_ONLY = {"tests", "static", "readme", "__pycache__", "pyproject.toml"}
# Odoo compiles a page's scripts at its first visit; every copy would wait for it.
WARM_UP = """
wanted = {
    "web.assets_frontend", "web.assets_frontend_lazy", "web.assets_frontend_minimal",
    "web.assets_tests", "web.assets_web", "web.report_assets_common",
}
scripts, styles = env["ir.qweb"]._get_bundles_to_pregenarate()
for name in sorted(wanted & scripts):
    env["ir.qweb"]._get_asset_bundle(name, css=False, js=True).js()
for name in sorted(wanted & styles):
    env["ir.qweb"]._get_asset_bundle(name, css=True, js=False).css()
env.cr.commit()
"""


# The plans of the hospital are imported from the checkout.
HOSPITAL = """
import sys
sys.path.insert(0, {root!r})
from dev.hospital.build import build
build(env)
"""


@dataclass(frozen=True)
class Script:
    """What is done in a new database before it is used.

    :param folder: what it depends on; when that changes, the database is made anew
    """

    title: str
    code: str
    folder: Path


def fingerprint(bench: Workbench) -> dict:
    """Return what a database depends on: Odoo's version and each addon's hash."""
    addons = {folder.name: _hash(folder) for folder in addon_folders()}
    return {"odoo": bench.odoo.version, "addons": addons}


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not RUN_TIME_ONLY & set(relative.parts):
            digest.update(str(relative).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def ensure_template(bench: Workbench) -> Path:
    """Return the log of the test template, made or updated if need be.

    It has every addon and no demo data. Modules that install themselves do so
    here as they do for a user, so that tests meet the same neighbours.
    """
    _ensure(bench, TEMPLATE, [])
    return install_log(TEMPLATE)


def ensure_demo(bench: Workbench) -> None:
    """Make or update the demo database: the addons' demo data and a hospital.

    The hospital is written once; updates of addons leave it as it is.
    """
    _ensure(
        bench,
        DEMO,
        ["--with-demo", "--load-language=en_US,zh_CN"],
        Script(
            "Writing two years of a hospital",
            HOSPITAL.format(root=str(ROOT)),
            ROOT / "dev" / "hospital",
        ),
    )


def install_log(name: str) -> Path:
    """Return the log of a database's installation or last update."""
    return LOGS / f"install-{name}.log"


def _ensure(
    bench: Workbench, name: str, options: list[str], script: Script | None = None
) -> None:
    if not addon_names():
        raise DevError("There is no addon under addons/ yet, so nothing to install.")
    with lock(name):
        wanted, current = fingerprint(bench), read_stamp(bench, name)
        if script:
            wanted["script"] = _hash(script.folder)
        if current == wanted:
            return
        changes = _changes(current, wanted)
        if changes is None or not _update(bench, name, changes):
            _build(bench, name, options, script)
        _write_stamp(bench, name, wanted)


def _changes(current: dict | None, wanted: dict) -> tuple[list, list] | None:
    """Return the addons to update and to install, or None to build anew."""
    if not current or current["odoo"] != wanted["odoo"]:
        return None
    if current.get("script") != wanted.get("script"):
        return None
    before, after = current["addons"], wanted["addons"]
    if set(before) - set(after):
        return None
    changed = [name for name in before if before[name] != after[name]]
    return changed, sorted(set(after) - set(before))


def _update(bench: Workbench, name: str, changes: tuple[list, list]) -> bool:
    changed, added = changes
    arguments = ["server", "-d", name, "--stop-after-init", "--no-http"]
    arguments += ["--max-cron-threads=0"]
    if changed:
        arguments += ["-u", ",".join(changed)]
    if added:
        arguments += ["-i", ",".join(added)]
    log = install_log(name).stem
    try:
        with step(f"Updating {name}: {', '.join(changed + added)}"):
            bench.run(arguments, log, "")
    except DevError:
        say(f"   the update failed (see {LOGS / log}.log); making {name} anew")
        return False
    return True


def _build(
    bench: Workbench, name: str, options: list[str], script: Script | None
) -> None:
    """Build under another name and rename, so that a half-made one is never used."""
    partial = f"{name}_partial"
    drop(bench, partial)
    with step(f"Creating the database {name} with all addons"):
        bench.run(
            ["server", "-d", partial, "-i", ",".join(addon_names())]
            + ["--stop-after-init", "--no-http", "--max-cron-threads=0", *options],
            install_log(name).stem,
            f"The addons could not be installed in {name}.",
        )
    _forget_missing_script(bench, partial)
    _fill(bench, partial, script)
    drop(bench, name)
    _execute(bench, "ALTER DATABASE {} RENAME TO {}", partial, name)
    files = filestore(bench, partial)
    if files.is_dir():
        files.rename(filestore(bench, name))


def _fill(bench: Workbench, name: str, script: Script | None) -> None:
    """Run the script, and beside it compile what the web pages load."""
    with ThreadPoolExecutor(1) as beside:
        compiled = beside.submit(bench.shell, name, WARM_UP)
        if script:
            with step(script.title):
                bench.shell(name, script.code)
        with step("Compiling the web pages' scripts and styles"):
            compiled.result()


def _forget_missing_script(bench: Workbench, name: str) -> None:
    """Remove the script that Debian left out from this database's bundle.

    Each back-office page would log an error for it; products are not touched.
    """
    if bench.odoo.misses_selfie_script:
        with session(bench, name) as cursor:
            cursor.execute(
                "INSERT INTO ir_asset "
                "(name, bundle, directive, path, active, sequence) VALUES "
                "('left out by Debian', 'web.assets_backend', 'remove', %s, true, 16)",
                [SELFIE],
            )


def clone(bench: Workbench, source: str, target: str) -> None:
    """Copy a database with its files; much faster than making one."""
    drop(bench, target)
    _execute(bench, "CREATE DATABASE {} TEMPLATE {}", target, source)
    with session(bench, target) as cursor:
        cursor.execute(
            "UPDATE ir_config_parameter SET value = %s WHERE key = 'database.uuid'",
            [str(uuid.uuid4())],
        )
    files = filestore(bench, source)
    if files.is_dir():
        # Odoo never changes a stored file in place, so a hard link is a copy.
        shutil.copytree(files, filestore(bench, target), copy_function=os.link)


def drop(bench: Workbench, name: str) -> None:
    """Drop a database and its files, also when something is connected."""
    if name in names(bench):
        _execute(bench, "DROP DATABASE {} WITH (FORCE)", name)
    shutil.rmtree(filestore(bench, name), ignore_errors=True)


def filestore(bench: Workbench, name: str) -> Path:
    """Return the folder of a database's attachments."""
    return bench.data / "filestore" / name


def names(bench: Workbench) -> list[str]:
    """Return the names of all databases."""
    with session(bench, "postgres") as cursor:
        cursor.execute("SELECT datname FROM pg_database ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


@contextlib.contextmanager
def session(bench: Workbench, database: str) -> Iterator:
    """Give an autocommit cursor on a database."""
    connection = bench.database.connect(database)
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _execute(bench: Workbench, statement: str, *identifiers: str) -> None:
    with session(bench, "postgres") as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, identifiers)))


def read_stamp(bench: Workbench, name: str) -> dict | None:
    """Return the fingerprint a database was made with; None if it is not usable.

    Its files may be missing where another checkout made it on a shared server.
    """
    if name not in names(bench) or not filestore(bench, name).is_dir():
        return None
    try:
        with session(bench, name) as cursor:
            cursor.execute(
                "SELECT value FROM ir_config_parameter WHERE key = %s", [STAMP_KEY]
            )
            row = cursor.fetchone()
    except psycopg2.errors.UndefinedTable:
        return None
    return json.loads(row[0]) if row else None


def _write_stamp(bench: Workbench, name: str, value: dict) -> None:
    with session(bench, name) as cursor:
        cursor.execute(
            "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [STAMP_KEY, json.dumps(value)],
        )
