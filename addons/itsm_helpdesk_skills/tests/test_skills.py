from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.itsm_helpdesk.tests.common import WORKDAY, ItsmCase

from ..tools.suited import best_suited


@tagged("post_install", "-at_install")
class TestSkills(ItsmCase):
    """Tickets go to those who can do them; teams see what they lack."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        skill_type = cls.env["hr.skill.type"].create({"name": "Network"})
        cls.basic, cls.expert = cls.env["hr.skill.level"].create(
            [
                {"name": "Basic", "level_progress": 20, "skill_type_id": skill_type.id},
                {
                    "name": "Expert",
                    "level_progress": 90,
                    "skill_type_id": skill_type.id,
                },
            ]
        )
        cls.firewall, cls.wifi = cls.env["hr.skill"].create(
            [
                {"name": name, "skill_type_id": skill_type.id}
                for name in ("Firewall", "Wireless")
            ]
        )
        cls.employees = {
            user: cls._make_employee(user) for user in (cls.agent, cls.agent2)
        }
        cls.parent = cls.env["itsm.category"].create({"name": "Network"})
        cls.category = cls.env["itsm.category"].create(
            {"name": "Wireless", "parent_id": cls.parent.id, "team_id": cls.team1.id}
        )
        cls.team1.assignment_method = "round_robin"

    def _learn(self, user, skill, level, **vals):
        return self.env["hr.employee.skill"].create(
            {
                "employee_id": self.employees[user].id,
                "skill_id": skill.id,
                "skill_level_id": level.id,
                "skill_type_id": skill.skill_type_id.id,
                **vals,
            }
        )

    def _need(self, skill, level=None, owner=None):
        owner = owner or self.category
        name = "service_id" if owner._name == "itsm.service" else "category_id"
        return self.env["itsm.skill.need"].create(
            {name: owner.id, "skill_id": skill.id, "skill_level_id": level and level.id}
        )

    def _assignees(self, count, **vals):
        vals.setdefault("category_id", self.category.id)
        with freeze_time(WORKDAY):
            tickets = self.env["itsm.ticket"].create(
                [
                    self._ticket_vals(team_id=self.team1.id, **vals)
                    for _n in range(count)
                ]
            )
        return tickets.mapped("user_id")

    # ------------------------------------------------------------------
    # Assignment
    # ------------------------------------------------------------------

    def test_without_needs_as_before(self):
        self._learn(self.agent, self.wifi, self.basic, valid_from="2020-01-01")
        self.assertEqual(self._assignees(4), self.team1._agents())

    def test_who_has_the_skill(self):
        self._learn(self.agent2, self.wifi, self.basic, valid_from="2020-01-01")
        self._need(self.wifi)
        self.assertEqual(self._assignees(4), self.agent2)

    def test_least_level(self):
        self._learn(self.agent, self.wifi, self.basic, valid_from="2020-01-01")
        self._learn(self.agent2, self.wifi, self.expert, valid_from="2020-01-01")
        self._need(self.wifi, self.expert)
        self.assertEqual(self._assignees(4), self.agent2)

    def test_category_above_and_service(self):
        self._learn(self.agent, self.wifi, self.basic, valid_from="2020-01-01")
        self._learn(self.agent2, self.wifi, self.basic, valid_from="2020-01-01")
        self._learn(self.agent2, self.firewall, self.basic, valid_from="2020-01-01")
        self._need(self.wifi)
        self._need(self.firewall, owner=self.parent)
        self.assertEqual(self._assignees(3), self.agent2)

    def test_nobody_has_it(self):
        self._need(self.wifi)
        self.assertEqual(self._assignees(4), self.team1._agents())

    def test_expired_skill(self):
        today = fields.Date.to_date(WORKDAY[:10])
        self._learn(
            self.agent,
            self.wifi,
            self.basic,
            valid_from=today - timedelta(days=900),
            valid_to=today - timedelta(days=1),
        )
        self._learn(self.agent2, self.wifi, self.basic, valid_from="2020-01-01")
        self._need(self.wifi)
        self.assertEqual(self._assignees(3), self.agent2)

    def test_best_suited(self):
        needs = [(1, 50), (2, 0)]
        levels = {10: {1: 50, 2: 10}, 11: {1: 40, 2: 10}, 12: {}}
        self.assertEqual(best_suited([12, 11, 10], needs, levels), [10])
        self.assertEqual(best_suited([12, 11], needs, levels), [11])
        self.assertEqual(best_suited([12, 13], needs, levels), [12, 13])
        self.assertEqual(best_suited([], needs, levels), [])

    # ------------------------------------------------------------------
    # The page of the team
    # ------------------------------------------------------------------

    def test_gaps(self):
        self._need(self.wifi)
        self._need(self.firewall, self.expert)
        self._learn(self.agent, self.wifi, self.basic)
        self._learn(self.agent, self.firewall, self.basic)
        team = self._as(self.agent)["itsm.team"].browse(self.team1.id)
        self.assertEqual(team.needed_skill_ids.ids, (self.firewall | self.wifi).ids)
        self.assertEqual(team.missing_skill_ids.ids, self.firewall.ids)
        self.assertEqual(team.single_skill_ids.ids, self.wifi.ids)
        seat = team.seat_ids.filtered(lambda seat: seat.user_id == self.agent)
        self.assertEqual(set(seat.skill_ids.ids), {self.wifi.id, self.firewall.id})
        # The other team has nothing to do with it.
        self.assertFalse(self.team2.needed_skill_ids)

    def test_ticket_shows_what_it_needs(self):
        self._need(self.wifi)
        ticket = self._create_ticket(category_id=self.category.id)
        self.assertEqual(ticket.needed_skill_ids, self.wifi)

    def test_level_of_another_kind(self):
        other = self.env["hr.skill.type"].create({"name": "Other"})
        level = self.env["hr.skill.level"].create(
            {"name": "X", "level_progress": 10, "skill_type_id": other.id}
        )
        with self.assertRaises(ValidationError):
            self._need(self.wifi, level)
