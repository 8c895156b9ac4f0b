from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..tools import slots
from .conflict_common import HOUR, ConflictCase

# A Monday; the desk's and the implementer's hours are 8-12 and 13-17 UTC on weekdays.
MONDAY = datetime(2026, 3, 2)
NOW = MONDAY - timedelta(days=7)
WEEK_AGO = -7 * 24  # hours


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestChangeSlots(ConflictCase):
    """Suggested times, why they are good or bad, and taking one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.night = MONDAY
        cls.employee = cls._make_employee(cls.implementer)
        cls.company.resource_calendar_id = cls.calendar
        cls.draft = cls._planned(
            1,
            3,
            cls.a1,
            state="draft",
            implementer_id=cls.implementer.id,
            team_id=False,
        )
        cls.draft.has_outage = False

    def _suggest(self, first, last, hours=2, change=None, user=None, count=10):
        change = (change or self.draft).with_user(user or self.coordinator)
        return change._suggest_slots(hours * HOUR, *self._at(first, last), count)

    def _best(self, *args, **kwargs):
        return self._suggest(*args, **kwargs)[0][0]

    def _hour(self, ranked):
        """Return when a slot begins, in hours from Monday 0:00."""
        return (ranked.slot.start - MONDAY) / HOUR

    def _costs(self, ranked):
        return dict(ranked.costs)

    # ------------------------------------------------------------------
    # Ranking
    # ------------------------------------------------------------------

    def test_when_the_crew_is_at_work(self):
        best = self._best(0, 24)
        self.assertEqual(self._hour(best), 8)
        self.assertEqual((best.score, best.slot.away), (100, 0.0))
        night = self._best(18, 24)
        self.assertEqual(night.slot.away, 1.0)
        self.assertIn(slots.AWAY, self._costs(night))

    def test_leave_of_the_implementer(self):
        self._leave(self.employee.resource_id, *self._at(0, 24))
        self.assertEqual(self._hour(self._best(0, 48)), 24 + 8)

    def test_hours_of_the_team(self):
        """Without somebody who leads it, the desk of the team counts."""
        self.draft.implementer_id = False
        self.assertIsNone(self._best(0, 24).slot.away)
        self.draft.team_id = self.team2
        self.desk.resource_calendar_id = self.calendar
        self.assertEqual(self._hour(self._best(0, 24)), 8)

    def test_unknown_hours_cost_nothing(self):
        self.draft.implementer_id = self.implementer2
        best = self._best(0, 24)
        self.assertEqual((self._hour(best), best.slot.away), (0, None))

    def test_an_outage_at_night(self):
        """Who has to work then costs less than who cannot."""
        self.draft.has_outage = True
        best = self._best(0, 24)
        self.assertEqual(best.slot.office, 0.0)
        self.draft._write_system({"risk": "high"})
        by_day = self._best(8, 12)
        self.assertEqual(by_day.slot.office, 1.0)
        costs = self._costs(by_day)
        self.draft._write_system({"risk": "low"})
        cheaper = self._costs(self._best(8, 12))
        self.assertLess(cheaper[slots.OFFICE], costs[slots.OFFICE])

    def test_outage_of_a_part(self):
        """Its place within the change counts, not the whole change."""
        self.draft.write(
            {
                "has_outage": True,
                "planned_end": self._at(0, 5)[1],
                **dict(
                    zip(("outage_start", "outage_end"), self._at(4, 5), strict=True)
                ),
            }
        )
        found = self._suggest(14, 18, hours=4)
        self.assertEqual([self._hour(each) for each, _p, _w in found], [14])
        self.assertEqual(found[0][0].slot.office, 0.0)

    def test_a_freeze(self):
        self._window(0, 24)
        best = self._best(0, 48)
        self.assertEqual(self._hour(best), 24 + 8)
        blocked, problems, _windows = self._suggest(0, 24)[0]
        self.assertTrue(blocked.is_blocked)
        self.assertEqual((blocked.score, problems[0]["kind"]), (0, "freeze"))
        self._window(30, 33)
        self.assertEqual(self._hour(self._best(20, 33 + 3)), 33)

    def test_a_maintenance_window(self):
        window = self._window(
            20, 22.5, "maintenance", scope="parts", ci_ids=[Command.set(self.a1.ids)]
        )
        ranked, problems, inside = self._suggest(0, 24)[0]
        self.assertEqual(self._hour(ranked), 20)
        self.assertEqual((problems, inside), ([], window.ids))

    def test_other_changes(self):
        """The item, the implementer and the team are busy in the morning."""
        self._planned(8, 10, self.a1, state="scheduled")
        self.assertEqual(self._hour(self._best(0, 24)), 10)
        self._planned(
            10, 12, state="scheduled", implementer_id=self.implementer.id, team_id=False
        )
        self.assertEqual(self._hour(self._best(0, 24)), 13)
        self.draft.team_id = self.team2
        self._planned(13, 15, state="scheduled")
        best = self._best(0, 24)
        self.assertEqual((self._hour(best), best.slot.busy), (15, 0))
        busy = self._best(13, 15)
        self.assertEqual(busy.slot.busy, 1)
        self.assertIn(slots.BUSY, self._costs(busy))

    def test_not_at_once(self):
        """A high risk wants days to get ready."""
        soon = WEEK_AGO + 8, WEEK_AGO + 12
        later = WEEK_AGO + 24 * 3 + 8, WEEK_AGO + 24 * 4
        self.draft._write_system({"risk": "high"})
        self.assertIn(slots.LEAD, self._costs(self._best(*soon)))
        self.assertNotIn(slots.LEAD, self._costs(self._best(*later)))
        self.draft._write_system({"risk": "low"})
        self.assertNotIn(slots.LEAD, self._costs(self._best(*soon)))

    def test_not_in_the_past(self):
        found = self._suggest(WEEK_AGO - 48, WEEK_AGO + 12)
        self.assertTrue(found)
        self.assertFalse([each for each, _p, _w in found if each.slot.start < NOW])
        self.assertFalse(self._suggest(WEEK_AGO - 48, WEEK_AGO - 20))

    def test_what_the_user_may_not_see_counts(self):
        """It stands in the way, and is not named."""
        shared = self._ci("Shared", company_id=False)
        self.draft.ci_link_ids = [Command.create({"ci_id": shared.id})]
        other = self._planned(
            8,
            12,
            shared,
            state="scheduled",
            company_id=self.branch.id,
            team_id=False,
            name="Secret",
        )
        found = self._suggest(8, 12)
        problems = [p for _r, problems, _w in found for p in problems]
        self.assertTrue(problems)
        self.assertFalse([p for p in problems if other.name in p["text"]])

    def test_many_slots_few_queries(self):
        """A quarter of a year costs the queries of a day."""
        self._window(30, 33)
        self._planned(8, 10, self.a1, state="scheduled")

        def count(last):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._suggest(0, last)
            return self.env.cr.sql_log_count - before

        count(48)
        self.assertLessEqual(count(24 * 90), count(48) + 3)

    # ------------------------------------------------------------------
    # Wizard
    # ------------------------------------------------------------------

    def _wizard(self, user=None, change=None, **vals):
        change = (change or self.draft).with_user(user or self.coordinator)
        action = change.action_find_slot()
        form = Form(change.env[action["res_model"]].with_context(**action["context"]))
        form.earliest, form.latest = self._at(0, 48)
        for name, value in vals.items():
            form[name] = value
        return form.save()

    def test_search_and_take(self):
        wizard = self._wizard()
        self.assertEqual(wizard.duration, 2)
        wizard.action_search()
        lines = wizard.line_ids
        self.assertGreater(len(lines), 2)
        self.assertEqual(lines.mapped("score"), sorted(lines.mapped("score"))[::-1])
        self.assertTrue(all("<li>" in line.reasons for line in lines))
        self.assertIn(self.implementer.name, lines[0].reasons)
        lines[0].action_take()
        self.assertEqual(
            (self.draft.planned_start, self.draft.planned_end), self._at(8, 10)
        )
        wizard.action_search()
        self.assertFalse(lines.exists())

    def test_reasons_name_what_is_in_the_way(self):
        freeze = self._window(0, 48, name="Audit <b>week</b>")
        wizard = self._wizard()
        wizard.action_search()
        line = wizard.line_ids[0]
        self.assertTrue(line.is_blocked)
        self.assertIn("Audit &lt;b&gt;week", line.reasons)
        with self.assertRaises(UserError):
            line.action_take()
        freeze.active = False
        line.action_take()
        self.assertEqual(self.draft.planned_start, line.start)

    def test_taken_in_the_meantime(self):
        wizard = self._wizard()
        wizard.action_search()
        line = wizard.line_ids[0]
        before = self.draft.planned_start
        self._window(8, 9)
        with self.assertRaises(UserError):
            line.action_take()
        self.assertEqual(self.draft.planned_start, before)

    def test_length_of_the_template(self):
        change = self._change(planned_start=False, planned_end=False)
        change._write_system(
            {
                "template_id": self.env["itsm.change.template"]
                .create({"name": "Reboot", "duration": 90})
                .id
            }
        )
        self.assertEqual(self._wizard(change=change).duration, 1.5)

    def test_bad_questions(self):
        start, end = self._at(0, 48)
        for vals in (
            {"duration": 0},
            {"duration": -3},
            {"duration": 24 * 15},
            {"duration": 49},
            {"latest": start},
            {"latest": start - HOUR},
            {"latest": end + timedelta(days=93)},
            {"earliest": NOW - timedelta(days=2), "latest": NOW - HOUR},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._wizard(**vals).action_search()

    def test_nothing_left(self):
        wizard = self._wizard(earliest=NOW - timedelta(days=1), latest=NOW + HOUR)
        wizard.action_search()
        self.assertTrue(wizard.is_searched)
        self.assertFalse(wizard.line_ids)

    def test_who_may(self):
        other = self._planned(1, 3, implementer_id=self.implementer2.id, team_id=False)
        for user in (self.agent, self.auditor, self.implementer):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                other.with_user(user).action_find_slot()
        wizard = self._wizard(user=self.implementer)
        wizard.action_search()
        wizard.line_ids[0].action_take()
        self.assertEqual(self.draft.planned_start, self._at(8, 10)[0])

    def test_not_when_it_has_begun(self):
        wizard = self._wizard()
        wizard.action_search()
        self.draft._write_system({"state": "implement"})
        with self.assertRaises(UserError):
            wizard.line_ids[0].action_take()

    def test_wizard_of_somebody_else(self):
        """What a line says is not the line's to write."""
        wizard = self._wizard(user=self.implementer)
        wizard.action_search()
        line = wizard.line_ids[0].with_user(self.implementer2)
        with self.assertRaises(AccessError):
            line.action_take()
