from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .conflict_common import HOUR, ConflictCase


@tagged("post_install", "-at_install")
class TestChangeCalendar(ConflictCase):
    """What the calendar shows, and what dragging on it does."""

    def _rows(self, user=None, **domain):
        """Return rows as a user sees them; by default the coordinator."""
        self.env.flush_all()
        Calendar = self.env["itsm.change.calendar"].with_user(user or self.coordinator)
        Calendar.invalidate_model()
        return Calendar.search([(name, "=", value) for name, value in domain.items()])

    def _row(self, change, kind="change", user=None):
        return self._rows(user, change_id=change.id, kind=kind)

    def _outage(self, first, last):
        """Return values for an outage at hours of the night."""
        start, end = self._at(first, last)
        return {"outage_start": start, "outage_end": end}

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def test_change_and_outage(self):
        change = self._planned(1, 5, self.a1)
        change.write(self._outage(2, 3))
        row, outage = self._row(change), self._row(change, "outage")
        self.assertEqual((row.start, row.stop), self._at(1, 5))
        self.assertEqual((outage.start, outage.stop), self._at(2, 3))
        self.assertEqual(row.name, change.display_name)
        self.assertIn(change.display_name, outage.name)
        self.assertNotEqual(row.color, outage.color)
        self.assertEqual(len({row.id, outage.id}), 2)
        change.outage_end = False
        outage = self._row(change, "outage")
        self.assertEqual((outage.start, outage.stop), self._at(1, 5))
        change.has_outage = False
        self.assertFalse(self._row(change, "outage"))

    def test_windows(self):
        freeze = self._window(0, 8)
        hours = self._window(9, 12, "maintenance")
        rows = self._rows(window_id=freeze.id)
        self.assertEqual(rows.mapped("kind"), ["freeze"])
        self.assertEqual((rows.start, rows.stop), self._at(0, 8))
        self.assertEqual(rows.name, freeze.name)
        self.assertEqual(self._rows(window_id=hours.id).kind, "maintenance")
        freeze.active = False
        self.assertFalse(self._rows(window_id=freeze.id))

    def test_recurring_window(self):
        window = self._window(0, 2, recurrence="weekly", until=None)
        rows = self._rows(window_id=window.id)
        self.assertGreater(len(rows), 20)
        self.assertEqual({row.stop - row.start for row in rows}, {2 * HOUR})

    def test_what_is_not_there(self):
        cancelled = self._planned(1, 2, self.a1)
        cancelled._write_system({"state": "cancelled"})
        archived = self._planned(1, 2, self.a1, state="closed")
        archived.active = False
        undated = self._change(planned_start=False, planned_end=False)
        for change in (cancelled, archived, undated):
            self.assertFalse(self._rows(change_id=change.id))

    def test_where_it_really_was(self):
        """What was made stands where it was made; what is late, from its start on."""
        done = self._planned(1, 3, self.a1)
        start, end = self._at(2, 6)
        done._write_system(
            {"state": "review", "actual_start": start, "actual_end": end}
        )
        row = self._row(done)
        self.assertEqual((row.start, row.stop), (start, end))
        late = self._planned(1, 3, self.a1)
        late._write_system({"state": "implement", "actual_start": end})
        row = self._row(late)
        self.assertEqual(row.start, end)
        self.assertGreater(row.stop, row.start)
        unplanned = self._change(planned_start=False, planned_end=False)
        unplanned._write_system({"state": "implement", "actual_start": end})
        self.assertEqual(self._row(unplanned).start, end)

    def test_decided(self):
        states = ("draft", "assess", "authorize", "scheduled", "implement", "review")
        shown = {
            state: self._row(self._planned(1, 2, state=state)).is_hatched
            for state in states
        }
        self.assertEqual(
            [state for state in states if shown[state]],
            ["draft", "assess", "authorize"],
        )

    def test_search_by_name(self):
        change = self._planned(1, 2, name="Replace the turnstile")
        window = self._window(1, 2, name="Turnstile month")
        found = (
            self.env["itsm.change.calendar"]
            .with_user(self.coordinator)
            .search([("name", "ilike", "turnstile")])
        )
        self.assertEqual(found.window_id, window)
        self.assertEqual(found.change_id, change)

    def test_companies(self):
        change = self._planned(1, 2)
        window = self._window(1, 2)
        everybody = self._window(1, 2, company_id=False)
        for user in (self.agent, self.auditor, self.implementer):
            self.assertTrue(self._row(change, user=user))
            self.assertTrue(self._rows(user, window_id=window.id))
        self.assertFalse(self._row(change, user=self.change_other))
        self.assertFalse(self._rows(self.change_other, window_id=window.id))
        self.assertTrue(self._rows(self.change_other, window_id=everybody.id))
        with self.assertRaises(AccessError):
            self._rows(self.requester)

    def test_month_costs_the_same_for_many(self):
        """What the calendar asks for: as many queries for 40 changes as for 4."""
        names = ["display_name", "start", "stop", "kind", "state", "implementer_id"]

        def ask(first, last):
            self.env.flush_all()
            self.env.invalidate_all()
            Calendar = self.env["itsm.change.calendar"].with_user(self.coordinator)
            start, stop = self._at(first, last)
            before = self.env.cr.sql_log_count
            rows = Calendar.search_read(
                [("start", "<=", stop), ("stop", ">=", start)], names
            )
            return len(rows), self.env.cr.sql_log_count - before

        for n in range(4):
            self._planned(n, n + 1, implementer_id=self.implementer.id)
        few, queries = ask(0, 5)
        for n in range(36):
            self._planned(n % 4, 5, implementer_id=self.implementer.id)
        many, again = ask(0, 5)
        self.assertGreaterEqual(many - few, 36)
        self.assertLessEqual(again, queries)

    # ------------------------------------------------------------------
    # Opening and moving
    # ------------------------------------------------------------------

    def test_open(self):
        change = self._planned(1, 2)
        for kind in ("change", "outage"):
            action = self._row(change, kind).action_open()
            self.assertEqual(
                (action["res_model"], action["res_id"]), ("itsm.change", change.id)
            )
        window = self._window(1, 2)
        action = self._rows(window_id=window.id).action_open()
        self.assertEqual(action["res_id"], window.id)
        row = self._row(change)
        change._write_system({"state": "cancelled"})
        self.env.flush_all()
        with self.assertRaises(UserError):
            row.action_open()

    def test_move(self):
        """The outage keeps its place in the change; times come as text."""
        change = self._planned(1, 5, state="draft")
        change.write(self._outage(2, 3))
        start, end = self._at(25, 29)
        told = self._row(change).move(str(start), str(end))
        self.assertEqual(told, [])
        self.assertEqual((change.planned_start, change.planned_end), (start, end))
        self.assertEqual((change.outage_start, change.outage_end), self._at(26, 27))

    def test_resize_cuts_the_outage(self):
        change = self._planned(1, 5, state="draft")
        change.write(self._outage(2, 4))
        self._row(change).move(*self._at(1, 3))
        self.assertEqual((change.outage_start, change.outage_end), self._at(2, 3))

    def test_move_tells_of_conflicts(self):
        freeze = self._window(20, 30)
        change = self._planned(1, 5, state="draft")
        told = self._row(change).move(*self._at(21, 22))
        self.assertEqual(len(told), 1)
        self.assertIn(freeze.name, told[0])
        self.assertEqual(change.planned_start, self._at(21, 22)[0])

    def test_move_is_refused_by_state(self):
        for state in ("implement", "review", "closed"):
            change = self._planned(1, 5, state=state)
            with self.subTest(state=state), self.assertRaises(UserError):
                self._row(change).move(*self._at(6, 8))
            self.assertEqual(change.planned_start, self._at(1, 5)[0])

    def test_move_is_refused_by_role(self):
        change = self._planned(1, 5, state="assess", implementer_id=self.implementer.id)
        for user in (self.implementer, self.agent, self.auditor):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._row(change, user=user).move(*self._at(6, 8))
        self._row(change).move(*self._at(6, 8))
        draft = self._planned(1, 5, state="draft", implementer_id=self.implementer.id)
        self._row(draft, user=self.implementer).move(*self._at(6, 8))
        self.assertEqual(draft.planned_end, self._at(6, 8)[1])

    def test_only_changes_are_moved(self):
        change = self._planned(1, 5)
        window = self._window(1, 2)
        for row in (self._row(change, "outage"), self._rows(window_id=window.id)):
            with self.subTest(kind=row.kind), self.assertRaises(UserError):
                row.move(*self._at(6, 8))
        self.assertEqual((window.start, window.end), self._at(1, 2))

    def test_hostile_moments(self):
        row = self._row(self._planned(1, 5, state="draft"))
        start, end = self._at(6, 8)
        for pair in (
            (end, start),
            (start, start),
            ("soon", end),
            (None, end),
            (False, False),
            (start, {"a": 1}),
            ("2026-01-01 10:00:00+02:00", end),
        ):
            with self.subTest(pair=pair), self.assertRaises(UserError):
                row.move(*pair)

    def test_moving_what_is_approved_asks_again(self):
        """Whoever drags a scheduled change is told what becomes of it."""
        change = self._planned(1, 5, self.a1, state="scheduled")
        told = self._row(change).move(*self._at(6, 10))
        self.assertEqual(change.planned_start, self._at(6, 10)[0])
        self.assertEqual(bool(told), change.state != "scheduled")

    def test_rows_are_not_written(self):
        row = self._row(self._planned(1, 5), user=self.change_manager)
        start = self.night + timedelta(hours=9)
        for refused in (
            lambda: row.write({"start": start}),
            row.unlink,
            lambda: row.create({"kind": "change"}),
        ):
            with self.assertRaises(AccessError):
                refused()

    def test_show_on_calendar(self):
        change = self._planned(1, 5)
        action = change.with_user(self.coordinator).action_show_on_calendar()
        self.assertEqual(action["res_model"], "itsm.change.calendar")
        self.assertEqual(action["context"]["initial_date"], str(change.planned_start))
