import csv
import json
import random
import unittest
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.itsm_sla.tools import life

from .common_import import ImportCase
from .sla_common import SlaCase
from .test_import_samples import SERVICENOW

SAMPLE = Path(__file__).parent / "data" / "incident_history.csv"
# Priority and hours.
TARGETS = (("1", 4), ("2", 8), ("3", 24), ("4", 72))


class HistoryCase(ImportCase, SlaCase):
    """Ledgers with a policy “resolution” by priority, on the desk's hours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Who may bring in former agents.
        for group in ("base.group_erp_manager", "base.group_partner_manager"):
            cls.admin.group_ids += cls.env.ref(group).sudo()

    @classmethod
    def _make_policies(cls):
        targets = [("resolution", hours, level) for level, hours in TARGETS]
        cls.policy = cls._policy(*targets)

    def _log_of(self, ticket):
        """Return the events of a ticket as ``[(moment, kind, data)]``."""
        events = self._event_rows(ticket)[ticket.id]
        return [
            (event.at.strftime("%d %H:%M"), event.kind, dict(event.data))
            for event in life.effective(events)
        ]

    def _event_rows(self, tickets):
        return self.env["itsm.sla.event"]._events_of(tickets._name, tickets.ids)

    def _check_agreement(self, tickets):
        """Check that events, tickets and clocks say the same."""
        for id_, events in self._event_rows(tickets).items():
            ticket = tickets.browse(id_)
            moments = life.live(life.effective(events))
            situation = moments[-1][1]
            state = ticket.state if ticket.state in life.KINDS else None
            self.assertEqual(
                (situation.ended, situation.priority, situation.team, situation.user),
                (
                    state,
                    ticket.priority,
                    ticket.team_id.id or None,
                    ticket.user_id.id or None,
                ),
                ticket.number,
            )
            self.assertEqual(moments[0][0], ticket.opened_at, ticket.number)
            clock = self._clocks(ticket)
            self.assertEqual(len(clock), 1, ticket.number)
            if state in ("resolved", "closed"):
                stopped = ticket.resolved_at or ticket.closed_at
                self.assertEqual(clock.stopped_at, stopped, ticket.number)

    def _explained(self, tickets):
        """Return all clocks of tickets explained, as bytes."""
        explained = self._clocks(tickets).sorted("res_id")._explained()
        return json.dumps([*explained.values()], sort_keys=True).encode()

    def _figures(self, tickets):
        """Return what the rows of clocks show."""
        names = ("state", "deadline", "stopped_at", "elapsed", "paused", "breached")
        return [
            (clock.res_id, *(clock[name] for name in names))
            for clock in self._clocks(tickets).sorted("res_id")
        ]

    def _check_replay(self, tickets):
        """Check that the clocks are what their events give, each time anew."""
        figures, told = self._figures(tickets), self._explained(tickets)
        self.Clock._follow(tickets, match="turn")
        self.env.flush_all()
        self.assertEqual(self._figures(tickets), figures)
        self.assertEqual(self._explained(tickets), told)
        # As after a restart: nothing is remembered.
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        self.Clock._follow(tickets, match="turn")
        self.assertEqual(self._explained(tickets), told)
        # From nothing but the events.
        self.Clock._of(tickets).unlink()
        self.Clock._follow(tickets, match="renew")
        self.assertEqual(self._explained(tickets), told)
        with self._shuffled_events():
            self.Clock._follow(tickets, match="turn")
            self.assertEqual(self._explained(tickets), told)
        self.assertEqual(self._figures(tickets), figures)

    def _shuffled_events(self):
        """Let events come from the database in any order."""
        Event = type(self.env["itsm.sla.event"])
        read = Event._events_of

        def shuffled(records, res_model, res_ids):
            found = read(records, res_model, res_ids)
            for events in found.values():
                random.Random(7).shuffle(events)
            return found

        return patch.object(Event, "_events_of", shuffled)


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

    # ------------------------------------------------------------------
    # Once more
    # ------------------------------------------------------------------

    def test_the_same_file_adds_nothing(self):
        self._import()
        events = self.env["itsm.sla.event"].search_count([])
        self.assertEqual(self._counts(self._import()), (0, 0, 5, 0))
        self.assertEqual(self.env["itsm.sla.event"].search_count([]), events)

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
        events = self.env["itsm.sla.event"].search_count([])
        self._import(self._without_times(lambda row: row["Updates"] != "5"))
        self.assertEqual(self.env["itsm.sla.event"].search_count([]), events)
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
        self._sweep("Mon+7 10")
        self._flush_tracking()
        fired = self.env["itsm.sla.escalation.fired"].search(
            [("clock_id", "in", clocks.ids)]
        )
        self.assertFalse(fired)
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), mails)
        self.assertEqual(self.env["mail.message"].sudo().search_count([]), messages)

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


@tagged("post_install", "-at_install")
@unittest.skipUnless(SERVICENOW.is_file(), f"{SERVICENOW} is not there")
class TestServiceNowReplay(HistoryCase):
    """The real ledger, replayed event by event."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls.env.ref("itsm_helpdesk.import_profile_servicenow")
        cls.profile.with_user(cls.admin).run(SERVICENOW.read_bytes(), SERVICENOW.name)
        lines = SERVICENOW.read_text().splitlines()
        cls.rows = {}
        for row in csv.DictReader(lines):
            cls.rows.setdefault(row["number"], []).append(row)
        cls.tickets = cls.env["itsm.ticket"].search([("number", "in", [*cls.rows])])

    def test_each_incident_is_what_its_events_say(self):
        self.assertEqual(len(self.tickets), 600)
        self._check_agreement(self.tickets)

    def test_replay_is_identical_byte_by_byte(self):
        self._check_replay(self.tickets)

    def test_waiting_and_reopening_are_those_of_the_file(self):
        def entered(rows, wanted):
            states = ["", *(row["incident_state"] for row in rows)]
            pairs = pairwise(states)
            return sum(old != new and wanted(old, new) for old, new in pairs)

        events = self._event_rows(self.tickets)
        for ticket in self.tickets:
            # Both words of the file mean “awaiting requester”.
            rows = sorted(self.rows[ticket.number], key=self._updated)
            kinds = [event.kind for event in events[ticket.id]]
            self.assertEqual(
                (kinds.count("paused"), kinds.count("reopened")),
                (
                    entered(rows, lambda _old, new: new.startswith("Awaiting")),
                    entered(rows, lambda old, _new: old == "Resolved")
                    - entered(
                        rows, lambda old, new: (old, new) == ("Resolved", "Closed")
                    ),
                ),
                ticket.number,
            )

    @staticmethod
    def _updated(row):
        moment = datetime.strptime(row["sys_updated_at"], "%d-%m-%Y %H:%M")
        return int(row["sys_mod_count"]), moment

    def test_importing_again_adds_nothing(self):
        events = self.env["itsm.sla.event"].search_count([])
        profile = self.profile.with_user(self.admin)
        again = profile.run(SERVICENOW.read_bytes(), SERVICENOW.name)
        self.assertEqual((again.updated, again.unchanged), (0, 600))
        self.assertEqual(self.env["itsm.sla.event"].search_count([]), events)
