from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .analysis_common import MONDAY, AnalysisCase

MARCH = {"date_from": date(2026, 3, 1), "date_to": date(2026, 3, 31)}


class AssessmentCase(AnalysisCase):
    """Targets of this test only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Target = cls.env["itsm.team.target"]
        cls.Target.search([]).active = False

    def _target(self, criterion, target, weight=10, **vals):
        return self.Target.create(
            {"criterion": criterion, "target": target, "weight": weight, **vals}
        )

    def _assess(self, team=None, user=None):
        env = self._as(user) if user else self.env
        return env["itsm.team.assessment"].create(
            {"team_id": (team or self.team1).id, **MARCH}
        )

    def _actual(self, assessment):
        return {
            line.criterion: (round(line.actual, 1), line.cases)
            for line in assessment.line_ids
            if line.is_measured
        }


@tagged("post_install", "-at_install")
class TestFigures(AssessmentCase):
    """What is measured."""

    def test_front_office(self):
        self._make_policy("Answered in 1 hour", response=1)
        for name in ("response_met", "complete_share", "reopen_share", "rating"):
            self._target(name, 5)
        self._target("answer_hours", 4)
        self._target("first_line_share", 50)
        pipes = self.env["itsm.category"].create({"name": "Pipes"})
        done = self._solved(
            1, service_id=self.leak.id, category_id=pipes.id, team_id=self.team1.id
        )
        self._rate(done, 4)
        again = self._solved(3, team_id=self.team1.id)
        with self._at(4):
            again.reopen("It drips again.")
        with self._at(5):
            again.resolve("solved", "Mended.")
        with self._at(0):
            handed_on = self._create_ticket(team_id=self.team1.id)
            handed_on.escalate(self.team2, "A plumber is needed.")
        with self._at(2):
            handed_on.resolve("solved", "Mended.")
        # Another month is not looked at.
        self._solved(1, MONDAY + timedelta(days=60), team_id=self.team1.id)
        assessment = self._assess()
        self.assertEqual(assessment.kind, "front")
        self.assertEqual(
            self._actual(assessment),
            {
                "response_met": (50.0, 2),
                "complete_share": (50.0, 2),
                "answer_hours": (2.0, 2),
                "first_line_share": (66.7, 3),
                "reopen_share": (50.0, 2),
                "rating": (4.0, 1),
            },
        )

    def test_second_line(self):
        self._make_policy("Team in 4 hours", kind="ola", resolution=4)
        for name in ("resolution_met", "ola_met", "old_share"):
            self._target(name, 90, kind="second")
        for hours in (2, 6, 10):
            self._solved(hours, team_id=self.team2.id)
        # Open when March ended: one for long, one for a day.
        for start in (MONDAY - timedelta(days=20), MONDAY + timedelta(days=28)):
            with self._at(0, start):
                self._create_ticket(team_id=self.team2.id)
        assessment = self._assess(self.team2)
        self.assertEqual(assessment.kind, "second")
        self.assertEqual(
            self._actual(assessment),
            {
                "resolution_met": (66.7, 3),
                "ola_met": (33.3, 3),
                "old_share": (50.0, 2),
            },
        )

    def test_points_and_score(self):
        self._target("complete_share", 100, 30)
        self._target("answer_hours", 4, 10)
        self._target("rating", 4, 60)
        self._solved(2, team_id=self.team1.id, service_id=self.leak.id)
        assessment = self._assess()
        lines = {line.criterion: line for line in assessment.line_ids}
        self.assertFalse(lines["rating"].is_measured, "nobody rated")
        self.assertEqual(lines["answer_hours"].points, 10)
        self.assertTrue(lines["answer_hours"].is_met)
        self.assertEqual(lines["complete_share"].points, 0)
        self.assertEqual((assessment.points, assessment.score), (10, 25.0))

    def test_own_targets_count_instead_of_those_of_all(self):
        self._target("rating", 4)
        self._target("answer_hours", 4)
        self._target("rating", 3, kind="second")
        own = self._target("rating", 5, team_id=self.team1.id)
        self.assertEqual(own.kind, "front")
        targets = {line.criterion: line.target for line in self._assess().line_ids}
        self.assertEqual(targets, {"rating": 5, "answer_hours": 4})

    def test_period_is_that_of_the_company(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        start, end = self._assess()._period()
        self.assertEqual(f"{start} {end}", "2026-02-28 16:00:00 2026-03-31 16:00:00")

    def test_measuring_again_keeps_comments(self):
        self._target("complete_share", 95)
        gone = self._target("rating", 4)
        assessment = self._assess()
        line = assessment.line_ids.filtered(lambda l: l.criterion == "complete_share")
        line.comment = "Two new colleagues."
        self._solved(1, team_id=self.team1.id)
        gone.active = False
        assessment.action_measure()
        self.assertEqual(assessment.line_ids, line)
        self.assertEqual((line.comment, line.cases), ("Two new colleagues.", 1))

    def test_targets_within_reach(self):
        for criterion, target in (("rating", 6), ("reopen_share", 101)):
            with self.subTest(criterion), self.assertRaises(ValidationError):
                self._target(criterion, target)


@tagged("post_install", "-at_install")
class TestAgreeing(AssessmentCase):
    """Draft, agreed, and who may."""

    def setUp(self):
        super().setUp()
        self._target("complete_share", 95)
        self._target("complete_share", 95, kind="second")

    def _mine(self, user, assessment):
        return self._as(user)["itsm.team.assessment"].browse(assessment.id)

    def test_leader_draws_up_and_the_manager_agrees(self):
        assessment = self._assess(user=self.leader)
        assessment.comment = "Better than in February."
        with self.assertRaises(UserError):
            assessment.action_agree()
        self._mine(self.manager, assessment).action_agree()
        agreed = self._mine(self.leader, assessment)
        self.assertEqual(agreed.agreed_by_id, self.manager)
        with self.assertRaises(UserError):
            agreed.comment = "Worse."
        with self.assertRaises(UserError):
            agreed.action_measure()
        with self.assertRaises(ValidationError):
            agreed.line_ids.comment = "Later."
        with self.assertRaises(UserError):
            self._mine(self.manager, assessment).unlink()
        self._mine(self.manager, assessment).action_open_again()
        agreed.comment = "Worse."

    def test_without_targets_there_is_nothing_to_agree_on(self):
        self.Target.search([]).active = False
        with self.assertRaises(UserError):
            self._assess(user=self.manager).action_agree()

    def test_figures_are_measured_only(self):
        assessment = self._assess(user=self.leader)
        for record, vals in (
            (assessment, {"state": "agreed"}),
            (assessment.line_ids, {"actual": 100}),
            (assessment.line_ids, {"target": 1}),
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                record.write(vals)

    def test_members_read_what_was_agreed(self):
        assessment = self._assess()
        for role, sees in (
            ("agent", False),
            ("leader", True),
            ("manager", True),
            ("engineer", False),
            ("stranger", False),
            ("leader_other", False),
            ("auditor", True),
            ("admin", True),
        ):
            env = self._as(getattr(self, role))
            with self.subTest(role=role):
                found = env["itsm.team.assessment"].search([])
                self.assertEqual(bool(found), sees)
                lines = env["itsm.team.assessment.line"].search([])
                self.assertEqual(bool(lines), sees)
        self._mine(self.manager, assessment).action_agree()
        self.assertTrue(self._as(self.agent)["itsm.team.assessment"].search([]))
        for user in (self.engineer, self.stranger):
            self.assertFalse(self._as(user)["itsm.team.assessment"].search([]))

    def test_leaders_assess_their_own_team(self):
        with self.assertRaises(AccessError):
            self._assess(self.team2, self.leader)
        with self.assertRaises(AccessError):
            self._assess(self.team1, self.leader_other)
        self._assess(self.team2, self.manager)

    def test_managers_set_targets_for_their_desks(self):
        Target = self._as(self.manager)["itsm.team.target"]
        vals = {"criterion": "rating", "target": 4}
        Target.create({**vals, "team_id": self.team1.id})
        for team in (self.team_other.id, False):
            with self.subTest(team=team), self.assertRaises(AccessError):
                Target.create({**vals, "team_id": team})
