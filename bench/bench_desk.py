"""The desk's hot paths: creating, listing, the overview, a transition.

What matters are the ratios within one run: a batch beside single calls, and the list
of a large desk beside that of a small one.
"""

import statistics
import time

import generator

ROUNDS = 7
SMALL, LARGE = 2_000, 200_000
LIST_FIELDS = {
    name: {} for name in ("number", "name", "priority", "state", "opened_at", "due_at")
} | {
    name: {"fields": {"display_name": {}}}
    for name in ("partner_id", "department_id", "team_id", "user_id", "stage_id")
}
OPEN = [("state", "in", ("new", "approval", "in_progress", "pending"))]


def median_ms(action, rounds=ROUNDS):
    """Return the median time of ``action`` in milliseconds, after one warm-up."""
    times = []
    for _round in range(rounds + 1):
        env.invalidate_all()
        start = time.perf_counter()
        action()
        env.flush_all()
        times.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(times[1:]), 1)


def ticket_values(count):
    """Return values for ``count`` tickets as an agent registers them."""
    return [
        {"name": f"Bench {n}", "desk_id": desk.id, "partner_id": partner.id}
        for n in range(count)
    ]


def measure_list(prefix):
    """Measure what an agent opens all day, for the present number of tickets."""
    Ticket = env["itsm.ticket"].with_user(user)
    results[f"{prefix}_list_80_ms"] = median_ms(
        lambda: Ticket.web_search_read(OPEN, LIST_FIELDS, limit=80)
    )
    results[f"{prefix}_mine_ms"] = median_ms(
        lambda: Ticket.web_search_read(
            [*OPEN, ("user_id", "=", user.id)], LIST_FIELDS, limit=80
        )
    )
    results[f"{prefix}_overview_ms"] = median_ms(
        lambda: env["itsm.desk"].with_user(user).search([]).read(["open_count"])
    )
    Mine = env["itsm.ticket"].with_user(requester)
    results[f"{prefix}_portal_list_ms"] = median_ms(
        lambda: (
            Mine.search_count([]),
            Mine.search([], order="requester_update_at desc, id desc", limit=20).read(
                ["number", "name", "state"]
            ),
        )
    )


results["small_tickets"] = generator.ensure_tickets(env, SMALL)
user, requester = generator.agent(env), generator.requester(env)
# The widest scope, which costs requesters most.
env.ref("itsm_helpdesk.desk_it").portal_scope = "department"
env.cr.commit()
desk = env.ref("itsm_helpdesk.desk_it")
partner = env["itsm.ticket"].search([], limit=1, order="id").partner_id
if results["small_tickets"] < LARGE:
    measure_list("small")
results["large_tickets"] = generator.ensure_tickets(env, LARGE)
measure_list("large")
if "small_list_80_ms" in results:
    results["list_large_to_small"] = round(
        results["large_list_80_ms"] / results["small_list_80_ms"], 2
    )

Ticket = env["itsm.ticket"].with_user(user)
one = median_ms(lambda: Ticket.create(ticket_values(1)))
hundred = median_ms(lambda: Ticket.create(ticket_values(100)), rounds=3)
results["create_1_ms"], results["create_100_ms"] = one, hundred
results["create_100_to_100_singles"] = round(hundred / (100 * one), 2)
tickets = iter(Ticket.create(ticket_values(ROUNDS + 1)))
results["resolve_1_ms"] = median_ms(lambda: next(tickets).resolve("solved", "Done."))
env.cr.rollback()
