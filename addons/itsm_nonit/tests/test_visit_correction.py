from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .field_work_common import FieldWorkCase, picture

EVENING = "2026-03-02 18:00:00"
TOMORROW = "2026-03-03 09:00:00"


def at(hour, minute=0):
    return datetime(2026, 3, 2, hour, minute)


@tagged("post_install", "-at_install")
class TestVisitCorrection(FieldWorkCase):
    """Somebody forgot to press Finish: who puts it right, and what is said of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team_other.leader_id = cls.leader

    def setUp(self):
        super().setUp()
        self.visit = self._worked(self.leak)

    def _worked(self, job, user=None):
        """Return a visit from ten to noon that should have ended at half past ten."""
        with freeze_time("2026-03-02 12:00:00"):
            self._do(job, "start", at=at(10), user=user)
            values = {"outcome": "again", "note": "Finish was forgotten"}
            self._do(job, "finish", user=user, values=values)
        return self._visits(job)

    def _correct(self, user, spells=None, when=EVENING, reason="Forgot to finish"):
        if spells is None:
            spells = [(at(10), at(10, 30))]
        with freeze_time(when):
            self.visit.with_user(user).correct_times(spells, reason)
        self.env.invalidate_all()

    def _refused(self, *args, **kwargs):
        with self.assertRaises(UserError):
            self._correct(*args, **kwargs)
        self.env.invalidate_all()
        self.assertEqual(self.visit.minutes, 120)

    def test_own_of_the_same_day(self):
        before = self.leak.message_ids
        self._correct(self.technician)
        self.assertEqual(self.visit.minutes, 30)
        self.assertEqual(self.visit.started_at, at(10))
        self.assertEqual(self.visit.ended_at, at(10, 30))
        self.assertEqual(self.visit.labour_cost, 30)
        note = self.leak.message_ids - before
        self.assertEqual(note.author_id, self.technician.partner_id)
        for words in ("Forgot to finish", "120", "30", self.technician.name):
            self.assertIn(words, note.body)
        # What the phone sent is on record as before.
        self.assertEqual(self.visit.step_ids.mapped("verb"), ["start", "finish"])

    def test_the_next_day_a_leader_does_it(self):
        self._refused(self.technician, when=TOMORROW)
        self._correct(self.leader, when=TOMORROW)
        self.assertEqual(self.visit.minutes, 30)

    def test_day_of_who_was_there(self):
        """Nine in Shanghai is still the day before in UTC."""
        self.technician.tz = "Asia/Shanghai"
        self._refused(self.technician, when="2026-03-02 17:00:00")

    def test_others_do_not(self):
        self._refused(self.mate)
        for user in (self.agent, self.auditor, self.foreigner):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._correct(user)

    def test_what_was_signed_is_for_leaders(self):
        self.visit._write_system(
            {"signature": picture(), "signed_by": "Ria", "signed_at": at(12)}
        )
        self._refused(self.technician)
        self._correct(self.leader)
        self.assertIn("Ria", self.leak.message_ids[0].body)

    def test_rate_that_was_counted_with(self):
        self.team_other.hourly_cost = 600
        self._correct(self.leader)
        self.assertEqual(self.visit.labour_cost, 30)

    def test_several_spells(self):
        spells = [(at(11), at(11, 30)), (at(9), at(9, 15))]
        self._correct(self.technician, spells)
        self.assertEqual(self.visit.minutes, 45)
        self.assertEqual(self.visit.started_at, at(9))
        self.assertEqual(self.visit.ended_at, at(11, 30))

    def test_times_that_cannot_be(self):
        for spells in (
            [],
            [(at(10), at(10))],
            [(at(11), at(10))],
            [(at(10), at(19))],
            [(at(9), at(11)), (at(10), at(12))],
            [(at(10), at(12))],
        ):
            with self.subTest(spells=spells):
                self._refused(self.technician, spells)

    def test_a_reason_is_needed(self):
        for reason in ("", "  ", False):
            self._refused(self.technician, reason=reason)

    def test_nobody_was_in_two_places(self):
        other = self._leak(name="Tap")
        with freeze_time("2026-03-02 15:00:00"):
            self._do(other, "start", at=at(14))
        self._refused(self.technician, [(at(10), at(14, 30))])
        self._correct(self.technician, [(at(13), at(14))])
        self.assertEqual(self.visit.minutes, 60)

    def test_running_work_is_not_corrected(self):
        with freeze_time("2026-03-02 15:00:00"):
            self._do(self.leak, "start", at=at(14))
            running = self._visits()[-1].with_user(self.leader)
            self.assertFalse(running.may_correct)
            with self.assertRaises(UserError):
                running.correct_times([(at(10), at(11))], "x")

    def test_screen(self):
        with freeze_time(EVENING):
            visit = self.visit.with_user(self.technician)
            self.assertTrue(visit.may_correct)
            action = visit.action_correct_times()
            wizard = self.env[action["res_model"]].with_user(self.technician)
            form = Form(wizard.with_context(**action["context"]))
            with form.line_ids.edit(0) as line:
                self.assertEqual(line.end, at(12))
                line.end = at(10, 45)
            form.reason = "Phone was off"
            form.save().action_apply()
        self.assertEqual(self.visit.minutes, 45)
