"""People, desks and services of the catalogue for ``test_browser_catalogue.py``.

Runs in an Odoo shell of the live server's database: ``make(env)``.
"""

from people_data import make_people

TICKET = "itsm.ticket"
PEOPLE = [
    ("cat-nurse", "Nadia Nurse", "base.group_portal"),
    ("cat-head", "Henry Head", "base.group_portal"),
    ("cat-staff", "Stella Staffing", "base.group_portal"),
    ("cat-it", "Ivan Computers", "itsm_helpdesk.group_itsm_agent"),
    ("cat-house", "Hanna House", "itsm_helpdesk.group_itsm_agent"),
    ("cat-office", "Otto Office", "itsm_helpdesk.group_itsm_agent"),
    ("cat-owner", "Olivia Owner", "itsm_helpdesk.group_itsm_manager"),
]


def make(env):
    """Make a hospital in small: a ward that asks, three desks that deliver."""
    people = make_staff(env)
    desks = make_desks(env, people)
    policies = make_policies(env, people)
    make_services(env, desks, policies)
    env.cr.commit()


def make_staff(env):
    """Return ``{login: user}``, two of them in a ward with a head."""
    people = make_people(env, PEOPLE)
    head, nurse = env["hr.employee"].create(
        [
            {
                "name": people[login].name,
                "work_contact_id": people[login].partner_id.id,
                "work_phone": phone,
            }
            for login, phone in [("cat-head", "7001"), ("cat-nurse", "7002")]
        ]
    )
    ward = env["hr.department"].create({"name": "Ward Seven", "manager_id": head.id})
    (head | nurse).department_id = ward
    return people


def make_desks(env, people):
    """Return ``{key: (desk, team)}`` of three desks with an agent each."""
    owner = people["cat-owner"]
    it_team = env.ref("itsm_helpdesk.team_it_line1")
    desks = {"it": (it_team.desk_id, it_team)}
    for key, name in [("house", "House Services"), ("office", "Staff Office")]:
        desk = env["itsm.desk"].create({"name": name, "portal_published": True})
        team = env["itsm.team"].create({"name": f"{name} Team", "desk_id": desk.id})
        desk.default_team_id = team
        desks[key] = (desk, team)
    for key, (desk, team) in desks.items():
        desk.manager_ids = [(4, owner.id)]
        team.member_ids = [(4, people[f"cat-{key}"].id), (4, owner.id)]
    return desks


def make_policies(env, people):
    """Return ``{key: approval policy}`` and let one promise be given."""
    env["itsm.sla.policy"].search([]).active = False
    target = {"metric": "resolution", "measure": "elapsed", "hours": 48}
    env["itsm.sla.policy"].create(
        {
            "name": "Within two days",
            "calendar_source": "always",
            "res_model": TICKET,
            "target_ids": [(0, 0, target)],
        }
    )
    ward = {"name": "Head of the ward", "approver_type": "department_manager"}
    staffing = {
        "name": "Staffing",
        "approver_type": "user",
        "user_ids": [(6, 0, people["cat-staff"].ids)],
    }
    return {
        key: env["itsm.approval.policy"].create(
            {
                "name": key.title(),
                "res_model": TICKET,
                "step_ids": [
                    (0, 0, {"name": line["name"], "line_ids": [(0, 0, line)]})
                    for line in lines
                ],
            }
        )
        for key, lines in {"newcomers": [ward, staffing], "purchases": [ward]}.items()
    }


