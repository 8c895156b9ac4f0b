"""Services, forms and approvals for the benchmark of the catalogue."""

from odoo.fields import Command

_WORDS = (
    "Laptop",
    "Printer",
    "Badge",
    "Meeting room",
    "Seal",
    "Car",
    "Account",
    "Phone",
)
_KEYWORDS = ("notebook, 电脑, 笔记本", "打印机", "门禁, 工牌", "会议室", "用印, 盖章")


def ensure_services(env, count):
    """Make sure that there are at least ``count`` published services."""
    desk = env.ref("itsm_helpdesk.desk_it")
    have = env["itsm.service"].search_count([("state", "=", "published")])
    services = env["itsm.service"].create(
        [
            {
                "name": f"{_WORDS[n % len(_WORDS)]} {n}",
                "description": f"Service number {n} of the benchmark.",
                "keywords": _KEYWORDS[n % len(_KEYWORDS)],
                "desk_id": desk.id,
                "question_ids": [Command.create({"name": "What?", "type": "char"})],
            }
            for n in range(have, count)
        ]
    )
    services.action_publish()
    env.cr.commit()
    return env["itsm.service"].search_count([("state", "=", "published")])


def form_service(env, questions):
    """Return a published service whose form asks so many questions."""
    kinds = ("char", "number", "date", "choice", "boolean", "text")
    service = env["itsm.service"].create(
        {
            "name": f"Form with {questions} questions",
            "desk_id": env.ref("itsm_helpdesk.desk_it").id,
            "question_ids": [
                Command.create(
                    {
                        "sequence": n,
                        "key": f"k{n}",
                        "name": f"Question {n}",
                        "type": kinds[n % len(kinds)],
                        "option_ids": [
                            Command.create({"key": "a", "name": "A"}),
                            Command.create({"key": "b", "name": "B"}),
                        ]
                        if kinds[n % len(kinds)] == "choice"
                        else [],
                        "shown_if": {
                            "match": "all",
                            "rules": [
                                {"question": "k0", "op": "is_set", "value": None}
                            ],
                        }
                        if n
                        else False,
                    }
                )
                for n in range(questions)
            ],
        }
    )
    service.action_publish()
    return service


def form_answers(questions):
    """Return an answer for each question of ``form_service``."""
    values = ("text", "12", "2026-12-24", "a", "on", "a longer text")
    return {f"k{n}": values[n % len(values)] for n in range(questions)}


def approvals(env, service, approver, requester, count):
    """Return new approvals of so many requests, all for ``approver`` to decide."""
    policy = env["itsm.approval.policy"].create(
        {
            "name": "Bench",
            "res_model": "itsm.ticket",
            "step_ids": [
                Command.create(
                    {
                        "name": "One step",
                        "line_ids": [
                            Command.create(
                                {
                                    "name": "Agent",
                                    "approver_type": "user",
                                    "user_ids": [Command.set(approver.ids)],
                                    "rule": "any",
                                }
                            )
                        ],
                    }
                )
            ],
        }
    )
    service.approval_policy_id = policy
    service.action_publish()
    tickets = env["itsm.ticket"].create(
        [
            {
                "name": f"Approve {n}",
                "type": "request",
                "desk_id": service.desk_id.id,
                "service_id": service.id,
                "partner_id": requester.partner_id.id,
            }
            for n in range(count)
        ]
    )
    env.cr.precommit.run()
    return tickets.approval_id


def home(env):
    """Read all that the portal's home shows, as its controller does."""
    Service, Ticket = env["itsm.service"], env["itsm.ticket"]
    favourites = Service._portal_favourites()
    often = Service._portal_often(besides=favourites)
    env["itsm.announcement"]._portal_rows()
    Ticket._portal_waits()
    favourites._portal_cards(favourites)
    often._portal_cards(favourites)
    Service._portal_categories()
    domain = Ticket._portal_mine_domain() & Ticket._portal_open_domain()
    found = Ticket.search(domain, order="requester_update_at desc, id desc", limit=5)
    found._portal_rows_with_bars()
    Ticket.search_count(domain)
