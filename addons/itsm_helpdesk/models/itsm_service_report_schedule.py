import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import period
from .itsm_service_report import PERIODS

_logger = logging.getLogger(__name__)


class ItsmServiceReportSchedule(models.Model):
    """A service report that is drawn up and sent after each period."""

    _name = "itsm.service.report.schedule"
    _description = "Scheduled Service Report"
    _inherit = ["mail.activity.mixin", "mail.thread"]
    _order = "next_date, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    desk_ids = fields.Many2many(
        "itsm.desk",
        "itsm_service_report_schedule_desk_rel",
        "schedule_id",
        "desk_id",
        string="Desks",
        required=True,
    )
    department_ids = fields.Many2many(
        "hr.department",
        "itsm_service_report_schedule_department_rel",
        "schedule_id",
        "department_id",
        string="For Departments",
        help="Only what these asked for. Empty: all.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    period = fields.Selection(
        [each for each in PERIODS if each[0] != period.OWN],
        required=True,
        default=period.MONTH,
    )
    days_after = fields.Integer(
        default=2, help="So many days after the period it is drawn up."
    )
    next_date = fields.Date(
        "Next On", compute="_compute_next_date", store=True, readonly=False
    )
    user_id = fields.Many2one(
        "res.users",
        "Drawn Up For",
        required=True,
        default=lambda self: self.env.user,
        readonly=True,
        copy=False,
        help="The report has the figures that this person may see.",
    )
    recipient_ids = fields.Many2many(
        "res.users",
        "itsm_service_report_schedule_user_rel",
        "schedule_id",
        "user_id",
        string="Sent to",
        required=True,
        domain=[("share", "=", False)],
    )

    _days_in_range = models.Constraint(
        "CHECK (days_after BETWEEN 0 AND 60)",
        "Choose 0 to 60 days after the period.",
    )

    @api.depends("period", "days_after")
    def _compute_next_date(self):
        today = fields.Date.context_today(self)
        for schedule in self:
            _first, end = period.holding(schedule.period or period.MONTH, today)
            schedule.next_date = schedule._due_after(end)

    def _due_after(self, end):
        return end + timedelta(days=1 + (self.days_after or 0))

    @api.constrains("desk_ids", "user_id")
    def _check_own_desks(self):
        for schedule in self:
            theirs = schedule.desk_ids.with_user(schedule.user_id)
            if theirs - theirs._filtered_access("read"):
                raise ValidationError(
                    self.env._(
                        "%(person)s cannot see all desks of “%(name)s”. Choose desks "
                        "of theirs.",
                        person=schedule.user_id.name,
                        name=schedule.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        # Nobody moves a schedule to desks of others: rules look at it before only.
        self.check_access("write")
        return result

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    def action_send_now(self):
        """Draw up the report of the latest period and send it."""
        self.check_access("write")
        reports = self._make()
        return reports._get_records_action(name=self.env._("Service Reports"))

    @api.model
    def _cron_send(self):
        """Make what is due, one after the other; a failure keeps none of the others."""
        due = self.search([("next_date", "<=", fields.Date.today())])
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for schedule in due:
            # Another worker may have been faster.
            if schedule.try_lock_for_update().filtered(
                lambda each: each.next_date <= fields.Date.today()
            ):
                schedule._make_alone()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _make_alone(self):
        """Make the report; what is wrong with one schedule stops no other."""
        try:
            with self.env.cr.savepoint():
                self._make()
        except UserError as error:
            _logger.warning("Service report “%s” was not sent: %s", self.name, error)
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=self.user_id.id,
                summary=self.env._("The report was not sent"),
                note=str(error),
            )
            self.next_date = fields.Date.today() + timedelta(days=1)

    def _make(self):
        """Issue and send the report of the latest period; note when the next is due."""
        today = fields.Date.context_today(self)
        reports = self.env["itsm.service.report"]
        for schedule in self:
            report = reports.with_user(schedule.user_id).create(
                schedule._report_values(today)
            )
            report.action_issue()
            report._send(schedule.recipient_ids)
            _first, end = period.holding(schedule.period, today)
            schedule.next_date = schedule._due_after(end)
            reports |= report.with_env(self.env)
        return reports

    def _report_values(self, today):
        start, end = period.last(self.period, today)
        return {
            "desk_ids": self.desk_ids.ids,
            "department_ids": self.department_ids.ids,
            "company_id": self.company_id.id,
            "period": self.period,
            "date_from": start,
            "date_to": end,
        }
