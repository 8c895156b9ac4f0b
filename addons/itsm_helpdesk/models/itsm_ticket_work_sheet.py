import base64
from datetime import timedelta

from odoo import fields, models


class ItsmTicket(models.Model):
    """The sheet that goes with the work, is signed there, and asks what was thought."""

    _inherit = "itsm.ticket"

    def _work_sheet(self):
        """Return what the printed sheet of one ticket shows beside its own fields.

        Each print has a key of its own; the first one that is used ends the others.
        """
        self.ensure_one()
        # It shows what agents work with, and its code rates: not for requesters.
        self.check_access("write")
        # sudo: names and numbers of people and places on the work's own paper.
        ticket = self.sudo()
        person = ticket.requested_for_id or ticket.partner_id
        employee_ids = self.env["res.partner"]._itsm_employee_by_partner(person)
        employee = (
            self.env["hr.employee"].sudo().browse(employee_ids.get(person.id, ()))
        )
        return {
            "person": person.name,
            "phone": employee.work_phone or employee.mobile_phone or person.phone,
            "tasks": ticket.task_ids.filtered(lambda task: task.state != "cancelled"),
            "code": self._work_sheet_code(),
        }

    def _work_sheet_code(self):
        """Return a picture of the code with which this work is rated, or None."""
        url = self._work_sheet_url()
        if not url:
            return None
        Report = self.env["ir.actions.report"]
        picture = Report.barcode("QR", url, width=300, height=300)
        return f"data:image/png;base64,{base64.b64encode(picture).decode()}"

    def _work_sheet_url(self):
        """Return a new address at which whoever it was done for rates the work once.

        None where there is nobody to rate it, or nothing any more.
        """
        self.ensure_one()
        # sudo: who it was for, and how long the desk's links are good for.
        ticket = self.sudo()
        person = ticket.requested_for_id or ticket.partner_id
        if not person or ticket.state in ("cancelled", "closed"):
            return None
        days = ticket.desk_id.rating_link_days
        invitations, tokens = self.env["itsm.rating.invitation"]._issue(
            [
                {
                    "ticket_id": self.id,
                    "partner_id": person.id,
                    "way": "work_sheet",
                    "expires_at": fields.Datetime.now() + timedelta(days=days),
                }
            ]
        )
        return invitations._url(tokens[invitations.id])
