from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import WORKDAY
from .request_common import RequestCase, question


@tagged("post_install", "-at_install")
class TestWrongDesk(RequestCase):
    """A request that came to the wrong desk keeps its number, thread and clocks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leak = cls._service(
            "Leaking pipe",
            [question("room", required=True)],
            desk_id=cls.desk_other.id,
            keywords="water tap drip",
            ticket_type="incident",
        )
        cls.laptop = cls._service("Laptop", keywords="notebook computer")
        cls.Correction = cls.env["itsm.desk.correction"]

    def _wet(self, **vals):
        return self._create_ticket(
            **{"name": "Water drips from the pipe", "type": "request", **vals}
        )

    def _move(self, ticket, user=None, **arguments):
        """Move a ticket as an agent of the IT desk; by default to the leak."""
        arguments = arguments or {"service": self.leak.code}
        mine = self._as(user or self.agent)["itsm.ticket"].browse(ticket.ids)
        mine.correct_desk(**arguments)
        self.env.invalidate_all()

    def _words(self, ticket, user):
        """Return what a user reads in the conversation of a ticket."""
        messages = self._as(user)["mail.message"].search(
            [("model", "=", "itsm.ticket"), ("res_id", "=", ticket.id)]
        )
        return " ".join(filter(None, messages.mapped("body")))

    # ------------------------------------------------------------------
    # What stays and what changes
    # ------------------------------------------------------------------

    def test_number_and_thread_stay(self):
        ticket = self._wet(user_id=self.agent.id, description="<p>Third floor.</p>")
        number, opened = ticket.number, ticket.opened_at
        ticket.with_user(self.agent).message_post(
            body="Word of the first desk", subtype_xmlid="mail.mt_comment"
        )
        self._move(ticket)
        self.assertEqual(ticket.number, number)
        self.assertEqual(ticket.opened_at, opened)
        self.assertEqual(ticket.desk_id, self.desk_other)
        self.assertEqual(ticket.team_id, self.team_other)
        self.assertEqual(ticket.service_id, self.leak)
        self.assertEqual(ticket.type, "incident")
        self.assertFalse(ticket.user_id)
        ticket.with_user(self.stranger).message_post(
            body="Word of the second desk", subtype_xmlid="mail.mt_comment"
        )
        words = self._words(ticket, self.requester)
        for word in ("first desk", "second desk", number, self.desk_other.name):
            self.assertIn(word, words)

    def test_clocks_count_from_the_opening(self):
        """The clock of the new desk's promise includes the time at the wrong desk."""
        self.env["itsm.sla.policy"].search([]).active = False
        for desk, hours in ((self.desk, 4), (self.desk_other, 8)):
            self.env["itsm.sla.policy"].create(
                {
                    "name": desk.name,
                    "res_model": "itsm.ticket",
                    "kind": "sla",
                    "desk_ids": desk.ids,
                    "target_ids": [
                        (0, 0, {"metric": "resolution", "hours": hours}),
                        (0, 0, {"metric": "response", "hours": 1}),
                    ],
                }
            )
        with freeze_time(WORKDAY):
            ticket = self._wet()
        with freeze_time("2026-03-02 11:30:00"):
            self._move(ticket)
            clocks = ticket.clock_ids.filtered(lambda clock: clock.state != "cancelled")
            resolution = clocks.filtered(lambda clock: clock.metric == "resolution")
            response = clocks.filtered(lambda clock: clock.metric == "response")
        self.assertEqual(resolution.policy_id.name, self.desk_other.name)
        self.assertEqual(str(resolution.started_at), WORKDAY)
        # 10-12 and 13-17 on Monday, 8-10 on Tuesday.
        self.assertEqual(str(resolution.deadline), "2026-03-03 10:00:00")
        self.assertTrue(response.breached)
        self.assertFalse(ticket.first_response_at, "passing it on is no answer")

    def test_passing_on_is_no_answer(self):
        """Not even by an agent who works for both desks."""
        self.team_other.member_ids |= self.agent
        ticket = self._wet()
        self._move(ticket)
        self.assertFalse(ticket.first_response_at)

    def test_counted(self):
        ticket = self._wet(service_id=self.laptop.id)
        self.assertEqual(ticket.wrong_desk_count, 0)
        self._move(ticket)
        self.assertEqual(ticket.wrong_desk_count, 1)
        self.assertEqual(ticket.wrong_desk_id, self.desk)
        self.assertEqual(ticket.wrong_service_id, self.laptop)
        self.assertTrue(ticket.wrong_desk_at)
        self._move(ticket, self.stranger, team=self.team2.id)
        self.assertEqual(ticket.wrong_desk_count, 2)
        self.assertEqual(ticket.wrong_desk_id, self.desk, "the first one counts")
        self.assertEqual(ticket.team_id, self.team2)
        self.assertFalse(ticket.service_id)

    def test_answers_stay_as_they_were_given(self):
        service = self._service("Thing", [question("room"), question("why")])
        ticket = self._submit(service, room="B12", why="It leaks")
        self._move(ticket)
        answers = {row["key"]: row["text"] for row in ticket._answers_shown()}
        self.assertEqual(answers, {"room": "B12", "why": "It leaks"})

    def test_wrong_desk_hears_no_more(self):
        ticket = self._wet(user_id=self.agent.id)
        self.assertIn(self.agent.partner_id, ticket.message_partner_ids)
        self._move(ticket)
        self.assertNotIn(self.agent.partner_id, ticket.message_partner_ids)
        self.assertIn(self.requester.partner_id, ticket.message_partner_ids)
        mine = self._as(self.agent)["itsm.ticket"]
        self.assertFalse(mine.search([("id", "=", ticket.id)]))

    def test_many_at_once(self):
        tickets = self._wet() | self._wet(name="Tap drips")
        self._move(tickets)
        self.assertEqual(tickets.desk_id, self.desk_other)
        self.assertEqual(tickets.mapped("wrong_desk_count"), [1, 1])

    # ------------------------------------------------------------------
    # What the wrong service had planned
    # ------------------------------------------------------------------

    def test_planned_work_falls_away(self):
        service = self._service("Set up")
        self._plan(service, {"name": "Order"}, {"name": "Deliver", "after": ["Order"]})
        work = self._plan(self.leak, {"name": "Mend"})
        ticket = self._submit(service)
        order = ticket.task_ids.filtered(lambda task: task.name == "Order")
        order.action_done()
        self._move(ticket)
        states = {task.name: task.state for task in ticket.task_ids}
        self.assertEqual(states, {"Order": "done", "Deliver": "cancelled"})
        self.assertIn(ticket.state, ("new", "in_progress"))
        right = self._as(self.stranger)["itsm.ticket"].browse(ticket.id)
        self.assertTrue(right.may_begin_request)
        right.action_request_begin()
        self.env.invalidate_all()
        self.assertEqual(
            ticket.task_ids.filtered("plan_task_id").plan_task_id.mapped("name"),
            [work["Mend"].name],
        )

    def test_approval_of_the_wrong_service_is_void(self):
        service = self._service(
            "Costly", approval_policy_id=self._approval_policy(self.head).id
        )
        ticket = self._submit(service)
        self.assertEqual(ticket.state, "approval")
        self._plan(self.leak, {"name": "Mend"})
        self._move(ticket)
        self.assertEqual(ticket.approval_state, "void")
        self.assertEqual(ticket.state, "in_progress")
        mend = ticket.task_ids.filtered(lambda task: task.name == "Mend")
        self.assertEqual(mend.state, "todo")

    def test_approval_of_the_right_service_is_asked(self):
        service = self._service(
            "Costly", approval_policy_id=self._approval_policy(self.head).id
        )
        other = self._service(
            "Costly too",
            desk_id=self.desk_other.id,
            approval_policy_id=self._approval_policy(self.colleague).id,
        )
        self._plan(other, {"name": "Buy"})
        ticket = self._submit(service)
        self._move(ticket, service=other)
        self.assertEqual(ticket.state, "approval")
        self.assertEqual(ticket.task_ids.mapped("state"), ["waiting"])
        self._vote(ticket, self.colleague)
        self.assertEqual(ticket.task_ids.mapped("state"), ["todo"])

    def test_parts_nobody_works_on_fall_away(self):
        part = self._service("Part")
        service = self._service(
            "Whole", order_ids=[(0, 0, {"child_service_id": part.id})]
        )
        ticket = self._submit(service)
        self.assertEqual(ticket.child_ids.mapped("state"), ["new"])
        self._move(ticket)
        self.assertEqual(ticket.child_ids.mapped("state"), ["cancelled"])
        self.assertEqual(ticket.state, "in_progress", "the request itself goes on")

    # ------------------------------------------------------------------
    # Who may, and what is refused
    # ------------------------------------------------------------------

    def test_only_agents_of_the_desk(self):
        ticket = self._wet()
        for user in (self.requester, self.stranger, self.auditor, self.colleague):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._move(ticket, user)

    def test_refused(self):
        ticket = self._wet()
        draft = self._service("Draft", publish=False, desk_id=self.desk_other.id)
        wrong = (
            {"service": "no-such-code"},
            {"service": draft},
            {"service": 0, "team": 0},
            {"service": True},
            {"team": self.team2.id},
            {"service": self.laptop},
            {"service": self.leak, "team": self.team2.id},
            {"team": self.team_branch.id},
        )
        for arguments in wrong:
            # Access errors are user errors, too.
            with self.subTest(**arguments), self.assertRaises(UserError):
                self._move(ticket, **arguments)
        self.assertEqual(ticket.desk_id, self.desk)
        self.assertEqual(ticket.wrong_desk_count, 0)

    def test_what_is_done_stays(self):
        for state in ("resolved", "closed", "cancelled"):
            ticket = self._in_state(state)
            with self.subTest(state=state), self.assertRaises(UserError):
                self._move(ticket)

    # ------------------------------------------------------------------
    # Proposals
    # ------------------------------------------------------------------

    def _proposed(self, ticket, user=None):
        mine = self._as(user or self.agent)["itsm.ticket"].browse(ticket.ids)
        return mine.desk_proposals()

    def test_words_propose(self):
        proposals = self._proposed(self._wet())
        self.assertEqual(proposals[0]["service_id"], self.leak.id)
        self.assertEqual(proposals[0]["desk"], self.desk_other.name)
        self.assertNotIn(
            self.laptop.id, [one["service_id"] for one in proposals], "its own desk"
        )

    def test_every_other_desk_is_proposed(self):
        proposals = self._proposed(self._create_ticket(name="Qqq"))
        teams = [one["team_id"] for one in proposals]
        self.assertIn(self.team_other.id, teams)
        self.assertNotIn(self.team_branch.id, teams)

    def test_the_past_proposes(self):
        meal = self._service("Meal", desk_id=self.desk_other.id)
        for _time in range(3):
            ticket = self._create_ticket(name="Qqq", service_id=self.laptop.id)
            self._move(ticket, service=meal)
        again = self._create_ticket(name="Qqq", service_id=self.laptop.id)
        self.assertEqual(self._proposed(again)[0]["service_id"], meal.id)

    def test_hint(self):
        """Only where a request seems to be wrong, and until it was corrected."""
        hint = self._as(self.agent)["itsm.ticket"].browse
        wet, right = self._wet(), self._create_ticket(name="New laptop computer")
        self.assertEqual(
            [one["service_id"] for one in hint(wet.id).wrong_desk_hint()],
            [self.leak.id],
        )
        self.assertEqual(hint(right.id).wrong_desk_hint(), [])
        theirs = self._as(self.requester)["itsm.ticket"].browse(wet.id)
        self.assertEqual(theirs.wrong_desk_hint(), [])
        self._move(wet)
        moved = self._as(self.stranger)["itsm.ticket"].browse(wet.id)
        self.assertEqual(moved.wrong_desk_hint(), [])

    # ------------------------------------------------------------------
    # The screen
    # ------------------------------------------------------------------

    def test_choice_on_the_screen(self):
        ticket = self._wet()
        action = self._as(self.agent)["itsm.ticket"].browse(ticket.id)
        action = action.action_wrong_desk()
        correction = self._as(self.agent)[action["res_model"]].browse(action["res_id"])
        line = correction.line_ids[0]
        self.assertEqual(line.desk_id, self.desk_other)
        answer = line.action_choose()
        self.env.invalidate_all()
        self.assertEqual(ticket.service_id, self.leak)
        # The agent does not see it any more, so it leads to the list.
        following = answer["params"]["next"]
        self.assertEqual(following["views"][0][1], "list")

    def test_choice_by_hand(self):
        ticket = self._wet()
        Correction = self._as(self.agent)["itsm.desk.correction"]
        correction = Correction._for_tickets(
            self._as(self.agent)["itsm.ticket"].browse(ticket.id)
        )
        with self.assertRaises(UserError):
            correction.action_apply()
        correction.team_id = self.team_other
        correction.reason = "Not our pipe."
        correction.action_apply()
        self.env.invalidate_all()
        self.assertEqual(ticket.team_id, self.team_other)
        self.assertIn("Not our pipe.", self._words(ticket, self.stranger))
        self.assertNotIn("Not our pipe.", self._words(ticket, self.requester))
