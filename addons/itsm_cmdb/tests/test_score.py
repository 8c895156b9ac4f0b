from datetime import timedelta

from odoo import fields
from odoo.tests import Form

from .test_audit import AuditCase


class TestScore(AuditCase):
    """How many items are in order, and how it is averaged."""

    def _rows(self, *groupby, **aggregates):
        Score = self.env["itsm.ci.score"]
        return Score._read_group(
            [("class_id", "child_of", self.class_device.id)],
            groupby,
            ["score:avg", "total:avg", "healthy:avg"],
        )

    def test_snapshot(self):
        self._used("a")
        self._used("b", owner_id=self.employee_engineer.id)
        self._ci("gone", stage_id=self.stages["disposed"].id)
        self._used("archived", active=False)
        self.rule._run()
        self.env["itsm.ci.score"]._take()
        self.env["itsm.ci.score"]._take()
        [(score, total, healthy)] = self._rows()
        self.assertEqual((total, healthy), (2, 1))
        self.assertAlmostEqual(float(score), 50)
        by_owner = {owner: score for owner, score, _t, _h in self._rows("owner_id")}
        self.assertEqual(by_owner[self.employee_engineer], 100)
        # What is accepted is in order.
        self._findings()._accept("so be it", None)
        self.env["itsm.ci.score"]._take()
        self.assertEqual(self._rows()[0][0], 100)

    def test_averages_are_weighted(self):
        Score = self.env["itsm.ci.score"]
        day = fields.Date.today()
        Score.create(
            [
                {
                    "date": day - timedelta(days=days),
                    "class_id": item_class.id,
                    "total": total,
                    "healthy": healthy,
                    "score": healthy * 100 / total,
                }
                for days, item_class, total, healthy in (
                    (0, self.class_server, 90, 90),
                    (0, self.class_device, 10, 0),
                    (1, self.class_server, 90, 0),
                    (1, self.class_device, 10, 0),
                )
            ]
        )
        [(score, total, healthy)] = self._rows()
        self.assertEqual((float(score), total, healthy), (45, 100, 45))
        by_day = {date: float(score) for date, score, _t, _h in self._rows("date:day")}
        self.assertEqual(by_day, {day: 90, day - timedelta(days=1): 0})
        rows = Score.formatted_read_group(
            [("class_id", "child_of", self.class_device.id)],
            ["class_id"],
            ["score:avg", "total:avg"],
        )
        self.assertEqual({row["score:avg"] for row in rows}, {0, 50})

    def test_thinned_out(self):
        Score = self.env["itsm.ci.score"]
        monday = fields.Date.today() - timedelta(days=300)
        monday -= timedelta(days=monday.weekday())
        old = Score.create(
            [
                {"date": monday + timedelta(days=days), "total": 1, "healthy": 1}
                for days in range(7)
            ]
        )
        Score._take()
        self.assertEqual(old.exists().mapped("date"), [monday])

    def test_overview_has_subclasses(self):
        self._used("a")
        self._used("b", self.class_device, owner_id=self.employee_engineer.id)
        self.rule._run()
        self.env["itsm.ci.score"]._take()
        device = self.class_device.with_user(self.auditor)
        self.assertEqual(device.health_total, 2)
        self.assertEqual(device.health_score, 50)
        self.assertEqual(device.health_finding_count, 1)
        self.assertEqual(self.class_server.health_total, 1)
        bare = self._class("test_bare", lifecycle_id=self.lifecycle.id)
        found = self.Class.search([("health_total", ">", 0)])
        self.assertIn(self.class_device, found)
        self.assertNotIn(bare, found)
        for action in (
            device.action_view_health_findings(),
            device.action_view_health_trend(),
        ):
            self.assertIn(action["res_model"], ("itsm.ci.finding", "itsm.ci.score"))

    def test_rule_form(self):
        with Form(self.env["itsm.ci.audit.rule"].with_user(self.cmdb_manager)) as form:
            form.name = "By hand"
            form.domain = "[('host_name', '=', False)]"
        self.assertEqual(form.record.responsible, "owner")
