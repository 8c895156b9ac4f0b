"""People, desks and services for ``test_browser_front_office.py``.

Runs in an Odoo shell of the live server's database: ``make(env)``.
"""

from people_data import make_people

PEOPLE = [
    ("fo-agent", "Paula Phone", "itsm_helpdesk.group_itsm_agent"),
    ("fo-it", "Ivan Computers", "itsm_helpdesk.group_itsm_agent"),
    ("fo-nurse", "Nadia Nurse", "base.group_portal"),
    ("fo-doctor", "Dora Doctor", "base.group_portal"),
]
TEXT = {"what": "What leaks?", "much": "How much water?"}


def make(env):
    """Make two desks, a service of each, and two people who call."""
    people = make_staff(env)
    house = make_house(env, people["fo-agent"])
    it_team = env.ref("itsm_helpdesk.team_it_line1")
    it_team.member_ids = [(4, people["fo-it"].id)]
    (house | it_team.desk_id).portal_published = True
    leak = make_services(env, house, it_team.desk_id)
    make_articles(env, house, leak)
    env.cr.commit()


def make_staff(env):
    """Return ``{login: user}``, two of them with a telephone and a department."""
    people = make_people(env, PEOPLE)
    ward = env["hr.department"].create({"name": "Ward Nine"})
    env["hr.employee"].create(
        [
            {
                "name": people[login].name,
                "work_contact_id": people[login].partner_id.id,
                "work_phone": phone,
                "work_email": people[login].email,
                "department_id": ward.id,
            }
            for login, phone in [
                ("fo-nurse", "+49 30 5550 7702"),
                ("fo-doctor", "+49 30 5550 7703"),
            ]
        ]
    )
    return people


def make_house(env, agent):
    """Return the desk of the house, with its team and its places."""
    desk = env["itsm.desk"].create({"name": "House and Grounds"})
    team = env["itsm.team"].create(
        {"name": "House Line", "desk_id": desk.id, "member_ids": [(4, agent.id)]}
    )
    desk.default_team_id = team
    ward = env["itsm.location"].create({"name": "Ward Nine", "kind": "floor"})
    env["itsm.location"].create({"name": "Room 901", "parent_id": ward.id})
    return desk


def make_services(env, house, it_desk):
    """Return a service of the house with questions, beside one of computers."""
    options = [("tap", "A tap"), ("pipe", "A pipe")]
    shown_if = {
        "match": "all",
        "rules": [{"question": "what", "op": "equals", "value": "pipe"}],
    }
    questions = [
        {
            "type": "choice",
            "key": "what",
            "option_ids": [(0, 0, {"key": key, "name": name}) for key, name in options],
        },
        {"type": "char", "key": "much", "shown_if": shown_if},
    ]
    services = env["itsm.service"].create(
        [
            {
                "name": "Water leak",
                "code": "fo-leak",
                "desk_id": house.id,
                "ticket_type": "incident",
                "keywords": "pipe tap drip flood",
                "details": "<p>Close the red valve first.</p>",
                "question_ids": [
                    (
                        0,
                        0,
                        {
                            **question,
                            "sequence": number,
                            "name": TEXT[question["key"]],
                            "required": True,
                        },
                    )
                    for number, question in enumerate(questions)
                ],
            },
            {
                "name": "Screen repair",
                "code": "fo-screen",
                "desk_id": it_desk.id,
                "ticket_type": "incident",
                "question_ids": [
                    (0, 0, {"key": "words", "type": "text", "name": "What is wrong?"})
                ],
            },
        ]
    )
    services.action_publish()
    return services[0]


def make_articles(env, house, leak):
    """Publish what is known of leaks: of the house, for all and for other agents."""
    articles = env["itsm.article"].create(
        [
            {
                "name": "Water drips from the ceiling",
                "body": "<p>Close valve seven on the floor above.</p>",
                "desk_id": house.id,
                "service_ids": [(6, 0, leak.ids)],
            },
            {
                "name": "Xylophone is out of tune",
                "body": "<p>Ask the music room.</p>",
                "desk_id": house.id,
                "audience": "departments",
                "department_ids": [(6, 0, env["hr.department"].search([]).ids)],
            },
        ]
    )
    articles.submit_for_review()
    articles.publish()
    env["itsm.article.term"]._cron_count()
