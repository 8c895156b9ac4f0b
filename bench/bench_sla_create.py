"""What service levels cost: a ticket with two SLA clocks and one OLA clock, and
the same with the policies archived."""

import generator
import service_levels
import timing

ROUNDS, BATCH_ROUNDS, BATCH = 11, 3, 100

generator.ensure_tickets(env, 200)
agent = generator.agent(env)
env.cr.commit()
desk = env.ref("itsm_helpdesk.desk_it")
desk.resource_calendar_id = service_levels.working_hours(env)
partner = env["itsm.ticket"].search([], limit=1, order="id").partner_id
policies = service_levels.policy(
    env,
    "Bench promise",
    "sla",
    {
        "response": service_levels.RESPONSE_HOURS,
        "resolution": service_levels.RESOLUTION_HOURS,
    },
) | service_levels.policy(
    env, "Bench turn", "ola", {"resolution": service_levels.RESOLUTION_HOURS}
)
env.flush_all()


def create(count):
    """Register tickets as an agent does."""
    tickets = (
        env["itsm.ticket"]
        .with_user(agent)
        .create(
            [
                {"name": f"Bench {n}", "desk_id": desk.id, "partner_id": partner.id}
                for n in range(count)
            ]
        )
    )
    # What a commit does before it: notes and mails about changed fields.
    env.cr.flush()
    return tickets


def measured(active, action):
    """Return a function that times ``action`` with or without clocks.

    Archiving empties caches, so one round goes before that does not count.

    :param action: function that gets new tickets ready and returns what to time
    """

    def measure():
        policies.write({"active": active})
        env.flush_all()
        action()()
        timed = action()
        env.invalidate_all()
        return timing.seconds(timed)

    return measure


def creating(count):
    """Return what to time: creating tickets."""
    return lambda: create(count)


def resolving():
    """Return what to time: resolving a ticket."""
    ticket = create(1)

    def resolve():
        ticket.resolve("solved", "Done.")
        env.cr.flush()

    return resolve


def compare(name, action, rounds):
    """Measure an action with and without clocks, by turns."""
    times = timing.by_turns(
        {"with": measured(True, action), "without": measured(False, action)}, rounds
    )
    results[f"{name}_with_clocks_ms"] = round(times["with"], 1)
    results[f"{name}_without_ms"] = round(times["without"], 1)
    results[f"{name}_ratio"] = round(times["with"] / times["without"], 2)


policies.write({"active": True})
results["clocks"] = len(create(1).sudo().clock_ids)
compare("create_1", lambda: creating(1), ROUNDS)
compare("create_100", lambda: creating(BATCH), BATCH_ROUNDS)
compare("resolve_1", resolving, ROUNDS)
# Mails to requesters cost most of it; without them the clocks weigh more.
env["itsm.stage"].search([]).mail_template_id = False
compare("create_1_silent", lambda: creating(1), ROUNDS)
compare("create_100_silent", lambda: creating(BATCH), BATCH_ROUNDS)
compare("resolve_1_silent", resolving, ROUNDS)
env.cr.rollback()
