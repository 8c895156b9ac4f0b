"""This desk beside OCA's ``helpdesk_mgmt`` with ``helpdesk_mgmt_sla``.

Each product has a database of its own on the same server and the same Odoo, made
with what it needs itself, and a process of its own (``product_side.py``). They take
turns. OCA's addons are AGPL: they are fetched to the ignored folder and only run.
"""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import timing

from dev import databases
from dev.console import DevError, run_or_fail, step
from dev.paths import DEV, LOGS
from dev.runner import write_config

PACKAGES = (
    "odoo-addon-helpdesk_mgmt==19.0.1.3.2",
    "odoo-addon-helpdesk_mgmt_sla==19.0.1.0.0.4",
)
FOLDER = DEV / "oca"
CONFIG = DEV / "odoo-oca.conf"
OURS, OCA = "itsm_bench_ours", "itsm_bench_oca"
# What is measured in how many rounds, by what stages mail to requesters: as installed
# (this desk a receipt and a solution, OCA the solution only), the same, or nothing.
MEASURED = {
    "default_mails": {"create_1": 9},
    "receipts": {"create_1": 9, "create_500": 1, "solve_1": 9, "close_1": 9},
    "silent": {
        "create_1": 9,
        "create_500": 3,
        "list_80": 15,
        "list_80_by_deadline": 15,
        "solve_1": 9,
        "close_1": 9,
    },
}


@contextlib.contextmanager
def product(workbench, kind, database, config):
    """Give a function that asks a product's own process, and returns its answer."""
    with (
        open(LOGS / f"bench-{database}.log", "w", encoding="utf-8") as log,
        subprocess.Popen(
            [sys.executable, Path(__file__).with_name("product_side.py")]
            + [kind, database],
            env=workbench.environment() | {"ODOO_RC": str(config)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):

        def ask(question):
            print(question, file=process.stdin, flush=True)
            answer = process.stdout.readline()
            if not answer:
                raise DevError(f"{question} failed in {database}; see {log.name}.")
            return json.loads(answer)

        yield ask


def compare(workbench):
    """Return medians of both products, and how many times faster ours is."""
    _ensure_ours(workbench)
    _ensure_oca(workbench)
    results = {"oca": ", ".join(PACKAGES)}
    with (
        product(workbench, "ours", OURS, workbench.config) as ours,
        product(workbench, "oca", OCA, CONFIG) as oca,
    ):
        results["ours_tickets"] = ours("prepare")
        results["oca_tickets"] = oca("prepare")
        for mails, measured in MEASURED.items():
            ours(mails), oca(mails)
            for name, rounds in measured.items():
                results[f"{name}_{mails}"] = _compare_one(name, rounds, ours, oca)
    return results


def _compare_one(name, rounds, ours, oca):
    # The first time fills caches, and tells whether a product can do it at all.
    sides = {
        side: lambda ask=ask: ask(name)
        for side, ask in (("ours", ours), ("oca", oca))
        if ask(name) is not None
    }
    times = timing.by_turns(sides, rounds)
    results = {f"{side}_ms": round(ms, 1) for side, ms in times.items()}
    if len(times) == 2:
        results["times_faster"] = round(times["oca"] / times["ours"], 2)
    return results


def _ensure_ours(workbench):
    databases.ensure_template(workbench)
    current = databases.read_stamp(workbench, OURS)
    if os.environ.get("FRESH") or current != databases.fingerprint(workbench):
        with step("Creating our database"):
            databases.clone(workbench, databases.TEMPLATE, OURS)


def _ensure_oca(workbench):
    marker = FOLDER / " ".join(PACKAGES)
    if not marker.exists():
        with step("Fetching OCA's addons"):
            run_or_fail(
                [sys.executable, "-m", "pip", "install", "--no-deps", "--upgrade"]
                + ["--disable-pip-version-check", "--target", FOLDER, *PACKAGES],
                LOGS / "bench-oca-pip.log",
                "OCA's addons could not be fetched.",
            )
        databases.drop(workbench, OCA)
        marker.touch()
    folders = [FOLDER / "odoo" / "addons", *workbench.odoo.extra_addons]
    write_config(workbench, CONFIG, addons_path=",".join(map(str, folders)))
    if os.environ.get("FRESH"):
        databases.drop(workbench, OCA)
    if OCA in databases.names(workbench):
        return
    partial = f"{OCA}_partial"
    databases.drop(workbench, partial)
    with step("Creating OCA's database"):
        workbench.run(
            ["server", "-c", str(CONFIG), "-d", partial, "-i", "helpdesk_mgmt_sla"]
            + ["--stop-after-init", "--no-http", "--max-cron-threads=0"],
            "bench-oca-install",
            "OCA's addons could not be installed.",
        )
    databases.clone(workbench, partial, OCA)
    databases.drop(workbench, partial)
