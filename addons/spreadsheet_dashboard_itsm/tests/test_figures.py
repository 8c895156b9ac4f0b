from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import DashboardCase

OPEN = "state IN ('new', 'approval', 'in_progress', 'pending')"


@tagged("post_install", "-at_install")
class TestFigures(DashboardCase):
    """Big figures are what SQL counts in the desks of who asks, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        now = fields.Datetime.now()
        late = cls._create_ticket(name="Late")
        late.due_at = now - timedelta(hours=1)
        cls._create_ticket(name="Mine", user_id=cls.agent.id)
        with freeze_time(now - timedelta(days=40)):
            cls._create_ticket(name="Old")
        solved = cls._in_state("resolved", name="Solved")
        cls._create_ticket(
            name="Elsewhere", desk_id=cls.desk_other.id, team_id=cls.team_other.id
        )
        cls.env["rating.rating"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id("itsm.ticket"),
                "res_id": solved.id,
                "partner_id": cls.requester.partner_id.id,
                "rating": 2,
                "consumed": True,
            }
        )
        cls.env.flush_all()
        for fact in ("itsm.ticket.report", "itsm.sla.report", "itsm.workload.report"):
            cls.env[fact]._fact_refresh()

    def _sql(self, query, *values):
        self.env.cr.execute(query, values)
        return self.env.cr.fetchone()[0] or 0

    def _count(self, condition, desks=None):
        desks = desks or self.desk
        return self._sql(
            f"SELECT count(*) FROM itsm_ticket WHERE active AND {condition}"
            " AND desk_id = ANY(%s)",
            desks.ids,
        )

    def test_today(self):
        midnight = "date_trunc('day', now() AT TIME ZONE 'UTC')"
        for title, condition in {
            "Open Now": OPEN,
            "Unassigned": f"{OPEN} AND user_id IS NULL",
            "Overdue": f"{OPEN} AND LEAST(due_at, sla_deadline)"
            " < now() AT TIME ZONE 'UTC'",
            "On Hold": "state = 'pending'",
            "Opened Today": f"opened_at >= {midnight}",
            "Resolved Today": f"resolved_at >= {midnight}",
            "Not Answered Yet": f"{OPEN} AND first_response_at IS NULL",
        }.items():
            with self.subTest(title=title):
                found = self._figure(self.agent, "dashboard_service_desk", title)
                self.assertEqual(found or 0, self._count(condition))
        self.assertTrue(self._figure(self.agent, "dashboard_service_desk", "Overdue"))

    def test_auditor_counts_all_desks(self):
        found = self._figure(self.auditor, "dashboard_service_desk", "Open Now")
        desks = self.env["itsm.desk"].search([("company_id", "!=", self.branch.id)])
        self.assertEqual(found, self._count(OPEN, desks))
        self.assertGreater(found, self._count(OPEN))

    def test_service_levels(self):
        broken = self._figure(self.agent, "dashboard_service_levels", "Promises Broken")
        rate = self._figure(self.agent, "dashboard_service_levels", "Promises Kept")
        clocks = (
            "FROM itsm_sla_clock c JOIN itsm_ticket t ON t.id = c.res_id"
            " AND c.res_model = 'itsm.ticket'"
            " WHERE c.kind = 'sla' AND c.state <> 'cancelled'"
            " AND c.stopped_at IS NOT NULL AND t.desk_id = %s"
        )
        counted = self._sql(
            f"SELECT count(*) FILTER (WHERE c.breached) {clocks}", self.desk.id
        )
        self.assertEqual(broken or 0, counted)
        kept = self._sql(
            f"SELECT avg(CASE WHEN c.breached THEN 0 ELSE 100 END) {clocks}",
            self.desk.id,
        )
        self.assertAlmostEqual(rate or 0, float(kept))

    def test_workload(self):
        found = self._figure(self.agent, "dashboard_workload", "New Work")
        tickets = self._count("merged_into_id IS NULL")
        tasks = self._sql(
            "SELECT count(*) FROM itsm_task WHERE desk_id = %s"
            " AND state IN ('ready', 'in_progress', 'done', 'failed')",
            self.desk.id,
        )
        self.assertEqual(found, tickets + tasks)

    def test_satisfaction(self):
        for title, value in {
            "Average Stars": 2,
            "Ratings": 1,
            "One or Two Stars": 1,
        }.items():
            found = self._figure(self.agent, "dashboard_satisfaction", title)
            self.assertEqual(found, value)
        self.assertFalse(
            self._figure(self.stranger, "dashboard_satisfaction", "Ratings")
        )

    def test_desks_stay_apart(self):
        found = self._figure(self.stranger, "dashboard_service_desk", "Open Now")
        self.assertEqual(found, self._count(OPEN, self.desk_other))
