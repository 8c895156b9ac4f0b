"""People and tickets for ``test_browser_dashboard.py``.

Runs in an Odoo shell of the live server's database: ``make(env)`` prints what the test
needs to know, as JSON.
"""

import json

AGENT = "itsm_helpdesk.group_itsm_agent"
PEOPLE = [
    ("board-agent", "Doris Agent", AGENT),
    ("board-other", "Oscar Agent", AGENT),
    ("board-nobody", "Nora Nobody", "base.group_user"),
]


def make(env):
    """Make two desks with tickets, some of them late and some of one department."""
    Users = env["res.users"].with_context(no_reset_password=True)
    agent, other, _nobody = Users.create(
        [
            {
                "name": name,
                "login": login,
                "password": login,
                "email": f"{login}@example.com",
                "tz": "UTC",
                "group_ids": [(6, 0, [env.ref(group).id])],
            }
            for login, name, group in PEOPLE
        ]
    )
    ward = env["hr.department"].create({"name": "Dashboard Ward"})
    desks = [make_desk(env, name, user) for name, user in (("B", agent), ("C", other))]
    for desk, count in zip(desks, (5, 3), strict=True):
        for number in range(count):
            env["itsm.ticket"].create(
                {
                    "name": f"Ticket {number} of {desk.name}",
                    "desk_id": desk.id,
                    "team_id": desk.team_ids.id,
                    "department_id": ward.id if number < 2 else False,
                    "due_at": "2020-01-01 00:00:00" if number == 0 else False,
                }
            )
    env["itsm.ticket"].search([("desk_id", "=", desks[0].id)], limit=1).user_id = agent
    for fact in ("itsm.ticket.report", "itsm.sla.report", "itsm.workload.report"):
        env[fact]._fact_refresh()
    board = env.ref("spreadsheet_dashboard_itsm.dashboard_service_desk")
    env.cr.commit()
    print(json.dumps({"board": board.id, "desk": desks[0].id, "department": ward.id}))


def make_desk(env, name, user):
    """Return a desk whose one team is one person."""
    desk = env["itsm.desk"].create({"name": f"Dashboard Desk {name}"})
    team = env["itsm.team"].create(
        {"name": "Line", "desk_id": desk.id, "line": "1", "member_ids": user.ids}
    )
    desk.default_team_id = team
    return desk
