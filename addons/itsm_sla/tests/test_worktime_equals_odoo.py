from datetime import datetime, timedelta
from itertools import pairwise
from unittest.mock import patch

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pytz import utc

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.itsm_sla.tools.worktime import ALWAYS

SECOND = timedelta(seconds=1)
QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
# ``plan_hours`` walks 100 windows of 14 days, then answers False.
ODOO_LOOKS_AHEAD = timedelta(days=1400)
# A quarter of an hour each Monday: 201 of them take longer than that.
BEYOND_ODOO = (
    ("Europe/Berlin", [False], [(False, 0, 0, 1, False)], [], datetime(2026, 3, 29, 1)),
    201,
)
# Changes of the clocks, in both directions, and plain days: (zone, UTC).
AROUND = [
    ("Europe/Berlin", datetime(2026, 3, 29, 1)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1)),
    ("America/New_York", datetime(2026, 3, 8, 7)),
    ("America/New_York", datetime(2026, 11, 1, 6)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30)),
    ("Asia/Shanghai", datetime(1986, 5, 3, 18)),
    ("Asia/Shanghai", datetime(2025, 12, 31, 20)),
    ("UTC", datetime(2026, 1, 1)),
]
FEW = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)
# Odoo counts years day by day.
FEWER = settings(FEW, max_examples=8)


@st.composite
def rows_of_a_day(draw, last=95):
    """Draw (quarter from, quarter to, break) that do not overlap; some touch."""
    marks = sorted(draw(st.sets(st.integers(0, last), min_size=2, max_size=6)))
    pairs = list(pairwise(marks))
    kinds = [
        draw(st.sampled_from(["work", "work", "lunch", "nothing"])) for _pair in pairs
    ]
    return [
        (first, until, kind == "lunch")
        for (first, until), kind in zip(pairs, kinds, strict=True)
        if kind != "nothing"
    ]


