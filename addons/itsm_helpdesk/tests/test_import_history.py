import csv
from pathlib import Path

from odoo.tests import tagged

from .history_common import HistoryCase

SAMPLE = Path(__file__).parent / "data" / "incident_history.csv"


@tagged("post_install", "-at_install")
class TestImportHistory(HistoryCase):
    """A small ledger with one row for each update of an incident."""

    def _job(self, content=None, **settings):
        """Return the import of the sample, or of other rows, with its preview."""
        job = self._upload(content or SAMPLE.read_bytes(), "history.csv")
        job.write({"agent_policy": "create", **settings})
        job.action_plan()
        return job

    def _import(self, content=None, **settings):
        job = self._job(content, **settings)
        job._apply_all()
        self.env.flush_all()
        return job

    def _tickets(self, prefix="H"):
        return self.Ticket.search([("number", "=like", f"{prefix}-%")], order="number")

    def _sample(self, keep=lambda row: True, **changes):
        """Return the sample with some of its rows, and with other cells.

        :param changes: ``{header: function of the row}``
        """
        rows = csv.DictReader(SAMPLE.read_text().splitlines())
        return self._csv(
            [
                row | {name: change(row) for name, change in changes.items()}
                for row in rows
                if keep(row)
            ]
        )

    # ------------------------------------------------------------------
    # What is kept
    # ------------------------------------------------------------------

    def test_rows_become_events(self):
        job = self._import()
        self.assertEqual(self._counts(job), (5, 0, 0, 0))
        first = self._find("H-1")
        reason = self.env.ref("itsm_helpdesk.pending_reason_requester")
        team, user = first.team_id.id, first.user_id.id
        self.assertEqual(
            self._log_of(first),
            [
                ("02 08:00", "opened", {"priority": "3", "team": team, "user": None}),
                ("02 08:30", "assigned", {"user": user}),
                ("02 08:30", "responded", {}),
                ("02 09:00", "paused", {"reason": reason.id, "stops": True}),
                ("02 11:00", "resumed", {}),
                ("02 11:50", "resolved", {}),
                ("04 12:00", "closed", {}),
            ],
        )
        clock = self._clocks(first)
        self.assertEqual((clock.state, clock.budget), ("met", 24 * 3600))
        self.assertEqual((clock.elapsed, clock.paused), (110 * 60, 2 * 3600))

    def test_order_column_goes_before_the_place_in_the_file(self):
        self._import()
        kinds = [(at, kind) for at, kind, _data in self._log_of(self._find("H-2"))]
        self.assertEqual(
            kinds,
            [
                ("03 08:00", "opened"),
                ("03 09:00", "prioritised"),
                ("03 09:00", "handed"),
                ("03 09:00", "assigned"),
                ("03 10:00", "resolved"),
                ("03 14:00", "reopened"),
                ("04 09:00", "resolved"),
                ("06 09:00", "closed"),
            ],
        )
        clock = self._clocks(self._find("H-2"))
        self.assertEqual((clock.state, clock.elapsed), ("breached", 6 * 3600))

    def test_a_time_before_the_one_before_is_moved_up(self):
        job = self._import()
        found = self._log_of(self._find("H-4"))
        self.assertEqual(
            [(at, kind) for at, kind, _data in found],
            [
                ("09 08:00", "opened"),
                ("09 10:00", "paused"),
                ("09 10:00", "resumed"),
                ("09 11:00", "resolved"),
            ],
        )
        self.assertEqual(len(job.remarks.splitlines()), 4)
        # No column says when it was solved: the history does.
        self.assertEqual(str(self._find("H-4").resolved_at), "2026-02-09 11:00:00")

    def test_waiting_tickets_wait_since_then(self):
        self._import()
        ticket = self._find("H-3")
        self.assertEqual(str(ticket.pending_since), "2026-02-05 10:00:00")
        self._shows(self._clocks(ticket), "paused", elapsed=2, deadline=False)
        ticket.with_user(self.manager).resume()
        self.assertEqual(self._clocks(ticket).state, "running")

    def test_everything_agrees_and_can_be_replayed(self):
        self._import()
        self._check_agreement(self._tickets())
        self._check_replay(self._tickets())

    def test_teams_have_a_clock_for_each_turn(self):
        self._policy(("resolution", 4), kind="ola")
        self._import()
        turns = self._clocks(self._find("H-2"), kind="ola")
        names = [self.Ticket._sla_party_name("ola", turn.party_id) for turn in turns]
        self.assertEqual(names, ["Field Crew", "Network Crew"])
        self.assertEqual(turns[0].elapsed, 3600)

    def test_desk_managers_bring_in_histories_too(self):
        """Without the right to create agents, those of the past are nobody."""
        job = self._upload(self._sample(), "history.csv", user=self.manager)
        job.write({"agent_policy": "blank", "team_policy": "blank"})
        job.action_plan()
        job._apply_all()
        self.assertEqual(self._counts(job), (5, 0, 0, 0))
        self._check_agreement(self._tickets())
        kinds = [kind for _at, kind, _data in self._log_of(self._find("H-2"))]
        self.assertIn("reopened", kinds)
        self.assertNotIn("handed", kinds)

    # ------------------------------------------------------------------
    # Once more
    # ------------------------------------------------------------------

    def test_the_same_file_adds_nothing(self):
        self._import()
        events = self.env["itsm.sla.event"].sudo().search_count([])
        self.assertEqual(self._counts(self._import()), (0, 0, 5, 0))
        self.assertEqual(self.env["itsm.sla.event"].sudo().search_count([]), events)

    def test_a_later_export_carries_on(self):
        self._import()
        again = {"Number": lambda row: row["Number"].replace("H-", "K-")}
        for count in (2, 4, 6):
            part = self._sample(lambda row, n=count: int(row["Updates"]) < n, **again)
            self._import(part)
        self.assertEqual(len(self._tickets("K")), 5)
        for ticket in self._tickets():
            twin = self._find(ticket.number.replace("H-", "K-"))
            self.assertEqual(self._log_of(twin), self._log_of(ticket))
        self._check_agreement(self._tickets("K"))
        self._check_replay(self._tickets("K"))

    def test_a_reopened_ticket_has_no_solution_date(self):
        mine = self._sample(lambda row: row["Number"] == "H-2" and row["Updates"] < "3")
        self._import(mine)
        ticket = self._find("H-2")
        self.assertEqual(str(ticket.resolved_at), "2026-02-03 10:00:00")
        # The row that reopens it still has the date of the first solution.
        mine = self._sample(lambda row: row["Number"] == "H-2" and row["Updates"] < "4")
        self._import(mine)
        self.assertEqual((ticket.state, ticket.resolved_at), ("in_progress", False))
        self.assertTrue(self._clocks(ticket).is_unfinished)
        self.assertEqual(self._counts(self._job(mine)), (0, 0, 1, 0))

    def test_steps_that_leave_the_ticket_as_it_was_are_kept(self):
        self._import(self._sample(lambda row: row["Number"] == "H-3"))
        more = "".join(
            f"H-3,Spare part for a scanner,{state},4 - Low,Field Crew,Olga Former,"
            f"2026-02-05 08:00,2026-02-05 {hour}:00,{hour},,,\n"
            for state, hour in (("Active", 11), ("Awaiting supplier", 14))
        )
        content = self._sample(lambda row: row["Number"] == "H-3") + more.encode()
        job = self._import(content)
        self.assertEqual(self._counts(job), (0, 1, 0, 0))
        kinds = [kind for _at, kind, _data in self._log_of(self._find("H-3"))]
        self.assertEqual(kinds[-2:], ["resumed", "paused"])
        self.assertEqual(self._clocks(self._find("H-3")).elapsed, 4 * 3600)
        self.assertEqual(self._counts(self._job(content)), (0, 0, 1, 0))

    def test_what_was_done_here_stays(self):
        """A ticket that goes on here keeps its events; the file adds what is newer."""
        content = self._sample(lambda row: row["Number"] == "H-3")
        self._import(content)
        ticket = self._find("H-3").with_user(self.manager)
        ticket.resume()
        ticket.resolve("solved", "Delivered.")
        before = self._log_of(ticket)
        # The file still says that it waits, and the file wins.
        self._import(content)
        self.assertEqual(ticket.state, "pending")
        after = self._log_of(ticket)
        self.assertEqual(after[: len(before)], before)
        kinds = [kind for _at, kind, _data in after[len(before) :]]
        self.assertEqual(kinds[0], "reopened")
        self.assertEqual(kinds[-1], "paused")
        self.assertEqual(self._clocks(ticket).state, "paused")

    def test_another_solution_time_corrects_the_event(self):
        self._import()
        later = {"Resolved": lambda row: row["Resolved"].replace("11:50", "11:40")}
        self._import(self._sample(lambda row: row["Number"] == "H-1", **later))
        ticket = self._find("H-1")
        self.assertEqual(self._clocks(ticket).stopped_at, ticket.resolved_at)
        self.assertEqual(self._clocks(ticket).elapsed, 100 * 60)

    # ------------------------------------------------------------------
    # Refused rows, unknown names
    # ------------------------------------------------------------------

    def test_refused_rows_are_left_out(self):
        def state(row):
            odd = row["State"] == "Awaiting requester" and row["Number"] == "H-1"
            return "Lost in space" if odd else row["State"]

        job = self._import(self._sample(State=state))
        self.assertEqual(self._counts(job), (5, 0, 0, 1))
        kinds = [kind for _at, kind, _data in self._log_of(self._find("H-1"))]
        self.assertNotIn("paused", kinds)
        self.assertEqual(len(job.remarks.splitlines()), 5)

    def test_names_only_of_the_past_refuse_nothing(self):
        for policy in ("refuse", "blank"):
            job = self._import(
                self._sample(
                    lambda row: row["Number"] == "H-1",
                    **self._nemo(),
                    Number=lambda row, number=policy: number,
                ),
                agent_policy=policy,
            )
            self.assertEqual(self._counts(job), (1, 0, 0, 0))
            kinds = [kind for _at, kind, _data in self._log_of(self._find(policy))]
            self.assertNotIn("assigned", kinds)
            self.assertIn("paused", kinds)
        self.assertFalse(self._users("Nemo"))

    def _nemo(self):
        """Return changes that let an unknown agent have each ticket for a while."""
        return {"Assigned to": lambda row: "Nemo" if row["Updates"] == "1" else ""}

    def _users(self, name):
        Users = self.env["res.users"].with_context(active_test=False)
        return Users.search([("name", "=", name)])

    def test_names_only_of_the_past_are_created_where_that_is_so(self):
        job = self._job(
            self._sample(lambda row: row["Number"] == "H-1", **self._nemo())
        )
        self.assertFalse(self._users("Nemo"))
        job._apply_all()
        nemo = self._users("Nemo")
        self.assertEqual(len(nemo), 1)
        self.assertIn(
            ("02 08:30", "assigned", {"user": nemo.id}), self._log_of(self._find("H-1"))
        )

    # ------------------------------------------------------------------
    # Without times
    # ------------------------------------------------------------------

    def _without_times(self, keep):
        """Return the last rows of the sample, which say nothing of the update."""
        rows = csv.DictReader(self._sample(keep).decode().splitlines())
        rows = {row["Number"]: row for row in rows}
        return self._csv(
            [
                {k: v for k, v in row.items() if k not in ("Updated", "Updates")}
                for row in rows.values()
            ]
        )

    def test_without_times_the_dates_of_the_row_tell(self):
        self._import(self._without_times(lambda row: row["Updates"] != "5"))
        log = self._log_of(self._find("H-1"))
        self.assertEqual(
            [(at, kind) for at, kind, _data in log],
            [
                ("02 08:00", "opened"),
                ("02 08:30", "responded"),
                ("02 11:50", "resolved"),
            ],
        )
        waiting = self._find("H-3")
        # Nothing says since when it waits: it is known from now on.
        self.assertEqual(self._log_of(waiting)[-1][:2], ("02 10:00", "paused"))
        self._check_agreement(self._tickets() - self._find("H-4"))
        events = self.env["itsm.sla.event"].sudo().search_count([])
        self._import(self._without_times(lambda row: row["Updates"] != "5"))
        self.assertEqual(self.env["itsm.sla.event"].sudo().search_count([]), events)
        self._import(self._without_times(lambda row: row["Number"] == "H-1"))
        self.assertEqual(
            self._log_of(self._find("H-1"))[-1][:2], ("04 12:00", "closed")
        )

    # ------------------------------------------------------------------
    # Alarms, queries
    # ------------------------------------------------------------------

    def test_nothing_escalates_about_the_past(self):
        """What was late before it came in raises no alarm, and sends no mail."""
        for basis, amount in (("percent", 50), ("percent", 100), ("after", 60)):
            self._rule(self.policy, basis, amount, notify_assignee=True)
        # In working time: on Tuesday, for the first ticket.
        later = self._rule(self.policy, "after", 170 * 60, notify_manager=True)
        mails = self.env["mail.mail"].sudo().search_count([])
        messages = self.env["mail.message"].sudo().search_count([])
        self._import(
            self._sample(
                lambda row: row["State"] in ("New", "Active"),
                Priority=lambda row: "1 - Critical",
            )
        )
        clocks = self._clocks(self._tickets())
        self.assertEqual(set(clocks.mapped("state")), {"breached"})
        self.assertTrue(all(clocks.mapped("is_unfinished")))
        self._sweep()
        self._flush_tracking()
        self.assertFalse(clocks.fired_ids)
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), mails)
        self.assertEqual(self.env["mail.message"].sudo().search_count([]), messages)
        # What comes due after the import does.
        self._sweep("Mon+7 10")
        self.assertEqual(clocks.fired_ids.escalation_id, later)

    def test_histories_do_not_query_row_by_row(self):
        def queries(prefix, count):
            rows = [
                self._row(
                    f"{prefix}-{n}",
                    State=state,
                    Opened="2026-02-02 08:00",
                    Updated=f"2026-02-02 {hour}:00",
                )
                for n in range(count)
                for state, hour in (("New", "08"), ("Active", "09"), ("Closed", 10))
            ]
            job = self._plan(rows)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            job.apply_next(limit=1000)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries("warm", 3)
        few, many = queries("few", 10), queries("many", 90)
        self.assertLessEqual(many, few + 20)
