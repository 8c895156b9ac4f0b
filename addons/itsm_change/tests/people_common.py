from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .common import ChangeCase

HOUR = timedelta(hours=1)


class PeopleCase(ChangeCase):
    """A service that Radiology uses, made of a server; and people of all sorts.

    The portal user holds a laptop, the keeper answers for the server, the requester,
    the colleague, the head and the portal user work in Radiology. The stranger works in
    another department, the foreigner in another company.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.class_service = cls._class("test_service", is_service=True)
        Department = cls.env["hr.department"]
        cls.ward = Department.create(
            {
                "name": "Ward of Radiology",
                "parent_id": cls.department.id,
                "company_id": cls.company.id,
            }
        )
        cls.kitchen = Department.create(
            {"name": "Kitchen", "company_id": cls.company.id}
        )
        cls.employee_keeper = cls._make_employee(cls.keeper, cls.kitchen)
        cls.employee_stranger = cls._make_employee(cls.stranger, cls.kitchen)
        cls.employee_foreigner = cls._make_employee(
            cls.foreigner, company_id=cls.branch.id, resource_calendar_id=False
        )
        cls.server = cls._ci("Server Secret", owner_id=cls.employee_keeper.id)
        cls.imaging = cls._ci(
            "Imaging",
            cls.class_service,
            user_department_ids=[Command.set(cls.department.ids)],
        )
        cls.laptop = cls._ci("Laptop of Petra", custodian_id=cls.employee_portal.id)
        cls.desk.portal_published = True

    @classmethod
    def _work(cls, *items, state="scheduled", hours=24, **vals):
        """Return a change on items that begins so many hours from now."""
        start = fields.Datetime.now() + hours * HOUR
        change = cls._change(
            planned_start=start,
            planned_end=start + 2 * HOUR,
            **{
                "has_outage": True,
                "public_title": "The pictures stand still",
                "public_note": "Print what you need before.",
                "ci_link_ids": [Command.create({"ci_id": one.id}) for one in items],
                **vals,
            },
        )
        change._write_system({"state": state})
        return change

    def _told(self, change, phase=None):
        """Return the people told of a change, in a phase."""
        rows = change.notice_ids.filtered(lambda row: not phase or row.phase == phase)
        return rows.person_ids.partner_id

    def _mails(self, partner, title="The pictures stand still"):
        """Return the mails to somebody about the work."""
        return self.env["mail.mail"].search(
            [("recipient_ids", "in", partner.ids), ("subject", "ilike", title)]
        )
