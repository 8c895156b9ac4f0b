from odoo.tests import tagged

from odoo.addons.itsm_helpdesk.tests.common import ItsmCase


@tagged("post_install", "-at_install")
class TestVoices(ItsmCase):
    """Visits in the journey of a service, and visits for complaints."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.env["itsm.service"].create(
            {"name": "Printing", "desk_id": cls.desk.id}
        )
        cls.visited = cls.env.ref("itsm_helpdesk.touchpoint_visited")

    def _visit(self, ticket, **vals):
        visit = self.env["itsm.visit"].create(
            {"ticket_id": ticket.id, "user_id": self.engineer.id}
        )
        visit._write_system(vals)
        return visit

    def test_visit_is_a_moment(self):
        ticket = self._create_ticket(service_id=self.service.id)
        ticket._write_system({"opened_at": "2026-04-01 08:00:00"})
        visit = self._visit(ticket)
        ids = {point["id"] for point in ticket._rating_touchpoints()}
        self.assertNotIn(self.visited.id, ids, "nobody has come yet")
        visit._write_system({"state": "done", "started_at": "2026-04-01 11:00:00"})
        self._visit(ticket, state="done", started_at="2026-04-03 11:00:00")
        ids = {point["id"] for point in ticket._rating_touchpoints()}
        self.assertIn(self.visited.id, ids)
        self.env.flush_all()
        Touchpoint = self._as(self.agent)["itsm.touchpoint"]
        journey = {p["id"]: p for p in Touchpoint.journey(self.service.id, 0)}
        self.assertEqual(journey[self.visited.id]["hours"], 3.0, "the first visit")
        self.assertEqual(journey[self.visited.id]["tickets"], 1)

    def test_visit_for_a_complaint_is_hidden(self):
        complaint = self._create_ticket(
            type="complaint", complaint_about_user_id=self.agent.id
        )
        complaint.complaint_shared = True
        visit = self._visit(complaint)
        for user, seen in ((self.agent, False), (self.agent2, True)):
            mine = self._as(user)["itsm.visit"]
            with self.subTest(user=user.name):
                self.assertEqual(mine.browse(visit.id).has_access("read"), seen)
                self.assertEqual(mine.search_count([("id", "=", visit.id)]), int(seen))
