from .sla_common import SlaCase, moment


class TestSlaClocks(SlaCase):
    """What happens to a ticket, and what its clocks make of it."""

    @classmethod
    def _make_policies(cls):
        cls.sla = cls._policy(("response", 2), ("resolution", 8))
        cls.ola = cls._policy(("response", 1), ("resolution", 4), kind="ola")
        cls.uc = cls._policy(("resolution", 5), kind="uc")

    # ------------------------------------------------------------------
    # Opening and answer
    # ------------------------------------------------------------------

    def test_opening_starts_the_clocks(self):
        """The customer's and the team's clocks run from the registration."""
        ticket = self._register()
        start = {"started_at": "Mon 10"}
        self._shows(
            self._clocks(ticket, "response"), "running", deadline="Mon 12", **start
        )
        self._shows(self._clocks(ticket), "running", deadline="Tue 10", **start)
        team = {"party_id": self.team1.id, **start}
        self._shows(
            self._clocks(ticket, "response", "ola"),
            "running",
            deadline="Mon 11",
            **team,
        )
        self._shows(
            self._clocks(ticket, kind="ola"), "running", deadline="Mon 15", **team
        )
        self.assertFalse(self._clocks(ticket, kind="uc"))

    def test_opening_outside_working_hours(self):
        """What is registered on Saturday counts from Monday morning."""
        self._at("Sat 10")
        ticket = self._register()
        self._shows(self._clocks(ticket, "response"), "running", deadline="Mon+7 10")

    def test_answer_stops_the_response_clock(self):
        """An agent's public message is the answer; nothing else is."""
        ticket = self._register()
        self._at("Mon 10:30")
        self._say(ticket, self.requester)
        self._say(ticket, self.agent, subtype_xmlid="mail.mt_note")
        self._shows(self._clocks(ticket, "response"), "running")
        self._at("Mon 11")
        self._say(ticket, self.agent2)
        self._shows(
            self._clocks(ticket, "response"), "met", stopped_at="Mon 11", elapsed=1
        )
        self._shows(self._clocks(ticket), "running", deadline="Tue 10")
        self._at("Mon 14")
        self._say(ticket, self.agent)
        self._shows(self._clocks(ticket, "response"), "met", stopped_at="Mon 11")

    def test_late_answer(self):
        """An answer after the time is a breach, also if no sweep ran."""
        ticket = self._register()
        self._at("Mon 13:10")
        self._say(ticket, self.agent)
        self._shows(
            self._clocks(ticket, "response"),
            "breached",
            breached=True,
            deadline="Mon 12",
            elapsed=2 + 1 / 6,
        )

    def test_what_stops_on_the_deadline_is_in_time(self):
        ticket = self._register()
        self._at("Mon 12")
        self._say(ticket, self.agent)
        self._shows(self._clocks(ticket, "response"), "met", elapsed=2)

    def test_taking_answers_for_the_team(self):
        """A team's answer is that somebody takes the ticket."""
        ticket = self._register()
        self._at("Mon 10:20")
        ticket.with_user(self.agent).action_take()
        self._shows(
            self._clocks(ticket, "response", "ola"), "met", stopped_at="Mon 10:20"
        )
        self._shows(self._clocks(ticket, "response"), "running")

    # ------------------------------------------------------------------
    # Pauses
    # ------------------------------------------------------------------

    def test_waiting_for_the_requester(self):
        """A pause stops the clock, the requester's reply resumes it."""
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).set_pending("requester")
        self._shows(self._clocks(ticket), "paused", deadline=False, elapsed=1)
        self.assertFalse(ticket.sla_deadline)
        self.assertEqual(ticket.sla_state, "paused")
        self._at("Tue 9")
        self._say(ticket, self.requester, "Here it is.")
        self.assertEqual(ticket.state, "in_progress")
        self._shows(
            self._clocks(ticket), "running", deadline="Tue 17", elapsed=1, paused=6
        )
        self.assertEqual(ticket.sla_state, "running")

    def test_reasons_that_do_not_pause(self):
        """Waiting for a change is the desk's own matter."""
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).set_pending("change")
        self._shows(self._clocks(ticket), "running", deadline="Tue 10")

    def test_another_reason_while_waiting(self):
        """From a pausing reason to one that does not: the clock goes on."""
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).set_pending("requester")
        self._at("Mon 14")
        ticket.with_user(self.agent).set_pending("change")
        self._shows(self._clocks(ticket), "running", deadline="Tue 12", elapsed=1)
        self._at("Mon 15")
        ticket.with_user(self.agent).set_pending("parts")
        self._shows(self._clocks(ticket), "paused", elapsed=2)

    def test_policy_without_pauses(self):
        """A policy may let its clocks run on whatever the ticket waits for."""
        self.sla.pauses = False
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).set_pending("requester")
        self._shows(self._clocks(ticket), "running", deadline="Tue 10")
        self._shows(self._clocks(ticket, kind="ola"), "paused")

    def test_resume_by_the_job(self):
        """A scheduled date resumes the ticket, and its clocks, by itself."""
        ticket = self._register()
        ticket.with_user(self.agent).set_pending("date", until=moment("Tue 9"))
        self._at("Tue 9:30")
        with self._uncommitted():
            self.Ticket._cron_resume_pending()
        self._shows(self._clocks(ticket), "running", deadline="Wed 9:30", elapsed=0)

    # ------------------------------------------------------------------
    # Turns
    # ------------------------------------------------------------------

    def test_escalation_begins_a_turn(self):
        """Each team has its own time; the customer's goes on."""
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).escalate(reason="Too hard.")
        first, second = self._clocks(ticket, kind="ola")
        self._shows(first, "met", stopped_at="Mon 11", party_id=self.team1.id)
        self._shows(
            second,
            "running",
            started_at="Mon 11",
            deadline="Mon 16",
            party_id=self.team2.id,
            spell=1,
        )
        self._shows(self._clocks(ticket), "running", deadline="Tue 10")
        self._at("Mon 17")
        ticket.with_user(self.engineer).return_to_previous("Not ours.")
        _first, second, third = self._clocks(ticket, kind="ola")
        self._shows(second, "breached", stopped_at="Mon 17", elapsed=5)
        self._shows(third, "running", deadline="Tue 12", party_id=self.team1.id)
        self._shows(self._clocks(ticket), "running", deadline="Tue 10", elapsed=6)

    def test_supplier(self):
        """The supplier's time runs while the others stand still."""
        ticket = self._register()
        self._at("Mon 11")
        agents = ticket.with_user(self.agent)
        agents.set_pending("supplier", supplier=self.supplier.id)
        self._shows(self._clocks(ticket), "paused")
        self._shows(
            self._clocks(ticket, kind="uc"),
            "running",
            deadline="Mon 17",
            party_id=self.supplier.id,
        )
        self._at("Mon 14")
        agents.resume()
        self._shows(self._clocks(ticket, kind="uc"), "met", stopped_at="Mon 14")
        self._shows(self._clocks(ticket), "running", deadline="Tue 12")
        self._at("Mon 15")
        agents.set_pending("supplier", supplier=self.supplier.id)
        _first, second = self._clocks(ticket, kind="uc")
        self._shows(second, "running", started_at="Mon 15", spell=1)

    def test_solved_while_the_supplier_has_it(self):
        """Resolving straight from waiting ends pause and hand-off."""
        ticket = self._register()
        self._at("Mon 11")
        agents = ticket.with_user(self.agent)
        agents.set_pending("supplier", supplier=self.supplier.id)
        self._at("Wed 11")
        agents.resolve("solved", "Repaired.")
        self._shows(self._clocks(ticket), "met", elapsed=1, paused=16)
        self._shows(self._clocks(ticket, kind="uc"), "breached", stopped_at="Wed 11")
        self._shows(self._clocks(ticket, kind="ola"), "met", elapsed=1)

    # ------------------------------------------------------------------
    # Ends
    # ------------------------------------------------------------------

    def test_solution_stops_all(self):
        """A solution is an answer too, if there was none before."""
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).resolve("solved", "Done.")
        for kind in ("sla", "ola"):
            for metric in ("response", "resolution"):
                self._shows(
                    self._clocks(ticket, metric, kind), "met", stopped_at="Mon 11"
                )
        self.assertEqual(ticket.sla_state, "met")
        self.assertFalse(ticket.sla_deadline)
        self._at("Tue 11")
        ticket.with_user(self.agent).close()
        self._shows(self._clocks(ticket), "met", stopped_at="Mon 11", elapsed=1)

    def test_reopening_goes_on(self):
        """The time between solution and reopening is nobody's."""
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).resolve("solved", "Done.")
        self._at("Tue 11")
        ticket.with_user(self.requester).reopen("It is back.")
        clock = self._clocks(ticket)
        self._shows(clock, "running", deadline="Wed 10", elapsed=1, stopped_at=False)
        self.assertFalse(clock.timetable_id)
        self._shows(self._clocks(ticket, "response"), "met", stopped_at="Mon 11")

    def test_reopening_by_a_message(self):
        """A reply to a closed ticket takes it up again, and its clock."""
        self.desk.reopen_on_reply = True
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).resolve("solved", "Done.")
        self._at("Mon 14")
        self._say(ticket, self.requester, "No.")
        self._shows(self._clocks(ticket), "running", deadline="Tue 12", elapsed=1)

    def test_reopening_restarts(self):
        """Where the policy says so, a new clock starts and the first one stays."""
        self.sla.on_reopen = "restart"
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).resolve("solved", "Done.")
        self._at("Tue 11")
        ticket.with_user(self.agent).reopen("It is back.")
        first, second = self._clocks(ticket)
        self._shows(first, "met", stopped_at="Mon 11", elapsed=1)
        self._shows(second, "running", started_at="Tue 11", deadline="Wed 11")
        self.assertEqual(len(self._clocks(ticket, "response")), 1)

    def test_cancelled(self):
        """What is given up counts for nobody; taken up again, it does."""
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).cancel("A mistake.")
        for kind in ("sla", "ola"):
            for metric in ("response", "resolution"):
                self._shows(self._clocks(ticket, metric, kind), "cancelled")
        self.assertFalse(ticket.sla_state)
        self._at("Mon 14")
        ticket.with_user(self.agent).reopen("It was none.")
        self._shows(self._clocks(ticket), "running", deadline="Tue 12", elapsed=1)

    def test_automatic_close(self):
        """The job that closes moves no clock."""
        self.desk.auto_close_days = 2
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).resolve("solved", "Done.")
        self._at("Thu 11")
        with self._uncommitted():
            self.Ticket._cron_close_resolved()
        self.assertEqual(ticket.state, "closed")
        self._shows(self._clocks(ticket), "met", stopped_at="Mon 11")
        self.assertEqual(self._events(ticket)[-2:], ["resolved", "closed"])
