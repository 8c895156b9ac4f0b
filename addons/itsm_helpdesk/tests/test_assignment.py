from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time

from .common import WEEKEND, WORKDAY, ItsmCase


class TestTakeAndAssign(ItsmCase):
    """By hand: take it, give it to somebody."""

    def test_take(self):
        ticket = self._create_ticket().with_user(self.agent)
        ticket.action_take()
        self.assertEqual(ticket.user_id, self.agent)
        self.assertEqual(ticket.state, "in_progress")
        ticket.action_take()  # again: it is one's own
        self.assertEqual(ticket.reassignment_count, 0)

    def test_second_taker_is_told_who_has_it(self):
        ticket = self._create_ticket()
        ticket.with_user(self.agent).action_take()
        with self.assertRaises(UserError) as refusal:
            ticket.with_user(self.agent2).action_take()
        self.assertIn(self.agent.name, str(refusal.exception))
        self.assertEqual(ticket.user_id, self.agent)

    def test_take_in_batch_is_all_or_nothing(self):
        free, taken = self._create_ticket(), self._create_ticket()
        taken.with_user(self.agent).action_take()
        with self.assertRaises(UserError):
            (free | taken).with_user(self.agent2).action_take()
        self.assertFalse(free.user_id)

    def test_take_needs_the_desk(self):
        ticket = self._create_ticket()
        for user in (self.stranger, self.requester, self.portal, self.auditor):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                ticket.with_user(user).action_take()

    def test_ended_ticket_is_given_to_nobody(self):
        for state in ("resolved", "closed", "cancelled"):
            ticket = self._in_state(state).with_user(self.agent)
            calls = (
                lambda t: t.action_take(),
                lambda t: t.assign(self.agent2),
                lambda t: t.escalate(None, "Too hard"),
                lambda t: t.return_to_previous("Not ours"),
            )
            for call in calls:
                with self.subTest(state=state), self.assertRaises(UserError):
                    call(ticket)

    def test_assign_by_record_id_or_login(self):
        for value in (self.agent2, self.agent2.id, self.agent2.login):
            ticket = self._create_ticket().with_user(self.agent)
            ticket.assign(value)
            self.assertEqual(ticket.user_id, self.agent2)
            self.assertEqual(ticket.state, "in_progress")

    def test_assign_with_team(self):
        ticket = self._create_ticket().with_user(self.agent)
        ticket.assign(self.engineer.id, self.team2.id)
        self.assertEqual((ticket.user_id, ticket.team_id), (self.engineer, self.team2))

    def test_assign_to_nobody_known(self):
        ticket = self._create_ticket().with_user(self.agent)
        for value in ("nobody", 999999999, None, False, ""):
            with self.subTest(value=value), self.assertRaises(UserError):
                ticket.assign(value)
        self.assertTrue(ticket.assign(self.engineer, self.team2.name))
        self.assertEqual(ticket.team_id, self.team2)
        for team in (999999999, "line 9"):
            with self.subTest(team=team), self.assertRaises(UserError):
                ticket.assign(self.agent, team)
        self.assertEqual(ticket.user_id, self.engineer)

    def test_only_agents_of_the_desk_hold_its_tickets(self):
        ticket = self._create_ticket().with_user(self.agent)
        desk = {"desk_id": self.desk.id}
        for user in (self.stranger, self.requester, self.portal):
            with self.subTest(user=user.name):
                with self.assertRaises(UserError):
                    ticket.assign(user)
                for vals in ({}, desk):
                    with self.assertRaises(UserError):
                        ticket.write({"user_id": user.id, **vals})
                with self.assertRaises(UserError):
                    self._create_ticket(user_id=user.id)

    def test_assigning_new_makes_in_progress(self):
        ticket = self._create_ticket().with_user(self.agent)
        ticket.write({"user_id": self.agent2.id})
        self.assertEqual(ticket.state, "in_progress")

    def test_reassignments_are_counted(self):
        ticket = self._create_ticket().with_user(self.agent)
        steps = (
            ({"user_id": self.agent.id}, 0),  # the first one is no reassignment
            ({"user_id": self.agent2.id}, 1),
            ({"user_id": self.agent2.id}, 1),  # nothing changed
            ({"team_id": self.team2.id}, 2),
            ({"team_id": self.team2.id, "user_id": self.engineer.id}, 2),
        )
        for vals, count in steps:
            ticket.write(vals)
            self.assertEqual(ticket.reassignment_count, count, vals)

    def test_counts_of_a_batch_differ(self):
        fresh = self._create_ticket()
        moved = self._create_ticket(user_id=self.agent.id)
        (fresh | moved).write({"user_id": self.agent2.id})
        self.assertEqual((fresh | moved).mapped("reassignment_count"), [0, 1])

    def test_another_team_lets_go_of_a_stranger(self):
        ticket = self._create_ticket(user_id=self.agent.id).with_user(self.agent)
        ticket.write({"team_id": self.team2.id})
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.state, "in_progress")

    def test_team_with_tickets_stays_with_its_desk(self):
        self._create_ticket(team_id=self.team1.id)
        with self.assertRaises(UserError):
            self.team1.write({"desk_id": self.desk_other.id})
        self.team3.write({"desk_id": self.desk_other.id})
        self.assertEqual(self.team3.desk_id, self.desk_other)


