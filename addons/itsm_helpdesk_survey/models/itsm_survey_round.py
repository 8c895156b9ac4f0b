import math

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import date_utils

from odoo.addons.itsm_helpdesk.models.row_lock import wait_for_rows
from odoo.addons.itsm_helpdesk.tools import draw

# What is as it was when people were asked.
_TERMS = frozenset(
    {
        "date_from",
        "date_to",
        "desk_id",
        "max_people",
        "pause_days",
        "share",
        "survey_id",
    }
)


class ItsmSurveyRound(models.Model):
    """A survey of a desk for a period: whom it asks, and what came back."""

    _name = "itsm.survey.round"
    _description = "Survey Round"
    _inherit = ["itsm.guarded.mixin", "mail.thread"]
    _order = "date_to desc, id desc"

    name = fields.Char(required=True)
    survey_id = fields.Many2one(
        "survey.survey",
        required=True,
        ondelete="restrict",
        domain="[('survey_type', 'in', ('survey', 'custom'))]",
    )
    desk_id = fields.Many2one("itsm.desk", required=True, index=True)
    company_id = fields.Many2one(related="desk_id.company_id", store=True, index=True)
    date_from = fields.Date(
        "From", required=True, default=lambda self: self._default_period()[0]
    )
    date_to = fields.Date(
        "To", required=True, default=lambda self: self._default_period()[1]
    )
    share = fields.Integer(
        "Ask (%)",
        default=100,
        help="Of those who asked the desk for something in this time.",
    )
    max_people = fields.Integer("At Most", help="People. 0: no limit.")
    pause_days = fields.Integer(
        "Pause (days)",
        default=60,
        help="Who was asked by another round within this time is left in peace.",
    )
    deadline = fields.Date("Answer Until")
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("closed", "Closed")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    sent_at = fields.Datetime("Sent On", readonly=True, copy=False)
    reminded_at = fields.Datetime("Reminded On", readonly=True, copy=False)
    answer_ids = fields.One2many(
        "survey.user_input",
        "itsm_round_id",
        readonly=True,
        copy=False,
        groups="survey.group_survey_user",
    )

    _period = models.Constraint(
        "CHECK (date_from <= date_to)", "The period ends before it begins."
    )
    _share_range = models.Constraint(
        "CHECK (share BETWEEN 1 AND 100)", "Give a share of 1 to 100 percent."
    )
    _numbers = models.Constraint(
        "CHECK (max_people >= 0 AND pause_days >= 0)", "Numbers cannot be negative."
    )

    @api.model
    def _default_period(self):
        """Return the first and the last day of the last quarter."""
        today = fields.Date.context_today(self)
        return date_utils.get_quarter(today - relativedelta(months=3))

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "answer_ids",
            "reminded_at",
            "sent_at",
            "state",
        }

    @api.model_create_multi
    def create(self, vals_list):
        rounds = super().create(vals_list)
        rounds._refuse_foreign_surveys()
        return rounds

    def write(self, vals):
        if not self._is_system() and not _TERMS.isdisjoint(vals):
            self._refuse_new_terms()
        result = super().write(vals)
        if "survey_id" in vals:
            self._refuse_foreign_surveys()
        return result

    def _refuse_new_terms(self):
        if any(record.state != "draft" for record in self):
            raise UserError(
                self.env._("People have been asked, so the terms stay as they are.")
            )

    def _refuse_foreign_surveys(self):
        """Nobody sends a survey that they may not read."""
        self.survey_id.check_access("read")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(record.state != "draft" for record in self):
            raise UserError(self.env._("A round that was sent is kept. Close it."))

    # ------------------------------------------------------------------
    # Whom
    # ------------------------------------------------------------------

    def _audience(self):
        """Return everybody who may be asked: who asked the desk, in no order."""
        self.ensure_one()
        # sudo: who sends a round need not read each ticket; only people leave here.
        tickets = self.env["itsm.ticket"].sudo().with_context(active_test=False)
        groups = tickets._read_group(
            Domain("desk_id", "=", self.desk_id.id)
            & Domain("opened_at", ">=", self.date_from)
            & Domain("opened_at", "<", self.date_to + relativedelta(days=1))
            & Domain("partner_id.active", "=", True)
            & Domain("partner_id.email", "!=", False)
            & Domain("partner_id.itsm_rating_quiet", "=", False),
            ["partner_id"],
        )
        people = self.env["res.partner"].sudo().union(*(person for (person,) in groups))
        return people - self.sudo().desk_id.agent_ids.partner_id - self._asked_lately()

    def _asked_lately(self):
        """Return who was asked by another round not long ago."""
        since = fields.Datetime.now() - relativedelta(days=self.pause_days)
        inputs = self.env["survey.user_input"].sudo()  # sudo: only who was asked
        return inputs.search(
            Domain("itsm_round_id", "not in", [False, self.id])
            & Domain("create_date", ">=", since)
        ).partner_id

    def _sample(self):
        """Return the people to ask: always the same ones of the same audience."""
        people = self._audience()
        entries = {str(person.id): person.id for person in people}
        ordered = draw.lots(f"survey round {self.id}", entries)
        count = math.ceil(len(ordered) * self.share / 100)
        if self.max_people:
            count = min(count, self.max_people)
        return people.browse(lot.person for lot in ordered[:count])

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def _begin(self, state, sentence):
        """Check rights and state; of two at once the second is asked again."""
        self.check_access("write")
        wait_for_rows(self)
        self.invalidate_recordset(["state", "reminded_at"])
        if any(record.state != state for record in self):
            raise UserError(sentence)

    def action_send(self):
        """Send the survey to the sample, each person a link of their own."""
        self._begin("draft", self.env._("This round has been sent already."))
        self._refuse_foreign_surveys()
        for record in self:
            people = record._sample()
            if not people:
                raise UserError(
                    self.env._(
                        "There is nobody to ask: nobody turned to %(desk)s in this "
                        "time, or they were asked not long ago.",
                        desk=record.desk_id.name,
                    )
                )
            # sudo: the answers belong to the survey; what is sent was checked above.
            inputs = self.env["survey.user_input"].sudo()
            record._mail(
                inputs.create([record._answer_values(person) for person in people])
            )
            record._write_system({"state": "running", "sent_at": fields.Datetime.now()})
        return True

    def _answer_values(self, person):
        return {
            "survey_id": self.survey_id.id,
            "partner_id": person.id,
            "email": person.email,
            "nickname": person.name,
            "itsm_round_id": self.id,
            "deadline": self.deadline
            and fields.Datetime.to_datetime(self.deadline + relativedelta(days=1)),
        }

    def _mail(self, answers):
        template = self.env.ref("itsm_helpdesk_survey.mail_template_survey_round")
        # sudo: the links of people are for nobody else to read.
        template.sudo().send_mail_batch(
            answers.ids, email_layout_xmlid="itsm_helpdesk.mail_layout"
        )

    def action_remind(self):
        """Ask those who have not answered once more, and only once."""
        self._begin("running", self.env._("Only a running round can remind people."))
        for record in self:
            if record.reminded_at:
                raise UserError(
                    self.env._("People were reminded once; that is enough.")
                )
            # sudo: as in sending.
            waiting = (
                self.env["survey.user_input"]
                .sudo()
                .search(
                    Domain("itsm_round_id", "=", record.id)
                    & Domain("state", "!=", "done")
                )
            )
            record._mail(waiting)
            record._write_system({"reminded_at": fields.Datetime.now()})
        return True

    def action_close(self):
        """End the round; answers that come later still count."""
        self._begin("running", self.env._("Only a running round can be closed."))
        self._write_system({"state": "closed"})
        return True
