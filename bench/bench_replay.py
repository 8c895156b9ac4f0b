"""The ServiceNow ledger as service-level clocks: imported with its history, replayed.

Needs the publicly available event log of 600 incidents (UCI data set 498) in the form
that the profile “ServiceNow incidents” reads; ``ITSM_SERVICENOW_CSV`` says where it
is. Nothing of the run stays in the database.
"""

import csv
import json
import os
import time
from collections import Counter
from pathlib import Path

from odoo.fields import Command

ROOT = Path(__file__).resolve().parents[1]
LEDGER = Path(
    os.environ.get("ITSM_SERVICENOW_CSV")
    or ROOT.parent / "shared" / "data" / "servicenow_incident_events.csv"
)
# Priority and hours of the policy “resolution”.
TARGETS = (("1", 4), ("2", 8), ("3", 24), ("4", 72))


def timed(action):
    """Return the seconds that ``action`` takes, with all it writes."""
    env.invalidate_all()
    start = time.perf_counter()
    action()
    env.flush_all()
    return round(time.perf_counter() - start, 2)


def import_ledger():
    """Import the ledger in batches, as the progress bar does, without committing."""
    profile = env.ref("itsm_helpdesk.import_profile_servicenow")
    job = env["itsm.import"]._start(profile, LEDGER.read_bytes(), LEDGER.name)
    job.action_plan()
    while not job.apply_next()["finished"]:
        pass


def replay(tickets):
    """Make the clocks anew from nothing but the events."""
    Clock = env["itsm.sla.clock"]
    Clock._of(tickets).unlink()
    env.registry.clear_all_caches()
    return timed(lambda: Clock._follow(tickets, match="renew"))


def explained(tickets):
    """Return every clock of tickets, minute by minute, as bytes."""
    clocks = env["itsm.sla.clock"]._of(tickets).sorted("res_id")
    return json.dumps([*clocks._explained().values()], sort_keys=True).encode()


def kept_in_file():
    """Return ``{number: whether the file says that the target was kept}``."""
    with LEDGER.open(encoding="utf-8", newline="") as lines:
        return {
            row["number"]: row["made_sla"] == "TRUE" for row in csv.DictReader(lines)
        }


def measure():
    """Import, replay twice, compare."""
    Ticket, Clock = env["itsm.ticket"], env["itsm.sla.clock"]
    # Only our own policy is to be seen.
    env["itsm.sla.policy"].search([]).active = False
    env["itsm.sla.policy"].create(
        {
            "name": "Resolution",
            "res_model": "itsm.ticket",
            "target_ids": [
                Command.create(
                    {"metric": "resolution", "priority": level, "hours": hours}
                )
                for level, hours in TARGETS
            ],
        }
    )
    kept = kept_in_file()
    if Ticket.search_count([("number", "in", [*kept])]):
        results["skipped"] = "The ledger was imported into this database already."
        return
    results["import_with_history_s"] = timed(import_ledger)
    tickets = Ticket.search([("number", "in", [*kept])])
    results["incidents"] = len(tickets)
    results["events"] = env["itsm.sla.event"].search_count(
        [("res_model", "=", "itsm.ticket"), ("res_id", "in", tickets.ids)]
    )
    told = [explained(tickets)]
    for name in ("replay_s", "second_replay_s"):
        results[name] = replay(tickets)
        told.append(explained(tickets))
    results["replays_identical"] = len(set(told)) == 1
    clocks = Clock._of(tickets)
    results["paused_hours_total"] = round(sum(clocks.mapped("paused")) / 3600)
    numbers = {ticket.id: ticket.number for ticket in tickets}
    table = Counter((kept[numbers[clock.res_id]], clock.state) for clock in clocks)
    results["made_sla_of_file_beside_ours"] = {
        f"file {'kept' if made else 'missed'}, ours {state}": table[made, state]
        for made in (True, False)
        for state in ("met", "breached")
    }


if LEDGER.is_file():
    measure()
    env.cr.rollback()
else:
    results["skipped"] = f"{LEDGER.name} is not there"
