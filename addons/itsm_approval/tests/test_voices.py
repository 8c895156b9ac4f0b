from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import NAME, ApprovalCase


@tagged("post_install", "-at_install")
class TestVoices(ApprovalCase):
    """Who has a voice still, whose voice it is, and what is told of it later."""

    def _turns(self, user):
        return self.env["itsm.approval"].with_user(user).search([("my_turn", "=", 1)])

    def _two_lines(self):
        """Return an approval whose first line needs one of two, the other Cleo."""
        return self._ask(
            self._policy(
                self._step(
                    "Step", self._line(self.ann, self.bob), self._line(self.cleo)
                )
            )
        )

    # ------------------------------------------------------------------
    # A line is decided, its step is not
    # ------------------------------------------------------------------

    def test_decided_line_asks_nobody_any_more(self):
        approval = self._two_lines()
        self._vote(self.ann, approval)
        self.assertEqual(approval.state, "waiting")
        self.assertFalse(self._turns(self.bob), "Ann has decided for their line")
        self.assertTrue(self._turns(self.cleo))

    def test_question_of_a_decided_line_holds_nothing_up(self):
        approval = self._two_lines()
        approval.with_user(self.bob).ask("Why?")
        self._vote(self.ann, approval)
        self.assertEqual(approval.state, "waiting")

    def test_rule_in_words_stays_after_the_decision(self):
        """What was needed of how many does not shrink to those who voted."""
        for rule, vals in (
            ("percent", {"percent": 60}),
            ("at_least", {"minimum": 2}),
        ):
            approval = self._ask(
                self._policy(
                    self._step(
                        "Step",
                        self._line(self.ann, self.bob, self.cleo, rule=rule, **vals),
                    )
                )
            )
            line = approval.step_ids.line_ids
            before = line.rule_text
            self._vote(self.ann, approval)
            self._vote(self.bob, approval)
            self.assertEqual(approval.state, "granted")
            self.assertEqual(line.rule_text, before)

    def test_rule_in_words_follows_who_left(self):
        approval = self._ask(
            self._policy(
                self._step(
                    "Step",
                    self._line(
                        self.ann, self.bob, self.cleo, rule="percent", percent=60
                    ),
                )
            )
        )
        line = approval.step_ids.line_ids
        self.assertRegex(line.rule_text, "2.*3")
        self.cleo.sudo().active = False
        self.assertRegex(line.rule_text, "2.*2")

    # ------------------------------------------------------------------
    # Whose voice a link casts
    # ------------------------------------------------------------------

    def test_delegate_s_link_casts_the_voice_it_names(self):
        """And not the delegate's own, or that of somebody else."""
        policy = self._policy(
            self._step("Step", self._line(self.ann, self.bob, self.cleo, rule="all"))
        )
        approval = self._ask(policy)
        self._delegate(self.ann, self.bob)
        self._delegate(self.cleo, self.bob)
        votes = {vote.partner_id: vote for vote in approval.vote_ids}
        vote = votes[self.ann.partner_id]
        vote._decide_by_link(vote._link_token(self.bob.partner_id), "approve")
        self.assertEqual(vote.state, "cast")
        self.assertEqual(vote.decided_by_id, self.bob.partner_id)
        self.assertEqual(votes[self.bob.partner_id].state, "waiting")
        self.assertEqual(votes[self.cleo.partner_id].state, "waiting")

    # ------------------------------------------------------------------
    # Separation of duties
    # ------------------------------------------------------------------

    def test_requester_chooses_no_delegate_s_delegate(self):
        """Who must not decide must not hand it on either."""
        approval = self._ask(self._policy(self._step("Step", self._line(self.ann))))
        self._delegate(self.ann, self.asker)
        self._delegate(self.asker, self.dan)
        self.assertFalse(approval.with_user(self.dan).sudo().trail()["may_vote"])
        with self.assertRaises(UserError):
            approval._vote_as(self.dan.partner_id, "approve")
        self.assertEqual(self._mailed(), ["ann@example.com"])

    def test_who_got_the_work_is_replaced(self):
        approval = self._ask(
            self._policy(
                self._step("Step", self._line(self.ann)),
                fallback_user_ids=self.dan.ids,
            )
        )
        thing = self.env[NAME].browse(approval.res_id)
        thing.implementer_id = self.ann.partner_id
        self.assertEqual(self._asked(approval), ["Dan"])

    def test_what_one_may_not_decide_is_left_out(self):
        """Of many that are chosen in a list, one's own does not hold up the others."""
        policy = self._policy(self._step("Step", self._line(self.ann, self.bob)))
        mine = self._ask(policy)
        other = self._ask(policy)
        Thing = self.env[NAME]
        # As it is where the engine is not told of what makes somebody an implementer.
        with patch.object(type(Thing), "_approval_people_fields", frozenset()):
            Thing.browse(mine.res_id).implementer_id = self.ann.partner_id
        approvals = (mine | other).with_user(self.ann)
        self.assertEqual(approvals.filtered("my_turn").ids, other.ids)

    # ------------------------------------------------------------------
    # What a delegate sees
    # ------------------------------------------------------------------

    def test_delegate_sees_what_they_may_decide_only(self):
        """Not all that the absent person ever decided."""
        policy = self._policy(self._step("Step", self._line(self.ann)))
        other = self._policy(self._step("Step", self._line(self.ann)))
        old = self._ask(policy)
        self._vote(self.ann, old)
        waiting, foreign = self._ask(policy), self._ask(other)
        self._delegate(self.ann, self.bob, policy_ids=policy.ids)
        seen = self.env["itsm.approval"].with_user(self.bob).search([])
        self.assertIn(waiting.id, seen.ids)
        self.assertNotIn(old.id, seen.ids)
        self.assertNotIn(foreign.id, seen.ids)
        self._vote(self.bob, waiting)
        self.assertEqual(
            waiting.with_user(self.bob).read(["state"])[0]["id"], waiting.id
        )
