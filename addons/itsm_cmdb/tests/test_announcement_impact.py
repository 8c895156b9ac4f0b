from odoo.exceptions import UserError
from odoo.tests import tagged

from .impact_common import ImpactCase


@tagged("post_install", "-at_install")
class TestAnnouncementImpact(ImpactCase):
    """An announcement for those whom the failure of items hits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server, cls.app, cls.other = cls._items("server app other")
        cls._link(cls.app, "needs", cls.server)
        cls.app.user_department_ids = cls.department
        cls.other.custodian_id = cls.employee_head

    def _news(self, **vals):
        return self.env["itsm.announcement"].create(
            {
                "name": "No application",
                "kind": "disturbance",
                "desk_ids": self.desk.ids,
                "audience": "impact",
                **vals,
            }
        )

    def _people(self, news):
        news = news.with_user(self.manager)
        return self.env["res.partner"].browse(news._audience_ids())

    def test_chosen_items(self):
        news = self._news(ci_ids=self.server.ids)
        users = self.requester | self.colleague | self.head | self.portal
        self.assertEqual(self._people(news), users.partner_id)
        news.ci_ids = self.other
        self.assertEqual(self._people(news), self.head.partner_id)

    def test_items_of_the_ticket(self):
        ticket = self._create_ticket()
        news = self._news(ticket_id=ticket.id)
        with self.assertRaises(UserError):
            news.with_user(self.manager).publish()
        ticket.ci_ids = self.server
        self.env.flush_all()
        self.assertIn(self.requester.partner_id, self._people(news))
        self.assertNotIn(self.stranger.partner_id, self._people(news))

    def test_as_many_as_the_analysis_says(self):
        counted = self.server.impact_report()["people"]
        self.assertEqual(len(self._people(self._news(ci_ids=self.server.ids))), counted)
