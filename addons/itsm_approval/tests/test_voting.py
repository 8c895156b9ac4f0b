from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MORNING, NAME, ApprovalCase


@tagged("post_install", "-at_install")
class TestVoting(ApprovalCase):
    """Steps, rules and votes."""

    def test_model_can_be_chosen(self):
        self.assertIn(NAME, dict(self.policies._selection_res_model()))

    def test_life(self):
        """Two steps, one after the other; the record follows."""
        self._policy(
            self._step("First", self._line(self.ann)),
            self._step("Second", self._line(self.bob)),
        )
        thing = self._thing()
        approval = thing._approval_request()
        self.assertEqual(thing.approval_id, approval)
        self.assertEqual(thing.approval_state, "waiting")
        self.assertEqual(approval.step_ids.mapped("state"), ["open", "planned"])
        self.assertEqual(self._asked(approval), ["Ann"])
        self.assertEqual(approval.waiting_since, MORNING)
        self.assertEqual(approval.partner_id, self.asker.partner_id)
        self._vote(self.ann, approval)
        self.assertEqual(approval.step_ids.mapped("state"), ["granted", "open"])
        self.assertEqual(self._asked(approval), ["Bob"])
        self.assertFalse(thing.log)
        self._vote(self.bob, approval)
        self.assertEqual((approval.state, thing.approval_state), ("granted", "granted"))
        self.assertEqual(thing.log, "granted;")
        self.assertEqual(approval.decided_at, MORNING)
        self.assertFalse(approval.current_step_id)

    def test_refused(self):
        """A rejection ends it, with names and reasons; later steps are cancelled."""
        self._policy(
            self._step("First", self._line(self.ann)),
            self._step("Second", self._line(self.bob)),
        )
        approval = self._ask()
        self._vote(self.ann, approval, "reject", "Too dear.")
        self.assertEqual(approval.state, "refused")
        self.assertEqual(approval.reason, "Ann: Too dear.")
        self.assertEqual(approval.step_ids.mapped("state"), ["refused", "cancelled"])
        self.assertEqual(
            approval.vote_ids.sorted("id").mapped("state"), ["cast", "cancelled"]
        )
        thing = self.env[NAME].browse(approval.res_id)
        self.assertEqual(thing.log, "refused Ann: Too dear.;")

    def test_rejection_needs_a_reason(self):
        self._policy(self._step("First", self._line(self.ann)))
        approval = self._ask()
        for comment in (None, "", "  \n"):
            with self.assertRaises(UserError):
                self._vote(self.ann, approval, "reject", comment)
        self.assertEqual(approval.state, "waiting")
        self._vote(self.ann, approval, "approve", None)
        self.assertEqual(approval.state, "granted")

    def test_unknown_decision(self):
        self._policy(self._step("First", self._line(self.ann)))
        approval = self._ask()
        for decision in ("approved", None, False, ["approve"], 1):
            with self.assertRaises(UserError):
                self._vote(self.ann, approval, decision)

    def _decide(self, rule, *decisions, **vals):
        """Return the state after decisions of three people under a rule."""
        policy = self._policy(
            self._step(
                rule,
                self._line(self.ann, self.bob, self.cleo, rule=rule, **vals),
                timeout_after=8,
            )
        )
        approval = self._ask(policy)
        people = (self.ann, self.bob, self.cleo)
        for person, decision in zip(people, decisions, strict=False):
            self._vote(person, approval, decision)
        return approval.state

    def test_any(self):
        self.assertEqual(self._decide("any"), "waiting")
        self.assertEqual(self._decide("any", "approve"), "granted")
        self.assertEqual(self._decide("any", "reject"), "refused")

    def test_all(self):
        self.assertEqual(self._decide("all", "approve", "approve"), "waiting")
        self.assertEqual(self._decide("all", *["approve"] * 3), "granted")
        self.assertEqual(self._decide("all", "approve", "reject"), "refused")

    def test_at_least(self):
        self.assertEqual(self._decide("at_least", "approve", minimum=2), "waiting")
        self.assertEqual(
            self._decide("at_least", "reject", "approve", "approve", minimum=2),
            "granted",
        )
        self.assertEqual(
            self._decide("at_least", "reject", "reject", minimum=2), "refused"
        )
        self.assertEqual(self._decide("at_least", "reject", minimum=2), "waiting")

    def test_percent(self):
        self.assertEqual(self._decide("percent", "approve", percent=50), "waiting")
        self.assertEqual(
            self._decide("percent", "approve", "approve", percent=66.7), "granted"
        )
        self.assertEqual(
            self._decide("percent", "approve", "approve", percent=67), "waiting"
        )
        self.assertEqual(self._decide("percent", "reject", percent=67), "refused")

    def test_veto(self):
        self.assertEqual(self._decide("veto", "approve", "approve"), "waiting")
        self.assertEqual(self._decide("veto", "reject"), "refused")
        self.assertEqual(self._decide("veto", *["approve"] * 3), "granted")

    def test_lines_of_a_step_all_count(self):
        """A step needs all its lines; a veto line only holds it up by objecting."""
        steps = [
            self._step(
                "Both",
                self._line(self.ann),
                self._line(self.bob),
                self._line(self.cleo, rule="veto"),
            )
        ]
        policy = self._policy(*steps)
        approval = self._ask(policy)
        self._vote(self.ann, approval)
        self.assertEqual(approval.state, "waiting")
        self.assertEqual(self._asked(approval), ["Bob", "Cleo"])
        self._vote(self.bob, approval)
        self.assertEqual(approval.state, "granted")
        self.assertEqual(approval.step_ids.line_ids.mapped("state"), ["granted"] * 3)
        objected = self._ask(policy)
        self._vote(self.cleo, objected, "reject")
        self.assertEqual(objected.state, "refused")

    def test_one_vote_for_all_voices_of_a_step(self):
        """Whoever stands in two lines of a step decides once."""
        policy = self._policy(
            self._step("Both", self._line(self.ann), self._line(self.ann, self.bob))
        )
        approval = self._ask(policy)
        self._vote(self.ann, approval)
        self.assertEqual(approval.state, "granted")

    def test_conditions_of_policies(self):
        """The first policy that fits; records that none is for get no approval."""
        dear = self._policy(
            self._step("Boss", self._line(self.ann)), domain="[('price', '>', 500)]"
        )
        ward = self._policy(
            self._step("Ward", self._line(self.bob)),
            domain="[('place', '=', 'ward')]",
            sequence=2,
        )
        things = self._thing(price=900, place="ward")
        things |= self._thing(price=9, place="ward") | self._thing(price=9)
        approvals = things._approval_request()
        self.assertEqual(approvals.policy_id.ids, [dear.id, ward.id])
        self.assertEqual(approvals.mapped("res_id"), things[:2].ids)
        self.assertFalse(things[2].approval_id)
        self.assertFalse(things[2].approval_state)

    def test_conditions_of_steps(self):
        policy = self._policy(
            self._step("Always", self._line(self.ann)),
            self._step("Dear", self._line(self.bob), condition="[('price', '>', 500)]"),
        )
        cheap, dear = self._ask(policy), self._ask(policy, price=900)
        self.assertEqual(cheap.step_ids.mapped("state"), ["open", "skipped"])
        self.assertFalse(cheap.step_ids[1].line_ids)
        self._vote(self.ann, cheap | dear)
        self.assertEqual((cheap.state, dear.state), ("granted", "waiting"))

    def test_no_step_needed(self):
        policy = self._policy(
            self._step("Dear", self._line(self.bob), condition="[('price', '>', 500)]")
        )
        thing = self._thing()
        self.assertFalse(thing._approval_request(policy))
        self.assertFalse(thing.approval_state)

    def test_asked_once(self):
        """What is being decided on is not asked again."""
        policy = self._policy(self._step("First", self._line(self.ann)))
        thing = self._thing()
        self.assertTrue(thing._approval_request(policy))
        self.assertFalse(thing._approval_request(policy))

    def test_edited_policy_changes_nothing_under_way(self):
        policy = self._policy(
            self._step("First", self._line(self.ann, rule="all"), timeout_after=8),
            self._step("Second", self._line(self.bob)),
        )
        approval = self._ask(policy)
        before = approval.trail()
        policy.step_ids[0].line_ids.write(
            {"rule": "any", "user_ids": [(6, 0, self.dan.ids)], "name": "Other"}
        )
        policy.step_ids[0].write({"name": "New", "timeout_after": 1})
        policy.step_ids[1].unlink()
        policy.active = False
        self.assertEqual(approval.trail(), before)
        self._vote(self.ann, approval)
        self.assertEqual(self._asked(approval), ["Bob"])
        self._vote(self.bob, approval)
        self.assertEqual(approval.state, "granted")

    # ------------------------------------------------------------------
    # Who cannot vote
    # ------------------------------------------------------------------

    def test_strangers_cannot_vote(self):
        policy = self._policy(self._step("First", self._line(self.ann)))
        approval = self._ask(policy)
        with self.assertRaises(AccessError):
            self._vote(self.dan, approval)

    def test_later_approvers_wait_for_their_step(self):
        policy = self._policy(
            self._step("First", self._line(self.ann)),
            self._step("Second", self._line(self.bob)),
        )
        approval = self._ask(policy)
        with self.assertRaisesRegex(UserError, "Ann"):
            self._vote(self.bob, approval)

    def test_twice(self):
        policy = self._policy(
            self._step("All", self._line(self.ann, self.bob, rule="all"))
        )
        approval = self._ask(policy)
        self._vote(self.ann, approval)
        with self.assertRaises(UserError):
            self._vote(self.ann, approval, "reject")
        self.assertEqual(approval.vote_ids[0].decision, "approve")

    def test_too_late(self):
        """Who comes second reads who was first."""
        policy = self._policy(self._step("Any", self._line(self.ann, self.bob)))
        approval = self._ask(policy)
        self._vote(self.ann, approval)
        with self.assertRaisesRegex(UserError, "Ann"):
            self._vote(self.bob, approval, "reject")

    def test_after_withdrawal(self):
        policy = self._policy(self._step("First", self._line(self.ann)))
        approval = self._ask(policy)
        approval.with_user(self.asker).withdraw("No longer needed")
        self.assertEqual(approval.state, "withdrawn")
        with self.assertRaises(UserError):
            self._vote(self.ann, approval)
        self.assertEqual(approval.vote_ids.state, "cancelled")

    def test_batch_is_all_or_nothing(self):
        policy = self._policy(self._step("Any", self._line(self.ann, self.bob)))
        one, two = self._ask(policy, name="One"), self._ask(policy, name="Two")
        self._vote(self.bob, two)
        with self.assertRaisesRegex(UserError, "Two"):
            self._vote(self.ann, one | two)
        self.assertEqual(one.state, "waiting")

    def test_withdraw(self):
        policy = self._policy(self._step("First", self._line(self.ann)))
        approval = self._ask(policy)
        for user in (self.ann, self.dan):
            with self.assertRaises(AccessError):
                approval.with_user(user).withdraw("No")
        with self.assertRaises(UserError):
            approval.with_user(self.asker).withdraw(" ")
        approval.with_user(self.manager).withdraw("Budget closed")
        thing = self.env[NAME].browse(approval.res_id)
        self.assertEqual(approval.reason, "Budget closed")
        self.assertEqual(thing.log, "withdrawn Budget closed;")
        with self.assertRaises(UserError):
            approval.with_user(self.manager).withdraw("Again")

    def test_withdrawn_with_the_record(self):
        policy = self._policy(self._step("First", self._line(self.ann)))
        thing = self._thing()
        approval = thing._approval_request(policy)
        thing.with_user(self.manager)._approval_withdraw("Cancelled")
        self.assertEqual(approval.state, "withdrawn")
        thing._approval_withdraw("Again")  # nothing is waiting: nothing happens
        self.assertEqual(thing.log, "withdrawn Cancelled;")

    # ------------------------------------------------------------------
    # Questions
    # ------------------------------------------------------------------

    def test_question(self):
        policy = self._policy(self._step("First", self._line(self.ann, self.bob)))
        approval = self._ask(policy)
        thing = self.env[NAME].browse(approval.res_id)
        with self.assertRaises(UserError):
            approval.with_user(self.ann).ask("  ")
        with self.assertRaises(AccessError):
            approval.with_user(self.dan).ask("Why?")
        approval.with_user(self.ann).ask("Why?")
        self.assertEqual((approval.state, thing.approval_state), ("question",) * 2)
        self.assertEqual(thing.log, "asked Why?;")
        for user in (self.ann, self.dan):
            with self.assertRaises(AccessError):
                approval.with_user(user).answer("So.")
        approval.with_user(self.asker).answer("So.")
        self.assertEqual((approval.state, thing.approval_state), ("waiting",) * 2)
        question = approval.question_ids
        self.assertEqual(
            (question.asked_by_id, question.answered_by_id, question.answer),
            (self.ann.partner_id, self.asker.partner_id, "So."),
        )
        with self.assertRaises(UserError):
            approval.with_user(self.asker).answer("So.")

    def test_vote_while_a_question_is_open(self):
        """Nobody is held up for ever by a question that is not answered."""
        policy = self._policy(self._step("First", self._line(self.ann, self.bob)))
        approval = self._ask(policy)
        approval.with_user(self.ann).ask("Why?")
        self._vote(self.bob, approval)
        self.assertEqual(approval.state, "granted")
        with self.assertRaises(UserError):
            approval.with_user(self.asker).answer("So.")

    def test_question_of_who_decided_meanwhile(self):
        """Nobody waits for the answer to somebody who has decided."""
        policy = self._policy(
            self._step("All", self._line(self.ann, self.bob, rule="all"))
        )
        approval = self._ask(policy)
        approval.with_user(self.ann).ask("Why?")
        approval.with_user(self.bob).ask("How?")
        self._vote(self.ann, approval)
        self.assertEqual(approval.state, "question")
        approval.with_user(self.asker).answer("So.")
        self.assertEqual(approval.question_ids.mapped("answer"), [False, "So."])
        approval.with_user(self.bob).ask("When?")
        self._vote(self.bob, approval)
        self.assertEqual(approval.state, "granted")

    def test_question_ends_with_the_vote(self):
        policy = self._policy(
            self._step("All", self._line(self.ann, self.bob, rule="all"))
        )
        approval = self._ask(policy)
        approval.with_user(self.ann).ask("Why?")
        self._vote(self.ann, approval)
        self.assertEqual(approval.state, "waiting")

    def test_who_works_on_the_record_may_answer(self):
        policy = self._policy(self._step("First", self._line(self.ann)))
        approval = self._ask(policy)
        approval.with_user(self.ann).ask("Why?")
        admin = self.env.ref("base.user_admin")
        approval.with_user(admin).answer("So.")
        self.assertEqual(approval.question_ids.answered_by_id, admin.partner_id)