class TestEscalation(ItsmCase):
    """To the next line with a reason, and back."""

    def test_to_the_next_line_and_back(self):
        ticket = self._create_ticket(user_id=self.agent.id).with_user(self.agent)
        for reason in (None, "", "  "):
            with self.assertRaises(UserError):
                ticket.escalate(None, reason)
        ticket.escalate(reason="Needs the vendor's tools")
        self.assertEqual(ticket.team_id, self.team2)
        self.assertEqual(ticket.line, "2")
        self.assertEqual(ticket.escalated_from_id, self.team1)
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.reassignment_count, 1)
        note = ticket.message_ids.filtered(lambda m: "vendor" in m.body)
        self.assertEqual(note.author_id, self.agent.partner_id)
        self.assertFalse(ticket._is_public_word(note))
        with self.assertRaises(UserError):
            ticket.return_to_previous("")
        ticket.with_user(self.engineer).return_to_previous("It was the cable")
        self.assertEqual(ticket.team_id, self.team1)
        self.assertFalse(ticket.escalated_from_id)
        with self.assertRaises(UserError):
            ticket.return_to_previous("Again")

    def test_no_next_line(self):
        ticket = self._create_ticket(team_id=self.team3.id).with_user(self.agent)
        with self.assertRaises(UserError):
            ticket.escalate(reason="Too hard")
        with self.assertRaises(UserError):
            ticket.escalate(self.team3.id, "To ourselves")

    def test_batch_from_several_lines(self):
        one, two = self._create_ticket(), self._create_ticket(team_id=self.team2.id)
        (one | two).with_user(self.agent).escalate(reason="Outage")
        self.assertEqual(one.team_id, self.team2)
        self.assertEqual(two.team_id, self.team3)
        self.assertEqual(two.escalated_from_id, self.team2)

    def test_to_a_team_of_another_desk_and_back(self):
        ticket = self._create_ticket(user_id=self.agent.id)
        mine = self._as(self.agent)["itsm.ticket"].browse(ticket.id)
        mine.escalate(self.team_other.id, "The lamp is broken, not the screen")
        self.assertEqual(ticket.desk_id, self.desk_other)
        self.assertEqual(ticket.team_id, self.team_other)
        self.assertEqual(ticket.escalated_from_id, self.team1)
        self.assertFalse(ticket.user_id)
        self.assertFalse(mine.has_access("write"), "the agent let it go")
        theirs = self._as(self.stranger)["itsm.ticket"].browse(ticket.id)
        theirs.return_to_previous("It is the screen")
        self.assertEqual(ticket.desk_id, self.desk)
        self.assertEqual(ticket.team_id, self.team1)

    def test_another_desk_by_hand(self):
        stage = self.env["itsm.stage"].create(
            {"name": "Triage", "state": "new", "desk_ids": self.desk.ids, "sequence": 0}
        )
        ticket = self._create_ticket()
        self.assertEqual(ticket.stage_id, stage)
        mine = self._as(self.agent)["itsm.ticket"].browse(ticket.id)
        mine.write({"desk_id": self.desk_other.id})
        self.assertEqual(ticket.team_id, self.team_other)
        self.assertNotEqual(ticket.stage_id, stage, "that desk has no such stage")
        self.assertEqual(ticket.state, "new")

    def test_next_lines_form_no_circle(self):
        with self.assertRaises(ValidationError):
            self.team3.escalation_team_id = self.team1


