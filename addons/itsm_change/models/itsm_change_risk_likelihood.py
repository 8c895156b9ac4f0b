from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from odoo.addons.itsm_cmdb.models.itsm_ci_impact import id_array

from ..tools import risk, states

# Done well before: from the same template, or of the same category and on an item of
# the same class.
_SIMILAR = """
    SELECT this.id, count(DISTINCT past.id)
      FROM itsm_change AS this
      JOIN itsm_change AS past
        ON past.company_id = this.company_id AND past.id != this.id
       AND past.state = 'closed' AND past.close_code IN %(done)s
       AND past.closed_at >= %(since)s
     WHERE this.id = ANY(%(ids)s::int[])
       AND (
            past.template_id = this.template_id
            OR past.category_id IS NOT DISTINCT FROM this.category_id
               AND EXISTS (
                SELECT 1
                  FROM itsm_change_ci AS mine
                  JOIN itsm_ci AS item ON item.id = mine.ci_id
                  JOIN itsm_ci AS like_it ON like_it.class_id = item.class_id
                  JOIN itsm_change_ci AS theirs ON theirs.ci_id = like_it.id
                 WHERE mine.change_id = this.id AND mine.role = 'affected'
                   AND theirs.change_id = past.id AND theirs.role = 'affected'
                   AND mine.excluded IS NOT TRUE AND theirs.excluded IS NOT TRUE
               )
       )
     GROUP BY this.id
"""


class ItsmChange(models.Model):
    """What makes it likely that a change fails.

    Each method returns ``{change id: (value, source in words)}`` for many changes at
    once; no value means that nothing is known.
    """

    _inherit = "itsm.change"

    def _risk_questionnaire(self):
        found = {}
        for change in self:
            answers = change._asked()
            value = risk.answers_share(
                [
                    (
                        answer.option_id.points if answer.option_id else None,
                        answer.question_id.most_points,
                    )
                    for answer in answers
                ]
            )
            still_open = len(answers.filtered(lambda answer: not answer.option_id))
            if value is None:
                text = self.env._("No questions are asked.")
            elif still_open:
                text = self.env._(
                    "%(open)s of %(all)s questions are not answered; they count as the "
                    "worst answer.",
                    open=still_open,
                    all=len(answers),
                )
            else:
                text = self.env._("%(all)s questions were answered.", all=len(answers))
            found[change.id] = value, text
        return found

    def _risk_team_failures(self):
        return self._risk_failures("team_id", self.env._("No team is named."))

    def _risk_template_failures(self):
        return self._risk_failures(
            "template_id", self.env._("It is not made from a template.")
        )

    def _risk_failures(self, field, nothing):
        """Return how many changes of the same team or template failed of late."""
        counts = {}
        for company, changes in self.grouped("company_id").items():
            domain = [
                (field, "in", changes[field].ids),
                ("company_id", "=", company.id),
                ("state", "=", states.CLOSED),
                ("closed_at", ">=", self._risk_since(company)),
            ]
            # What is in the archive happened all the same.
            rows = self.with_context(active_test=False)._read_group(
                domain, [field, "close_code"], ["__count"]
            )
            for record, code, count in rows:
                counts.setdefault((company, record.id), []).append((code, count))
        found = {}
        for change in self:
            owner, company = change[field], change.company_id
            if not owner:
                found[change.id] = None, nothing
                continue
            rows = counts.get((company, owner.id), [])
            ended = sum(count for _code, count in rows)
            failed = sum(n for code, n in rows if code not in states.DONE_CODES)
            found[change.id] = (
                risk.failure_rate(ended, failed, company.change_history_minimum),
                self.env._(
                    "%(name)s: %(failed)s of %(ended)s changes failed or were rolled "
                    "back in the last %(days)s days.",
                    name=owner.display_name,
                    failed=failed,
                    ended=ended,
                    days=company.change_history_days,
                ),
            )
        return found

    def _risk_novelty(self):
        self.flush_model()
        self.env["itsm.change.ci"].flush_model()
        counts = {}
        for company, changes in self.grouped("company_id").items():
            rows = self.env.execute_query(
                SQL(
                    _SIMILAR,
                    ids=id_array(changes.ids),
                    since=self._risk_since(company),
                    done=states.DONE_CODES,
                )
            )
            counts.update(rows)
        return {
            change.id: (
                counts.get(change.id, 0),
                self.env._(
                    "%(count)s such changes were successful in the last %(days)s days: "
                    "of the same template, or of the same category on items of the "
                    "same class.",
                    count=counts.get(change.id, 0),
                    days=change.company_id.change_history_days,
                ),
            )
            for change in self
        }

    def _risk_lead_time(self):
        now = fields.Datetime.now()
        found = {}
        for change in self:
            if not change.planned_start:
                found[change.id] = None, self.env._("No date is chosen.")
                continue
            known = now if change.state == states.DRAFT else change.submitted_at or now
            days = (change.planned_start - known) / timedelta(days=1)
            found[change.id] = (
                round(max(days, 0.0), 1),
                self.env._(
                    "It was submitted %(days)s days before it begins.",
                    days=formatLang(self.env, max(days, 0.0), digits=1),
                ),
            )
        return found

    def _risk_backout(self):
        texts = (
            self.env._("There is no back-out plan."),
            self.env._("There is a back-out plan; nothing shows that it works."),
            self.env._("A backup was made; no restore was tried."),
            self.env._("A restore was tried, and went well."),
        )
        found = {}
        for change in self:
            if change.evidence_ids._proves("restore"):
                value = 3
            elif change.evidence_ids._proves("backup"):
                value = 2
            else:
                value = int(change._has_plan("backout_plan"))
            found[change.id] = value, texts[value]
        return found

    def _risk_since(self, company):
        days = max(company.change_history_days, 1)
        return fields.Datetime.now() - timedelta(days=days)
