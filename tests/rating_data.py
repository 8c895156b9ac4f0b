"""People and finished work for ``test_browser_rating.py``.

Runs in an Odoo shell of the live server's database: ``make(env)`` prints the addresses
that the codes on papers and stickers hold, as JSON.
"""

import datetime
import json

PEOPLE = [
    ("rate-nurse", "Rosa Nurse", "base.group_portal"),
    ("rate-agent", "Artur Agent", "itsm_helpdesk.group_itsm_agent"),
    ("rate-leader", "Linda Leader", "itsm_helpdesk.group_itsm_leader"),
]


def make(env):
    """Make a desk that has finished some work, with its codes."""
    people = make_people(env)
    desk = make_desk(env, people)
    tickets = [
        make_ticket(env, desk, people, name)
        for name in ("Bed scale shows nothing", "Call bell is silent", "Lamp is dark")
    ]
    sheet = make_ticket(env, desk, people, "Monitor flickers", finish=False)
    desk._ensure_tokens()
    badge = env["itsm.rating.badge"]._for_users(people["rate-agent"])
    badge._ensure_tokens()
    made = {
        "mail": key(env, tickets[0]),
        "sheet": path_of(sheet._work_sheet_url()),
        "desk": f"/itsm/rate/desk/{desk.token}",
        "badge": f"/itsm/rate/badge/{badge.token}",
        "numbers": [ticket.number for ticket in (*tickets, sheet)],
    }
    env.cr.commit()
    print(json.dumps(made))


def make_people(env):
    """Return ``{login: user}``; passwords are the logins."""
    Users = env["res.users"].with_context(no_reset_password=True)
    users = Users.create(
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
    people = {user.login: user for user in users}
    nurse = people["rate-nurse"].partner_id
    env["hr.employee"].create(
        {"name": nurse.name, "work_contact_id": nurse.id, "work_phone": "555 7002"}
    )
    return people


def make_desk(env, people):
    """Return a desk with one team, led by the leader."""
    desk = env["itsm.desk"].create({"name": "Ward Technicians"})
    desk.default_team_id = env["itsm.team"].create(
        {
            "name": "Ward Team",
            "desk_id": desk.id,
            "member_ids": [(4, people["rate-agent"].id)],
            "leader_id": people["rate-leader"].id,
        }
    )
    return desk


def make_ticket(env, desk, people, name, finish=True):
    """Return a ticket of the nurse that the agent works on, or has solved."""
    ticket = env["itsm.ticket"].create(
        {
            "name": name,
            "desk_id": desk.id,
            "partner_id": people["rate-nurse"].partner_id.id,
            "user_id": people["rate-agent"].id,
        }
    )
    if finish:
        ticket.resolve("solved", "Repaired.")
    return ticket


def key(env, ticket):
    """Return the path of a link as a mail has it."""
    until = datetime.datetime.now() + datetime.timedelta(days=1)
    invitations, tokens = env["itsm.rating.invitation"]._issue(
        [
            {
                "ticket_id": ticket.id,
                "partner_id": ticket.partner_id.id,
                "way": "mail",
                "expires_at": until,
            }
        ]
    )
    return path_of(invitations._url(tokens[invitations.id]))


def path_of(url):
    """Return an address without the server."""
    return url[url.index("/itsm/rate/") :]
