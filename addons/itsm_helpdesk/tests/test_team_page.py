from freezegun import freeze_time

from .common import WEEKEND, WORKDAY, ItsmCase


class TestTeamPage(ItsmCase):
    """Who is in a team, who is at work now, what each has to do."""

    def _page(self, user, team=None):
        return self._as(user)["itsm.team"].browse((team or self.team1).id)

    def test_people_and_their_work(self):
        tickets = self._create_ticket() | self._create_ticket()
        tickets.write({"team_id": self.team1.id, "user_id": self.agent.id})
        team = self._page(self.agent2)
        seats = {seat.user_id: seat for seat in team.seat_ids}
        self.assertEqual(set(seats), set(team._agents()))
        self.assertEqual(seats[self.agent].open_count, 2)
        self.assertEqual(seats[self.agent2].open_count, 0)
        self.assertEqual(
            [user for user, seat in seats.items() if seat.is_leader], [self.leader]
        )

    def test_at_work(self):
        team = self._page(self.agent)
        with freeze_time(WORKDAY):
            self.assertEqual(team.at_work_count, 3)
            self.assertTrue(all(team.seat_ids.mapped("at_work")))
        self.env.invalidate_all()
        with freeze_time(WEEKEND):
            self.assertEqual(team.at_work_count, 0)
        self.assertEqual(team.agent_count, 3)

    def test_who_left_the_team(self):
        ticket = self._create_ticket()
        ticket.write({"team_id": self.team1.id, "user_id": self.agent.id})
        self.assertEqual(self._page(self.manager).stray_count, 0)
        self.team1.member_ids -= self.agent
        team = self._page(self.manager)
        self.assertEqual(team.stray_count, 1)
        action = team.action_view_strays()
        self.assertEqual(
            team.env["itsm.ticket"].search(action["domain"]).ids, ticket.ids
        )

    def test_figures_of_people_are_for_their_desk(self):
        for user, sees in (
            (self.agent, True),
            (self.manager, True),
            (self.auditor, True),
            (self.admin, True),
            (self.stranger, False),
            (self.foreigner, False),
        ):
            found = self._as(user)["itsm.team.seat"].search(
                [("team_id", "=", self.team1.id)]
            )
            with self.subTest(user.name):
                self.assertEqual(bool(found), sees)
