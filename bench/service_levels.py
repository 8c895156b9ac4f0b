"""Service levels for benchmarks: working hours with holidays, policies."""

from datetime import timedelta

from odoo import fields

# Hours by priority, as desks promise them.
RESPONSE_HOURS = {"1": 1, "2": 2, "3": 4, "4": 8}
RESOLUTION_HOURS = {"1": 4, "2": 8, "3": 24, "4": 40}


def working_hours(env):
    """Return 40 hours a week with lunch breaks, and ten holidays a year."""
    calendar = env["resource.calendar"].create(
        {"name": "Bench Hours", "tz": "Europe/Berlin", "company_id": env.company.id}
    )
    today = fields.Datetime.now().replace(hour=0, minute=0, second=0)
    env["resource.calendar.leaves"].create(
        [
            {
                "name": f"Holiday {n}",
                "calendar_id": calendar.id,
                "date_from": today + timedelta(days=36 * n),
                "date_to": today + timedelta(days=36 * n, hours=23, minutes=59),
            }
            for n in range(-10, 20)
        ]
    )
    return calendar


def policy(env, name, kind, hours_of_metric, **values):
    """Create a policy for tickets.

    :param hours_of_metric: ``{metric: {priority: hours}}``
    """
    return env["itsm.sla.policy"].create(
        {
            "name": name,
            "kind": kind,
            "res_model": "itsm.ticket",
            "target_ids": [
                (0, 0, {"metric": metric, "priority": priority, "hours": hours})
                for metric, by_priority in hours_of_metric.items()
                for priority, hours in by_priority.items()
            ],
            **values,
        }
    )