@freeze_time(WORKDAY)
class TestAutomaticAssignment(ItsmCase):
    """Round robin and least loaded, counting only who is at work now."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The leader belongs to the team too, so the round has three.
        cls.round = [cls.agent, cls.agent2, cls.leader]
        cls.team1.assignment_method = "round_robin"

    def _assignees(self, count, **vals):
        tickets = self.Ticket.create([self._ticket_vals(**vals) for _n in range(count)])
        return [ticket.user_id for ticket in tickets]

    def test_manual(self):
        self.team1.assignment_method = "manual"
        self.assertEqual(self._assignees(2), [self.env["res.users"]] * 2)
        # Who asks for it gets an answer: the least loaded member.
        ticket = self._create_ticket().with_user(self.agent)
        ticket.action_assign_automatically()
        self.assertEqual(ticket.user_id, self.agent)

    def test_round_robin(self):
        self.assertEqual(self._assignees(7), (self.round * 3)[:7])
        # The round goes on where it stood.
        self.assertEqual(self._assignees(1), [self.agent2])
        self.assertEqual(self.team1.last_assigned_id, self.agent2)

    def test_assigned_tickets_are_in_progress(self):
        self.assertEqual(self._create_ticket().state, "in_progress")

    def test_round_robin_after_a_member_left(self):
        self._assignees(1)
        self.team1.member_ids -= self.agent
        self.assertEqual(self._assignees(2), [self.agent2, self.leader])

    def test_archived_member(self):
        self.agent.active = False
        self.assertNotIn(self.agent, self._assignees(4))

    def test_least_loaded(self):
        self.team1.assignment_method = "least_loaded"
        for user, count in ((self.agent, 3), (self.agent2, 1), (self.leader, 2)):
            for _n in range(count):
                self._create_ticket(user_id=user.id)
        # Resolved tickets are no load.
        done = self._create_ticket(user_id=self.agent2.id)
        done.resolve("solved", "Done.")
        got = self._assignees(6)
        self.assertEqual(got[0], self.agent2)
        self.assertEqual(
            {user: got.count(user) for user in self.round},
            {self.agent: 1, self.agent2: 3, self.leader: 2},
        )

    def test_out_of_hours_nobody_gets_it(self):
        with freeze_time(WEEKEND):
            self.assertEqual(self._assignees(1), [self.env["res.users"]])
            with self.assertRaises(UserError):
                self._create_ticket().action_assign_automatically()

    def test_lunch_is_no_work(self):
        with freeze_time("2026-03-02 12:30:00"):
            self.assertFalse(self._create_ticket().user_id)

    def test_around_the_clock(self):
        self.desk.resource_calendar_id = False
        with freeze_time(WEEKEND):
            self.assertEqual(self._create_ticket().user_id, self.agent)

    def test_own_hours_of_an_employee(self):
        night = self.calendar.copy({"name": "Night", "tz": "Asia/Tokyo"})
        # 10:00 UTC is 19:00 in Tokyo.
        employee = self._make_employee(self.agent, resource_calendar_id=night.id)
        employee.resource_id.tz = "Asia/Tokyo"
        self.assertEqual(self._assignees(2), [self.agent2, self.leader])
        with freeze_time("2026-03-02 01:00:00"):
            self.assertEqual(self._assignees(2), [self.agent, self.agent])

    def test_leave_of_an_employee(self):
        employee = self._make_employee(self.agent2)
        self._leave(employee.resource_id, "2026-03-02 08:00:00", "2026-03-02 17:00:00")
        self.assertEqual(self._assignees(2), [self.agent, self.leader])
        with freeze_time("2026-03-03 10:00:00"):
            self.assertEqual(self._assignees(2), [self.agent, self.agent2])

    def test_leave_of_an_employee_without_fixed_hours(self):
        employee = self._make_employee(self.agent2, resource_calendar_id=False)
        self._leave(employee.resource_id, "2026-03-02 08:00:00", "2026-03-02 17:00:00")
        self.assertEqual(self._assignees(2), [self.agent, self.leader])

    def test_public_holiday(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": "2026-03-02 00:00:00",
                "date_to": "2026-03-02 23:59:59",
            }
        )
        self._make_employee(self.agent)
        self.assertEqual(self._assignees(1), [self.env["res.users"]])

    def test_leave_of_somebody_else(self):
        other = self._make_employee(self.engineer)
        self._leave(other.resource_id, "2026-03-02 08:00:00", "2026-03-02 17:00:00")
        self.assertEqual(self._assignees(3), self.round)

    def test_escalation_finds_somebody(self):
        self.team2.assignment_method = "round_robin"
        ticket = self._create_ticket()
        ticket.with_user(self.agent).escalate(reason="Too hard")
        self.assertEqual(ticket.user_id, self.engineer)

    def test_button_on_waiting_tickets(self):
        with freeze_time(WEEKEND):
            waiting = self.Ticket.create([self._ticket_vals() for _n in range(3)])
        waiting.with_user(self.agent).action_assign_automatically()
        self.assertEqual([ticket.user_id for ticket in waiting], self.round)

    def test_requester_without_rights_registers(self):
        """Whoever registers may not read calendars, leaves and load."""
        self._make_employee(self.agent)
        vals = self._ticket_vals(partner_id=self.portal.partner_id.id)
        ticket = self.Ticket.with_user(self.portal).sudo().create(vals)
        self.assertEqual(ticket.user_id, self.agent)

    def test_two_teams_in_one_batch(self):
        self.team2.assignment_method = "round_robin"
        tickets = self.Ticket.create(
            [
                self._ticket_vals(team_id=team.id)
                for team in (self.team1, self.team2, self.team1, self.team2)
            ]
        )
        self.assertEqual(
            [ticket.user_id for ticket in tickets],
            [self.agent, self.engineer, self.agent2, self.engineer],
        )


class TestTeams(ItsmCase):
    def test_agents_follow_the_teams(self):
        self.team2.member_ids |= self.stranger
        self.assertIn(self.stranger, self.desk.agent_ids)
        self.team2.active = False
        self.assertNotIn(self.engineer, self.desk.agent_ids)
        self.desk.manager_ids = self.admin
        self.assertIn(self.admin, self.desk.agent_ids)
        self.assertNotIn(self.manager, self.desk.agent_ids)

    def test_open_tickets_of_a_team(self):
        self._create_ticket()
        self._in_state("resolved")
        self.assertEqual(self.team1.open_ticket_count, 1)

    def test_default_team_belongs_to_the_desk(self):
        with self.assertRaises(ValidationError):
            self.desk.default_team_id = self.team_other

    def test_overdue_depends_on_the_moment(self):
        due = fields.Datetime.now() + timedelta(hours=1)
        ticket = self._create_ticket(due_at=due)
        late = [("is_overdue", "=", True), ("id", "=", ticket.id)]
        not_late = [("is_overdue", "=", False), ("id", "=", ticket.id)]
        self.assertFalse(ticket.is_overdue)
        self.assertFalse(self.Ticket.search(late))
        self.assertTrue(self.Ticket.search(not_late))
        with freeze_time(due + timedelta(seconds=1)):
            ticket.invalidate_recordset(["is_overdue"])
            self.assertTrue(ticket.is_overdue)
            self.assertTrue(self.Ticket.search(late))
            self.assertFalse(self.Ticket.search(not_late))
