from odoo import fields
from odoo.tests import tagged

from .field_work_common import FieldWorkCase

DONE = {"outcome": "again", "note": "New washer.", "code": ""}


@tagged("post_install", "-at_install")
class TestRatingOfVisits(FieldWorkCase):
    """A badge is for the last visit, and the work sheet shows what was done there."""

    def _visit(self):
        self._do(self.leak, "start")
        self._do(self.leak, "finish", values=DONE)

    def test_badge_rates_the_visit_though_the_work_goes_on(self):
        person = self.leak.partner_id
        self.assertFalse(self.Ticket._rating_last(person, user=self.technician))
        self._visit()
        self.assertNotIn(self.leak.state, ("resolved", "closed"))
        found = self.Ticket._rating_last(person, user=self.technician)
        self.assertEqual(found, self.leak)
        self.assertFalse(self.Ticket._rating_last(person, user=self.agent))
        self.assertTrue(self.leak._worked_on_by(self.technician))
        self.assertFalse(self.leak._worked_on_by(self.agent))
        rating = found._rate(person, {"grade": "4"}, "qr_badge", rated=self.technician)
        self.assertEqual(rating.rated_partner_id, self.technician.partner_id)
        self.assertFalse(self.Ticket._rating_last(person, user=self.technician))

    def test_old_visits_are_not_rated(self):
        self._visit()
        visit = self.leak.visit_ids
        visit._write_system(
            {"ended_at": fields.Datetime.subtract(visit.ended_at, days=90)}
        )
        found = self.Ticket._rating_last(self.leak.partner_id, user=self.technician)
        self.assertFalse(found)

    def test_sheet_shows_the_visit(self):
        self._visit()
        report = self.env["ir.actions.report"].with_user(self.technician)
        html = report._render_qweb_html("itsm_helpdesk.itsm_work_sheet", self.leak.ids)[
            0
        ].decode()
        self.assertIn("New washer.", html)
        self.assertIn(self.technician.name, html)
