from datetime import datetime

from odoo.tests import tagged

from .common_import import ImportCase


@tagged("post_install", "-at_install")
class TestImportValues(ImportCase):
    # ------------------------------------------------------------------
    # States, types, levels
    # ------------------------------------------------------------------

    def test_states_are_read_in_two_languages(self):
        words = {
            "new": ("New", "待处理"),
            "in_progress": ("Active", "处理中"),
            "pending": ("On Hold", "挂起"),
            "resolved": ("Solved", "已解决"),
            "closed": ("Closed", "办结"),
            "cancelled": ("Canceled", "作废"),
        }
        rows = [
            self._row(f"{state}-{n}", State=word)
            for state, pair in words.items()
            for n, word in enumerate(pair)
        ]
        job = self._apply(rows)
        self.assertFalse(job.refused_count)
        for state in words:
            tickets = self._find(f"{state}-0") | self._find(f"{state}-1")
            self.assertEqual(tickets.mapped("state"), [state, state])

    def test_state_stays_new_though_somebody_has_the_ticket(self):
        rows = [self._row("V-1", State="New", Assignee=self.agent.name)]
        self._apply(rows)
        self.assertEqual(self._find("V-1").state, "new")
        self.assertEqual(self._find("V-1").user_id, self.agent)
        self.assertEqual(self._counts(self._plan(rows)), (0, 0, 1, 0))

    def test_pending_state_with_its_reason(self):
        reason = self.env.ref("itsm_helpdesk.pending_reason_supplier")
        rows = [self._row("V-1", State=reason.name)]
        self._apply(rows)
        ticket = self._find("V-1")
        self.assertEqual((ticket.state, ticket.pending_reason_id), ("pending", reason))
        self._apply([self._row("V-1", State="Closed")])
        self.assertEqual(ticket.state, "closed")
        self.assertFalse(ticket.pending_reason_id)

    def test_state_without_a_stage_is_refused_in_the_preview(self):
        stages = self.env["itsm.stage"].search([("state", "=", "cancelled")])
        stages.action_archive()
        job = self._plan([self._row("V-1", State="Canceled"), self._row("V-2")])
        self.assertEqual(self._counts(job), (1, 0, 0, 1))

    def test_priority_off_the_matrix_is_kept_with_a_reason(self):
        rows = [
            self._row("V-1", Impact="2 - Medium", Urgency="2", Priority="1 - Critical"),
            self._row("V-2", Impact="2", Urgency="Medium", Priority="3 - Moderate"),
        ]
        self._apply(rows)
        odd, even = self._find("V-1"), self._find("V-2")
        self.assertEqual(odd.priority, "1")
        self.assertTrue(odd.priority_override_reason)
        self.assertEqual(even.priority, "3")
        self.assertFalse(even.priority_override)
        self.assertEqual(self._counts(self._plan(rows)), (0, 0, 2, 0))

    def test_new_impact_leaves_the_stated_priority(self):
        self._apply([self._row("V-1", Impact="2", Urgency="2", Priority="3")])
        rows = [self._row("V-1", Impact="1", Urgency="2", Priority="3")]
        self._apply(rows)
        ticket = self._find("V-1")
        self.assertEqual((ticket.impact, ticket.priority), ("1", "3"))
        self.assertEqual(self._counts(self._plan(rows)), (0, 0, 1, 0))

    def test_priority_follows_the_matrix_where_none_is_stated(self):
        self._apply([self._row("V-1", Impact="1", Urgency="1")])
        self.assertEqual(self._find("V-1").priority, "1")

    # ------------------------------------------------------------------
    # Dates
    # ------------------------------------------------------------------

    def _opened(self, *dates, **settings):
        """Return what the dates of a column are read as; None where refused."""
        rows = [self._row(f"D-{n}", Opened=text) for n, text in enumerate(dates)]
        self._apply(rows, **settings)
        found = [self._find(f"D-{n}") for n in range(len(dates))]
        return [ticket.opened_at if ticket else None for ticket in found]

    def test_one_clear_date_settles_the_order_of_all(self):
        found = self._opened("03-02-2026 10:00", "29-02-2024 11:00")
        self.assertEqual(found, [datetime(2026, 2, 3, 10), datetime(2024, 2, 29, 11)])

    def test_ambiguous_order_is_refused_until_it_is_said(self):
        self.assertEqual(
            self._opened("03-02-2026 10:00", "2026-03-01 08:00"),
            [None, datetime(2026, 3, 1, 8)],
        )
        self.assertEqual(
            self._opened("03-02-2026 10:00", date_order="mdy"),
            [datetime(2026, 3, 2, 10)],
        )

    def test_time_zone_of_the_file(self):
        found = self._opened("2026-03-02 08:00", tz="Asia/Shanghai")
        self.assertEqual(found, [datetime(2026, 3, 2, 0)])

    def test_bad_date_refuses_its_row_only(self):
        job = self._plan(
            [self._row("D-1", Opened="yesterday"), self._row("D-2", Opened="2026-1-1")]
        )
        self.assertEqual(self._counts(job), (1, 0, 0, 1))
        self.assertIn("yesterday", job.line_ids[0].message)

    def test_marks_for_unknown_are_empty(self):
        rows = [self._row("D-1", Opened="2026-01-01", Closed="?", Reassignments="-")]
        self._apply(rows)
        self.assertFalse(self._find("D-1").closed_at)
        self.assertEqual(self._find("D-1").reassignment_count, 0)

    def test_mark_that_the_profile_does_not_know_does_no_harm(self):
        job = self._plan([self._row("D-1", Closed="?")], unknown_marks=False)
        self.assertEqual(len(job.line_ids), 1)

    # ------------------------------------------------------------------
    # Empty cells
    # ------------------------------------------------------------------

    def _full(self, **cells):
        return {
            **self._row("B-1"),
            "State": "Closed",
            "Impact": "1",
            "Urgency": "1",
            "Priority": "4",
            "Requester": self.requester.name,
            "Requested For": self.colleague.name,
            "Department": "Radiology",
            "Phone": "12",
            "Opened": "2026-01-01 10:00",
            "Closed": "2026-01-02 10:00",
            "Reassignments": "3",
            "Team": self.team2.name,
            "Solution": "Restarted.",
            **cells,
        }

    def test_empty_cells_keep_what_is_there(self):
        self._apply([self._full()])
        empty = self._full(**{name: "" for name in self._full() if name != "Number"})
        self.assertEqual(self._counts(self._plan([empty])), (0, 0, 1, 0))

    def test_empty_cells_can_empty_what_may_be_empty(self):
        self._apply([self._full()])
        empty = self._full(**{name: "" for name in self._full() if name != "Number"})
        self._apply([empty], blank="clear")
        ticket = self._find("B-1")
        self.assertFalse(ticket.partner_id | ticket.requested_for_id)
        self.assertFalse(ticket.closed_at or ticket.phone or ticket.resolution)
        # What every ticket has stays.
        self.assertEqual(
            (ticket.state, ticket.impact, ticket.priority, ticket.team_id),
            ("closed", "1", "4", self.team2),
        )
        self.assertEqual(ticket.reassignment_count, 3)
        self.assertEqual(self._counts(self._plan([empty], blank="clear")), (0, 0, 1, 0))

    def test_emptying_applies_to_new_tickets_alike(self):
        row = self._full(**{"Requested For": "", "Department": "", "Phone": ""})
        self._apply([row], blank="clear")
        self.assertFalse(self._find("B-1").requested_for_id)
        self.assertEqual(self._counts(self._plan([row], blank="clear")), (0, 0, 1, 0))

    def test_subject_by_pattern_or_number(self):
        rows = [
            {"Number": "S-1", "Area": "Mail", "Symptom": "slow"},
            {"Number": "S-2", "Area": "Mail"},
            {"Number": "S-3"},
        ]
        self._apply(rows, subject_pattern="{Area}: {Symptom}")
        names = [self._find(f"S-{n}").name for n in (1, 2, 3)]
        self.assertEqual(names, ["Mail: slow", "Mail", "S-3"])
        self._find("S-3").name = "Said by an agent"
        job = self._plan(rows, subject_pattern="{Area}: {Symptom}")
        self.assertEqual(self._counts(job), (0, 0, 3, 0))

    def test_descriptions_come_back_unchanged(self):
        texts = [
            'See https://example.com/a?b=1&c=2 and\nask <Bob> & "Eve"',
            "1 < 2 > 0 *bold* _x_ [1]\n\n\n two   blanks",
            "三楼护士站，打印机亮红灯。\r\n重启无效。",
            "<script>alert(1)</script><b>x</b>",
            "mail bob@example.com – “quotes” … tab\there",
        ]
        rows = [self._row(f"X-{n}", Description=t) for n, t in enumerate(texts)]
        self._apply(rows)
        self.assertNotIn("<script", self._find("X-3").description)
        self.assertEqual(self._counts(self._plan(rows)), (0, 0, 5, 0))

    # ------------------------------------------------------------------
    # Several rows for one ticket
    # ------------------------------------------------------------------

    def _several(self, **settings):
        rows = [
            {"Number": "K-1", "Subject": "first", "sys_mod_count": 9},
            {"Number": "K-1", "Subject": "second", "sys_mod_count": 10},
            {"Number": "K-1", "Subject": "third", "sys_mod_count": 2},
        ]
        return self._apply(rows, **settings)

    def test_order_column_says_which_row_is_last(self):
        job = self._several(keep="last")
        self.assertEqual(self._find("K-1").name, "second")
        self.assertEqual(job.superseded_count, 2)

    def test_first_row_can_count(self):
        self._several(keep="first")
        self.assertEqual(self._find("K-1").name, "third")

    def test_repeated_numbers_can_be_refused(self):
        job = self._several(keep="refuse")
        self.assertEqual(self._counts(job), (0, 0, 0, 3))
        self.assertFalse(self._find("K-1"))

    def test_without_order_column_the_last_row_in_the_file_counts(self):
        rows = [{"Number": "K-1", "Subject": name} for name in ("a", "c", "b")]
        self._apply(rows)
        self.assertEqual(self._find("K-1").name, "b")
