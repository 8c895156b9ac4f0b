from odoo import fields, models, tools

from .itsm_change import CLOSE_CODES, RISKS, STATES, TYPES
from .itsm_change_review import GAPS, OUTCOMES


class ItsmChangeSuccess(models.Model):
    """What came of changes: one row for each that was handed on.

    Rates are of changes that have ended; what has not, has none, so that averages leave
    it out. A change on items of several classes counts in each of them, and once in
    totals.
    """

    _name = "itsm.change.success"
    _description = "Change Analysis"
    _auto = False
    _rec_name = "number"
    _order = "date desc, id desc"

    change_id = fields.Many2one("itsm.change", readonly=True)
    number = fields.Char(readonly=True)
    name = fields.Char("Subject", readonly=True)
    type = fields.Selection(TYPES, readonly=True)
    state = fields.Selection(STATES, readonly=True)
    close_code = fields.Selection(CLOSE_CODES, "Result", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    risk = fields.Selection(RISKS, "Predicted Risk", readonly=True)
    actual_risk = fields.Selection(RISKS, readonly=True)
    risk_gap = fields.Selection(GAPS, "Prediction", readonly=True)
    team_id = fields.Many2one("itsm.team", readonly=True)
    template_id = fields.Many2one("itsm.change.template", readonly=True)
    category_id = fields.Many2one("itsm.change.category", readonly=True)
    implementer_id = fields.Many2one("res.users", readonly=True)
    coordinator_id = fields.Many2one("res.users", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    class_ids = fields.Many2many(
        "itsm.ci.class",
        "itsm_change_success_class_rel",
        "success_id",
        "class_id",
        "Item Classes",
        readonly=True,
    )
    date = fields.Datetime(
        readonly=True, help="When the work ended; before that, when it is planned."
    )
    has_outage = fields.Boolean("Outage", readonly=True)

    # How many
    change_count = fields.Integer("Changes", readonly=True)
    ended_count = fields.Integer("Closed", readonly=True)
    success_count = fields.Integer("Successful", readonly=True)
    issue_count = fields.Integer("With Issues", readonly=True)
    failure_count = fields.Integer("Failed or Rolled Back", readonly=True)
    emergency_count = fields.Integer("Emergencies", readonly=True)
    caused_count = fields.Integer("Incidents Caused", readonly=True)
    conflict_count = fields.Integer(
        "Conflicts Found", readonly=True, help="One of two changes counts once."
    )
    avoided_count = fields.Integer(
        "Conflicts Avoided",
        readonly=True,
        help="Conflicts that ended because dates were moved before the work began.",
    )

    # Which share
    success_rate = fields.Float(
        "Successful (%)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Share of the closed changes that were successful, with or without "
        "issues.",
    )
    emergency_share = fields.Float(
        "Emergencies (%)", digits=(16, 1), readonly=True, aggregator="avg"
    )
    prediction_rate = fields.Float(
        "Risk as Predicted (%)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Share of the reviewed changes that were as risky as predicted.",
    )
    on_time_rate = fields.Float(
        "In the Planned Time (%)", digits=(16, 1), readonly=True, aggregator="avg"
    )
    score = fields.Float("Risk Score", digits=(16, 1), readonly=True, aggregator="avg")

    # How long
    lead_days = fields.Float(
        "Lead Time (Days)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="From being submitted until the work ended.",
    )
    accept_days = fields.Float(
        "Until Accepted (Days)", digits=(16, 1), readonly=True, aggregator="avg"
    )
    approve_days = fields.Float(
        "Until Approved (Days)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="From being accepted until the change was on the calendar.",
    )
    wait_days = fields.Float(
        "Until Started (Days)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="From being on the calendar until the work began.",
    )
    work_hours = fields.Float(
        "Work (Hours)", digits=(16, 1), readonly=True, aggregator="avg"
    )

    def init(self):
        """Make the views. The class relation counts what a change is made on."""
        cr = self.env.cr
        tools.drop_view_if_exists(cr, self._table)
        tools.drop_view_if_exists(cr, "itsm_change_success_class_rel")
        cr.execute(_CLASSES)
        cr.execute(_SUCCESS)

    def action_open_change(self):
        """Open the change."""
        self.ensure_one()
        return self.change_id._get_records_action()


_CLASSES = """
    CREATE VIEW itsm_change_success_class_rel AS
    SELECT DISTINCT link.change_id AS success_id, item.class_id
      FROM itsm_change_ci AS link
      JOIN itsm_ci AS item ON item.id = link.ci_id
     WHERE link.role = 'affected' AND link.excluded IS NOT TRUE
"""
# A conflict of two changes stands on both: the row that came first counts.
_SUCCESS = """
    CREATE VIEW itsm_change_success AS
    SELECT c.id, c.id AS change_id, c.number, c.name, c.type, c.state, c.close_code,
           c.review_outcome AS outcome, c.risk, c.actual_risk, c.risk_gap, c.team_id,
           c.template_id, c.category_id, c.implementer_id, c.coordinator_id,
           c.company_id, c.has_outage,
           COALESCE(c.actual_end, c.planned_start, c.submitted_at, c.create_date)
               AS date,
           1 AS change_count, f.ended::int AS ended_count,
           (f.ended AND c.close_code IN ('successful', 'with_issues'))::int
               AS success_count,
           (f.ended AND c.close_code = 'with_issues')::int AS issue_count,
           (f.ended AND c.close_code IN ('rolled_back', 'failed'))::int
               AS failure_count,
           (c.type = 'emergency')::int AS emergency_count,
           COALESCE(caused.number, 0) AS caused_count,
           COALESCE(hits.found, 0) AS conflict_count,
           COALESCE(hits.avoided, 0) AS avoided_count,
           CASE WHEN f.ended
                THEN 100.0::float8
                     * (c.close_code IN ('successful', 'with_issues'))::int
           END AS success_rate,
           100.0::float8 * (c.type = 'emergency')::int AS emergency_share,
           CASE WHEN c.risk_gap IS NOT NULL
                THEN 100.0::float8 * (c.risk_gap = 'as_predicted')::int
           END AS prediction_rate,
           CASE WHEN c.actual_end IS NOT NULL AND c.planned_end IS NOT NULL
                THEN 100.0::float8 * (c.actual_end <= c.planned_end)::int
           END AS on_time_rate,
           CASE WHEN c.assessment_id IS NOT NULL THEN c.risk_score END AS score,
           EXTRACT(epoch FROM c.actual_end - COALESCE(c.submitted_at, c.scheduled_at))
               / 86400.0::float8 AS lead_days,
           EXTRACT(epoch FROM c.accepted_at - c.submitted_at) / 86400.0::float8
               AS accept_days,
           EXTRACT(epoch FROM c.scheduled_at - c.accepted_at) / 86400.0::float8
               AS approve_days,
           EXTRACT(epoch FROM c.actual_start - c.scheduled_at) / 86400.0::float8
               AS wait_days,
           EXTRACT(epoch FROM c.actual_end - c.actual_start) / 3600.0::float8
               AS work_hours
      FROM itsm_change AS c
     CROSS JOIN LATERAL (SELECT c.state = 'closed' AS ended) AS f
      LEFT JOIN (
            SELECT caused_by_change_id AS change_id, count(*)::int AS number
              FROM itsm_ticket
             WHERE caused_by_change_id IS NOT NULL
             GROUP BY caused_by_change_id
           ) AS caused ON caused.change_id = c.id
      LEFT JOIN (
            SELECT row.change_id, count(*)::int AS found,
                   count(*) FILTER (WHERE row.resolution = 'moved')::int AS avoided
              FROM itsm_change_conflict AS row
             WHERE NOT EXISTS (
                    SELECT 1
                      FROM itsm_change_conflict AS first
                     WHERE first.change_id = row.other_id
                       AND first.other_id = row.change_id
                       AND first.kind = row.kind
                       AND first.ci_id IS NOT DISTINCT FROM row.ci_id
                       AND first.found_at = row.found_at
                       AND first.id < row.id
                   )
             GROUP BY row.change_id
           ) AS hits ON hits.change_id = c.id
     WHERE c.state != 'draft'
"""
