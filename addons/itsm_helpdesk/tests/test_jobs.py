from .common import ItsmCase


class TestJobs(ItsmCase):
    def test_smoke(self):
        ticket = self._create_ticket()
        self.assertEqual(ticket.department_id, self.department)
        for state in (
            "new",
            "approval",
            "in_progress",
            "pending",
            "resolved",
            "closed",
            "cancelled",
        ):
            self.assertEqual(self._in_state(state).state, state)
        self.assertEqual(
            self.desk.agent_ids,
            self.agent | self.agent2 | self.engineer | self.leader | self.manager,
        )
