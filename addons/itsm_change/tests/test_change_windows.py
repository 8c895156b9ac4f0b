from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .conflict_common import HOUR, ConflictCase


@tagged("post_install", "-at_install")
class TestWindows(ConflictCase):
    """Windows: their occurrences are rows, what they are for is found in bulk."""

    def _rows(self, window):
        rows = self.env["itsm.change.window.occurrence"].search(
            [("window_id", "=", window.id)]
        )
        return [(row.start, row.end) for row in rows]

    @freeze_time("2026-02-01 12:00:00")
    def test_local_time_stays_over_the_summer(self):
        window = self.Window.create(
            {
                "name": "Saturday night",
                "kind": "maintenance",
                "start": datetime(2026, 2, 7, 21),
                "end": datetime(2026, 2, 8, 3),
                "tz": "Europe/Berlin",
                "recurrence": "weekly",
                "sat": True,
            }
        )
        rows = self._rows(window)
        self.assertEqual(rows[0], (datetime(2026, 2, 7, 21), datetime(2026, 2, 8, 3)))
        lengths = {start.date(): (start.hour, end - start) for start, end in rows}
        self.assertEqual(lengths[date(2026, 3, 21)], (21, 6 * HOUR))
        self.assertEqual(lengths[date(2026, 3, 28)], (21, 5 * HOUR))
        self.assertEqual(lengths[date(2026, 4, 4)], (20, 6 * HOUR))
        self.assertGreater(rows[-1][0], datetime(2027, 2, 1))
        self.assertEqual(len(window.upcoming_ids), 5)
        self.assertEqual(window.next_start, rows[0][0])
        self.assertFalse(window.is_open)
        self.assertIn("22:00", window.times_text)
        self.assertIn("04:00", window.times_text)

    def test_words(self):
        """Each recurrence has words of its own."""
        window = self._window(22, 28, recurrence="weekly")
        seen = {window.times_text}
        for vals in (
            {"interval": 2},
            dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), True),
            {"interval": 1},
            {"recurrence": "monthly_day"},
            {"on_last_day": True},
            {"recurrence": "monthly_weekday"},
            {"place": "-1"},
            {"recurrence": "yearly"},
            {"until": self.night.date() + timedelta(days=300)},
            {"recurrence": "once"},
        ):
            window.write(vals)
            self.assertTrue(window.times_text)
            self.assertNotIn(window.times_text, seen, vals)
            seen.add(window.times_text)

    def test_an_edit_keeps_what_has_passed(self):
        with freeze_time("2026-02-01 12:00:00"):
            window = self.Window.create(
                {
                    "name": "Daily",
                    "start": datetime(2026, 1, 30, 8),
                    "end": datetime(2026, 1, 30, 9),
                    "tz": "UTC",
                    "recurrence": "weekly",
                    **dict.fromkeys(
                        ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), True
                    ),
                }
            )
        with freeze_time("2026-02-10 12:00:00"):
            window.write({"end": datetime(2026, 1, 30, 10)})
            lengths = {row[0].date(): row[1] - row[0] for row in self._rows(window)}
            self.assertEqual(lengths[date(2026, 2, 10)], HOUR)
            self.assertEqual(lengths[date(2026, 2, 11)], 2 * HOUR)
            window.active = False
            self.assertLess(self._rows(window)[-1][0], datetime(2026, 2, 11))

    def test_occurrences_reach_as_far_as_somebody_plans(self):
        window = self._window(22, 24, "maintenance", recurrence="weekly")
        far = self.night + timedelta(days=700)
        self.assertLess(self._rows(window)[-1][0], far)
        self._planned(24 * 700, 24 * 700 + 2, self.a1)
        self.assertGreater(self._rows(window)[-1][0], far)

    def test_the_job_goes_on(self):
        window = self._window(22, 24, "maintenance", recurrence="weekly")
        last = self._rows(window)[-1][0]
        with freeze_time(self.night + timedelta(days=100)):
            self.Window._cron_extend()
        self.assertGreater(self._rows(window)[-1][0], last)

    def test_open_now(self):
        moment = fields.Datetime.now()
        now = self._window(0, 1, start=moment - HOUR, end=moment + HOUR)
        later = self._window(0, 1)
        self.assertTrue(now.is_open)
        found = self.Window.search([("is_open", "=", True)])
        self.assertIn(now, found)
        self.assertNotIn(later, found)
        self.assertIn(later, self.Window.search([("is_open", "=", False)]))

    def test_refusals(self):
        with self.assertRaises(ValidationError):
            self._window(0, 24 * 8, recurrence="weekly")
        with self.assertRaises(ValidationError):
            self._window(0, 1, scope="parts")
        with self.assertRaises(ValidationError):
            self._window(0, 1, scope="domain", domain="[('nothing', '=', 1)]")
        with self.assertRaises(ValidationError):
            self._window(
                0, 1, recurrence="weekly", until=self.night.date() - timedelta(days=9)
            )

    def test_only_managers_write(self):
        window = self._window(0, 1)
        window.with_user(self.change_manager).name = "Other"
        with self.assertRaises(AccessError):
            window.with_user(self.coordinator).name = "Mine"
        with self.assertRaises(AccessError):
            window.with_user(self.change_manager).occurrences_until = self.night
        self.assertFalse(
            self.Window.with_user(self.change_other).search([("id", "=", window.id)])
        )

    # ------------------------------------------------------------------
    # What they are for
    # ------------------------------------------------------------------

    def test_parts_are_added_up(self):
        place, room = self.env["itsm.location"].create(
            [{"name": "House", "code": "H-C5"}, {"name": "Room", "code": "R-C5"}]
        )
        room.parent_id = place
        printer_class = self._class("test_printer", self.class_device)
        printer = self._ci("Printer", printer_class)
        self.a2.location_id = room
        service = self._delivered("Mail", self.b1)
        everything = self.a1 | self.a2 | self.b1 | self.cluster | printer

        def found(**vals):
            window = self._window(0, 1, scope="parts", **vals)
            items = window._items_in_scope(everything.ids)[window.id]
            return self.Ci.browse(sorted(items))

        self.assertEqual(found(ci_ids=[Command.set(self.a1.ids)]), self.a1)
        self.assertEqual(found(class_ids=[Command.set(printer_class.ids)]), printer)
        self.assertEqual(
            found(class_ids=[Command.set(self.class_device.ids)]), everything
        )
        self.assertEqual(found(location_ids=[Command.set(place.ids)]), self.a2)
        self.assertEqual(found(service_ids=[Command.set(service.ids)]), self.b1)
        both = {
            "ci_ids": [Command.set(self.a1.ids)],
            "location_ids": [Command.set(place.ids)],
        }
        self.assertEqual(found(**both), self.a1 | self.a2)

    def test_filter(self):
        window = self._window(0, 1, scope="domain", domain="[('name', '=', 'A1')]")
        items = (self.a1 | self.a2).ids
        self.assertEqual(window._items_in_scope(items)[window.id], {self.a1.id})

    def test_many_windows_in_one_query(self):
        windows = self.Window
        for item in (self.a1, self.a2, self.b1):
            windows |= self._window(0, 1, scope="parts", ci_ids=[Command.set(item.ids)])
        ids = (self.a1 | self.a2 | self.b1).ids
        self.env.flush_all()
        with self.assertQueryCount(1):
            windows._items_in_scope(ids)

    def test_used_windows_stay(self):
        window = self._window(0, 1)
        change = self._planned(0, 1, self.a1)
        self.env["itsm.change.exception"].create(
            {"change_id": change.id, "window_id": window.id, "reason": "Must be."}
        )
        with self.assertRaises(ValidationError):
            window.unlink()
