from datetime import datetime

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import NAME, ApprovalCase


@tagged("post_install", "-at_install")
class TestDelegation(ApprovalCase):
    """Delegates decide while people are absent; both names are in the record."""

    def setUp(self):
        super().setUp()
        self.policy = self._policy(self._step("Step", self._line(self.ann)))

    def _turns(self, user):
        """Return the approvals that wait for a user, by search and by reading."""
        Approval = self.env["itsm.approval"].with_user(user)
        found = Approval.search([("my_turn", "=", True)])
        every = Approval.sudo().search([]).sudo(False)
        self.env.invalidate_all()
        read = every.sudo().with_user(user).sudo().filtered("my_turn")
        self.assertEqual(found.ids, read.ids)
        return found

    def test_delegate_decides(self):
        approval = self._ask(self.policy)
        with self.assertRaises(AccessError):
            self._vote(self.bob, approval)
        self._delegate(self.ann, self.bob)
        self.assertEqual(self._turns(self.bob), approval)
        trail = approval.with_user(self.bob).trail()
        self.assertEqual((trail["may_vote"], trail["acts_for"]), (True, "Ann"))
        self._vote(self.bob, approval)
        vote = approval.vote_ids
        self.assertEqual(
            (vote.partner_id, vote.decided_by_id),
            (self.ann.partner_id, self.bob.partner_id),
        )
        note = "".join(self._notes(self.env[NAME].browse(approval.res_id)))
        self.assertIn("Approved by Bob for Ann", note)
        shown = approval.with_user(self.asker).trail()["steps"][0]["lines"][0]["votes"]
        self.assertEqual((shown[0]["name"], shown[0]["decided_by"]), ("Ann", "Bob"))

    def test_absent_person_may_still_decide(self):
        approval = self._ask(self.policy)
        self._delegate(self.ann, self.bob)
        self.assertEqual(self._turns(self.ann), approval)
        self._vote(self.ann, approval)
        self.assertFalse(self._turns(self.bob))
        with self.assertRaises(UserError):
            self._vote(self.bob, approval)

    def test_delegate_of_a_delegate(self):
        approval = self._ask(self.policy)
        self._delegate(self.ann, self.bob)
        self._delegate(self.bob, self.cleo)
        self.assertEqual(self._turns(self.cleo), approval)
        self._vote(self.cleo, approval)
        self.assertEqual(approval.vote_ids.decided_by_id, self.cleo.partner_id)

    def test_loop_of_delegates(self):
        """A loop gives nobody anything new, and ends."""
        approval = self._ask(self.policy)
        self._delegate(self.ann, self.bob)
        self._delegate(self.bob, self.cleo)
        self._delegate(self.cleo, self.ann)
        for user in (self.ann, self.bob, self.cleo):
            self.assertEqual(self._turns(user), approval)
        self.assertFalse(self._turns(self.dan))

    def test_dates(self):
        """First and last day included, not a day more."""
        approval = self._ask(self.policy)
        for start, end, holds in (
            (0, 0, True),
            (-3, 0, True),
            (0, 3, True),
            (1, 3, False),
            (-3, -1, False),
        ):
            delegation = self._delegate(self.ann, self.bob, start, end)
            self.assertEqual(bool(self._turns(self.bob)), holds, (start, end))
            self.assertEqual(delegation.is_active, holds)
            delegation.date_from = delegation.date_to = "2020-01-01"
        with self.assertRaises(AccessError):
            self._vote(self.bob, approval)

    def test_days_are_those_of_the_absent(self):
        """In Shanghai the 3rd begins at 16:00 UTC on the 2nd."""
        self._ask(self.policy)
        self.ann.partner_id.tz = "Asia/Shanghai"
        self._delegate(self.ann, self.bob, 1, 1)
        self.assertFalse(self._turns(self.bob))
        self.frozen.move_to(datetime(2026, 3, 2, 16))
        self.assertTrue(self._turns(self.bob))
        self.frozen.move_to(datetime(2026, 3, 3, 16))
        self.assertFalse(self._turns(self.bob))

    def test_only_some_policies(self):
        other = self._policy(self._step("Step", self._line(self.ann)))
        one, two = self._ask(self.policy), self._ask(other)
        self._delegate(self.ann, self.bob, policy_ids=self.policy.ids)
        self.assertEqual(self._turns(self.bob), one)
        with self.assertRaises(UserError):
            self._vote(self.bob, one | two)
        self._delegate(self.bob, self.cleo, policy_ids=other.ids)
        self.assertFalse(self._turns(self.cleo), "a chain holds for what all have")

    def test_requester_as_delegate(self):
        """Nobody approves their own things by way of a delegation."""
        approval = self._ask(self.policy)
        self._delegate(self.ann, self.asker)
        self.assertFalse(self._turns(self.asker))
        self.assertFalse(approval.with_user(self.asker).trail()["may_vote"])
        with self.assertRaises(UserError):
            self._vote(self.asker, approval)

    def test_implementer_as_delegate(self):
        approval = self._ask(self.policy, implementer_id=self.bob.partner_id.id)
        self._delegate(self.ann, self.bob)
        with self.assertRaises(UserError):
            self._vote(self.bob, approval)

    def test_own_voice_first(self):
        """Who has a voice and acts for another decides once for each."""
        policy = self._policy(
            self._step("Step", self._line(self.ann, self.bob, rule="all"))
        )
        approval = self._ask(policy)
        self._delegate(self.ann, self.bob)
        self.assertFalse(approval.with_user(self.bob).trail()["acts_for"])
        self._vote(self.bob, approval)
        self.assertEqual(approval.state, "waiting")
        self.assertEqual(approval.with_user(self.bob).trail()["acts_for"], "Ann")
        self._vote(self.bob, approval)
        self.assertEqual(approval.state, "granted")

    def test_leaver_as_delegate(self):
        self.bob.sudo().active = False
        with self.assertRaises(ValidationError):
            self._delegate(self.ann, self.bob)

    def test_delegate_who_leaves(self):
        approval = self._ask(self.policy)
        self._delegate(self.ann, self.bob)
        self.bob.sudo().active = False
        with self.assertRaises(UserError):
            approval._vote_as(self.bob.partner_id, "approve", way="mail")

    @mute_logger("odoo.sql_db")
    def test_no_self_and_no_end_before_the_start(self):
        for delegate, start, end in ((self.ann, 0, 0), (self.bob, 1, 0)):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self._delegate(self.ann, delegate, start, end)

    # ------------------------------------------------------------------
    # Whose delegations
    # ------------------------------------------------------------------

    def _make(self, user, absent, delegate):
        return (
            self.env["itsm.approval.delegation"]
            .with_user(user)
            .create(
                {
                    "partner_id": absent.partner_id.id,
                    "delegate_id": delegate.partner_id.id,
                    "date_from": "2026-03-02",
                    "date_to": "2026-03-03",
                }
            )
        )

    def test_people_manage_their_own(self):
        # Portal users name colleagues only.
        self.env["hr.employee"].create(
            [
                {"name": user.name, "work_contact_id": user.partner_id.id}
                for user in (self.portal, self.bob)
            ]
        )
        for user in (self.ann, self.portal):
            mine = self._make(user, user, self.bob)
            mine.date_to = "2026-03-09"
            self.assertTrue(mine.is_active)
            with self.assertRaises(AccessError):
                self._make(user, self.cleo, self.bob)
        self.assertTrue(self._make(self.manager, self.cleo, self.bob))

    def test_nobody_takes_the_voice_of_others(self):
        """Making one's own delegation into somebody else's is refused."""
        mine = self._make(self.dan, self.dan, self.bob)
        with self.assertRaises(AccessError):
            mine.write(
                {
                    "partner_id": self.ann.partner_id.id,
                    "delegate_id": self.dan.partner_id.id,
                }
            )
        theirs = self._delegate(self.ann, self.dan)
        delegation = theirs.with_user(self.dan)
        self.assertEqual(delegation.delegate_id, self.dan.partner_id)
        for vals in (
            {"date_to": "2030-01-01"},
            {"delegate_id": self.bob.partner_id.id},
        ):
            with self.assertRaises(AccessError):
                delegation.write(vals)
        with self.assertRaises(AccessError):
            delegation.unlink()
        with self.assertRaises(AccessError):
            theirs.with_user(self.cleo).read(["note"])

    def test_begun_delegations_are_ended_not_deleted(self):
        begun = self._delegate(self.ann, self.bob, -1, 1)
        with self.assertRaises(UserError):
            begun.with_user(self.ann).unlink()
        self._delegate(self.ann, self.bob, 0, 1).with_user(self.ann).unlink()

    def test_begun_delegations_are_not_rewritten(self):
        """Who could decide in the past is no longer a matter of opinion."""
        begun = self._delegate(self.ann, self.bob, -1, 1).with_user(self.ann)
        for vals in (
            {"delegate_id": self.cleo.partner_id.id},
            {"date_from": "2026-03-02"},
            {"policy_ids": [Command.set(self.policy.ids)]},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                begun.write(vals)
        begun.write({"date_to": "2026-03-02", "note": "Back early"})

    def test_rule_sees_delegations_made_later(self):
        """What a delegate may read follows the delegations at once."""
        approval = self._ask(self.policy)
        Approval = self.env["itsm.approval"].with_user(self.bob)
        self.assertFalse(Approval.search([("id", "=", approval.id)]))
        delegation = self._delegate(self.ann, self.bob)
        self.assertTrue(Approval.search([("id", "=", approval.id)]))
        delegation.date_from = delegation.date_to = "2020-01-01"
        self.env.invalidate_all()
        self.assertFalse(Approval.search([("id", "=", approval.id)]))