@st.composite
def situations(draw, last=95, step=QUARTER):
    """Draw a week or two, leaves and two moments near an event of the zone.

    By quarters of an hour, Odoo's floating point numbers are exact.
    """
    tz, event = draw(st.sampled_from(AROUND))
    weeks = draw(st.sampled_from([[False], ["0", "1"]]))
    rows = [
        (week, day, *row)
        for week in weeks
        for day in draw(st.sets(st.integers(0, 6), min_size=1))
        for row in draw(rows_of_a_day(last))
    ]
    away = st.integers(-10 * DAY // step, 10 * DAY // step).map(lambda n: n * step)
    length = st.integers(0, 3 * DAY // step).map(lambda n: n * step)
    kind = st.sampled_from(["calendar", "everywhere", "personal", "training"])
    leaves = [
        (which, event + after, event + after + draw(length))
        for which, after in draw(st.lists(st.tuples(kind, away), max_size=5))
    ]
    return tz, weeks, rows, leaves, event + draw(away)


@tagged("post_install", "-at_install")
class TestWorktimeEqualsOdoo(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Working company"})
        cls.env = cls.env(
            context={"allowed_company_ids": cls.company.ids, "tz": "Pacific/Auckland"}
        )
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Hours", "tz": "UTC", "company_id": cls.company.id}
        )
        cls.resource = cls.env["resource.resource"].create(
            {
                "name": "Somebody",
                "tz": "Asia/Kathmandu",
                "calendar_id": cls.calendar.id,
                "company_id": cls.company.id,
            }
        )
        cls.Leave = cls.env["resource.calendar.leaves"]

    def lay_out(self, tz, weeks, rows, leaves):
        """Give the calendar these hours instead of those it has."""
        self.Leave.search([("company_id", "=", self.company.id)]).unlink()
        values = [
            {
                "name": "Row",
                "week_type": week,
                "dayofweek": str(day),
                "hour_from": first / 4,
                "hour_to": until / 4,
                "day_period": "lunch" if lunch else "morning",
            }
            for week, day, first, until, lunch in rows
        ]
        self.calendar.write(
            {
                "tz": tz,
                "two_weeks_calendar": len(weeks) == 2,
                "attendance_ids": [Command.clear(), *map(Command.create, values)],
            }
        )
        for which, start, end in leaves:
            self.leave(which, start, end)

    def leave(self, which, start, end):
        """Create a leave of a kind: calendar, everywhere, personal or training."""
        return self.Leave.create(
            {
                "name": which,
                "calendar_id": self.calendar.id if which != "everywhere" else False,
                "resource_id": self.resource.id if which == "personal" else False,
                "time_type": "other" if which == "training" else "leave",
                "date_from": start,
                "date_to": end,
            }
        )

    def office(self):
        """Give the calendar 8 to 17 from Monday to Friday with a break, in UTC."""
        spans = [(32, 48, False), (48, 52, True), (52, 68, False)]
        rows = [(False, day, *span) for day in range(5) for span in spans]
        self.lay_out("UTC", [False], rows, [])

    def odoo_seconds(self, start, end):
        return round(3600 * self.calendar.get_work_hours_count(start, end))

    def check_planned(self, found, planned, start):
        """Compare with Odoo's answer; what lies beyond its reach it answers False."""
        if found and found > start + ODOO_LOOKS_AHEAD:
            self.assertFalse(planned)
        else:
            self.assertEqual(found or False, planned)

    @FEW
    @example(*BEYOND_ODOO)
    @given(situations(), st.integers(0, 400))
    def test_plan_hours(self, situation, quarters):
        *hours, start = situation
        self.lay_out(*hours)
        planned = self.calendar.plan_hours(quarters / 4, start, compute_leaves=True)
        found = self.calendar._itsm_timeline().add(start, quarters * 900)
        self.check_planned(found, planned, start)

    @FEW
    @example(*BEYOND_ODOO)
    @given(situations(), st.integers(0, 400))
    def test_plan_hours_of_a_resource(self, situation, quarters):
        *hours, start = situation
        self.lay_out(*hours)
        planned = self.calendar.plan_hours(
            quarters / 4, start, compute_leaves=True, resource=self.resource
        )
        timeline = self.calendar._itsm_timeline(resource=self.resource)
        self.check_planned(timeline.add(start, quarters * 900), planned, start)

    @FEW
    @given(situations(step=SECOND), st.integers(0, 40 * 86400))
    def test_hours_count(self, situation, length):
        *hours, start = situation
        self.lay_out(*hours)
        end = start + length * SECOND
        found = self.calendar._itsm_timeline().between(start, end)
        self.assertEqual(found, self.odoo_seconds(start, end))

    @FEW
    @given(situations(step=SECOND), st.integers(0, 20 * 86400))
    def test_work_intervals_of_a_resource(self, situation, length):
        *hours, start = situation
        self.lay_out(*hours)
        end = start + length * SECOND
        work = self.calendar._work_intervals_batch(
            utc.localize(start), utc.localize(end), resources=self.resource
        )[self.resource.id]
        expected = sum((stop - begin).total_seconds() for begin, stop, _rows in work)
        timeline = self.calendar._itsm_timeline(resource=self.resource)
        self.assertEqual(timeline.between(start, end), round(expected))

    @FEW
    @given(situations(last=96), st.integers(1, 200))
    def test_until_midnight(self, situation, quarters):
        """Odoo's 24:00 is a microsecond early, so that work may need another one."""
        *hours, start = situation
        self.lay_out(*hours)
        timeline = self.calendar._itsm_timeline()
        planned = self.calendar.plan_hours(quarters / 4, start, compute_leaves=True)
        found = timeline.add(start, quarters * 900)
        if not (found and planned):
            self.assertEqual(found or False, planned)
            return
        days = abs(found - start).days + 2
        self.assertLessEqual(timeline.between(found, planned), days)
        self.assertLessEqual(timeline.between(planned, found), days)
        end = start + quarters * QUARTER
        self.assertAlmostEqual(
            timeline.between(start, end), self.odoo_seconds(start, end), delta=days
        )

    @FEWER
    @given(situations(), st.integers(3 * 365, 4 * 365))
    def test_horizon_of_years(self, situation, days):
        *hours, start = situation
        self.lay_out(*hours)
        timeline = self.calendar._itsm_timeline()
        work = self.odoo_seconds(start, start + days * DAY)
        self.assertEqual(timeline.between(start, start + days * DAY), work)
        # Odoo gives up after 1 400 days.
        quarters = 7 * work // (10 * 900)
        planned = self.calendar.plan_hours(quarters / 4, start, compute_leaves=True)
        self.assertEqual(timeline.add(start, quarters * 900) or False, planned)

    def test_work_that_begins_when_the_clocks_change(self):
        for tz, event in AROUND:
            for first in range(13):
                with self.subTest(tz=tz, event=event, first=first):
                    # Each day, from within the hour that is skipped or repeated.
                    rows = [(False, day, first, 20, False) for day in range(7)]
                    self.lay_out(tz, [False], rows, [])
                    start = event - DAY
                    timeline = self.calendar._itsm_timeline()
                    work = self.odoo_seconds(start, start + 2 * DAY)
                    self.assertEqual(timeline.between(start, start + 2 * DAY), work)
                    planned = self.calendar.plan_hours(5, start, compute_leaves=True)
                    self.assertEqual(timeline.add(start, 5 * 3600), planned)

    def test_other_company_has_a_holiday(self):
        self.office()
        monday = datetime(2026, 3, 2)
        other = self.env["res.company"].sudo().create({"name": "Other company"})
        holiday = self.Leave.with_company(other).create(
            {"name": "Theirs", "date_from": monday, "date_to": monday + DAY}
        )
        self.assertEqual(holiday.company_id, other)

        def work(**who):
            timeline = self.calendar._itsm_timeline(**who)
            return timeline.between(monday, monday + DAY)

        self.assertEqual(work(), 8 * 3600)
        self.assertEqual(work(resource=self.resource), 8 * 3600)
        self.assertEqual(work(company=other), 8 * 3600, "it is our calendar")
        self.calendar.sudo().company_id = False
        self.office()
        self.assertEqual(work(company=self.company), 8 * 3600)
        self.assertEqual(work(company=other), 0)
        self.assertEqual(work(), 0, "without a company, all holidays count")

    def test_hours_are_the_same_for_everyone(self):
        self.office()
        monday = datetime(2026, 3, 2)
        self.leave("personal", monday, monday + DAY)
        self.leave("calendar", monday + DAY, monday + 2 * DAY)
        expected = self.calendar._itsm_working_hours(resource=self.resource)
        portal = new_test_user(self.env, "worktime portal", "base.group_portal")
        self.env.registry.clear_cache()
        seen = self.calendar.with_user(portal)._itsm_working_hours(
            resource=self.resource.with_user(portal)
        )
        self.assertEqual(seen, expected)
        self.assertEqual(len(seen.leaves), 1, "they touch")

    def test_no_calendar_is_around_the_clock(self):
        self.assertIs(self.env["resource.calendar"]._itsm_timeline(), ALWAYS)

    def test_asking_again_costs_no_query(self):
        self.calendar._itsm_timeline(self.company, self.resource)
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            self.calendar._itsm_timeline(self.company, self.resource)

    def test_flexible_hours_are_refused(self):
        self.calendar.schedule_type = "flexible"
        with self.assertRaisesRegex(UserError, self.calendar.name):
            self.calendar._itsm_timeline()
        with self.assertRaisesRegex(ValidationError, self.calendar.name):
            self.calendar._itsm_check_usable()
        self.calendar.schedule_type = "fully_fixed"
        self.resource.calendar_id = False
        with self.assertRaisesRegex(UserError, self.resource.name):
            self.calendar._itsm_timeline(resource=self.resource)

    def test_calendar_without_hours(self):
        self.office()
        self.calendar._itsm_check_usable()
        self.calendar.attendance_ids.filtered(
            lambda row: row.day_period != "lunch"
        ).unlink()
        self.assertIsNone(self.calendar._itsm_timeline().add(datetime.now(), 1))
        with self.assertRaisesRegex(ValidationError, self.calendar.name):
            self.calendar._itsm_check_usable()

    def changes(self):
        """Yield kinds of change, each with a function that makes it."""
        monday = datetime(2026, 3, 2)
        row = self.calendar.attendance_ids[0]
        yield "create a row", lambda: row.copy({"hour_from": 20, "hour_to": 21})
        yield "write a row", lambda: row.write({"hour_from": 7})
        yield "a break", lambda: row.write({"day_period": "lunch"})
        yield "unlink a row", lambda: self.calendar.attendance_ids[-1].unlink()
        leave = self.leave("calendar", monday, monday + DAY)
        yield "move a leave", lambda: leave.write({"date_to": monday + 2 * DAY})
        yield "training", lambda: leave.write({"time_type": "other"})
        leave = self.leave("everywhere", monday + 3 * DAY, monday + 4 * DAY)
        yield "unlink a leave", lambda: leave.unlink()
        yield (
            "create a leave",
            lambda: self.leave("everywhere", monday, monday + 5 * DAY),
        )
        yield "zone", lambda: self.calendar.write({"tz": "Asia/Tokyo"})
        two = {"two_weeks_calendar": True}
        yield "two weeks", lambda: self.calendar.write(two)

    def test_each_change_is_seen_and_announced(self):
        self.office()
        Clock = self.env.registry["itsm.sla.clock"]
        for name, change in self.changes():
            with (
                self.subTest(name),
                patch.object(Clock, "_on_calendar_change", autospec=True) as announced,
            ):
                before = self.calendar._itsm_working_hours()
                change()
                self.assertNotEqual(self.calendar._itsm_working_hours(), before)
                told = [call.args[1] for call in announced.call_args_list]
                self.assertTrue(any(self.calendar in some for some in told))

    def test_changes_of_the_resource_are_seen(self):
        self.office()
        monday = datetime(2026, 3, 2)
        self.leave("personal", monday, monday + DAY)
        before = self.calendar._itsm_working_hours(resource=self.resource)
        self.resource.tz = "Asia/Tokyo"
        moved = self.calendar._itsm_working_hours(resource=self.resource)
        self.assertEqual((before.tz, moved.tz), ("Asia/Kathmandu", "Asia/Tokyo"))
        self.assertFalse(self.calendar._itsm_working_hours().leaves)
        # What a deleted resource leaves behind counts for all, in Odoo as here.
        self.resource.unlink()
        self.assertTrue(self.calendar._itsm_working_hours().leaves)

    def test_changes_that_do_not_matter(self):
        self.office()
        Clock = self.env.registry["itsm.sla.clock"]
        with patch.object(Clock, "_on_calendar_change", autospec=True) as announced:
            self.calendar.name = "Renamed"
            self.calendar.attendance_ids[0].name = "Renamed"
            self.resource.name = "Renamed"
        announced.assert_not_called()
