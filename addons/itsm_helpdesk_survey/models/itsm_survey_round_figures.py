from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain


class ItsmSurveyRound(models.Model):
    """What came back, beside what people rated in the same time."""

    _inherit = "itsm.survey.round"

    audience_count = fields.Integer(
        "People Who May Be Asked", compute="_compute_audience_count"
    )
    sample_count = fields.Integer("People to Ask", compute="_compute_audience_count")
    asked_count = fields.Integer("Asked", compute="_compute_answers")
    answered_count = fields.Integer("Answered", compute="_compute_answers")
    answered_share = fields.Float("Answered (%)", compute="_compute_answers")
    score = fields.Float(
        "Score (%)",
        compute="_compute_score",
        help="The survey's own points; without any, the mean of its scales, where the "
        "least is 0 and the most is 100.",
    )
    voice_count = fields.Integer("Tickets Rated", compute="_compute_ratings")
    voice_stars = fields.Float("Stars", compute="_compute_ratings")

    @api.depends(
        "date_from", "date_to", "desk_id", "max_people", "pause_days", "share", "state"
    )
    def _compute_audience_count(self):
        for record in self:
            drafted = record.state == "draft" and record.desk_id and record.date_to
            record.audience_count = len(record._audience()) if drafted else 0
            record.sample_count = len(record._sample()) if drafted else 0

    @api.depends("state")
    def _compute_answers(self):
        # sudo: how many answered is for who reads the round.
        groups = (
            self.env["survey.user_input"]
            .sudo()
            ._read_group(
                [("itsm_round_id", "in", self.ids)],
                ["itsm_round_id", "state"],
                ["__count"],
            )
        )
        counts = {}
        for record, state, count in groups:
            asked, answered = counts.get(record.id, (0, 0))
            counts[record.id] = (asked + count, answered + count * (state == "done"))
        for record in self:
            asked, answered = counts.get(record.id, (0, 0))
            record.asked_count, record.answered_count = asked, answered
            record.answered_share = 100 * answered / asked if asked else 0

    @api.depends("state", "survey_id")
    def _compute_score(self):
        scored = self.filtered(
            # sudo: how the survey counts; figures are for who reads the round.
            lambda record: (
                record.survey_id.sudo().scoring_type not in ("no_scoring", False)
            )
        )
        means = {**scored._points(), **(self - scored)._scales()}
        for record in self:
            record.score = means.get(record.id, 0)

    def _points(self):
        """Return ``{round id: mean of the survey's own points}``."""
        groups = (
            self.env["survey.user_input"]
            .sudo()  # sudo: a mean, as above
            ._read_group(
                [("itsm_round_id", "in", self.ids), ("state", "=", "done")],
                ["itsm_round_id"],
                ["scoring_percentage:avg"],
            )
        )
        return {record.id: mean for record, mean in groups}

    def _scales(self):
        """Return ``{round id: mean of the answers on scales, as percent}``."""
        groups = (
            self.env["survey.user_input.line"]
            .sudo()  # sudo: a mean, as above
            ._read_group(
                [
                    ("user_input_id.itsm_round_id", "in", self.ids),
                    ("user_input_id.state", "=", "done"),
                    ("answer_type", "=", "scale"),
                    ("skipped", "=", False),
                ],
                ["question_id", "user_input_id"],
                ["value_scale:avg"],
            )
        )
        values = {}
        for question, answer, mean in groups:
            span = question.scale_max - question.scale_min
            if span > 0:
                percent = 100 * (mean - question.scale_min) / span
                values.setdefault(answer.itsm_round_id.id, []).append(percent)
        return {id_: sum(found) / len(found) for id_, found in values.items()}

    @api.depends("date_from", "date_to", "desk_id")
    def _compute_ratings(self):
        for record in self:
            # As the user: ratings of tickets they do not see are in no figure.
            ((count, stars),) = self.env["rating.rating"]._read_group(
                Domain("res_model", "=", "itsm.ticket")
                & Domain("consumed", "=", True)
                & Domain("itsm_desk_id", "=", record.desk_id.id)
                & Domain("rated_on", ">=", record.date_from)
                & Domain("rated_on", "<", record.date_to + relativedelta(days=1))
                if record.desk_id and record.date_from and record.date_to
                else Domain.FALSE,
                [],
                ["__count", "rating:avg"],
            )
            record.voice_count, record.voice_stars = count, stars or 0

    def action_view_answers(self):
        """Open the answers, for those who may read answers of surveys."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "survey.action_survey_user_input"
        )
        action.update(domain=[("itsm_round_id", "=", self.id)], context={})
        return action
