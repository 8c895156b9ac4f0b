from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

# Only verbs write these.
SYSTEM_FIELDS = frozenset({"state", "started_on", "next_id", "person_ids", "line_ids"})
# Reminders that one person gets after the due date, one each week.
REMINDERS_AFTER = 4


class ItsmCiAttestation(models.Model):
    """Those who answer for items say, once a year, whether what is on file is right.

    Each owner (or custodian) gets one list. What is right counts as verified; what is
    wrong becomes a finding.
    """

    _name = "itsm.ci.attestation"
    _description = "Attestation"
    _inherit = ["itsm.guarded.mixin", "mail.thread"]
    _order = "due_date desc, id desc"

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("closed", "Closed"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    asked = fields.Selection(
        [("owner", "The owners"), ("custodian", "The custodians")],
        "Who Is Asked",
        required=True,
        default="owner",
    )
    domain = fields.Char(
        "Which Items", default="[('status', '=', 'in_use')]", required=True
    )
    text = fields.Text(
        "Message", translate=True, help="What those who are asked read first."
    )
    started_on = fields.Date(readonly=True, copy=False)
    due_date = fields.Date(
        required=True,
        tracking=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=30),
    )
    remind_days = fields.Integer(
        "Remind Before (Days)", default=7, help="And each week after the due date."
    )
    is_yearly = fields.Boolean(
        "Each Year", default=True, help="The next one is started a year after this."
    )
    next_id = fields.Many2one(
        "itsm.ci.attestation", readonly=True, copy=False, ondelete="set null"
    )
    person_ids = fields.One2many(
        "itsm.ci.attestation.person", "attestation_id", "People", readonly=True
    )
    line_ids = fields.One2many(
        "itsm.ci.attestation.line", "attestation_id", "Items", readonly=True
    )
    line_count = fields.Integer("Asked For", compute="_compute_counts")
    answered_count = fields.Integer("Answered", compute="_compute_counts")
    wrong_count = fields.Integer("Wrong", compute="_compute_counts")
    person_count = fields.Integer("People Asked", compute="_compute_counts")
    unasked_count = fields.Integer(
        "Nobody to Ask",
        compute="_compute_unasked_count",
        help="Items that name nobody who could answer.",
    )
    progress = fields.Float("Progress (%)", compute="_compute_counts")

    _remind_days_positive = models.Constraint(
        "CHECK (remind_days >= 0)", "The days before a reminder cannot be negative."
    )

    @api.depends("line_ids.answer", "person_ids")
    def _compute_counts(self):
        rows = self.env["itsm.ci.attestation.line"]._read_group(
            [("attestation_id", "in", self.ids)],
            ["attestation_id", "answer"],
            ["__count"],
        )
        people = dict(
            self.env["itsm.ci.attestation.person"]._read_group(
                [("attestation_id", "in", self.ids)], ["attestation_id"], ["__count"]
            )
        )
        for attestation in self:
            counts = {answer: n for of, answer, n in rows if of == attestation}
            total = sum(counts.values())
            open_ = counts.get(False, 0)
            attestation.line_count = total
            attestation.answered_count = total - open_
            attestation.wrong_count = counts.get("wrong", 0)
            attestation.person_count = people.get(attestation, 0)
            attestation.progress = (total - open_) * 100.0 / total if total else 0.0

    @api.depends("domain", "asked", "state")
    def _compute_unasked_count(self):
        for attestation in self:
            field = f"{attestation.asked}_id"
            attestation.unasked_count = self.env["itsm.ci"].search_count(
                attestation._item_domain()
                & (Domain(field, "=", False) | Domain(f"{field}.active", "=", False))
            )

    @api.constrains("domain")
    def _check_domain(self):
        for attestation in self:
            # Odoo checks as the system; a start does too, so authors are checked here.
            attestation.sudo(False)._item_domain()

    def _item_domain(self):
        """Return the domain of the items that are asked for.

        :raise ValidationError: where it is none
        """
        self.ensure_one()
        condition = self.env["itsm.ci"]._condition(self.domain, self.name)
        return condition & Domain("company_id", "=", self.company_id.id)

    @api.model
    def _system_fields(self):
        return super()._system_fields() | SYSTEM_FIELDS

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(attestation.state != "draft" for attestation in self):
            raise UserError(self.env._("An attestation that has begun is kept."))

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def action_start(self):
        """Make the lists and write to everybody who is asked.

        :raise UserError: where nobody can be asked
        """
        self.check_access("write")
        for attestation in self:
            if attestation.state != "draft":
                raise UserError(self.env._("“%s” has begun already.", attestation.name))
            # sudo: lists are made of all items and of people's mail addresses.
            attestation.sudo()._start()
        return True

    def _start(self):
        count = self._make_lists()
        if not count:
            raise UserError(
                self.env._(
                    "“%s” asks nobody: no item that it is about names somebody who"
                    " works here.",
                    self.name,
                )
            )
        today = fields.Date.context_today(self)
        self._write_system({"state": "running", "started_on": today})
        self.person_ids._send("itsm_cmdb.mail_template_attestation_asked")

    def _make_lists(self):
        """Write one list for each person, with their items; return their number."""
        items = self.env["itsm.ci"]._search(self._item_domain())
        values = {
            "attestation": self.id,
            "items": items.subselect(),
            "person": SQL.identifier("ci", f"{self.asked}_id"),
            "uid": self.env.uid,
            "now": fields.Datetime.now(),
        }
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO itsm_ci_attestation_person
                       (attestation_id, company_id, employee_id, user_id, reminders,
                        create_uid, create_date, write_uid, write_date)
                SELECT DISTINCT %(attestation)s, ci.company_id, e.id, u.id, 0,
                       %(uid)s, %(now)s::timestamp, %(uid)s, %(now)s::timestamp
                  FROM itsm_ci ci
                  JOIN hr_employee e ON e.id = %(person)s AND e.active
             LEFT JOIN res_users u ON u.id = e.user_id AND u.active
                 WHERE ci.id IN %(items)s
                """,
                **values,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO itsm_ci_attestation_line
                       (attestation_id, person_id, user_id, company_id, ci_id,
                        create_uid, create_date, write_uid, write_date)
                SELECT %(attestation)s, p.id, p.user_id, p.company_id, ci.id,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM itsm_ci ci
                  JOIN itsm_ci_attestation_person p
                    ON p.attestation_id = %(attestation)s
                   AND p.employee_id = %(person)s
                 WHERE ci.id IN %(items)s
                """,
                **values,
            )
        )
        count = self.env.cr.rowcount
        self.env.invalidate_all()
        return count

    def action_close(self):
        """End it: nobody can answer any more."""
        self.check_access("write")
        if any(attestation.state != "running" for attestation in self):
            raise UserError(self.env._("Only what is running can be closed."))
        self._write_system({"state": "closed"})
        return True

    def action_remind(self):
        """Remind everybody who has not answered all yet."""
        self.check_access("write")
        for attestation in self:
            if attestation.state != "running":
                raise UserError(self.env._("“%s” is not running.", attestation.name))
            # sudo: people's mail addresses are read.
            attestation.sudo().person_ids._unanswered()._remind()
        return True

    def action_view_lines(self):
        """Open the items of the attestation."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_attestation_line_action"
        )
        action["domain"] = [("attestation_id", "=", self.id)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------------
    # Every day
    # ------------------------------------------------------------------

    @api.model
    def _cron_attestations(self):
        """Send the reminders that are due, and start the attestations of the year."""
        today = fields.Date.context_today(self)
        running = self.search([("state", "=", "running")])
        for attestation in running:
            attestation.person_ids._unanswered()._to_remind(today)._remind()
            self.env["ir.cron"]._commit_progress(1)
        yearly = self.search(
            [
                ("state", "in", ("running", "closed")),
                ("is_yearly", "=", True),
                ("next_id", "=", False),
                ("started_on", "<=", today - relativedelta(years=1)),
            ]
        )
        for attestation in yearly:
            attestation._start_next(today)
            self.env["ir.cron"]._commit_progress(1)

    def _start_next(self, today):
        """Start the attestation of the next year; the present one ends."""
        time_to_answer = self.due_date - self.started_on
        following = self.copy(
            {
                "name": self._next_name(),
                "due_date": today + max(time_to_answer, timedelta(days=1)),
            }
        )
        self._write_system({"next_id": following.id, "state": "closed"})
        if following._make_lists():
            following._write_system({"state": "running", "started_on": today})
            following.person_ids._send("itsm_cmdb.mail_template_attestation_asked")

    def _next_name(self):
        """Return the name with the next year in it, where it has this one's."""
        year = str(self.started_on.year)
        if year in self.name:
            return self.name.replace(year, str(self.started_on.year + 1))
        return self.name
