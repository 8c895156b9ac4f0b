from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list
from odoo.tools.misc import babel_locale_parse, format_date

from ..tools import date_words, period

PERIODS = [
    (period.MONTH, "Month"),
    (period.QUARTER, "Quarter"),
    (period.YEAR, "Year"),
    (period.OWN, "Own dates"),
]


class ItsmServiceReport(models.Model):
    """What desks did in a period, for those who pay for it and answer for it.

    While it is a draft, its figures are those of now. Issuing keeps them: a report
    that somebody signed does not change any more. ITIL 4: service level management,
    measurement and reporting.
    """

    _name = "itsm.service.report"
    _description = "Service Report"
    _inherit = ["itsm.guarded.mixin", "mail.thread"]
    _order = "date_from desc, id desc"

    name = fields.Char(
        "Title",
        compute="_compute_name",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    state = fields.Selection(
        [("draft", "Draft"), ("issued", "Issued")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    desk_ids = fields.Many2many(
        "itsm.desk",
        "itsm_service_report_desk_rel",
        "report_id",
        "desk_id",
        string="Desks",
        required=True,
        default=lambda self: self.env["itsm.desk"].search(
            [("agent_ids", "in", self.env.uid)]
        ),
        help="Whose work it is about.",
    )
    department_ids = fields.Many2many(
        "hr.department",
        "itsm_service_report_department_rel",
        "report_id",
        "department_id",
        string="For Departments",
        help="Only what these asked for, with the departments below them. Empty: all.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    period = fields.Selection(PERIODS, required=True, default=period.MONTH)
    date_from = fields.Date(
        "From",
        compute="_compute_dates",
        precompute=True,
        store=True,
        readonly=False,
        required=True,
    )
    date_to = fields.Date(
        "Until",
        compute="_compute_dates",
        precompute=True,
        store=True,
        readonly=False,
        required=True,
    )
    summary = fields.Html(
        help="What the figures mean, in your own words; stands at the beginning."
    )
    improved = fields.Html("What Was Improved")
    planned = fields.Html("What Is Planned")
    issued_at = fields.Datetime(readonly=True, copy=False)
    issued_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    kept_figures = fields.Json(
        readonly=True, copy=False, export_string_translation=False
    )
    content = fields.Html(
        compute="_compute_content", sanitize=False, export_string_translation=False
    )

    _dates_in_order = models.Constraint(
        "CHECK (date_to >= date_from)",
        "A report must end on the day it begins, or later.",
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "issued_at",
            "issued_by_id",
            "kept_figures",
            "state",
        }

    @api.depends("period")
    def _compute_dates(self):
        today = fields.Date.context_today(self)
        for report in self:
            if report.period != period.OWN or not report.date_from:
                kind = period.MONTH if report.period == period.OWN else report.period
                report.date_from, report.date_to = period.last(kind, today)

    @api.depends("desk_ids", "department_ids", "period", "date_from", "date_to")
    def _compute_name(self):
        for report in self:
            report.name = report._title()

    def _title(self):
        """Return what the report is about, in the reader's language."""
        self.ensure_one()
        whose = self.department_ids or self.desk_ids
        # sudo: names of departments, of which agents know only the public side
        names = [name for name in whose[:2].sudo().mapped("name") if name]
        if len(whose) > 2:
            names.append(self.env._("%(count)s more", count=len(whose) - 2))
        return self.env._(
            "Service Report: %(whose)s, %(when)s",
            whose=format_list(self.env, names) if names else "",
            when=self._period_name(),
        )

    @api.constrains("desk_ids", "department_ids", "date_from", "date_to", "period")
    def _check_not_issued(self):
        self._refuse_issued()

    @api.constrains("date_from", "date_to")
    def _check_length(self):
        for report in self:
            if (report.date_to - report.date_from).days > 3 * 366:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is about more than three years. Choose a shorter "
                        "period.",
                        name=report.name,
                    )
                )

    def write(self, vals):
        if {"summary", "improved", "planned", "name"} & vals.keys():
            self._refuse_issued()
        result = super().write(vals)
        # Nobody moves a report to desks of others: rules look at it before only.
        self.check_access("write")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_issued(self):
        self._refuse_issued()

    def _refuse_issued(self):
        issued = self.filtered(lambda report: report.state == "issued")[:1]
        if issued and not self._is_system():
            raise UserError(
                self.env._(
                    "“%(name)s” was issued and stays as it is. Duplicate it to make a "
                    "new one.",
                    name=issued.name,
                )
            )

    # ------------------------------------------------------------------
    # The period
    # ------------------------------------------------------------------

    def _period_name(self):
        """Return the period as people call it, in the reader's language."""
        self.ensure_one()
        start, end = self.date_from, self.date_to
        if not (start and end):
            return ""
        if self.period == period.MONTH:
            return self._skeleton(start, "yMMMM")
        if self.period == period.QUARTER:
            return self._skeleton(start, "yQQQ")
        if self.period == period.YEAR:
            return self._skeleton(start, "y")
        return self.env._(
            "%(start)s – %(end)s",
            start=format_date(self.env, start),
            end=format_date(self.env, end),
        )

    def _skeleton(self, day, parts):
        """Return some parts of a date, ordered as the reader's language orders them."""
        locale = babel_locale_parse(self.env.lang or "en_US")
        return date_words.in_parts(day, parts, locale)

    def _moments(self, start, end):
        """Return the UTC moments at which days begin, and the one after them ends."""
        zone = self._zone()
        days = (start, end + timedelta(days=1))
        return tuple(
            zone.localize(datetime.combine(day, time()))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in days
        )

    def _zone(self):
        # sudo: the company's hours, of which everybody sees the figures.
        calendar = self.company_id.sudo().resource_calendar_id
        return pytz.timezone(calendar.tz or self.env.user.tz or "UTC")

    # ------------------------------------------------------------------
    # Issuing
    # ------------------------------------------------------------------

    def action_issue(self):
        """Keep the figures as they are now; the report does not change any more."""
        self.check_access("write")
        self._refuse_issued()
        self._refresh_facts()
        for report in self:
            report._write_system(
                {
                    "state": "issued",
                    "issued_at": fields.Datetime.now(),
                    "issued_by_id": self.env.uid,
                    "kept_figures": report._figures(),
                }
            )
        return True

    def action_print(self):
        """Print the reports."""
        return self.env.ref(
            "itsm_helpdesk.action_report_itsm_service_report"
        ).report_action(self)

    def action_refresh(self):
        """Draw up the figures of a draft anew."""
        self.check_access("read")
        self._refuse_issued()
        self._refresh_facts()
        return True

    @api.model
    def _refresh_facts(self):
        for report in ("itsm.ticket.report", "itsm.sla.report"):
            self.env[report]._fact_refresh()
