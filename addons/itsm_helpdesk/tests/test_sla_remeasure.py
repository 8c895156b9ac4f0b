from odoo.exceptions import AccessError, UserError

from .sla_common import SlaCase, moment


class TestSlaRemeasure(SlaCase):
    """What moves clocks though nothing happened to their tickets is told there."""

    @classmethod
    def _make_policies(cls):
        cls.sla = cls._policy(("resolution", 8))

    def _solved(self, opened="Mon 10", solved="Tue 11"):
        """Return a ticket that used 8 hours and was solved an hour too late."""
        self._at(opened)
        ticket = self._register()
        self._at(solved)
        ticket.with_user(self.agent).resolve("solved", "Done.")
        return ticket

    def _forgotten_holiday(self):
        """Enter that nobody worked on Monday afternoon."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Forgotten",
                "calendar_id": self.desk.resource_calendar_id.id,
                "date_from": moment("Mon 13"),
                "date_to": moment("Mon 17"),
            }
        )

    def _remeasure(self, clocks, user=None, **vals):
        Wizard = self.env["itsm.sla.remeasure"].with_user(user or self.sla_manager)
        return (
            Wizard.with_context(active_model=clocks._name, active_ids=clocks.ids)
            .create({"reason": "A holiday was missing", **vals})
            .action_remeasure()
        )

    def _notes(self, ticket):
        return "\n".join(ticket.sudo().message_ids.mapped("body"))

    def test_finished_clock_on_present_hours(self):
        """A forgotten holiday takes the breach away, once somebody says so."""
        ticket = self._solved()
        clock = self._clocks(ticket)
        self._shows(clock, "breached", deadline="Tue 10", elapsed=9)
        self._forgotten_holiday()
        self._sweep("Tue 12")
        self._shows(clock, "breached", deadline="Tue 10", elapsed=9)
        self._remeasure(clock)
        self._shows(clock, "met", deadline="Tue 15", elapsed=5)
        self.assertIn("A holiday was missing", self._notes(ticket))
        # It stays so: these are its hours from now on.
        self.Clock._follow(ticket)
        self._shows(clock, "met", deadline="Tue 15", elapsed=5)

    def test_finished_clock_by_present_terms(self):
        ticket = self._solved()
        clock = self._clocks(ticket)
        self.sla.target_ids.hours = 10
        self._shows(clock, "breached")
        self._remeasure(clock, use_hours=False, use_terms=True)
        self._shows(clock, "met", budget=10, elapsed=9)
        self.assertEqual(clock.policy_version_id, self.sla.current_version_id)

    def test_stretches_follow(self):
        ticket = self._solved()
        clock = self._clocks(ticket)
        self._forgotten_holiday()
        self._remeasure(clock)
        self.assertEqual(sum(clock.segment_ids.mapped("working")), clock.elapsed)

    def test_reason_and_choice_are_needed(self):
        clock = self._clocks(self._solved())
        with self.assertRaises(UserError):
            self._remeasure(clock, reason=" ")
        with self.assertRaises(UserError):
            self._remeasure(clock, use_hours=False)

    def test_only_service_level_managers(self):
        clock = self._clocks(self._solved())
        for user in (self.agent, self.manager, self.auditor):
            with self.assertRaises(AccessError):
                self._remeasure(clock, user=user)

    def test_moved_deadline_is_told(self):
        """The ticket says why its deadline is another one than this morning."""
        ticket = self._register()
        self._at("Mon 11")
        self._forgotten_holiday()
        self._sweep("Mon 11:01")
        self._shows(self._clocks(ticket), "running", deadline="Tue 15")
        notes = self._notes(ticket)
        self.assertIn("2026-03-03 10:00", notes)
        self.assertIn("2026-03-03 15:00", notes)

    def test_nothing_moved_nothing_told(self):
        ticket = self._register()
        self._sweep("Tue 14")
        self._shows(self._clocks(ticket), "breached", deadline="Tue 10")
        self.assertNotIn("2026-03-03 10:00", self._notes(ticket))
