from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import ChangeCase

MONTHS = {1: datetime(2024, 1, 10, 20), 2: datetime(2024, 2, 10, 20)}


@tagged("post_install", "-at_install")
class TestChangeSuccess(ChangeCase):
    """Rates by team, template, class and month; shares, lead times, conflicts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Success = cls.env["itsm.change.success"]
        cls.switch_class = cls._class("test_switch", cls.class_device)
        cls.server = cls._ci("his-db")
        cls.switch = cls._ci("sw-1", cls.switch_class)
        cls.template = cls.env["itsm.change.template"].create(
            {"name": "Patch", "change_type": "normal"}
        )

    def _closed(self, code, items=None, month=1, template=None, **vals):
        """Return a change that was closed with a code in a month of 2024."""
        end = MONTHS[month]
        items = self.server if items is None else items
        change = self._change(
            planned_start=end - timedelta(hours=2),
            planned_end=end,
            ci_link_ids=[Command.create({"ci_id": item.id}) for item in items],
            **vals,
        )
        change._write_system(
            {
                "state": "closed",
                "close_code": code,
                "template_id": template.id if template else False,
                "submitted_at": end - timedelta(days=10),
                "accepted_at": end - timedelta(days=9),
                "scheduled_at": end - timedelta(days=6),
                "actual_start": end - timedelta(hours=3),
                "actual_end": end,
                "closed_at": end + timedelta(days=1),
            }
        )
        return change

    def _by(self, changes, groupby, *aggregates):
        """Return ``{group: aggregates}`` of the rows of some changes."""
        self.env.flush_all()
        rows = self.Success._read_group(
            [("change_id", "in", changes.ids)], [groupby], list(aggregates)
        )
        return {row[0]: row[1] if len(row) == 2 else row[1:] for row in rows}

    def test_rates(self):
        changes = (
            self._closed("successful")
            | self._closed("with_issues")
            | self._closed("failed")
            | self._closed("rolled_back", team_id=self.team3.id)
        )
        by_team = self._by(changes, "team_id", "success_rate:avg", "failure_count:sum")
        self.assertAlmostEqual(by_team[self.team2][0], 200 / 3, places=4)
        self.assertEqual(by_team[self.team2][1], 1)
        self.assertEqual(by_team[self.team3], (0, 1))

    def test_template_and_month(self):
        changes = (
            self._closed("successful", template=self.template)
            | self._closed("failed", template=self.template, month=2)
            | self._closed("successful", month=2)
        )
        by_template = self._by(changes, "template_id", "success_rate:avg")
        self.assertEqual(by_template[self.template], 50)
        by_month = self._by(changes, "date:month", "success_rate:avg")
        self.assertEqual(list(by_month.values()), [100, 50])

    def test_classes(self):
        """A change on two classes counts in each of them, and once in the total."""
        second = self._ci("his-db-2")
        changes = self._closed("successful", self.server | second) | self._closed(
            "failed", self.server | self.switch
        )
        by_class = self._by(changes, "class_ids", "__count", "success_rate:avg")
        self.assertEqual(by_class[self.class_server], (2, 50))
        self.assertEqual(by_class[self.switch_class], (1, 0))
        total = self._by(changes, "company_id", "__count", "success_rate:avg")
        self.assertEqual(total[self.company], (2, 50))
        found = self.Success.search([("class_ids", "in", self.switch_class.ids)])
        self.assertEqual(found.change_id & changes, changes[1])

    def test_what_has_not_ended_has_no_rate(self):
        change = self._closed("successful")
        change._write_system({"state": "review", "close_code": False})
        changes = change | self._closed("failed")
        total = self._by(changes, "company_id", "success_rate:avg", "ended_count:sum")
        self.assertEqual(total[self.company], (0, 1))
        draft = self._change()
        self.env.flush_all()
        self.assertFalse(self.Success.search([("change_id", "=", draft.id)]))

    def test_emergencies(self):
        changes = (
            self._closed("successful", type="emergency")
            | self._closed("successful")
            | self._closed("failed")
            | self._closed("failed", type="standard")
        )
        total = self._by(
            changes, "company_id", "emergency_share:avg", "emergency_count:sum"
        )
        self.assertEqual(total[self.company], (25, 1))

    def test_lead_times(self):
        change = self._closed("successful")
        self.env.flush_all()
        row = self.Success.search([("change_id", "=", change.id)])
        self.assertAlmostEqual(row.lead_days, 10)
        self.assertAlmostEqual(row.accept_days, 1)
        self.assertAlmostEqual(row.approve_days, 3)
        self.assertAlmostEqual(row.wait_days, 6 - 3 / 24)
        self.assertAlmostEqual(row.work_hours, 3)
        self.assertEqual(row.on_time_rate, 100)

    def test_risk_and_incidents(self):
        change = self._closed("successful")
        change._write_system({"risk": "low"})
        change._write_system({"actual_risk": "high"})
        ticket = self._create_ticket(type="incident")
        ticket.caused_by_change_id = change
        self.env.flush_all()
        row = self.Success.search([("change_id", "=", change.id)])
        self.assertEqual((row.risk, row.actual_risk), ("low", "high"))
        self.assertEqual(row.risk_gap, "higher")
        self.assertEqual((row.prediction_rate, row.caused_count), (0, 1))

    def test_conflicts_avoided(self):
        """A conflict of two changes that a moved date ended counts once."""
        on = [Command.create({"ci_id": self.server.id})]
        changes = self._change(ci_link_ids=on)
        changes |= self._change(
            ci_link_ids=on,
            planned_start=changes.planned_start,
            planned_end=changes.planned_end,
            implementer_id=self.implementer2.id,
        )
        changes._write_system({"state": "assess"})
        changes._refresh_conflicts()
        self.assertEqual(changes.conflict_ids.mapped("kind"), ["same_item"] * 2)
        self.assertEqual(
            self._total(changes, "conflict_count", "avoided_count"), (1, 0)
        )
        start = changes[0].planned_start + timedelta(days=30)
        changes[0].with_user(self.coordinator).write(
            {"planned_start": start, "planned_end": start + timedelta(hours=2)}
        )
        self.assertFalse(changes.conflict_ids)
        self.assertEqual(
            self._total(changes, "conflict_count", "avoided_count"), (1, 1)
        )

    def _total(self, changes, *names):
        sums = [f"{name}:sum" for name in names]
        return self._by(changes, "company_id", *sums)[self.company]

    def test_companies(self):
        change = self._closed("successful")
        self.env.flush_all()
        row = self.Success.search([("change_id", "=", change.id)])
        self.assertTrue(row.with_user(self.coordinator).has_access("read"))
        self.assertFalse(row.with_user(self.change_other).has_access("read"))
        with self.assertRaises(AccessError):
            row.with_user(self.change_manager).write({"name": "Mine"})

    def test_questions_have_answers(self):
        """The saved filters can be run, and name fields that are there."""
        filters = self.env["ir.filters"].search(
            [("model_id", "=", "itsm.change.success")]
        )
        self.assertGreaterEqual(len(filters), 7)
        changes = self._closed("failed") | self._closed("successful")
        self.assertTrue(changes)
        self.env.flush_all()
        for each in filters:
            with self.subTest(name=each.name):
                self.assertFalse(each.user_ids, "for everybody")
                groups = safe_eval(each.context)["group_by"]
                self.Success._read_group(
                    safe_eval(each.domain), groups, ["success_rate:avg"]
                )

    def test_reports_open(self):
        actions = self.env["ir.actions.act_window"].search(
            [("res_model", "=", "itsm.change.success")]
        )
        self.assertGreaterEqual(len(actions), 6)
        Success = self.Success.with_user(self.agent)
        for action in actions:
            views = [(view.view_id.id, view.view_mode) for view in action.view_ids]
            views = views or [(False, mode) for mode in action.view_mode.split(",")]
            with self.subTest(action=action.name):
                found = Success.get_views(views)["views"]
                self.assertEqual(list(found), action.view_mode.split(","))
