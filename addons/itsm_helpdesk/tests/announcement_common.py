from datetime import timedelta

from odoo import fields

from .common import ItsmCase

HOUR = timedelta(hours=1)


class AnnouncementCase(ItsmCase):
    """Announcements that are written, sent and read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.News = cls.env["itsm.announcement"]
        cls.Receipt = cls.env["itsm.announcement.receipt"]
        cls.Update = cls.env["itsm.announcement.update"]
        cls.pharmacy = cls.env["hr.department"].create(
            {"name": "Pharmacy", "parent_id": cls.department.id}
        )
        # One who works below, has no login and is written to.
        cls.outsider = cls.env["res.partner"].create(
            {"name": "Olga Outside", "email": "olga@staff.example.com"}
        )
        cls.env["hr.employee"].create(
            {
                "name": "Olga Outside",
                "work_contact_id": cls.outsider.id,
                "department_id": cls.pharmacy.id,
                "company_id": cls.company.id,
            }
        )

    @classmethod
    def _news(cls, **vals):
        """Return a draft for the list of the portal user and Olga, by mail."""
        people = cls.portal.partner_id | cls.outsider
        return cls.News.with_user(cls.manager).create(
            {
                "name": "Mail is slow",
                "body": "<p>We are working on it.</p>",
                "desk_ids": cls.desk.ids,
                "audience": "people",
                "person_ids": people.ids,
                "on_mail": True,
                "date_from": cls.now - HOUR,
                **vals,
            }
        )

    def _sent(self, **vals):
        """Return an announcement that was sent to all it is for."""
        news = self._news(**vals)
        news.publish()
        self._run()
        return news

    def _run(self):
        """Let the job do what is due."""
        self.env.flush_all()
        for update in self.Update.search(self.Update._due_domain(), order="id"):
            while update._send_some():
                pass
        self.env.invalidate_all()

    def _mails(self, news, partner=None):
        """Return the queued mails of an announcement, the first first."""
        mails = self.env["mail.mail"].search(
            [("model", "=", "itsm.announcement"), ("res_id", "=", news.id)], order="id"
        )
        return mails.filtered(lambda mail: not partner or partner in mail.recipient_ids)

    def _people(self, news):
        """Return whom an announcement is for, of the people of these tests."""
        names = news.env["res.partner"].sudo().browse(news._audience_ids())
        return set(names.mapped("name"))
