from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .itsm_ci_attestation import REMINDERS_AFTER

WEEK = timedelta(days=7)
MAX_ID = 2**31 - 1
MAX_COMMENT = 2000


class ItsmCiAttestationPerson(models.Model):
    """One person's list in an attestation."""

    _name = "itsm.ci.attestation.person"
    _description = "Person Asked in an Attestation"
    _order = "attestation_id desc, id"

    attestation_id = fields.Many2one(
        "itsm.ci.attestation", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="attestation_id.company_id", store=True)
    employee_id = fields.Many2one(
        "hr.employee", required=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one("res.users", "Login", index="btree_not_null")
    line_ids = fields.One2many("itsm.ci.attestation.line", "person_id", "Items")
    total_count = fields.Integer("Items Asked For", compute="_compute_counts")
    open_count = fields.Integer("To Answer", compute="_compute_counts")
    wrong_count = fields.Integer("Wrong", compute="_compute_counts")
    reminded_on = fields.Date(readonly=True)
    reminders = fields.Integer(readonly=True)

    _once = models.UniqueIndex("(attestation_id, employee_id)")

    @api.depends("line_ids.answer")
    def _compute_counts(self):
        rows = self.env["itsm.ci.attestation.line"]._read_group(
            [("person_id", "in", self.ids)], ["person_id", "answer"], ["__count"]
        )
        counts = {(person.id, answer): count for person, answer, count in rows}
        for person in self:
            open_ = counts.get((person.id, False), 0)
            wrong = counts.get((person.id, "wrong"), 0)
            person.open_count = open_
            person.wrong_count = wrong
            person.total_count = open_ + wrong + counts.get((person.id, "right"), 0)

    @api.depends("employee_id", "attestation_id")
    def _compute_display_name(self):
        # sudo: the names of people, for those without HR rights.
        for person in self.sudo():
            person.display_name = (
                f"{person.attestation_id.name}: {person.employee_id.name}"
            )

    # ------------------------------------------------------------------
    # Mail
    # ------------------------------------------------------------------

    def _unanswered(self):
        """Return those who have not answered all."""
        return self.filtered("open_count")

    def _partner(self):
        """Return the contact to whom mails go; empty where there is none."""
        employee = self.employee_id
        partner = employee.user_id.partner_id or employee.work_contact_id
        return partner if partner.email else partner.browse()

    def _link(self):
        """Return the address of the list."""
        self.ensure_one()
        return f"{self.get_base_url()}/my/attestations/{self.id}"

    def _to_remind(self, today):
        """Return those for whom a reminder is due today."""
        return self.filtered(lambda person: person._is_due(today))

    def _is_due(self, today):
        attestation = self.attestation_id
        due = attestation.due_date
        if today <= due:
            before = due - timedelta(days=attestation.remind_days)
            return today >= before and not self.reminded_on
        if self.reminders > REMINDERS_AFTER:
            return False
        return not self.reminded_on or today - self.reminded_on >= WEEK

    def _remind(self):
        """Remind them, and keep that it was done."""
        self._send("itsm_cmdb.mail_template_attestation_reminder")
        today = fields.Date.context_today(self)
        for reminders, people in self.grouped("reminders").items():
            people.write({"reminded_on": today, "reminders": reminders + 1})

    def _send(self, template):
        """Send a mail to those who have an address."""
        people = self.filtered(lambda person: person._partner())
        if people:
            self.env.ref(template).send_mail_batch(people.ids)

    # ------------------------------------------------------------------
    # Portal
    # ------------------------------------------------------------------

    @api.model
    def _portal_domain(self):
        """Return the domain of the lists of the signed-in person."""
        ids = self.env["itsm.ci"]._portal_employee_ids()
        return Domain("employee_id", "in", ids) & Domain(
            "attestation_id.state", "=", "running"
        )

    @api.model
    def _portal_lists(self):
        """Return the running lists of the signed-in person."""
        # sudo: staff have no rights on lists; the domain leaves them their own.
        return self.sudo().search(self._portal_domain())

    @api.model
    def _portal_open_lists(self):
        """Return those of them on which something is still to answer."""
        return self._portal_lists().filtered("open_count")

    @api.model
    def _portal_find(self, list_id):
        """Return a running list of the signed-in person; empty for any other."""
        if not 0 < list_id <= MAX_ID:
            return self.browse()
        # sudo: staff have no rights on lists; the domain leaves them their own.
        return self.sudo().search(self._portal_domain() & Domain("id", "=", list_id))

    def _portal_rows(self):
        """Return what the page says of each item, without what is not the staff's."""
        return [
            {
                "id": line.id,
                "name": line.ci_id.name,
                "code": line.ci_id.code or "",
                "icon": line.ci_id.class_id.icon or "fa-cube",
                "facts": line._facts(),
                "answer": line.answer or "",
                "comment": line.comment or "",
            }
            for line in self.line_ids
        ]

    def _portal_answer(self, form):
        """Take a sent form; return the errors by line and how many were answered.

        Lines of other lists are not looked at, whatever the form says.
        """
        self.ensure_one()
        errors, answers = {}, {}
        for line in self.line_ids:
            answer = form.get(f"answer_{line.id}")
            comment = (form.get(f"comment_{line.id}") or "").replace("\0", " ").strip()
            comment = comment[:MAX_COMMENT]
            if answer not in ("right", "wrong"):
                continue
            if answer == "wrong" and not comment:
                errors[line.id] = self.env._("Please say what is wrong.")
            elif (answer, comment) != (line.answer, line.comment or ""):
                answers[line.id] = (answer, comment)
        self.line_ids._answer(answers)
        return errors, len(answers)
