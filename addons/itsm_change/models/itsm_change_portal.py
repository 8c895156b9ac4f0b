from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list

from ..tools import states

# How long work that is over stays on the list.
_STAYS = timedelta(days=7)
_HOME_ROWS = 3
_MAX_ID = 2**31 - 1
_TONES = {
    states.SCHEDULED: "info",
    states.IMPLEMENT: "warning",
    states.REVIEW: "success",
    states.CLOSED: "success",
    states.CANCELLED: "secondary",
}


class ItsmChange(models.Model):
    """“Planned work” as staff see it: what affects them, in words meant for them.

    Staff have no rights on changes. Everything they see goes through the methods here:
    fixed fields, no subject, plan, item or person that is not theirs.
    """

    _inherit = "itsm.change"

    # ------------------------------------------------------------------
    # Which
    # ------------------------------------------------------------------

    @api.model
    def _portal_window_domain(self):
        """Return the domain of the work that staff are shown at all."""
        since = fields.Datetime.now() - _STAYS
        over = Domain("state", "in", (states.REVIEW, states.CLOSED)) & Domain(
            "actual_end", ">=", since
        )
        # Who was not told of work need not hear that there is none.
        given_up = (
            Domain("state", "=", states.CANCELLED)
            & Domain("cancelled_at", ">=", since)
            & Domain(
                "notice_ids.person_ids.partner_id", "=", self.env.user.partner_id.id
            )
        )
        return (
            Domain("state", "in", (states.SCHEDULED, states.IMPLEMENT))
            | over
            | given_up
        )

    @api.model
    def _portal_mine(self, domain=Domain.TRUE):
        """Return the work that affects the user, with the rights of the system."""
        employee_ids = set(self.env["itsm.ci"]._portal_employee_ids())
        if not employee_ids:
            return self.sudo().browse()
        # sudo: staff have no rights on changes; pages get fixed fields of their own.
        found = self.sudo().search(
            self._portal_window_domain()
            & Domain("company_id", "in", self.env.user.company_ids.ids)
            & domain,
            order="planned_start, id",
        )
        affected = found._affected_employees()
        return found.filtered(lambda change: affected[change.id] & employee_ids)

    @api.model
    def _portal_find(self, change_id):
        """Return one change that affects the user; none alike for all others."""
        if not 0 < change_id <= _MAX_ID:
            return self.sudo().browse()
        return self._portal_mine(Domain("id", "=", change_id))

    # ------------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------------

    def _portal_rows(self):
        """Return what a list says of each change.

        :param self: with the rights of the system; callers have checked whom it affects
        """
        return [
            {
                "id": change.id,
                "url": f"/my/changes/{change.id}",
                "number": change.number,
                "title": change._public_title(),
                "when": change._portal_span(*change._portal_work_window()),
                "outage": change._portal_span(*change._outage_window()),
                "status": {
                    "label": change._portal_status(),
                    "tone": _TONES[change.state],
                },
                "is_over": change.state not in (states.SCHEDULED, states.IMPLEMENT),
                "is_running": change.state == states.IMPLEMENT,
            }
            for change in self
        ]

    @api.model
    def _portal_home(self):
        """Return the rows of the block on the home, and how many there are in all."""
        current = Domain("state", "in", (states.SCHEDULED, states.IMPLEMENT))
        mine = self._portal_mine(current)
        return mine[:_HOME_ROWS]._portal_rows(), len(mine)

    def _portal_page(self):
        """Return what the page of one change says.

        :param self: with the rights of the system; callers have checked whom it affects
        """
        self.ensure_one()
        items = self.env["itsm.ci"].sudo().browse(self._touched()[self.id])  # as self
        return {
            **self._portal_rows()[0],
            "note": self.public_note or "",
            "equipment": format_list(self.env, self._portal_equipment(items)),
            "services": format_list(self.env, self._portal_services(items)),
            "departments": format_list(self.env, self._portal_departments()),
            "report_url": "/my/tickets/new",
        }

    def _portal_equipment(self, items):
        """Return the names of touched items that the user has or answers for."""
        mine = self.env["itsm.ci"]._portal_employee_ids()
        return sorted(
            item.name
            for item in items
            if (item.custodian_id.id in mine or item.owner_id.id in mine)
            and item._portal_may_know()
        )

    def _portal_services(self, items):
        """Return the names of touched services that the user may find or know."""
        Service = self.env["itsm.service"].sudo(False)
        # sudo: which services an item delivers is asked for the system, and what may
        # be told of them with the user's own rights.
        found = Service.sudo().search([("ci_ids", "in", items.ids)])
        visible = Service.search(
            Service._portal_domain() & Domain("id", "in", found.ids)
        )
        known = items.filtered(
            lambda item: item.class_id.is_service and item._portal_may_know()
        )
        return sorted({*visible.mapped("name"), *known.mapped("name")})

    def _portal_departments(self):
        """Return the names of the user's departments that the work is about."""
        # sudo: staff have no rights on employees; only names of their own departments.
        employees = self.env["hr.employee.public"].sudo()
        mine = employees.browse(
            self.env["itsm.ci"]._portal_employee_ids()
        ).department_id.sudo()
        served = self._served_departments().get(self.id, set())
        return sorted(
            department.name
            for department in mine
            if served.intersection(
                int(part) for part in (department.parent_path or "").split("/") if part
            )
        )

    def _portal_status(self):
        """Return where the work stands, in words of staff."""
        self.ensure_one()
        texts = {
            states.SCHEDULED: self.env._("Planned"),
            states.IMPLEMENT: self.env._("Under way"),
            states.CANCELLED: self.env._("Cancelled"),
        }
        return texts.get(self.state, self.env._("Done"))

    def _portal_work_window(self):
        """Return from when to when the work is, or was."""
        return (
            self.actual_start or self.planned_start,
            self.actual_end or self.planned_end,
        )

    @api.model
    def _portal_span(self, start, end):
        """Return two moments as people say them, in the reader's language and zone."""
        if not start or not end:
            return ""
        Ticket = self.env["itsm.ticket"]
        same_day = (
            Ticket._portal_local(start).date() == Ticket._portal_local(end).date()
        )
        return self.env._(
            "%(start)s – %(end)s",
            start=Ticket._portal_moment(start),
            end=Ticket._portal_clock_time(end)
            if same_day
            else Ticket._portal_moment(end),
        )
