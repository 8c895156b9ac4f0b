from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# A long transaction's revisions appear after those of short ones; so far back a run
# looks again.
OVERLAP = timedelta(days=2)


class ItsmCiAuditRule(models.Model):
    """Finds changes of what is controlled that nothing covered."""

    _inherit = "itsm.ci.audit.rule"

    @api.model
    def _covering_models(self):
        """Return the models under which controlled things may be changed."""
        return ["itsm.ci.event"]

    @api.model
    def _covered(self, revision):
        """Return the condition on which a revision was made under what covers it.

        Addons that know more of what they cover extend this.

        :param revision: name of the revision's row in the query
        """
        return SQL(
            "%(row)s.res_id IS NOT NULL"
            " AND COALESCE(%(row)s.res_model, '') = ANY(%(models)s)",
            row=SQL.identifier(revision),
            models=self._covering_models(),
        )

    def _run_changes(self, items=None):
        """Open findings for uncovered revisions; close those that were undone."""
        outcome = self._close_undone(items)
        outcome["opened"] += self._open_uncovered(items)["opened"]
        return outcome

    def _open_uncovered(self, items=None):
        """Open a finding for each revision that nothing covered."""
        scope = self._scope_domain()
        if items is not None:
            scope &= Domain("id", "in", items.ids)
        # Retired items were changed as well: archived ones are looked at too.
        looked_at = self.env["itsm.ci"].with_context(active_test=False)._search(scope)
        since = self.watched_from
        if self.last_run and items is None:
            since = max(since, self.last_run - OVERLAP)
        return self._execute_run(
            SQL(
                """
                WITH uncovered AS (
                    SELECT r.id, r.ci_id, jsonb_object_agg(c.key, c.value) AS details
                      FROM itsm_ci_revision r
                      JOIN itsm_ci ci ON ci.id = r.ci_id
                      JOIN itsm_ci_class k ON k.id = ci.class_id
                CROSS JOIN LATERAL jsonb_each(r.changes) c(key, value)
                     WHERE r.at >= %(since)s
                       AND r.kind = 'changed'
                       AND jsonb_typeof(r.changes) = 'object'
                       AND NOT (%(covered)s)
                       AND r.ci_id IN %(looked_at)s
                       AND (c.key = ANY(%(names)s)
                            OR %(with_attributes)s AND EXISTS (
                                SELECT 1
                                  FROM itsm_ci_attribute a
                                  JOIN itsm_ci_class o ON o.id = a.class_id
                                 WHERE a.is_controlled
                                   AND c.key = 'attributes.' || a.key
                                   AND k.parent_path LIKE o.parent_path || '%%'))
                  GROUP BY r.id, r.ci_id
                ), opened AS (
                    INSERT INTO itsm_ci_finding
                           (rule_id, ci_id, class_id, company_id, severity, state,
                            user_id, found_at, due_date, times_found, revision_id,
                            details, create_uid, create_date, write_uid, write_date)
                    SELECT %(rule)s, ci.id, ci.class_id, ci.company_id, %(severity)s,
                           'open', %(person)s, %(now)s, %(due)s, 1, c.id, c.details,
                           %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM uncovered c
                      JOIN itsm_ci ci ON ci.id = c.ci_id
                 %(people)s
                        ON CONFLICT DO NOTHING
                 RETURNING id
                )
                SELECT 'opened', id FROM opened
                """,
                since=since,
                covered=self._covered("r"),
                looked_at=looked_at.subselect(),
                names=self.field_ids.mapped("name"),
                with_attributes=self.with_attributes,
                **self._run_values(),
            )
        )

    def _close_undone(self, items=None):
        """Close findings whose values were all put back, or set anew under cover.

        Accepted ones whose time is over are open again.
        """
        here = SQL("TRUE") if items is None else SQL("f.ci_id = ANY(%s)", items.ids)
        return self._execute_run(
            SQL(
                """
                WITH closed AS (
                    UPDATE itsm_ci_finding f
                       SET state = 'fixed', fixed_at = %(now)s, write_date = %(now)s
                      FROM itsm_ci_revision seen
                     WHERE f.rule_id = %(rule)s
                       AND f.state IN ('open', 'accepted')
                       AND %(here)s
                       AND seen.id = f.revision_id
                       AND NOT EXISTS (
                           SELECT 1
                             FROM jsonb_each(f.details) c(key, value)
                            WHERE NOT EXISTS (
                                SELECT 1
                                  FROM itsm_ci_revision later
                                 WHERE later.ci_id = f.ci_id
                                   AND (later.at, later.id) > (seen.at, seen.id)
                                   AND jsonb_exists(later.changes, c.key)
                                   AND (later.changes -> c.key -> 1 = c.value -> 0
                                        OR %(covered)s)))
                 RETURNING f.id
                ), reopened AS (
                    UPDATE itsm_ci_finding f
                       SET state = 'open', due_date = %(due)s, accepted_until = NULL,
                           write_date = %(now)s
                     WHERE f.rule_id = %(rule)s
                       AND %(here)s
                       AND f.state = 'accepted'
                       AND f.accepted_until < %(today)s
                       AND f.id NOT IN (SELECT id FROM closed)
                 RETURNING f.id
                )
                SELECT 'closed', id FROM closed
                 UNION ALL SELECT 'opened', id FROM reopened
                """,
                here=here,
                covered=self._covered("later"),
                **self._run_values(),
            )
        )
