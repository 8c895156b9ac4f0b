from datetime import datetime

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import MORNING, NAME, ApprovalCase


def at(hour, day=2, minute=0):
    """Return an hour of Monday 2 March 2026, or of a day after."""
    return datetime(2026, 3, day, hour, minute)


@tagged("post_install", "-at_install")
class TestTime(ApprovalCase):
    """Reminders, time-outs, escalation and pauses."""

    def test_reminder(self):
        """Once, to those who were silent, with a new link."""
        policy = self._policy(
            self._step(
                "Step", self._line(self.ann, self.bob, rule="all"), remind_after=4
            )
        )
        approval = self._ask(policy)
        self._vote(self.ann, approval)
        self._mails()
        step = approval.step_ids
        self.assertEqual((step.remind_at, step.next_at), (at(12), at(12)))
        vote = approval.vote_ids.sorted("id")[1]
        old = vote.sudo().link_nonce
        self._sweep(at(11, minute=59))
        self.assertFalse(self._mailed())
        self._sweep(at(12))
        self.assertEqual(self._mailed(), ["bob@example.com"])
        self.assertNotEqual(vote.sudo().link_nonce, old)
        self.assertFalse(step.next_at)
        self._sweep(at(18))
        self.assertFalse(self._mailed())

    def test_timeout_does_nothing(self):
        """It is overdue, and that is all; the sweep does not look at it."""
        policy = self._policy(
            self._step(
                "Step", self._line(self.ann), timeout_after=4, timeout_action="none"
            )
        )
        approval = self._ask(policy)
        step = approval.step_ids
        self.assertEqual((step.timeout_at, step.next_at), (at(12), False))
        self.assertEqual(approval.due_at, at(12))

    def test_timeout_reminds_again_and_again(self):
        policy = self._policy(
            self._step(
                "Step", self._line(self.ann), timeout_after=4, timeout_action="remind"
            )
        )
        self._ask(policy)
        self._mails()
        for hour in (12, 16, 20):
            self._sweep(at(hour))
            self.assertEqual(self._mailed(), ["ann@example.com"], hour)
            self._sweep(at(hour, minute=30))
            self.assertFalse(self._mailed())

    def test_timeout_rejects(self):
        policy = self._policy(
            self._step(
                "Step",
                self._line(self.ann, self.bob, rule="all"),
                timeout_after=4,
                timeout_action="reject",
            )
        )
        approval = self._ask(policy)
        self._vote(self.bob, approval)
        self._sweep(at(12))
        self.assertEqual(approval.state, "refused")
        silent, cast = approval.vote_ids.sorted("id")
        self.assertEqual((silent.way, silent.decision), ("timeout", "reject"))
        self.assertFalse(silent.decided_by_id)
        self.assertEqual(cast.decision, "approve")
        self.assertIn("Ann", approval.reason)
        thing = self.env[NAME].browse(approval.res_id)
        self.assertTrue(thing.log.startswith("refused"))
        self.assertIn("Ann", "".join(self._notes(thing)))

    def test_silence_agrees(self):
        """The end of the objection period grants, whatever the time-out's action."""
        for action in ("none", "remind", "escalate", "reject"):
            policy = self._policy(
                self._step(
                    "Objections",
                    self._line(self.ann, rule="veto"),
                    self._line(self.bob, rule="veto"),
                    timeout_after=8,
                    timeout_action=action,
                )
            )
            approval = self._ask(policy)
            self._sweep(at(15, minute=59))
            self.assertEqual(approval.state, "waiting", action)
            self._sweep(at(16))
            self.assertEqual(approval.state, "granted", action)
            self.assertEqual(set(approval.vote_ids.mapped("way")), {"timeout"})
            self.frozen.move_to(MORNING)

    def test_objection_within_the_period(self):
        policy = self._policy(
            self._step("Objections", self._line(self.ann, rule="veto"), timeout_after=8)
        )
        approval = self._ask(policy)
        self._vote(self.ann, approval, "reject", "No.")
        self.assertEqual(approval.state, "refused")
        self._sweep(at(16))
        self.assertEqual(approval.state, "refused")

    def test_objections_need_a_period(self):
        with self.assertRaises(ValidationError):
            self._policy(self._step("Objections", self._line(self.ann, rule="veto")))
        policy = self._policy(self._step("Step", self._line(self.ann)))
        with self.assertRaises(ValidationError):
            policy.step_ids.line_ids.rule = "veto"

    def test_mixed_step_rejects_but_vetoes_agree(self):
        policy = self._policy(
            self._step(
                "Step",
                self._line(self.ann),
                self._line(self.bob, rule="veto"),
                timeout_after=4,
                timeout_action="reject",
            )
        )
        approval = self._ask(policy)
        self._sweep(at(12))
        self.assertEqual(approval.state, "refused")
        decisions = {v.partner_id.name: v.decision for v in approval.vote_ids}
        self.assertEqual(decisions, {"Ann": "reject", "Bob": "approve"})

    # ------------------------------------------------------------------
    # Escalation
    # ------------------------------------------------------------------

    def _escalating(self, *users, rule="all", **vals):
        return self._policy(
            self._step(
                "Step",
                self._line(*users, rule=rule),
                timeout_after=4,
                timeout_action="escalate",
                **vals,
            )
        )

    def test_escalation_to_named_people(self):
        """They decide for all who were silent; once, though the sweep runs again."""
        policy = self._escalating(
            self.ann, self.bob, escalate_to_ids=(self.cleo | self.dan).ids
        )
        approval = self._ask(policy)
        self._mails()
        self._sweep(at(12))
        self.assertEqual(self._mailed(), ["cleo@example.com", "dan@example.com"])
        self._sweep(at(20))
        extra = approval.vote_ids.filtered("is_escalation")
        self.assertEqual(extra.partner_id, (self.cleo | self.dan).partner_id)
        self._vote(self.dan, approval)
        self.assertEqual(approval.state, "granted")

    def test_escalation_to_the_manager_of_each(self):
        """A manager speaks for their own people only."""
        boss, chief = self._employee(self.cleo), self._employee(self.dan)
        self._employee(self.ann, boss)
        self._employee(self.bob, chief)
        approval = self._ask(self._escalating(self.ann, self.bob))
        self._sweep(at(12))
        self._vote(self.cleo, approval)
        self.assertEqual(approval.state, "waiting")
        self._vote(self.bob, approval)
        self.assertEqual(approval.state, "granted")
        self.assertEqual(
            approval.vote_ids.filtered("is_escalation")[1].state, "cancelled"
        )

    def test_silent_person_may_still_decide(self):
        boss = self._employee(self.cleo)
        self._employee(self.ann, boss)
        approval = self._ask(self._escalating(self.ann))
        self._sweep(at(12))
        self._vote(self.ann, approval, "reject", "No.")
        self.assertEqual(approval.state, "refused")

    def test_escalation_rejects(self):
        approval = self._ask(
            self._escalating(self.ann, self.bob, escalate_to_ids=self.cleo.ids)
        )
        self._sweep(at(12))
        self._vote(self.cleo, approval, "reject", "No.")
        self.assertEqual(approval.state, "refused")
        self.assertEqual(approval.reason, "Cleo: No.")

    def test_escalation_without_a_manager(self):
        """Goes to whom the policy names instead of nobody."""
        policy = self._escalating(self.ann)
        policy.fallback_user_ids = self.dan
        approval = self._ask(policy)
        self._sweep(at(12))
        self.assertEqual(self._asked(approval), ["Ann", "Dan"])

    def test_escalation_not_to_the_requester(self):
        boss = self._employee(self.asker)
        self._employee(self.ann, boss)
        policy = self._escalating(self.ann)
        policy.fallback_user_ids = self.dan
        approval = self._ask(policy)
        self._sweep(at(12))
        self.assertEqual(self._asked(approval), ["Ann", "Dan"])

    # ------------------------------------------------------------------
    # Working hours and pauses
    # ------------------------------------------------------------------

    def _calendar(self):
        return self.env["resource.calendar"].create(
            {
                "name": "Eight to twelve",
                "tz": "UTC",
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": str(day),
                            "dayofweek": str(day),
                            "hour_from": 8,
                            "hour_to": 12,
                        }
                    )
                    for day in range(5)
                ],
            }
        )

    def test_working_hours(self):
        policy = self._policy(
            self._step("Step", self._line(self.ann), remind_after=2, timeout_after=6),
            resource_calendar_id=self._calendar().id,
        )
        step = self._ask(policy).step_ids
        self.assertEqual((step.remind_at, step.timeout_at), (at(10), at(10, day=3)))

    def test_flexible_hours_are_refused(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Flexible", "flexible_hours": True}
        )
        with self.assertRaises(ValidationError):
            self._policy(
                self._step("Step", self._line(self.ann)),
                resource_calendar_id=calendar.id,
            )

    def test_calendar_without_hours(self):
        """Then they are plain hours: an approval is asked all the same."""
        calendar = self._calendar()
        calendar.attendance_ids.unlink()
        policy = self._policy(
            self._step("Step", self._line(self.ann), timeout_after=6),
            resource_calendar_id=calendar.id,
        )
        self.assertEqual(self._ask(policy).step_ids.timeout_at, at(14))

    def test_question_stops_the_time(self):
        """The answer gives back the time that was left."""
        policy = self._policy(
            self._step(
                "Step",
                self._line(self.ann),
                remind_after=4,
                timeout_after=8,
                timeout_action="reject",
            )
        )
        approval = self._ask(policy)
        step = approval.step_ids
        self.frozen.move_to(at(9))
        approval.with_user(self.ann).ask("Why?")
        self.assertFalse(step.next_at)
        self._sweep(at(20))
        self.assertEqual(approval.state, "question")
        self.frozen.move_to(at(8, day=3))
        approval.with_user(self.asker).answer("So.")
        self.assertEqual(
            (step.remind_at, step.timeout_at, step.next_at),
            (at(11, day=3), at(15, day=3), at(11, day=3)),
        )
        self._sweep(at(15, day=3))
        self.assertEqual(approval.state, "refused")

    def test_question_stops_working_hours(self):
        policy = self._policy(
            self._step("Step", self._line(self.ann), timeout_after=6),
            resource_calendar_id=self._calendar().id,
        )
        approval = self._ask(policy)
        self.frozen.move_to(at(11))
        approval.with_user(self.ann).ask("Why?")
        self.frozen.move_to(at(8, day=4))
        approval.with_user(self.asker).answer("So.")
        # Three of six hours were left.
        self.assertEqual(approval.step_ids.timeout_at, at(11, day=4))

    def test_two_questions_pause_once(self):
        policy = self._policy(
            self._step(
                "Step", self._line(self.ann, self.bob, rule="all"), timeout_after=8
            )
        )
        approval = self._ask(policy)
        self.frozen.move_to(at(9))
        approval.with_user(self.ann).ask("Why?")
        self.frozen.move_to(at(10))
        approval.with_user(self.bob).ask("How?")
        self.frozen.move_to(at(11))
        approval.with_user(self.asker).answer("So.")
        self.assertEqual(approval.step_ids.timeout_at, at(18))
        self.assertEqual(set(approval.question_ids.mapped("answer")), {"So."})

    def test_question_before_the_next_step(self):
        """A pause ends with its step: the next one has its own time."""
        policy = self._policy(
            self._step("First", self._line(self.ann, self.bob), timeout_after=8),
            self._step("Second", self._line(self.cleo), timeout_after=8),
        )
        approval = self._ask(policy)
        approval.with_user(self.ann).ask("Why?")
        self._vote(self.bob, approval)
        second = approval.step_ids[1]
        self.assertEqual((second.state, second.timeout_at), ("open", at(16)))
        self.assertEqual(second.next_at, at(16))
        self.assertEqual(approval.state, "waiting")
