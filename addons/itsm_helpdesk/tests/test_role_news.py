from .role_common import RoleCase


class TestRoleNews(RoleCase):
    """People are told when a role gives or takes access, once and in one message."""

    def _news(self, *users):
        """Return the messages that told one of these people of their access."""
        partners = self.env["res.users"].union(*users).partner_id
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("notified_partner_ids", "in", partners.ids),
                ("model", "=", False),
            ]
        )

    def test_given_and_taken(self):
        user = self.employee_requester.user_id
        assignment = self._assign(self.role_agent, user)
        given = self._news(user)
        self.assertEqual(len(given), 1, "one message for the group and the seat")
        self.assertIn(self.group_agent.full_name, given.body)
        self.assertIn(self.team1.name, given.body)
        assignment.action_end()
        self._settle()
        self.assertEqual(len(self._news(user) - given), 1)

    def test_nothing_new_is_no_news(self):
        """Who had the group by hand, and waits for a confirmation, hears nothing."""
        self._assign(self.role_agent, self.agent)
        user = self.employee_requester.user_id
        self._assign(self.role_levels, user)
        self.assertTrue(self._rows(user, "asked"))
        self.assertFalse(self._news(self.agent, user))
        self._rows(user, "asked").with_user(self.admin).action_confirm()
        self.assertEqual(len(self._news(user)), 1)

    def test_the_same_for_many_is_one_message(self):
        self._assign(self.role_agent, self.technician)
        people = [self._make_user(f"itsm_many{n}", f"Many {n}") for n in range(3)]
        people[2].lang = False
        employees = self.env["hr.employee"].create(
            [
                {"name": user.name, "user_id": user.id, "company_id": self.company.id}
                for user in people
            ]
        )
        self._settle()
        employees.job_id = self.technician
        self._settle()
        self.assertEqual(len(self._news(*people[:2])), 1)
        self.assertEqual(len(self._news(people[2])), 1)
