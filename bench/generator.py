"""Data for benchmarks and load tests: many tickets, quickly."""

from odoo.tools import SQL

_SEEDS = 200


def ensure_tickets(env, count):
    """Make sure that the database holds at least ``count`` tickets.

    A few are made through the ORM; the rest are copies in SQL with numbers, dates and
    assignees of their own, four in five of them closed, as on a desk some years old.

    :return: number of tickets
    """
    Ticket = env["itsm.ticket"]
    have = Ticket.search_count([])
    if have < _SEEDS:
        _make_seeds(env)
        have = Ticket.search_count([])
    if have < count:
        _copy(env, count - have)
        env.cr.execute("ANALYZE itsm_ticket")
    env.cr.commit()
    return Ticket.search_count([])


def agent(env):
    """Return the agent that benchmarks act as; made on the first call."""
    Users = env["res.users"]
    user = Users.search([("login", "=", "bench-agent")])
    if not user:
        user = Users.with_context(no_reset_password=True).create(
            {
                "name": "Bench Agent",
                "login": "bench-agent",
                "email": "bench-agent@example.com",
                "group_ids": [(4, env.ref("itsm_helpdesk.group_itsm_agent").id)],
            }
        )
        env.ref("itsm_helpdesk.team_it_line1").member_ids = [(4, user.id)]
    return user


def requester(env):
    """Return the portal user that benchmarks act as; made on the first call."""
    Users = env["res.users"]
    user = Users.search([("login", "=", "bench-requester")])
    if not user:
        department = env["hr.department"].create({"name": "Bench Department"})
        partner = env["itsm.ticket"].search([], limit=1, order="id").partner_id
        user = Users.with_context(no_reset_password=True).create(
            {
                "login": "bench-requester",
                "partner_id": partner.id,
                "group_ids": [(6, 0, [env.ref("base.group_portal").id])],
            }
        )
        env["hr.employee"].create(
            {
                "name": partner.name,
                "work_contact_id": partner.id,
                "department_id": department.id,
            }
        )
    return user


def _make_seeds(env):
    desk = env.ref("itsm_helpdesk.desk_it")
    partners = env["res.partner"].create(
        [{"name": f"Requester {n}", "email": f"r{n}@example.com"} for n in range(50)]
    )
    agent(env)
    env["itsm.ticket"].with_context(tracking_disable=True).create(
        [
            {
                "name": f"Something is broken {n}",
                "desk_id": desk.id,
                "partner_id": partners[n % len(partners)].id,
                "impact": str(1 + n % 3),
                "urgency": str(1 + n // 3 % 3),
            }
            for n in range(_SEEDS)
        ]
    )
    env.flush_all()


def _copy(env, count):
    """Copy the seeds in SQL until there are ``count`` more tickets."""
    own = {"id", "number", "opened_at", "stage_id", "state", "resolved_at", "closed_at"}
    columns = [
        name
        for name, field in env["itsm.ticket"]._fields.items()
        if field.store and field.column_type and name not in own
    ]
    closed = env.ref("itsm_helpdesk.stage_closed").id
    names = SQL(", ").join(SQL.identifier(name) for name in columns)
    env.cr.execute(
        SQL(
            """
            WITH seed AS (
                SELECT *, row_number() OVER (ORDER BY id) - 1 AS place
                  FROM itsm_ticket ORDER BY id LIMIT %(seeds)s
            )
            INSERT INTO itsm_ticket (number, opened_at, stage_id, state, closed_at,
                                     %(names)s)
            SELECT 'BENCH' || lpad((n + %(start)s)::text, 9, '0'),
                   now() AT TIME ZONE 'UTC' - n * interval '3 minutes',
                   CASE WHEN n %% 5 = 0 THEN stage_id ELSE %(closed)s END,
                   CASE WHEN n %% 5 = 0 THEN state ELSE 'closed' END,
                   CASE WHEN n %% 5 = 0 THEN NULL
                        ELSE now() AT TIME ZONE 'UTC' - n * interval '2 minutes' END,
                   %(names)s
              FROM generate_series(1, %(count)s) n
              JOIN seed ON seed.place = n %% %(seeds)s
            """,
            seeds=_SEEDS,
            start=env["itsm.ticket"].search_count([]),
            closed=closed,
            names=names,
            count=count,
        )
    )
    env.invalidate_all()


def give_to_department(env, requester, count):
    """Make the newest tickets those of the requester's department."""
    employee = env["hr.employee"].search(
        [("work_contact_id", "=", requester.partner_id.id)], limit=1
    )
    services = env["itsm.service"].search([("state", "=", "published")]).ids
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            UPDATE itsm_ticket
               SET department_id = %(department)s,
                   service_id = (%(services)s::int[])[1 + id %% %(length)s]
             WHERE id IN (
                SELECT id FROM itsm_ticket ORDER BY id DESC LIMIT %(count)s
             )
            """,
            department=employee.department_id.id,
            services=services,
            length=len(services),
            count=count,
        )
    )
    env.cr.execute("ANALYZE itsm_ticket")
    env.invalidate_all()
