from odoo.exceptions import ValidationError

from .complaint_common import ComplaintCase


class TestComplaintRoute(ComplaintCase):
    """Who gets it."""

    def test_goes_to_the_manager(self):
        self.assertEqual(self.complaint.user_id, self.manager)

    def test_goes_to_who_handles_complaints(self):
        self.desk.complaint_user_ids = self.leader
        complaint = self._complain()
        self.assertEqual(complaint.user_id, self.leader)
        self.assertFalse(self._sees(self.manager, complaint))

    def test_never_to_whom_it_is_about(self):
        second = self._make_user(
            "manager2", "Moritz", "itsm_helpdesk.group_itsm_manager"
        )
        self.desk.manager_ids |= second
        complaint = self._complain(complaint_about_user_id=self.manager.id)
        self.assertEqual(complaint.user_id, second)
        self.assertFalse(self._sees(self.manager, complaint))

    def test_about_the_only_manager(self):
        complaint = self._complain(complaint_about_user_id=self.manager.id)
        self.assertFalse(complaint.user_id)
        activity = complaint.activity_ids
        self.assertTrue(activity.user_id.has_group("itsm_helpdesk.group_itsm_admin"))

    def test_shared_among_handlers_by_load(self):
        self.desk.complaint_user_ids = self.leader | self.engineer
        complaints = self.env["itsm.ticket"].create(
            [self._ticket_vals(type="complaint") for _index in range(4)]
        )
        counts = [
            len(complaints.filtered(lambda c, u=user: c.user_id == u))
            for user in (self.leader, self.engineer)
        ]
        self.assertEqual(counts, [2, 2])

    def test_agent_who_registers_lets_go(self):
        complaint = self._as(self.agent2)["itsm.ticket"].create(
            self._ticket_vals(type="complaint", user_id=self.agent2.id)
        )
        self.assertEqual(complaint.sudo().user_id, self.manager)
        self.assertTrue(self._sees(self.agent2, complaint), "they registered it")

    def test_ticket_that_turns_out_to_be_a_complaint(self):
        ticket = self._create_ticket(user_id=self.engineer.id)
        ticket.with_user(self.engineer).type = "complaint"
        self.assertEqual(ticket.user_id, self.manager)
        self.assertFalse(self._sees(self.engineer, ticket))

    def test_team_does_not_take_it_round(self):
        self.team1.assignment_method = "round_robin"
        self.assertEqual(self._complain().user_id, self.manager)

    def test_handler_gives_it_to_an_agent(self):
        self.complaint.with_user(self.manager).assign(self.engineer)
        self.assertEqual(self.complaint.user_id, self.engineer)
        self.complaint.name = "Changed"
        self.assertEqual(self.complaint.user_id, self.engineer)

    def test_never_assigned(self):
        complaint = self.complaint.with_user(self.manager)
        for call in (
            lambda: complaint.assign(self.agent),
            lambda: complaint.write({"user_id": self.agent.id}),
        ):
            with self.assertRaises(ValidationError):
                call()
        about_team = self._complain(complaint_about_team_id=self.team2.id)
        with self.assertRaises(ValidationError):
            about_team.team_id = self.team2

    def test_tasks_are_not_theirs(self):
        with self.assertRaises(ValidationError):
            self.env["itsm.task"].create(
                {
                    "name": "Answer",
                    "ticket_id": self.complaint.id,
                    "user_id": self.agent.id,
                }
            )

    def test_assignee_who_is_named_later_loses_it(self):
        self.complaint.with_user(self.manager).assign(self.engineer)
        self.complaint.with_user(self.manager).complaint_about_user_id = self.engineer
        self.assertEqual(self.complaint.user_id, self.manager)
        self.assertFalse(self._sees(self.engineer))

    def test_own_service_levels(self):
        policy = self.env["itsm.sla.policy"].create(
            {
                "name": "Complaints",
                "res_model": "itsm.ticket",
                "desk_ids": self.desk.ids,
                "ticket_type": "complaint",
                "sequence": 1,
                "target_ids": [(0, 0, {"metric": "resolution", "hours": 16})],
            }
        )
        self.assertEqual(self._complain().clock_ids.policy_id, policy)

    def test_nobody_complains_about_themselves(self):
        with self.assertRaises(ValidationError):
            self._complain(complaint_about_user_id=self.requester.id)

    def test_about_a_ticket_not_a_complaint(self):
        with self.assertRaises(ValidationError):
            self._complain(complaint_ticket_id=self.complaint.id)
