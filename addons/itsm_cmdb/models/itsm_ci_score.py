from odoo import api, fields, models
from odoo.models import parse_read_group_spec
from odoo.tools import SQL

from .itsm_ci_stage import ENDED

# Every day is kept so long, then one day of each week.
DAILY_DAYS = 120


class ItsmCiScore(models.Model):
    """How many items were without open findings, day by day.

    One row for each day, class, department, owner and company. Averages are weighted:
    the score of several rows is that of all their items, and counts over several
    days are those of a mean day.
    """

    _name = "itsm.ci.score"
    _description = "Quality Score"
    _order = "date desc, id"
    _rec_name = "date"

    date = fields.Date(required=True, readonly=True, index=True)
    class_id = fields.Many2one(
        "itsm.ci.class", readonly=True, ondelete="cascade", index=True
    )
    department_id = fields.Many2one(
        "hr.department", readonly=True, ondelete="set null", index="btree_not_null"
    )
    owner_id = fields.Many2one(
        "hr.employee", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    total = fields.Integer("Items", readonly=True, aggregator="avg")
    healthy = fields.Integer("Items in Order", readonly=True, aggregator="avg")
    score = fields.Float("Score (%)", readonly=True, aggregator="avg", digits=(5, 1))

    def _read_group_select(self, aggregate_spec, query):
        """Weigh averages by items, and count the items of a mean day."""
        name, property_name, func = (
            (None, None, None)
            if aggregate_spec == "__count"
            else parse_read_group_spec(aggregate_spec)
        )
        if func != "avg" or property_name or name not in ("total", "healthy", "score"):
            return super()._read_group_select(aggregate_spec, query)

        def column(field):
            return self._field_to_sql(self._table, field, query)

        if name == "score":
            return SQL(
                "SUM(%s) * 100.0 / NULLIF(SUM(%s), 0)",
                column("healthy"),
                column("total"),
            )
        return SQL(
            "SUM(%s) * 1.0 / NULLIF(COUNT(DISTINCT %s), 0)",
            column(name),
            column("date"),
        )

    @api.model
    def _take(self):
        """Count today's score anew, and thin out what is long ago."""
        today = fields.Date.context_today(self)
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM itsm_ci_score WHERE date = %s", today))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO itsm_ci_score
                       (date, class_id, department_id, owner_id, company_id,
                        total, healthy, score,
                        create_uid, create_date, write_uid, write_date)
                SELECT %(today)s, class_id, department_id, owner_id, company_id,
                       COUNT(*), COUNT(*) FILTER (WHERE is_healthy),
                       COUNT(*) FILTER (WHERE is_healthy) * 100.0 / COUNT(*),
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (SELECT ci.class_id, ci.department_id, ci.owner_id,
                               ci.company_id,
                               NOT EXISTS (SELECT 1 FROM itsm_ci_finding f
                                            WHERE f.ci_id = ci.id
                                              AND f.state = 'open') AS is_healthy
                          FROM itsm_ci ci
                         WHERE ci.active
                           AND COALESCE(ci.status, '') != ALL(%(ended)s)) item
              GROUP BY class_id, department_id, owner_id, company_id
                """,
                today=today,
                ended=sorted(ENDED),
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM itsm_ci_score
                 WHERE date < %s - %s AND EXTRACT(ISODOW FROM date) != 1
                """,
                today,
                DAILY_DAYS,
            )
        )
        self.invalidate_model()
