from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .itsm_ticket import WORKERS

AUDIENCES = [
    ("all", "Everybody"),
    ("desks", "Who asked the desks for something"),
    ("departments", "Departments"),
    ("services", "Users of the services"),
    ("people", "A list of people"),
]
SERVICE_USERS = [
    ("both", "Who asked for them, and whom they are offered to"),
    ("requesters", "Who asked for them within 12 months"),
    ("offered", "Whom they are offered to"),
]
# Who asked for something within this time uses it.
_USED_MONTHS = 12
_EXAMPLES = 5


class ItsmAnnouncement(models.Model):
    """For whom an announcement is: who, and how many, before anybody is told."""

    _inherit = "itsm.announcement"

    audience = fields.Selection(
        AUDIENCES, "For Whom", required=True, default="all", tracking=True
    )
    service_users = fields.Selection(SERVICE_USERS, default="both")
    department_ids = fields.Many2many(
        "hr.department",
        "itsm_announcement_department_rel",
        "announcement_id",
        "department_id",
        string="Departments",
        groups=WORKERS,
        help="With the departments below them.",
    )
    person_ids = fields.Many2many(
        "res.partner",
        "itsm_announcement_person_rel",
        "announcement_id",
        "partner_id",
        string="People",
        groups=WORKERS,
    )
    for_me = fields.Boolean(
        compute="_compute_for_me",
        search="_search_for_me",
        export_string_translation=False,
    )

    @api.depends("audience", "is_draft")
    @api.depends_context("uid")
    def _compute_for_me(self):
        mine = self.sudo().filtered_domain(self._for_me_domain())
        for news in self:
            news.for_me = news in mine

    def _search_for_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._for_me_domain()

    @api.model
    def _for_me_domain(self):
        """Return the domain of what is told to everybody, or to the user."""
        # sudo: one's own receipts; who else has one is not told.
        receipts = (
            self.env["itsm.announcement.receipt"]
            .sudo()
            .search_fetch(
                [("partner_id", "=", self.env.user.partner_id.id)], ["announcement_id"]
            )
        )
        return Domain("is_draft", "=", False) & (
            Domain("audience", "=", "all")
            | Domain("id", "in", receipts.announcement_id.ids)
        )

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def _audience_ids(self):
        """Return the ids of the contacts an announcement is for, in order."""
        self.ensure_one()
        self._check_audience()
        # sudo: those who tell people need no rights on employees and users; only
        # contacts leave here.
        found = getattr(self.sudo(), f"_audience_of_{self.audience}")()
        partners = self.env["res.partner"].sudo()
        return partners.search(Domain("id", "in", list(found)), order="id").ids

    def _check_audience(self):
        """Refuse an audience that is not said."""
        said = {
            "desks": self.desk_ids,
            "departments": self.department_ids,
            "services": self.service_ids,
            "people": self.person_ids,
        }
        if not said.get(self.audience, True):
            label = dict(self._fields["audience"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(announcement)s” is for “%(audience)s”, but nobody said which. "
                    "Choose them first.",
                    announcement=self.name,
                    audience=label[self.audience],
                )
            )

    def _audience_companies(self):
        """Return the companies whose staff is meant; none where it is all of them."""
        companies = self.desk_ids.company_id
        return companies if all(desk.company_id for desk in self.desk_ids) else False

    def _audience_of_all(self):
        return self._staff_ids()

    def _audience_of_desks(self):
        return self._requester_ids(Domain("desk_id", "in", self.desk_ids.ids))

    def _audience_of_departments(self):
        return self._employee_contact_ids(
            Domain("department_id", "child_of", self.department_ids.ids)
        )

    def _audience_of_services(self):
        found = set()
        if self.service_users != "offered":
            services = Domain("service_id", "in", self.service_ids.ids)
            found |= self._requester_ids(services)
        if self.service_users != "requesters":
            for service in self.service_ids:
                found |= self._offered_ids(service)
        return found

    def _audience_of_people(self):
        return set(self.person_ids.filtered("active").ids)

    def _staff_ids(self):
        """Return the ids of the contacts with a login, and of the employees."""
        companies = self._audience_companies()
        where = Domain("active", "=", True)
        if companies:
            where &= Domain("company_ids", "in", companies.ids)
        users = self.env["res.users"].search_fetch(where, ["partner_id"])
        mine = Domain("company_id", "in", companies.ids) if companies else Domain.TRUE
        return set(users.partner_id.ids) | self._employee_contact_ids(mine)

    @api.model
    def _employee_contact_ids(self, domain):
        """Return the ids of the contacts of employees; each has one."""
        employees = (
            self.env["hr.employee"]
            .with_context(allowed_company_ids=[])
            .search_fetch(domain, ["user_id", "work_contact_id"])
        )
        return {
            (employee.user_id.partner_id or employee.work_contact_id).id
            for employee in employees
        } - {False}

    @api.model
    def _requester_ids(self, domain):
        """Return the ids of who asked for something lately, or needed it."""
        since = fields.Datetime.now() - relativedelta(months=_USED_MONTHS)
        domain &= Domain("opened_at", ">=", since)
        Ticket = self.env["itsm.ticket"]
        return {
            partner.id
            for name in ("partner_id", "requested_for_id")
            for (partner,) in Ticket._read_group(domain, [name])
        } - {False}

    def _offered_ids(self, service):
        """Return the ids of the contacts a service is offered to."""
        limits = {
            "department_id": ("child_of", service.available_department_ids),
            "company_id": ("in", service.available_company_ids),
            "job_id": ("in", service.available_job_ids),
        }
        domain = Domain.AND(
            Domain(name, operator, records.ids)
            for name, (operator, records) in limits.items()
            if records
        )
        found = self._staff_ids() if domain.is_true() else set()
        if not domain.is_true():
            found = self._employee_contact_ids(domain)
        groups = service.available_group_ids
        if groups:
            users = self.env["res.users"].search_fetch(
                [("all_group_ids", "in", groups.ids)], ["partner_id"]
            )
            found &= set(users.partner_id.ids)
        return found

    # ------------------------------------------------------------------
    # How many
    # ------------------------------------------------------------------

    def _audience_figures(self, partner_ids):
        """Return how many of some contacts are reached on which way.

        :return: ``people``, ``mail``, ``login``, ``internal``, ``unreachable`` and
            ``examples``, a few names
        """
        self.env["res.partner"].flush_model(["email_normalized"])
        self.env["res.users"].flush_model(["active", "partner_id", "share"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*),
                       COUNT(*) FILTER (WHERE has_mail),
                       COUNT(*) FILTER (WHERE has_login),
                       COUNT(*) FILTER (WHERE is_internal),
                       COUNT(*) FILTER (
                           WHERE NOT (has_mail AND %(mail)s)
                             AND NOT (has_login AND %(portal)s)
                             AND NOT (is_internal AND %(activity)s)
                       )
                  FROM (
                    SELECT COALESCE(person.email_normalized, '') != '' AS has_mail,
                           EXISTS (
                               SELECT 1 FROM res_users
                                WHERE partner_id = person.id AND active
                           ) AS has_login,
                           EXISTS (
                               SELECT 1 FROM res_users
                                WHERE partner_id = person.id AND active AND NOT share
                           ) AS is_internal
                      FROM res_partner AS person
                     WHERE person.id = ANY(%(ids)s)
                  ) AS one
                """,
                ids=list(partner_ids),
                mail=self.on_mail,
                portal=self.on_portal,
                activity=self.on_activity,
            )
        )
        # sudo: a few names, for those who may tell these people.
        some = self.env["res.partner"].sudo().browse(partner_ids[:_EXAMPLES])
        names = ("people", "mail", "login", "internal", "unreachable")
        return {
            **dict(zip(names, rows[0], strict=True)),
            "examples": some.mapped("name"),
        }

    def action_view_audience(self):
        """Open the contacts whom it would be told to now."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("For Whom"),
            "res_model": "res.partner",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self._audience_ids())],
            "context": {"create": False},
        }
