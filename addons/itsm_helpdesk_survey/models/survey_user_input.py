from odoo import fields, models


class SurveyUserInput(models.Model):
    """Answers of the people that a round of a desk asked."""

    _inherit = "survey.user_input"

    itsm_round_id = fields.Many2one(
        "itsm.survey.round",
        "Round of a Desk",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
