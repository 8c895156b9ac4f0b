from odoo.fields import Command
from odoo.tests import users, warmup

from .catalogue_common import CatalogueCase
from .sla_common import SlaCase


class TestCataloguePromises(SlaCase, CatalogueCase):
    """What the page of a service promises is what a request would get."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._service()
        cls.partner = cls.portal.partner_id

    def _promised(self, service=None, partner=None):
        promises = (service or self.service)._promises(partner or self.partner)
        return [(each["metric"], each["seconds"]) for each in promises]

    def test_nothing_is_promised_without_policies(self):
        self.assertEqual(self._promised(), [])

    def test_targets_of_the_priority(self):
        self._policy(
            ("resolution", 8),
            ("resolution", 2, "1"),
            ("response", 1),
            ("response", 3, "4"),
        )
        self.assertEqual(self._promised(), [("response", 3600), ("resolution", 28800)])
        self.service.write({"impact": "1", "urgency": "1"})
        self.assertEqual(self._promised(), [("response", 3600), ("resolution", 7200)])

    def test_conditions(self):
        other = self._service("Other")
        vip = self.env["itsm.service.class"].create({"name": "VIP", "code": "vip-x"})
        self._policy(("resolution", 1), service_class_ids=vip.ids)
        self._policy(("resolution", 2), service_ids=self.service.ids)
        self._policy(("resolution", 4), ticket_type="request")
        self._policy(("resolution", 9), domain="[('desk_id.name', '=', 'None such')]")
        self.assertEqual(self._promised(), [("resolution", 7200)])
        self.assertEqual(self._promised(other), [("resolution", 14400)])
        other.ticket_type = "incident"
        self.assertEqual(self._promised(other), [])
        self.partner.service_class_id = vip
        self.assertEqual(self._promised(), [("resolution", 3600)])

    def test_promises_to_customers_only(self):
        self._policy(("resolution", 2), kind="ola", team_ids=self.team1.ids)
        self.assertEqual(self._promised(), [])

    def test_archived_and_past_policies(self):
        self._policy(("resolution", 2), active=False)
        self._policy(("resolution", 3), valid_until="2026-01-01 00:00:00")
        self.assertEqual(self._promised(), [])

    def test_a_request_gets_what_the_page_says(self):
        self._policy(("resolution", 2), service_ids=self.service.ids, in_parallel=True)
        self._policy(("response", 1), ("resolution", 8))
        ticket = self._submit(self.service)
        clocks = ticket.clock_ids.filtered(lambda clock: clock.kind == "sla")
        got = sorted((clock.metric, clock.budget) for clock in clocks)
        self.assertEqual(sorted(self._promised()), got)
        self.assertEqual(len(got), 3)

    def test_hours_that_count(self):
        policy = self._policy(("resolution", 2))
        (promise,) = self.service._promises(self.partner)
        self.assertEqual(promise["calendar"], self.calendar.name)
        self.assertIn("2", promise["text"])
        policy.target_ids.measure = "elapsed"
        (promise,) = self.service._promises(self.partner)
        self.assertEqual(promise["calendar"], "")
        policy.target_ids.write({"measure": "end_of_day", "days": 3})
        (promise,) = self.service._promises(self.partner)
        self.assertIsNone(promise["seconds"])
        self.assertIn("3", promise["text"])

    def test_imagined_tickets_leave_nothing_behind(self):
        self._policy(("resolution", 2))
        before = self.Ticket.search_count([])
        self._promised()
        self.env.flush_all()
        self.assertEqual(self.Ticket.search_count([]), before)

    def test_requesters_may_ask(self):
        self._policy(("resolution", 2))
        for user in (self.portal, self.requester):
            mine = self._as(user)["itsm.service"].browse(self.service.id)
            with self.subTest(user=user.name):
                self.assertEqual(len(mine._promises(user.partner_id)), 1)

    @users("itsm_portal")
    @warmup
    def test_a_page_of_services(self):
        """Promises for fifty services cost a fixed number of queries."""
        self._policy(("resolution", 2), ("response", 1))
        self._policy(("resolution", 3), desk_ids=[Command.set(self.desk.ids)])
        partner = self.env.user.partner_id
        few, many = self._catalogue(2), self._catalogue(50)
        self.env.flush_all()
        self.env["itsm.service"].browse(many.ids)._promises_of(partner)
        counts = []
        for services in (few, many):
            mine = self.env["itsm.service"].browse(services.ids)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(mine._promises_of(partner)), len(services))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
