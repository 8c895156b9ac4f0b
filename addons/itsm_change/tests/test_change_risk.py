from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .risk_common import RiskCase


@tagged("post_install", "-at_install")
class TestRiskFactors(RiskCase):
    """What each factor finds, and where it says that from."""

    def _value(self, change, key):
        line = self._assessed(change)[key]
        self.assertTrue(line.source, "where it is known from")
        return line.value if line.is_known else None

    def test_questionnaire(self):
        change = self._on(self.server)
        self.assertEqual(len(change.answer_ids), 6, "asked from the beginning")
        self.assertEqual(self._value(change, "questionnaire"), 100)
        self._answer(change)
        self.assertEqual(self._value(change, "questionnaire"), 0)
        self._answer(change, best=False)
        self.assertEqual(self._value(change, "questionnaire"), 100)

    def test_questions_of_a_type(self):
        question = self.env["itsm.change.question"].search([], limit=1)
        question.for_emergency = False
        self.assertNotIn(question, self._change(type="emergency")._asked().question_id)
        change = self._change()
        self.assertIn(question, change._asked().question_id)
        self.assertFalse(self._change(type="standard").answer_ids)

    def test_answer_belongs_to_its_question(self):
        change = self._change()
        one, other = change.answer_ids[:2]
        with self.assertRaises(ValidationError):
            one.option_id = other.question_id.option_ids[0]

    def test_team_failures(self):
        change = self._on(self.server)
        self._past("failed", "successful")
        self.assertIsNone(self._value(change, "team_failures"), "too few to tell")
        self._past("rolled_back", "with_issues")
        self.assertEqual(self._value(change, "team_failures"), 50)
        self._past("failed", "failed", team_id=self.team3.id)
        self._past("failed", "failed", days=400)
        self.assertEqual(self._value(change, "team_failures"), 50, "own team, of late")
        change.company_id.change_history_days = 500
        self.assertEqual(self._value(change, "team_failures"), 66.7)
        change.team_id = False
        self.assertIsNone(self._value(change, "team_failures"))

    def test_template_failures(self):
        template = self.env["itsm.change.template"].create(
            {"name": "Patch a server", "change_type": "normal"}
        )
        change = self._on(self.server)
        self.assertIsNone(self._value(change, "template_failures"))
        change._write_system({"template_id": template.id})
        past = self._past("failed", "successful", "successful", "successful")
        past._write_system({"template_id": template.id})
        self.assertEqual(self._value(change, "template_failures"), 25)

    def test_novelty(self):
        change = self._on(self.server)
        other_class = self._class("test_switch", self.class_device)
        self.assertEqual(self._value(change, "novelty"), 0)
        self._past("successful", "with_issues", "failed")
        self.assertEqual(
            self._value(change, "novelty"), 2, "what failed does not count"
        )
        switch = self._on(self._ci("sw-1", other_class))
        self.assertEqual(self._value(switch, "novelty"), 0, "another class")

    def test_lead_time(self):
        now = fields.Datetime.now()
        change = self._on(
            self.server,
            planned_start=now + timedelta(days=5),
            planned_end=now + timedelta(days=5, hours=1),
        )
        self.assertEqual(self._value(change, "lead_time"), 5)
        change.with_user(self.implementer).submit()
        change._write_system({"submitted_at": now - timedelta(days=3)})
        self.assertEqual(self._value(change, "lead_time"), 8, "since it was submitted")
        draft = self._on(self.server, planned_start=False, planned_end=False)
        self.assertIsNone(self._value(draft, "lead_time"))

    def test_backout(self):
        change = self._on(self.server)
        self.assertEqual(self._value(change, "backout"), 0)
        change.backout_plan = "<p>Restore the copy.</p>"
        self.assertEqual(self._value(change, "backout"), 1)
        self._evidence(change, "backup")
        self.assertEqual(self._value(change, "backout"), 2)
        self._evidence(change, "restore", result="failed")
        self.assertEqual(self._value(change, "backout"), 2, "it failed")
        self._evidence(change, "restore")
        self.assertEqual(self._value(change, "backout"), 3)

    def test_criticality_comes_from_what_is_hit(self):
        test_box = self._ci("test-box", criticality="4")
        self.assertEqual(self._value(self._on(test_box), "criticality"), 0.5)
        change = self._on(test_box, has_outage=True)
        self.assertEqual(self._value(change, "criticality"), 1)
        clinic = self._ci("clinic", criticality="1")
        self._relate(clinic, "depends_on", test_box, strength="hard")
        self.assertEqual(self._value(change, "criticality"), 4)
        self.assertIn("clinic", self._assessed(change)["criticality"].source)
        link = change.ci_link_ids.filtered(lambda link: link.ci_id == clinic)
        link.excluded = True
        self.assertEqual(self._value(change, "criticality"), 1, "somebody excluded it")

    def test_people(self):
        department = self.env["hr.department"].create({"name": "Ward 3"})
        self.env["hr.employee"].create(
            [{"name": f"Nurse {n}", "department_id": department.id} for n in range(7)]
        )
        change = self._on(self.server)
        before = self._value(change, "people")
        self.server.user_department_ids = department
        self.assertEqual(self._value(change, "people"), before + 7)
        self.assertIn("Ward 3", self._assessed(change)["people"].source)

    def test_lost_redundancy(self):
        one, two = self._ci("node-1"), self._ci("node-2")
        cluster = self._ci("cluster")
        group = self.env["itsm.ci.dependency.group"].create(
            {"name": "Nodes", "ci_id": cluster.id, "minimum": 1}
        )
        for node in (one, two):
            self._relate(cluster, "depends_on", node, group_id=group.id)
        change = self._on(one, has_outage=True)
        self.assertEqual(self._value(change, "redundancy"), 1)
        self.assertIn("cluster", self._assessed(change)["redundancy"].source)
        both = self._on(one, two, has_outage=True)
        self.assertEqual(self._value(both, "redundancy"), 0, "it goes down instead")

    def test_working_time(self):
        """The calendar works Monday to Friday; nights are outside."""
        change = self._on(self.server)
        change.company_id.resource_calendar_id = self.calendar
        timeline = self.calendar._itsm_timeline(change.company_id)
        day = fields.Datetime.today() + timedelta(days=20)
        start = timeline.add(day, 1) - timedelta(seconds=1)
        change.write(
            {"planned_start": start, "planned_end": start + timedelta(hours=1)}
        )
        self.assertEqual(self._value(change, "working_time"), 100)
        change.write(
            {
                "planned_start": start - timedelta(hours=1),
                "planned_end": start + timedelta(hours=1),
            }
        )
        self.assertEqual(self._value(change, "working_time"), 50)
        change.write(
            {
                "has_outage": True,
                "outage_start": start - timedelta(hours=1),
                "outage_end": start,
            }
        )
        self.assertEqual(self._value(change, "working_time"), 0, "the outage counts")

    def test_freeze(self):
        change = self._on(self.server)
        self.assertEqual(self._value(change, "freeze"), 0)
        self.env["itsm.change.window"].create(
            {
                "name": "End of the year",
                "kind": "freeze",
                "start": change.planned_start - timedelta(days=1),
                "end": change.planned_end + timedelta(days=1),
            }
        )
        self.assertEqual(self._value(change, "freeze"), 1)
        self.assertIn("End of the year", self._assessed(change)["freeze"].source)

    def test_nothing_is_known_of_an_empty_draft(self):
        change = self._change(planned_start=False, planned_end=False)
        for key in ("criticality", "people", "redundancy", "working_time", "freeze"):
            with self.subTest(key=key):
                self.assertIsNone(self._value(change, key))

    def test_hidden_items_are_not_named(self):
        secret_class = self._class(
            "test_secret",
            group_ids=[Command.set(self.env.ref("base.group_system").ids)],
        )
        secret = self._ci("vault-7", secret_class, criticality="1")
        self._relate(secret, "depends_on", self.server, strength="hard")
        change = self._on(self.server, has_outage=True)
        line = self._assessed(change)["criticality"]
        self.assertEqual(line.value, 4, "it counts")
        self.assertNotIn("vault-7", line.source)

    def test_many_at_once(self):
        changes = self.Change.browse()
        for _number in range(12):
            changes |= self._on(self.server)
        (changes[0])._assess_risk()
        self.env.flush_all()
        self.env.invalidate_all()
        few = self._count(changes[:2])
        self.env.invalidate_all()
        many = self._count(changes)
        self.assertLess((many - few) / 10, 12, "queries for one more change")

    def _count(self, changes):
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        changes._risk_facts()
        return self.env.cr.sql_log_count - before
