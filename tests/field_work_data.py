"""A technician and the day's work for ``test_browser_field_work.py``.

Runs in an Odoo shell of the live server's database: ``make(env)``.
"""

from datetime import timedelta

from people_data import make_people

from odoo import fields

AGENT = "itsm_helpdesk.group_itsm_agent"
PEOPLE = [
    ("field-tech", "Theo Technician", AGENT),
    ("field-mate", "Mo Mate", AGENT),
    ("field-nurse", "Nina Nurse", "base.group_portal"),
]


def make(env):
    """Make a desk with its places, and what is broken there."""
    people = make_people(env, PEOPLE)
    workers = people["field-tech"] | people["field-mate"]
    desk = env["itsm.desk"].create({"name": "House Services", "alias_name": "house"})
    team = env["itsm.team"].create(
        {
            "name": "Plumbers",
            "desk_id": desk.id,
            "line": "2",
            "member_ids": [(6, 0, workers.ids)],
        }
    )
    kitchen, cellar = env["itsm.location"].create(
        [
            {"name": "Kitchen", "note": "The porter has the key."},
            {"name": "Cellar"},
        ]
    )
    env["product.product"].create(
        [
            {"name": "Tap washer", "type": "consu", "standard_price": 2.5},
            {"name": "Tap, complete", "type": "consu", "standard_price": 40},
        ]
    )
    common = {
        "desk_id": desk.id,
        "team_id": team.id,
        "partner_id": people["field-nurse"].partner_id.id,
        "phone": "+49 30 1234",
    }
    now = fields.Datetime.now()
    rows = [
        ("Pipe leaks under the sink", kitchen, now - timedelta(hours=1)),
        ("Dishwasher stands still", kitchen, now + timedelta(minutes=1)),
        ("Pump is loud", cellar, False),
        ("Valve is stuck", cellar, False),
        ("Paint the wall", cellar, now + timedelta(days=9)),
    ]
    tickets = env["itsm.ticket"].create(
        [
            {**common, "name": name, "location_id": place.id, "due_at": due}
            for name, place, due in rows
        ]
    )
    env["itsm.task"].create(
        {
            "name": "Close the main valve",
            "ticket_id": tickets[3].id,
            "team_id": team.id,
            "check_ids": [(0, 0, {"name": "The ward was told"})],
        }
    )
    env.cr.commit()
