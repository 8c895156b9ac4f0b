import json

from odoo.exceptions import ValidationError
from odoo.fields import Command

from .sla_common import SlaCase, moment


class TestSlaCalendars(SlaCase):
    """Working hours that change under running and finished clocks."""

    @classmethod
    def _make_policies(cls):
        cls.sla = cls._policy(("resolution", 8))

    def _shorten(self):
        """Let the desk work in the afternoons only."""
        self.calendar.attendance_ids.filtered(lambda a: a.hour_from == 8).unlink()

    def _explained(self, clock):
        return json.dumps(clock.explain(), sort_keys=True)

    def test_calendar_edited(self):
        """Finished clocks stay to the byte, running ones follow with the sweep."""
        done, late, going = self._register(), self._register(), self._register()
        self._at("Mon 12")
        done.with_user(self.agent).resolve("solved", "Done.")
        self._at("Tue 15")
        late.with_user(self.agent).resolve("solved", "Done.")
        finished = self._clocks(done | late)
        before = [self._explained(clock) for clock in finished]
        rows = finished.read(["state", "elapsed", "deadline", "breached"])
        self._shorten()
        self._sweep("Wed 10")
        self.assertEqual([self._explained(clock) for clock in finished], before)
        self.assertEqual(
            finished.read(["state", "elapsed", "deadline", "breached"]), rows
        )
        self._shows(self._clocks(going), "breached", deadline="Tue 17", elapsed=8)

    def test_finished_clock_reopened_after_the_edit(self):
        """One that goes on counts in the hours of today, from its opening."""
        ticket = self._register()
        self._at("Mon 12")
        ticket.with_user(self.agent).resolve("solved", "Done.")
        self._shorten()
        self._at("Mon 13")
        ticket.with_user(self.agent).reopen("Not done.")
        self._shows(self._clocks(ticket), "running", elapsed=0, deadline="Tue 17")

    def test_another_calendar_for_the_desk(self):
        done, ticket = self._register(), self._register()
        self._at("Mon 11")
        done.with_user(self.agent).resolve("solved", "Done.")
        before = self._explained(self._clocks(done))
        self.desk.resource_calendar_id = False
        self._sweep("Mon 11:01")
        self._shows(self._clocks(ticket), "running", deadline="Mon 18")
        self.assertEqual(ticket.sla_deadline, moment("Mon 18"))
        self.assertEqual(self._explained(self._clocks(done)), before)

    def test_holiday_tomorrow(self):
        """A holiday that is entered today moves the deadline."""
        ticket = self._register()
        self._at("Mon 11")
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": moment("Tue 0"),
                "date_to": moment("Tue 23:59"),
            }
        )
        self._sweep("Mon 11:01")
        self._shows(self._clocks(ticket), "running", deadline="Wed 10")
        self.assertEqual(ticket.sla_deadline, moment("Wed 10"))

    def test_a_persons_leave_moves_nothing(self):
        ticket = self._register()
        self._leave(
            self._make_employee(self.agent).resource_id,
            moment("Tue 0"),
            moment("Wed 0"),
        )
        self._sweep("Mon 11:01")
        self._shows(self._clocks(ticket), "running", deadline="Tue 10")

    def test_policys_own_hours(self):
        """A policy may bring its own hours, or count around the clock."""
        other = self.calendar.copy({"name": "Tuesdays"})
        other.attendance_ids.filtered(lambda a: a.dayofweek != "1").unlink()
        self.sla.write({"calendar_source": "policy", "calendar_id": other.id})
        self._shows(self._clocks(self._register()), "running", deadline="Tue 17")
        self.sla.calendar_source = "always"
        self._shows(self._clocks(self._register()), "running", deadline="Mon 18")

    def _flexible(self):
        return self.env["resource.calendar"].create(
            {"name": "Flexible", "schedule_type": "flexible"}
        )

    def test_flexible_hours_are_refused(self):
        """At the policy, at the desk, and on the calendar that is used by either."""
        flexible = self._flexible()
        self.assertTrue(flexible.flexible_hours)
        with self.assertRaises(ValidationError):
            self.sla.write({"calendar_source": "policy", "calendar_id": flexible.id})
        with self.assertRaises(ValidationError):
            self.desk.resource_calendar_id = flexible
        with self.assertRaises(ValidationError):
            self.calendar.schedule_type = "flexible"

    def test_used_hours_cannot_be_emptied(self):
        """No working hours: no deadline would ever come."""
        with self.assertRaises(ValidationError):
            self.calendar.attendance_ids = [Command.clear()]

    def test_due_in_two_years(self):
        """A promise of years counts like one of hours."""
        # 8 hours a day, 5 days a week, 104 weeks.
        self.sla.target_ids.hours = 8 * 5 * 104
        ticket = self._register()
        self.assertEqual(str(self._clocks(ticket).deadline), "2028-02-28 10:00:00")
        self._shorten()
        self._sweep("Mon 10:01")
        self.assertEqual(str(self._clocks(ticket).deadline)[:4], "2030")

    def test_by_the_end_of_the_next_working_day(self):
        self.sla.target_ids.write({"measure": "end_of_day", "days": 1})
        self._at("Fri 15")
        ticket = self._register()
        self._shows(self._clocks(ticket), "running", deadline="Mon+7 17")

    def test_hours_around_the_clock(self):
        self.sla.target_ids.measure = "elapsed"
        ticket = self._register()
        self._shows(self._clocks(ticket), "running", deadline="Mon 18")