def make_services(env, desks, policies):
    """Make and publish what the scenarios ask for."""
    category = env["itsm.service.category"].create(
        {"name": "People of the house", "icon": "fa-users"}
    )
    account = service(
        env,
        desks["it"],
        "Computer account",
        [
            ask("last_name", "Last name"),
            ask("role", "Role in the ward system", "choice", options=ROLES),
        ],
        [{"name": "Create the account", "checks": ["Mailbox", "Ward system"]}],
        category_id=category.id,
    )
    badge = service(
        env,
        desks["house"],
        "Door badge",
        [
            ask("last_name", "Last name"),
            ask("areas", "Areas", "choices", options=AREAS),
        ],
        [{"name": "Print the badge"}],
        category_id=category.id,
    )
    phone = service(
        env,
        desks["it"],
        "Telephone",
        [ask("phone_kind", "Which telephone?", "choice", options=PHONES)],
        [{"name": "Connect the telephone"}],
        category_id=category.id,
    )
    service(
        env,
        desks["office"],
        "New Employee",
        NEWCOMER,
        [{"name": "Prepare the welcome folder"}],
        parts=[(account, "account"), (badge, "badge"), (phone, "phone")],
        keywords="onboarding, newcomer, joiner, 入职, 新员工",
        description="All that a new colleague needs on the first day.",
        subject_pattern="{service}: {first_name} {last_name}",
        approval_policy_id=policies["newcomers"].id,
        category_id=category.id,
    )
    service(
        env,
        desks["house"],
        "Armchair",
        [
            ask("room", "Room", required=True, max_length=20),
            ask("price", "Price", "money", required=True),
            ask("extras", "Extras", "table", column_ids=EXTRAS),
        ],
        [{"name": "Order the armchair"}],
        keywords="chair, seat, 椅子",
        subject_pattern="{service} for {room}",
        approval_policy_id=policies["purchases"].id,
    )
    service(
        env,
        desks["it"],
        "Guest network",
        [ask("guest", "Name of the guest", required=True)],
        [{"name": "Open the network", "server_action_id": opening(env).id}],
        keywords="wifi, visitor",
    )


def opening(env):
    """Return the server action that opens the network by itself."""
    return env["ir.actions.server"].create(
        {
            "name": "Open the guest network",
            "model_id": env["ir.model"]._get_id("itsm.task"),
            "state": "code",
            "code": "record.ticket_id.message_post("
            "body='The password is open-sesame.', message_type='comment', "
            "subtype_xmlid='mail.mt_comment')",
        }
    )


# ----------------------------------------------------------------------------
# Making services
# ----------------------------------------------------------------------------


def service(env, place, name, questions, plan, parts=(), **vals):
    """Return a new published service of a desk.

    :param place: desk and team
    :param plan: values of tasks in a row, each after the one before it
    :param parts: ``(service, key)``; ordered where the need ``key`` is ticked
    """
    desk, team = place
    made = env["itsm.service"].create(
        {
            "name": name,
            "desk_id": desk.id,
            "team_id": team.id,
            "question_ids": [
                (0, 0, {"sequence": number, **values})
                for number, values in enumerate(questions, 1)
            ],
            "order_ids": [
                (0, 0, {"child_service_id": part.id, "condition": needs(key)})
                for part, key in parts
            ],
            **vals,
        }
    )
    before = env["itsm.plan.task"]
    for step in plan:
        checks = [(0, 0, {"name": check}) for check in step.pop("checks", ())]
        before = before.create(
            {
                "service_id": made.id,
                "team_id": team.id,
                "check_ids": checks,
                "predecessor_ids": [(6, 0, before.ids)],
                **step,
            }
        )
    made.action_publish()
    return made


def ask(key, label, kind="char", options=(), **vals):
    """Return the values of a question."""
    commands = [
        (0, 0, {"key": option, "name": text, "sequence": number})
        for number, (option, text) in enumerate(dict(options).items(), 1)
    ]
    return {"key": key, "name": label, "type": kind, "option_ids": commands, **vals}


def needs(key):
    """Return the condition that a need is ticked."""
    rule = {"question": "needs", "op": "contains", "value": key}
    return {"match": "all", "rules": [rule]}


NEEDS = {"account": "Computer account", "badge": "Door badge", "phone": "Telephone"}
ROLES = {"nurse": "Nurse", "doctor": "Doctor"}
AREAS = {"house": "Main entrance", "pharmacy": "Pharmacy"}
PHONES = {"desk": "On the desk", "mobile": "Mobile"}
EXTRAS = [
    (0, 0, ask("article", "Article", required=True)),
    (0, 0, ask("count", "Count", "number", required=True)),
    (0, 0, ask("why", "What is it for, and who needs it?", "text")),
]
NEWCOMER = [
    ask("who", "Who is coming?", "section"),
    ask("first_name", "First name", required=True),
    ask("last_name", "Last name", required=True),
    ask("start", "First day", "date", required=True, has_minimum=True, minimum=0),
    ask("what", "What is needed?", "section"),
    ask("needs", "Needs", "choices", NEEDS, required=True),
    ask("role", "Role", "choice", ROLES, required=True, shown_if=needs("account")),
    ask("areas", "Areas", "choices", AREAS, required=True, shown_if=needs("badge")),
    ask(
        "phone_kind", "Which?", "choice", PHONES, required=True, shown_if=needs("phone")
    ),
]
