"""Audits the configuration items, and writes how good their records used to be."""

from __future__ import annotations

from datetime import date

_DAYS = 120
# Records were worse: so many percent of them had a gap more at the beginning.
_WORSE = 9


def load_quality(env, today: date) -> int:
    """Run the audit rules, and write the scores of the days before; return findings."""
    env["itsm.ci.audit.rule"].search([("kind", "!=", "attestation")]).action_run()
    env.flush_all()
    # The scores of today, a little worse with each day back, and not evenly.
    env.cr.execute(
        """
        INSERT INTO itsm_ci_score
               (date, class_id, department_id, owner_id, company_id, total, healthy,
                score, create_uid, create_date, write_uid, write_date)
        SELECT past.date, class_id, department_id, owner_id, company_id, total,
               past.healthy, past.healthy * 100.0 / total,
               create_uid, create_date, write_uid, write_date
          FROM itsm_ci_score AS score
         CROSS JOIN generate_series(1, %(days)s) AS back,
               LATERAL (SELECT score.date - back AS date,
                               GREATEST(0, score.healthy - ROUND(
                                   score.total * %(worse)s / 100.0 * back / %(days)s
                                   * (0.8 + (score.id * 7 + back * 11) %% 5 * 0.1)
                               ))::int AS healthy) AS past
         WHERE score.date = %(today)s
        """,
        {"days": _DAYS, "worse": _WORSE, "today": today},
    )
    env["itsm.ci.score"].invalidate_model()
    return env["itsm.ci.finding"].search_count([("state", "=", "open")])
