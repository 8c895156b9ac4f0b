"""Deadlines on working hours: our timeline beside Odoo's ``plan_hours``.

The timeline answers all questions, ``plan_hours`` a sample of them, spread evenly.
"""

import random
from datetime import timedelta

import service_levels
import timing

from odoo import fields

from odoo.addons.itsm_sla.tools import worktime

TICKETS, SAMPLE, ROUNDS = 100_000, 1_000, 5

calendar = service_levels.working_hours(env)
chance = random.Random(19)
year_ago = fields.Datetime.now() - timedelta(days=365)
questions = [
    (
        year_ago + timedelta(seconds=chance.randrange(365 * 86_400)),
        chance.choice([*service_levels.RESOLUTION_HOURS.values()]),
    )
    for _ticket in range(TICKETS)
]
sample = questions[:: TICKETS // SAMPLE]


def ours():
    """Compute all deadlines, from nothing."""
    env.registry.clear_all_caches()
    worktime.timeline_of.cache_clear()
    timeline = calendar._itsm_timeline(company=env.company)
    return [timeline.add(opened, hours * 3600) for opened, hours in questions]


def odoos():
    """Compute the deadlines of the sample."""
    return [
        calendar.plan_hours(hours, opened, compute_leaves=True)
        for opened, hours in sample
    ]


if ours()[:: TICKETS // SAMPLE] != odoos():
    raise AssertionError("The timeline and plan_hours answer differently.")
times = timing.by_turns(
    {"ours": lambda: timing.seconds(ours), "odoo": lambda: timing.seconds(odoos)},
    ROUNDS,
)
ours_us, odoo_us = times["ours"] * 1000 / TICKETS, times["odoo"] * 1000 / SAMPLE
results["tickets"] = TICKETS
results["timeline_ms"] = round(times["ours"], 1)
results["timeline_us_each"] = round(ours_us, 2)
results["plan_hours_sample"] = SAMPLE
results["plan_hours_us_each"] = round(odoo_us, 1)
results["timeline_times_faster"] = round(odoo_us / ours_us)
env.cr.rollback()
