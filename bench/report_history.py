"""Three years of a large organisation's desks, for reports: made in SQL, quickly."""

from odoo.tools import SQL

DAYS = 3 * 365
_PLACES = 40
_DEPARTMENTS = 45
_CATEGORIES = 40
_SERVICES = 60
_AGENTS = 40
# Of ten tickets, six are the IT desk's.
_DESKS = ("IT", "Facilities", "Logistics", "Administration")


def ensure(env, count):
    """Make sure that there are ``count`` tickets with all that reports are made of.

    :return: the manager of the desk with the most tickets
    """
    manager = _manager(env)
    have = env["itsm.ticket"].search_count([("number", "=like", "HIST%")])
    if have < count:
        _insert(env, _cast(env, manager), have, count)
        env.cr.commit()
    return manager


def _manager(env):
    Users = env["res.users"].with_context(no_reset_password=True)
    return Users.search([("login", "=", "bench-manager")]) or Users.create(
        {
            "name": "Bench Manager",
            "login": "bench-manager",
            "email": "bench-manager@example.com",
            "group_ids": [(4, env.ref("itsm_helpdesk.group_itsm_manager").id)],
        }
    )


def _cast(env, manager):
    """Return ``{name: ids}`` of what tickets are about and who has them."""
    made = {"manager": manager.ids}
    Users = env["res.users"].with_context(no_reset_password=True)
    agents = Users.search([("login", "=like", "bench-history-%")]) or Users.create(
        [
            {
                "name": f"Engineer {n}",
                "login": f"bench-history-{n}",
                "email": f"bench-history-{n}@example.com",
                "group_ids": [(4, env.ref("itsm_helpdesk.group_itsm_agent").id)],
            }
            for n in range(_AGENTS)
        ]
    )
    desks = _desks(env, manager)
    made["agents"] = agents.ids
    made["desks"] = desks.ids
    made["teams"] = []
    for place, desk in enumerate(desks):
        desk.team_ids[0].member_ids = [
            (4, agent.id) for agent in agents[place :: len(desks)]
        ]
        made["teams"].append(desk.team_ids[0].id)
    made["places"] = _named(env, "itsm.location", "Ward", _PLACES)
    made["departments"] = _named(env, "hr.department", "Department", _DEPARTMENTS)
    made["categories"] = _named(env, "itsm.category", "Kind", _CATEGORIES)
    made["services"] = _named(
        env,
        "itsm.service",
        "Service",
        _SERVICES,
        lambda n: {"desk_id": desks[n % 4].id},
    )
    partners = env["res.partner"].search([], limit=50)
    made["partners"] = partners.ids
    env.flush_all()
    return made


def _desks(env, manager):
    """Return the desk of the product, and three more with a team each."""
    first = env.ref("itsm_helpdesk.desk_it")
    first.manager_ids = [(4, manager.id)]
    desks = first
    for name in _DESKS[1:]:
        desk = env["itsm.desk"].search([("name", "=", f"Bench {name}")])
        if not desk:
            desk = env["itsm.desk"].create(
                {"name": f"Bench {name}", "alias_name": f"bench-{name.lower()}"}
            )
            env["itsm.team"].create({"name": f"{name} Team", "desk_id": desk.id})
        desks |= desk
    return desks


def _named(env, model, word, count, values=lambda n: {}):
    found = env[model].search([("name", "=like", f"{word} H%")])
    return (
        found
        or env[model].create(
            [{"name": f"{word} H{n:02}", **values(n)} for n in range(count)]
        )
    ).ids


