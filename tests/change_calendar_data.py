"""Changes, outages and windows of one month for ``test_browser_change_calendar.py``.

Runs in an Odoo shell of the live server's database: ``make(env)``. Everything happens
in May 2031: far from what else is planned, so that the calendar shows only this.
"""

from datetime import datetime, timedelta

from people_data import make_people

QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_notrack": True}
# Shanghai is eight hours ahead: 22:00 there is 14:00 UTC, of the same day.
ZONE = "Asia/Shanghai"
PEOPLE = [
    ("change-cal", "Cleo Calendar", "itsm_change.group_change_coordinator"),
]


def make(env):
    """Make a coordinator, changes in several states, and windows."""
    env = env(context=dict(env.context, **QUIET))
    user = make_people(env, PEOPLE, tz=ZONE)["change-cal"]
    change = make_changes(env, user)
    make_windows(env)
    env.cr.commit()
    return change


def make_changes(env, user):
    """Make changes at 22:00 local time, two hours each."""
    rows = [
        ("Renew the switch", 6, {}, "assess"),
        ("Move the mailboxes", 13, {"has_outage": True}, "scheduled"),
        ("Patch the firewall", 20, {}, "implement"),
    ]
    changes = env["itsm.change"]
    for name, day, vals, state in rows:
        start = datetime(2031, 5, day, 14)
        change = changes.create(
            {
                "name": name,
                "planned_start": start,
                "planned_end": start + timedelta(hours=2),
                "implementer_id": user.id,
                "coordinator_id": user.id,
                **vals,
            }
        )
        change._write_system({"state": state})
        changes |= change
    draft = changes.create({"name": "Replace the core", "implementer_id": user.id})
    return changes | draft


def make_windows(env):
    """Make a freeze of five days and a maintenance window of one evening."""
    windows = env["itsm.change.window"].create(
        [
            {
                "name": "Quarter closing",
                "kind": "freeze",
                "start": datetime(2031, 5, 25, 16),
                "end": datetime(2031, 5, 30, 16),
                "tz": ZONE,
            },
            {
                "name": "Monday evening",
                "kind": "maintenance",
                "start": datetime(2031, 5, 5, 10),
                "end": datetime(2031, 5, 5, 16),
                "tz": ZONE,
                # For items that there are none of: it binds nothing here.
                "scope": "domain",
                "domain": "[('name', '=', 'No such item')]",
            },
        ]
    )
    windows._ensure_horizon(datetime(2031, 6, 30))
