from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .analysis_common import TODAY, AnalysisCase


class ImprovementCase(AnalysisCase):
    """Rules that look at few tickets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rules = cls.env["itsm.improvement.rule"].search([])
        rules.write({"minimum": 2})
        cls.rules = {rule.kind: rule for rule in rules}
        cls.rules["unused"].minimum = 180

    def _broken(self, number=2, **vals):
        return [
            self._solved(10, service_id=self.leak.id, **vals) for _ in range(number)
        ]

    def _finding(self):
        """Return something that was found, and the tickets behind it."""
        self._broken()
        self._look(self.desk)
        return self._found(self.leak)["breach"]

    def _decide(self, finding, user=None):
        env = self._as(user or self.leader)
        mine = env["itsm.service.improvement"].browse(finding.id)
        mine.write(
            {
                "decision": "Call the plumber sooner.",
                "owner_id": self.agent.id,
                "due_date": TODAY.date() + timedelta(days=30),
            }
        )
        mine.action_decide()
        return mine


@tagged("post_install", "-at_install")
class TestFinding(ImprovementCase):
    """What the rules bring up."""

    def test_broken_promises(self):
        self._broken(2)
        self._solved(1, service_id=self.leak.id)
        self._solved(1, service_id=self.lamp.id)
        self._look()
        self.assertEqual(set(self._found(self.leak)), {"breach"})
        self.assertFalse(self._found(self.lamp))
        found = self._found(self.leak)["breach"]
        self.assertEqual(found.cases, 3)
        self.assertAlmostEqual(found.value, 66.7, 1)
        self.assertEqual(found.desk_id, self.desk)
        self.assertEqual(found.state, "found")
        self.assertIn("66.7", found.finding)

    def test_reopened_and_badly_rated(self):
        for _ in range(2):
            ticket = self._solved(1, service_id=self.leak.id)
            self._rate(ticket, 2)
            with self._at(2):
                ticket.reopen("It drips again.")
        self._look()
        found = self._found(self.leak)
        self.assertEqual(set(found), {"reopen", "rating"})
        self.assertEqual((found["rating"].value, found["rating"].cases), (2.0, 2))

    def test_sent_to_a_wrong_desk(self):
        with self._at(0):
            tickets = [self._create_ticket(service_id=self.leak.id) for _ in range(2)]
            for ticket in tickets:
                ticket.correct_desk(service=self.move)
        self._look()
        found = self._found(self.leak)["wrong_desk"]
        self.assertEqual((found.value, found.cases), (100.0, 2))
        self.assertNotIn("wrong_desk", self._found(self.move))

    def test_long_wait_and_reported_by_many(self):
        self.policy.active = False
        people = (self.colleague | self.head).partner_id
        for _ in range(2):
            with self._at(0):
                ticket = self._create_ticket(service_id=self.leak.id)
                for person in people:
                    ticket.also_reported(person)
            with self._at(30):
                ticket.resolve("solved", "Pipe mended.")
        self._look()
        found = self._found(self.leak)
        self.assertEqual(set(found), {"wait", "duplicates"})
        self.assertEqual((found["wait"].value, found["duplicates"].value), (30, 200))

    def test_unused_for_long(self):
        self.env.cr.execute(
            "UPDATE itsm_service SET create_date = %s WHERE id = %s",
            (TODAY - timedelta(days=400), self.lamp.id),
        )
        self.env.invalidate_all()
        self._look()
        self.assertEqual(set(self._found(self.lamp)), {"unused"})
        self.assertFalse(self._found(self.leak), "it is new in the catalogue")

    def test_old_tickets_and_rules_that_are_off_find_nothing(self):
        self._broken(start=TODAY - timedelta(days=100))
        self._look()
        self.assertFalse(self._found(self.leak))
        self._broken()
        self.rules["breach"].active = False
        self._look()
        self.assertFalse(self._found(self.leak))

    def test_looking_again_refreshes_what_is_open(self):
        finding = self._finding()
        for _ in range(2):
            self._solved(1, service_id=self.leak.id)
        self._look()
        self.assertEqual(self._found(self.leak), {"breach": finding})
        self.assertEqual((finding.value, finding.cases), (50.0, 4))
        self.rules["breach"].limit = 60
        self._look()
        self.assertTrue(finding.is_gone)
        self.assertEqual(finding.state, "found")

    def test_what_was_decided_is_not_asked_again_for_the_same_tickets(self):
        finding = self._finding()
        finding.result = "It was the flood."
        with self._today():
            finding.action_dismiss()
        self._look()
        self.assertEqual(self.Improvement.search([]), finding)
        later = TODAY + timedelta(days=80)
        self._broken(start=later)
        with freeze_time(later + timedelta(days=20)):
            self.Improvement._look(self.desk)
        again = self.Improvement.search([]) - finding
        self.assertEqual((again.kind, again.state), ("breach", "found"))

    def test_number_of_queries_does_not_grow_with_the_services(self):
        self._finding()
        self.env.flush_all()

        def count():
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            with self._today():
                self.Improvement.sudo()._findings(
                    self.env["itsm.service"].search([("desk_id", "=", self.desk.id)])
                )
            return self.env.cr.sql_log_count - start

        count()
        few = count()
        for number in range(10):
            self._make_service(f"Service {number}", self.desk)
        self.env.flush_all()
        self.assertLessEqual(count(), few)


@tagged("post_install", "-at_install")
class TestDeciding(ImprovementCase):
    """Decision, owner, date and result."""

    def test_decision_owner_and_date_are_asked_for(self):
        finding = self._finding()
        with self.assertRaises(UserError):
            finding.action_decide()
        done = self._decide(finding)
        self.assertEqual(finding.state, "doing")
        self.assertEqual(finding.activity_ids.user_id, self.agent)
        with self.assertRaises(UserError):
            done.action_done()
        done.result = "Half of the leaks only."
        done.action_done()
        self.assertEqual(finding.state, "done")
        self.assertTrue(finding.ended_on)
        self.assertFalse(finding.activity_ids)
        with self.assertRaises(UserError):
            done.decision = "Something else."
        with self.assertRaises(UserError):
            finding.unlink()

    def test_late_ones_are_found(self):
        finding = self._finding()
        self._decide(finding)
        with freeze_time(TODAY + timedelta(days=40)):
            late = self.Improvement.search([("is_late", "=", True)])
            self.assertEqual(late, finding)
            self.assertTrue(finding.is_late)
        with self._today():
            self.assertFalse(self.Improvement.search([("is_late", "=", True)]))

    def test_owner_works_for_the_desk(self):
        finding = self._finding()
        with self.assertRaises(ValidationError):
            finding.owner_id = self.stranger

    def test_own_observation(self):
        env = self._as(self.leader)
        values = {"service_id": self.lamp.id}
        with self.assertRaises(ValidationError):
            env["itsm.service.improvement"].create(values)
        own = env["itsm.service.improvement"].create(
            {**values, "observation": "Nobody knows\nwhat it is."}
        )
        self.assertEqual((own.kind, own.finding), ("other", "Nobody knows"))
        self._look()
        self.assertFalse(own.is_gone)

    def test_figures_come_by_the_rules_only(self):
        finding = self._finding()
        for name, value in (("value", 1.0), ("state", "done"), ("kind", "rating")):
            with self.subTest(name=name), self.assertRaises(AccessError):
                finding.with_user(self.admin).write({name: value})

    def test_screen_of_the_service(self):
        self._finding()
        self.assertEqual(self.leak.improvement_count, 1)
        action = self.leak.action_view_improvements()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.service_id, self.leak)


@tagged("post_install", "-at_install")
class TestImprovementRights(ImprovementCase):
    """Who reads it, who decides."""

    def test_desks_are_apart(self):
        self._broken()
        for _ in range(2):
            self._solved(
                10,
                service_id=self.move.id,
                desk_id=self.desk_other.id,
                team_id=self.team_other.id,
            )
        self._look()
        names = {"agent": "Leak", "leader": "Leak", "stranger": "Move"}
        for role, name in names.items():
            found = self._as(getattr(self, role))["itsm.service.improvement"].search([])
            self.assertEqual(found.sudo().service_id.mapped("name"), [name], role)
        for role in ("shared_agent", "auditor", "admin"):
            found = self._as(getattr(self, role))["itsm.service.improvement"].search([])
            self.assertEqual(len(found), 2, role)
        self.assertFalse(
            self._as(self.facilities_agent)["itsm.service.improvement"].search([])
        )

    def test_who_leads_in_the_desk_decides(self):
        finding = self._finding()
        for user in (self.agent, self.stranger, self.leader_other, self.auditor):
            mine = self._as(user)["itsm.service.improvement"].browse(finding.id)
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                mine.decision = "Mine"
        # Who leads elsewhere is an agent here, no more.
        self.team1.member_ids |= self.leader_other
        mine = self._as(self.leader_other)["itsm.service.improvement"].browse(
            finding.id
        )
        self.assertTrue(mine.finding)
        with self.assertRaises(AccessError):
            mine.action_dismiss()
        self._decide(finding, self.manager)

    def test_looking_is_for_the_own_desks(self):
        self._broken()
        with self.assertRaises(AccessError):
            self._as(self.agent)["itsm.service.improvement"].action_look()
        with self._today():
            self._as(self.leader_other)["itsm.service.improvement"].action_look()
            self.assertFalse(self._found(self.leak))
            self._as(self.leader)["itsm.service.improvement"].action_look()
            self.assertTrue(self._found(self.leak))

    def test_an_unused_pack_is_removed_with_what_was_found(self):
        pack = self.install_pack("seals")
        services = self.env["itsm.service"].search([("desk_id", "=", pack.desk_id.id)])
        self.env.cr.execute(
            "UPDATE itsm_service SET create_date = %s WHERE id IN %s",
            (TODAY - timedelta(days=400), tuple(services.ids)),
        )
        self.env.invalidate_all()
        self._look(pack.desk_id)
        self.assertEqual(
            self.Improvement.search([("desk_id", "=", pack.desk_id.id)]).service_id,
            services,
        )
        pack.with_user(self.admin).remove()
        self.assertFalse(services.exists())

    def test_a_pack_with_a_decision_is_used(self):
        pack = self.install_pack("seals")
        service = self.env["itsm.service"].search(
            [("desk_id", "=", pack.desk_id.id)], limit=1
        )
        self.Improvement.create({"service_id": service.id, "observation": "Shorter."})
        with self.assertRaises(UserError):
            pack.with_user(self.admin).remove()