def _insert(env, cast, have, count):
    facts = {
        **{name: list(ids) for name, ids in cast.items()},
        "have": have,
        "count": count,
        "days": DAYS,
        "step": DAYS * 86400.0 / count,
        "closed": env.ref("itsm_helpdesk.stage_closed").id,
        "open": env.ref("itsm_helpdesk.stage_in_progress").id,
        "policy": _policy(env).id,
        "version": _policy(env).current_version_id.id,
        "model": env["ir.model"]._get("itsm.ticket").id,
        "reason": str(env["itsm.pending.reason"].search([], limit=1).id),
    }
    for query in (_TICKETS, _CLOCKS, _STRETCHES, _RATINGS, _TASKS):
        env.cr.execute(SQL(query, **facts))
        env.cr.commit()
    if "itsm.visit" in env:
        env.cr.execute(SQL(_VISITS, **facts))
    for table in ("itsm_ticket", "itsm_sla_clock", "itsm_sla_segment", "itsm_task"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()


def _policy(env):
    Policy = env["itsm.sla.policy"].with_context(active_test=False)
    name = "Bench of reports"
    return Policy.search([("name", "=", name)]) or Policy.create(
        {
            "name": name,
            "active": False,
            "res_model": "itsm.ticket",
            "kind": "sla",
            "calendar_source": "always",
            "target_ids": [
                (0, 0, {"metric": "response", "hours": 1, "measure": "working"}),
                (0, 0, {"metric": "resolution", "hours": 8, "measure": "working"}),
            ],
        }
    )


# Numbers that look like chance and are the same each time.
_TICKETS = """
    WITH pace AS (
        SELECT n,
               (n::bigint * 7919) %% 1000003 AS a,
               (n::bigint * 104729) %% 1000033 AS b,
               date_trunc('second', now() AT TIME ZONE 'UTC')
                   - (%(count)s - n) * %(step)s * interval '1 second' AS opened
          FROM generate_series(%(have)s + 1, %(count)s) n
    ),
    chosen AS (
        SELECT *,
               CASE WHEN a %% 10 < 6 THEN 1 ELSE 2 + a %% 3 END AS desk,
               opened + (1 + b %% 240) * interval '1 minute' AS answered,
               opened + (1 + b %% 90) * interval '37 minutes' AS solved,
               n > %(count)s * 0.99 AND b %% 2 = 0 AS is_open
          FROM pace
    )
    INSERT INTO itsm_ticket (
        number, name, type, state, stage_id, priority, impact, urgency, desk_id,
        team_id, user_id, service_id, category_id, location_id, department_id,
        partner_id, company_id, opened_at, first_response_at, resolved_at, closed_at,
        active, reopen_count, reassignment_count, affected_count, create_date,
        write_date
    )
    SELECT 'HIST' || lpad(n::text, 8, '0'),
           'Something that people told the desk, number ' || n,
           (ARRAY['incident', 'request', 'incident', 'inquiry'])[1 + a %% 4],
           CASE WHEN is_open THEN 'in_progress' ELSE 'closed' END,
           CASE WHEN is_open THEN %(open)s ELSE %(closed)s END,
           (1 + b %% 4)::text, '2', '2',
           (%(desks)s)[desk], (%(teams)s)[desk],
           (%(agents)s)[1 + (a %% 10) * 4 + desk - 1],
           (%(services)s)[1 + (b %% 15) * 4 + desk - 1],
           (%(categories)s)[1 + b %% 40],
           (%(places)s)[1 + a %% 40],
           (%(departments)s)[1 + b %% 45],
           (%(partners)s)[1 + a %% array_length(%(partners)s, 1)],
           desk_row.company_id, opened, answered,
           CASE WHEN NOT is_open THEN solved END,
           CASE WHEN NOT is_open THEN solved + interval '2 days' END,
           TRUE, (a %% 20 = 0)::int, 0, 1, opened, opened
      FROM chosen
      JOIN itsm_desk desk_row ON desk_row.id = (%(desks)s)[desk]
"""
_CLOCKS = """
    INSERT INTO itsm_sla_clock (
        res_model, res_id, policy_id, policy_version_id, company_id, kind, metric,
        spell, state, is_unfinished, breached, adjusted_breached, relaxed, priority,
        started_at, deadline, stopped_at, budget, elapsed, paused, waived, create_date
    )
    SELECT 'itsm.ticket', t.id, %(policy)s, %(version)s, company_id, 'sla', metric, 0,
           CASE WHEN stopped IS NULL THEN 'running'
                WHEN used > budget THEN 'breached' ELSE 'met' END,
           stopped IS NULL, used > budget, used > budget, FALSE, priority, opened_at,
           opened_at + budget * interval '1 second', stopped, budget, used,
           600, 0, opened_at
      FROM itsm_ticket t
     CROSS JOIN LATERAL (VALUES
           ('response', 7200, t.first_response_at),
           ('resolution', 115200, t.resolved_at)
     ) promise (metric, budget, stopped)
     CROSS JOIN LATERAL (
           SELECT EXTRACT(EPOCH FROM COALESCE(stopped, opened_at) - opened_at)::int
                      AS used
     ) spent
     WHERE t.number LIKE 'HIST%%'
    ON CONFLICT DO NOTHING
"""
_STRETCHES = """
    INSERT INTO itsm_sla_segment (
        clock_id, team_id, user_id, phase, cause, start, "end", working
    )
    SELECT c.id, t.team_id, t.user_id, phase,
           CASE phase WHEN 'paused' THEN %(reason)s END,
           c.started_at, c.stopped_at, c.elapsed / 3
      FROM itsm_sla_clock c
      JOIN itsm_ticket t ON t.id = c.res_id
     CROSS JOIN (VALUES ('running'), ('paused'), ('running')) stretch (phase)
     WHERE c.policy_id = %(policy)s AND c.metric = 'resolution'
       AND c.stopped_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM itsm_sla_segment s WHERE s.clock_id = c.id)
"""
_RATINGS = """
    INSERT INTO rating_rating (
        res_model_id, res_model, res_id, partner_id, rating, consumed, create_date,
        write_date
    )
    SELECT %(model)s, 'itsm.ticket', id, partner_id, 1 + id %% 5, TRUE, closed_at,
           closed_at
      FROM itsm_ticket t
     WHERE number LIKE 'HIST%%' AND id %% 7 = 0 AND closed_at IS NOT NULL
       AND NOT EXISTS (
           SELECT FROM rating_rating r
            WHERE r.res_model = 'itsm.ticket' AND r.res_id = t.id
       )
"""
_TASKS = """
    INSERT INTO itsm_task (
        name, ticket_id, ticket_desk_id, desk_id, company_id, team_id, user_id, state,
        on_failure, ready_at, done_at, planned_hours, is_required, create_date
    )
    SELECT 'Do it', id, desk_id, desk_id, company_id, team_id, user_id,
           CASE WHEN resolved_at IS NULL THEN 'todo' ELSE 'done' END,
           'stop', opened_at, resolved_at, 1, TRUE, opened_at
      FROM itsm_ticket t
     WHERE number LIKE 'HIST%%' AND id %% 5 = 0
       AND NOT EXISTS (SELECT FROM itsm_task k WHERE k.ticket_id = t.id)
"""
_VISITS = """
    INSERT INTO itsm_visit (
        ticket_id, ticket_desk_id, desk_id, company_id, team_id, user_id, location_id,
        state, planned_minutes, minutes, parts_cost, labour_cost, started_at, ended_at,
        create_date
    )
    SELECT id, desk_id, desk_id, company_id, team_id, user_id, location_id,
           'done', 30, 10 + id %% 100, id %% 30, 10 + id %% 50, opened_at, resolved_at,
           opened_at
      FROM itsm_ticket t
     WHERE number LIKE 'HIST%%' AND id %% 6 = 0 AND resolved_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM itsm_visit v WHERE v.ticket_id = t.id)
"""
