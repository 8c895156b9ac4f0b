"""The catalogue's hot paths: the portal's home, a long form, many approvals at once.

The home is measured with few and with many services and tickets, sending beside a
request without a form, and deciding 200 approvals in one click beside one at a time.
"""

import statistics
import time

import generator
from catalogue import approvals, ensure_services, form_answers, form_service, home

ROUNDS = 7
SERVICES, TICKETS = 500, 20_000
APPROVALS = 200


def median_ms(action, rounds=ROUNDS):
    """Return the median time of ``action`` in milliseconds, after one warm-up."""
    times = []
    for _round in range(rounds + 1):
        env.flush_all()
        env.invalidate_all()
        start = time.perf_counter()
        action()
        env.flush_all()
        times.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(times[1:]), 1)


def measure_home(prefix):
    """Measure what staff open first, and what they type there."""
    Service = env["itsm.service"].with_user(requester)
    results[f"{prefix}_home_ms"] = median_ms(lambda: home(Service.env))
    results[f"{prefix}_suggest_ms"] = median_ms(
        lambda: Service._portal_suggestions("laptop")
    )
    results[f"{prefix}_suggest_chinese_ms"] = median_ms(
        lambda: Service._portal_suggestions("电脑坏了")
    )


generator.ensure_tickets(env, 200)
requester = generator.requester(env)
user = generator.agent(env)
env.ref("itsm_helpdesk.desk_it").portal_scope = "department"
results["small_services"] = ensure_services(env, 20)
measure_home("small")
results["services"] = ensure_services(env, SERVICES)
results["tickets"] = generator.ensure_tickets(env, TICKETS)
generator.give_to_department(env, requester, TICKETS)
env.cr.commit()
measure_home("large")
results["home_large_to_small"] = round(
    results["large_home_ms"] / results["small_home_ms"], 2
)

service = form_service(env, questions=30)
plain = form_service(env, questions=0)
answers = form_answers(30)
Ticket = env["itsm.ticket"].with_user(requester)
Service = env["itsm.service"].with_user(requester)
results["submit_30_questions_ms"] = median_ms(
    lambda: Ticket._request_submit(Service.browse(service.id), answers)
)
results["submit_no_question_ms"] = median_ms(
    lambda: Ticket._request_submit(Service.browse(plain.id), {})
)
results["submit_30_to_none"] = round(
    results["submit_30_questions_ms"] / results["submit_no_question_ms"], 2
)


def decide_ms(count, at_once):
    """Return the milliseconds for deciding ``count`` new approvals."""
    waiting = approvals(env, service, user, requester, count)
    env.flush_all()
    env.invalidate_all()
    mine = waiting.with_user(user)
    start = time.perf_counter()
    for part in [mine] if at_once else mine:
        part.vote("approve")
    env.flush_all()
    env.cr.precommit.run()
    return (time.perf_counter() - start) * 1000


results["approve_200_at_once_ms"] = round(decide_ms(APPROVALS, at_once=True))
results["approve_20_singly_ms"] = round(decide_ms(20, at_once=False))
results["approve_at_once_to_singly"] = round(
    results["approve_200_at_once_ms"] / (10 * results["approve_20_singly_ms"]), 2
)
env.cr.rollback()
