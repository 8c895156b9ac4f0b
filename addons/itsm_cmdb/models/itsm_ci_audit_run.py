import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

_logger = logging.getLogger(__name__)


class ItsmCiAuditRule(models.Model):
    """Running rules: one statement for each opens, reopens and closes findings."""

    _inherit = "itsm.ci.audit.rule"

    @api.model
    def _cron_audit(self):
        """Run all rules, each in a transaction of its own, and count the score.

        A run that has to stop goes on with the rules that have waited longest.
        """
        Cron = self.env["ir.cron"]
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0)
        waiting = self.search(
            [
                ("kind", "!=", "attestation"),
                "|",
                ("last_run", "=", False),
                ("last_run", "<", today),
            ],
            order="last_run NULLS FIRST, id",
        )
        left = len(waiting)
        for rule in waiting:
            rule._run_or_note()
            left -= 1
            if not Cron._commit_progress(1, remaining=left + 1):
                return
        self.env["itsm.ci.score"]._take()
        Cron._commit_progress(1, remaining=0)

    def action_run(self):
        """Run the rules now, and say what came of it."""
        self.check_access("write")
        runnable = self.filtered(lambda rule: rule.kind != "attestation")
        if not runnable:
            raise UserError(
                self.env._("This rule only collects what people answer; it is not run.")
            )
        for rule in runnable:
            rule._run_or_note()
        self.env["itsm.ci.score"]._take()
        failed = runnable.filtered("last_error")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if failed else "success",
                "message": self.env._(
                    "Rules run: %(rules)s. Open findings: %(open)s. Could not be run:"
                    " %(failed)s.",
                    rules=len(runnable),
                    open=sum(runnable.mapped("open_count")),
                    failed=format_list(self.env, failed.mapped("name"))
                    or self.env._("none"),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _run_or_note(self):
        """Run a rule; one that cannot be run says so and stops no other."""
        self.ensure_one()
        # sudo: a rule sees all items of its companies, whoever starts it.
        rule = self.sudo()
        try:
            with self.env.cr.savepoint():
                found = rule._run()
        except (UserError, ValueError, KeyError) as error:
            _logger.warning("Audit rule %s cannot be run: %s", rule.id, error)
            rule._write_system({"last_error": str(error)})
        else:
            rule._write_system(
                {
                    "last_run": fields.Datetime.now(),
                    "last_count": found,
                    "last_error": False,
                }
            )

    def _run(self, items=None):
        """Bring the findings up to date, of all items or of some; return their number.

        Nothing is read into memory but the ids of the findings that changed.
        """
        self.ensure_one()
        if self.kind == "changes":
            outcome = self._run_changes(items)
        else:
            outcome = self._run_condition(items)
        self._after_run(outcome)
        return self.env["itsm.ci.finding"].search_count(
            [("rule_id", "=", self.id), ("state", "=", "open")]
        )

    def _run_condition(self, items=None):
        """Open, reopen and close by the condition; return ids by what was done."""
        domain = self._item_domain()
        here = SQL("TRUE")
        if items is not None:
            domain &= fields.Domain("id", "in", items.ids)
            here = SQL("f.ci_id = ANY(%s)", items.ids)
        matched = self.env["itsm.ci"]._search(domain)
        return self._execute_run(
            SQL(
                """
                WITH matched AS MATERIALIZED (
                    SELECT ci.id, ci.class_id, ci.company_id, %(person)s AS user_id
                      FROM itsm_ci ci
                 %(people)s
                     WHERE ci.id IN %(matched)s
                ), closed AS (
                    UPDATE itsm_ci_finding f
                       SET state = 'fixed', fixed_at = %(now)s, write_date = %(now)s
                     WHERE f.rule_id = %(rule)s
                       AND f.state IN ('open', 'accepted')
                       AND %(here)s
                       AND NOT EXISTS (SELECT 1 FROM matched m WHERE m.id = f.ci_id)
                 RETURNING f.id
                ), reopened AS (
                    UPDATE itsm_ci_finding f
                       SET state = 'open', fixed_at = NULL, found_at = %(now)s,
                           due_date = %(due)s, user_id = m.user_id,
                           accepted_until = NULL, times_found = times_found + 1,
                           write_date = %(now)s
                      FROM matched m
                     WHERE f.rule_id = %(rule)s
                       AND f.ci_id = m.id
                       AND (f.state = 'fixed'
                            OR f.state = 'accepted' AND f.accepted_until < %(today)s)
                 RETURNING f.id
                ), assigned AS (
                    UPDATE itsm_ci_finding f
                       SET user_id = m.user_id, write_date = %(now)s
                      FROM matched m
                     WHERE f.rule_id = %(rule)s
                       AND f.ci_id = m.id
                       AND f.state = 'open'
                       AND f.user_id IS NULL
                       AND m.user_id IS NOT NULL
                 RETURNING f.id
                ), opened AS (
                    INSERT INTO itsm_ci_finding
                           (rule_id, ci_id, class_id, company_id, severity, state,
                            user_id, found_at, due_date, times_found,
                            create_uid, create_date, write_uid, write_date)
                    SELECT %(rule)s, m.id, m.class_id, m.company_id, %(severity)s,
                           'open', m.user_id, %(now)s, %(due)s, 1,
                           %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM matched m
                     WHERE NOT EXISTS (SELECT 1 FROM itsm_ci_finding f
                                        WHERE f.rule_id = %(rule)s AND f.ci_id = m.id)
                        ON CONFLICT DO NOTHING
                 RETURNING id
                )
                SELECT 'closed', id FROM closed
                 UNION ALL SELECT 'opened', id FROM reopened
                 UNION ALL SELECT 'opened', id FROM assigned
                 UNION ALL SELECT 'opened', id FROM opened
                """,
                matched=matched.subselect(),
                here=here,
                **self._run_values(),
            )
        )

    def _run_values(self):
        """Return what the statements of a run share."""
        now = fields.Datetime.now()
        today = fields.Date.context_today(self)
        column = {"owner": "owner_id", "custodian": "custodian_id"}.get(
            self.responsible
        )
        people, person = SQL(""), SQL("%s::integer", self.user_id.id or None)
        if column:
            # Who left, or has no login here, cannot put anything right.
            people = SQL(
                """
                LEFT JOIN hr_employee e ON e.id = %s AND e.active
                LEFT JOIN res_users u ON u.id = e.user_id AND u.active AND NOT u.share
                """,
                SQL.identifier("ci", column),
            )
            person = SQL("COALESCE(u.id, %s)", person)
        return {
            "rule": self.id,
            "severity": self.severity,
            "people": people,
            "person": person,
            "now": now,
            "today": today,
            "due": today + timedelta(days=self.days),
            "uid": self.env.uid,
        }

    def _execute_run(self, statement):
        """Execute it; return ``{"opened": ids, "closed": ids}``."""
        self.env.flush_all()
        outcome = {"opened": [], "closed": []}
        for kind, finding_id in self.env.execute_query(statement):
            outcome[kind].append(finding_id)
        self.env["itsm.ci.finding"].invalidate_model()
        return outcome

    def _after_run(self, outcome):
        """Plan what is to be done about new findings; end what is done."""
        Finding = self.env["itsm.ci.finding"]
        Finding.browse(outcome["closed"])._end_activities()
        if self.with_activity:
            Finding.browse(outcome["opened"])._plan_activities()
