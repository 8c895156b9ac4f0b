from odoo.fields import Command
from odoo.tests import tagged

from .common import ApprovalCase
from .test_time import at


@tagged("post_install", "-at_install")
class TestEscalation(ApprovalCase):
    """Whoever an escalation asks speaks for the silent; the first has decided."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        chief = cls._employee(cls.dan)
        boss = cls._employee(cls.cleo, chief)
        cls._employee(cls.ann, boss)
        cls._employee(cls.bob)

    def _escalated(self, **vals):
        """Return an approval of Ann and Bob, for Ann of whom her manager was asked."""
        policy = self._policy(
            self._step(
                "Step",
                self._line(self.ann, self.bob, rule="all"),
                timeout_after=4,
                timeout_action="escalate",
                **vals,
            ),
            fallback_user_ids=self.portal.ids,
        )
        approval = self._ask(policy)
        self._sweep(at(12))
        return approval

    def _turn(self, user):
        return self.env["itsm.approval"].with_user(user).search([("my_turn", "=", 1)])

    def test_first_of_two_has_decided(self):
        """Once the manager agreed, the silent person cannot reject any more."""
        approval = self._escalated()
        self._vote(self.cleo, approval)
        self.assertFalse(self._turn(self.ann))
        voice = approval.vote_ids.filtered(
            lambda vote: vote.partner_id == self.ann.partner_id
        )
        self.assertEqual(voice.decision, "approve")
        self.assertEqual(voice.decided_by_id, self.cleo.partner_id)
        self._vote(self.bob, approval)
        self.assertEqual(approval.state, "granted")

    def test_silent_person_was_quicker(self):
        """Their manager is not asked any more, for a decision without effect."""
        approval = self._escalated()
        self._vote(self.ann, approval)
        self.assertEqual(approval.state, "waiting")
        self.assertFalse(self._turn(self.cleo))

    def test_who_leaves_after_being_spoken_for(self):
        """The manager's decision stays."""
        approval = self._escalated()
        self._vote(self.cleo, approval)
        self.ann.sudo().active = False
        self.assertNotIn("Dan", self._asked(approval))
        self._vote(self.bob, approval)
        self.assertEqual(approval.state, "granted")

    def test_silent_person_leaves(self):
        """Whoever was asked for them may decide for whoever takes their place."""
        approval = self._escalated()
        self.ann.sudo().active = False
        self._vote(self.cleo, approval)
        self._vote(self.bob, approval)
        self.assertEqual(approval.state, "granted")

    def test_nobody_to_escalate_to(self):
        """Those who were silent are reminded, again and again, and it is noted."""
        group = self.env.ref("itsm_approval.group_approval_manager")
        group.user_ids = [Command.clear()]
        policy = self._policy(
            self._step(
                "Step",
                self._line(self.bob),
                timeout_after=4,
                timeout_action="escalate",
            )
        )
        approval = self._ask(policy)
        self._mails()
        for hour in (12, 16):
            self._sweep(at(hour))
            self.assertEqual(self._mailed(), ["bob@example.com"], hour)
        group.user_ids = self.dan
        self._sweep(at(20))
        self.assertEqual(self._asked(approval), ["Bob", "Dan"])
