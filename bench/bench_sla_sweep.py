"""The sweep: a million clocks that wait, a thousand of which are due.

The thousand breach, and one escalation tells their assignees. Mails are written but
not sent: what a mail server takes is not ours.
"""

from unittest.mock import patch

import generator
import service_levels
import timing

from odoo.tools import SQL

TICKETS, CLOCKS, DUE, ASSIGNEES, ROUNDS = 200_000, 1_000_000, 1_000, 30, 5
HOURS = 4


def bench_policy(name):
    """Return one of this benchmark's policies; made on the first call."""
    Policy = env["itsm.sla.policy"].with_context(active_test=False)
    found = Policy.search([("name", "=", name)])
    if not found:
        found = service_levels.policy(
            env, name, "sla", {"resolution": {False: HOURS}}, calendar_source="always"
        )
        # Their clocks are made here; the desk's other benchmarks go without.
        found.active = False
    return found


def ensure_waiting(policy):
    """See that a million clocks wait for a moment that is a year away."""
    Clock = env["itsm.sla.clock"]
    if Clock.search_count([("policy_id", "=", policy.id)]) >= CLOCKS:
        return
    env.cr.execute(
        SQL(
            """
            INSERT INTO itsm_sla_clock (
                res_model, res_id, policy_id, policy_version_id, company_id, kind,
                metric, spell, state, is_unfinished, priority, started_at, deadline,
                warning_at, next_at, budget, elapsed, create_date
            )
            SELECT 'itsm.ticket', ticket.id, %(policy)s, %(version)s, company_id, 'sla',
                   'resolution', spell, 'running', TRUE, priority, opened_at, moment,
                   moment, moment, %(budget)s, 0, opened_at
              FROM (SELECT *, row_number() OVER (ORDER BY id) AS place
                      FROM itsm_ticket ORDER BY id LIMIT %(tickets)s) AS ticket
             CROSS JOIN generate_series(1, %(spells)s) AS spell
             CROSS JOIN LATERAL (
                 SELECT now() AT TIME ZONE 'UTC' + interval '1 year'
                        + (place * %(spells)s + spell) * interval '10 seconds' AS moment
             ) AS later
            ON CONFLICT DO NOTHING
            """,
            policy=policy.id,
            version=policy.current_version_id.id,
            budget=HOURS * 3600,
            tickets=TICKETS,
            spells=CLOCKS // TICKETS,
        )
    )
    env.cr.commit()
    env.cr.execute("ANALYZE itsm_sla_clock")


def ensure_assignees():
    """Return the agents that have the tickets that are due."""
    Users = env["res.users"].with_context(no_reset_password=True)
    found = Users.search([("login", "like", "bench-assignee-%")])
    return found or Users.create(
        [
            {
                "name": f"Bench Assignee {n}",
                "login": f"bench-assignee-{n}",
                "email": f"bench-assignee-{n}@example.com",
                "group_ids": [(4, env.ref("itsm_helpdesk.group_itsm_agent").id)],
            }
            for n in range(ASSIGNEES)
        ]
    )


def make_due(policy, assignees):
    """Give a thousand tickets a clock whose time has just run out.

    Rows and events are what the engine would have left there four hours ago.
    """
    env["itsm.sla.clock"]._as_engine().search([("policy_id", "=", policy.id)]).unlink()
    facts = {
        "tickets": tuple(due_tickets.ids),
        "policy": policy.id,
        "version": policy.current_version_id.id,
        "hours": HOURS,
        "users": assignees.ids,
        "assignees": len(assignees),
    }
    env.cr.execute(
        SQL(
            """
            DELETE FROM itsm_sla_event
             WHERE res_model = 'itsm.ticket' AND res_id IN %(tickets)s;
            UPDATE itsm_ticket
               SET user_id = (%(users)s)[1 + place %% %(assignees)s],
                   opened_at = date_trunc('second', now() AT TIME ZONE 'UTC')
                               - %(hours)s * interval '1 hour'
                               - (1 + place %% 60) * interval '1 second',
                   sla_state = 'running', sla_deadline = NULL
              FROM (SELECT id AS found, row_number() OVER (ORDER BY id) AS place
                      FROM itsm_ticket WHERE id IN %(tickets)s) AS spread
             WHERE id = found;
            INSERT INTO itsm_sla_event (res_model, res_id, at, kind, data, create_date)
            SELECT 'itsm.ticket', id, opened_at, 'opened',
                   jsonb_build_object('priority', priority, 'team', team_id,
                                      'user', user_id, 'supplier', NULL),
                   opened_at
              FROM itsm_ticket WHERE id IN %(tickets)s;
            INSERT INTO itsm_sla_clock (
                res_model, res_id, policy_id, policy_version_id, company_id, kind,
                metric, spell, state, is_unfinished, priority, started_at, deadline,
                warning_at, next_at, budget, elapsed, create_date
            )
            SELECT 'itsm.ticket', id, %(policy)s, %(version)s, company_id, 'sla',
                   'resolution', 0, 'running', TRUE, priority, opened_at, moment,
                   opened_at + %(hours)s * interval '45 minutes', moment,
                   %(hours)s * 3600, 0, opened_at
              FROM (SELECT *, opened_at + %(hours)s * interval '1 hour' AS moment
                      FROM itsm_ticket WHERE id IN %(tickets)s) AS ticket;
            """,
            **facts,
        )
    )
    env.cr.commit()
    env.invalidate_all()


def sweep():
    """Do what the scheduled job does."""
    env["itsm.sla.clock"]._cron_sweep()


def sweep_due():
    """Return the seconds of a sweep that has a thousand clocks to work off."""
    make_due(due_policy, assignees)
    taken = timing.seconds(sweep)
    env.invalidate_all()
    clocks = env["itsm.sla.clock"].search([("policy_id", "=", due_policy.id)])
    if len(clocks.filtered("breached").fired_ids) != DUE:
        raise AssertionError("The sweep did not work off what was due.")
    return taken


def plan_of_sweep():
    """Return which index finds the clocks that are due."""
    env.cr.execute(
        """
        EXPLAIN SELECT id FROM itsm_sla_clock
         WHERE next_at IS NOT NULL AND next_at <= now() AT TIME ZONE 'UTC'
         ORDER BY next_at, id LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED
        """
    )
    return " ".join(line.strip() for (line,) in env.cr.fetchall())


generator.ensure_tickets(env, TICKETS)
ensure_waiting(bench_policy("Bench waiting"))
due_policy, assignees = bench_policy("Bench due"), ensure_assignees()
if not due_policy.escalation_ids:
    due_policy.escalation_ids = [
        (0, 0, {"name": "Time is up", "amount": 100, "notify_assignee": True})
    ]
env.cr.commit()
due_tickets = env["itsm.ticket"].search(
    [("state", "in", ("new", "in_progress"))], order="id desc", limit=DUE
)
with patch("odoo.addons.mail.models.mail_mail.MailMail.send_after_commit"):
    sweep_due()
    times = timing.by_turns(
        {"due": sweep_due, "idle": lambda: timing.seconds(sweep)}, ROUNDS
    )
results["clocks"] = env["itsm.sla.clock"].search_count([])
results["due"], results["assignees"] = DUE, ASSIGNEES
results["sweep_due_ms"] = round(times["due"])
results["sweep_idle_ms"] = round(times["idle"], 2)
results["us_per_due_clock"] = round(times["due"] * 1000 / DUE)
results["partial_index"] = "itsm_sla_clock_due_idx" in plan_of_sweep()
