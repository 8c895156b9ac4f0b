from odoo import fields, models


class ResCompany(models.Model):
    """How far assessments and reviews of changes look."""

    _inherit = "res.company"

    change_history_days = fields.Integer(
        "Past Changes Count for (Days)",
        default=365,
        help="How far back the risk of a change looks at what came of others.",
    )
    change_history_minimum = fields.Integer(
        "Past Changes Count From",
        default=3,
        help="With fewer changes that ended, nothing is known of a team or template.",
    )
    change_incident_days = fields.Integer(
        "Incidents Suggested for (Days)",
        default=7,
        help="So long after a change, incidents on what it touched may be its doing.",
    )

    _change_history_range = models.Constraint(
        "CHECK (COALESCE(change_history_days, 365) BETWEEN 1 AND 3650"
        " AND COALESCE(change_history_minimum, 3) BETWEEN 1 AND 1000)",
        "Look back 1 to 3,650 days, at 1 to 1,000 changes or more.",
    )
    _change_incident_range = models.Constraint(
        "CHECK (COALESCE(change_incident_days, 7) BETWEEN 0 AND 365)",
        "Incidents are suggested for 0 to 365 days after a change.",
    )
