from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestHostile(ApprovalCase):
    """People who look for a way round the separation of duties, or for secrets."""

    # ------------------------------------------------------------------
    # Separation of duties
    # ------------------------------------------------------------------

    def test_requester_by_another_contact(self):
        """A person is barred as the employee they are, not by one contact only."""
        self._employee(self.ann)
        contact = self.env["res.partner"].create({"name": "Ann at Work"})
        self.ann.employee_ids.work_contact_id = contact
        policy = self._policy(self._step("Step", self._line(self.ann, self.bob)))
        approval = self._ask(policy, requester_id=contact.id)
        self.assertEqual(self._asked(approval), ["Bob"])

    def test_requester_gets_another_contact_after_the_request(self):
        self._employee(self.ann)
        contact = self.env["res.partner"].create({"name": "Ann at Work"})
        policy = self._policy(self._step("Step", self._line(self.ann, self.bob)))
        approval = self._ask(policy, requester_id=contact.id)
        self.assertIn("Ann", self._asked(approval))
        self.ann.employee_ids.work_contact_id = contact
        self.assertFalse(approval.with_user(self.ann).my_turn)
        with self.assertRaises(UserError):
            self._vote(self.ann, approval)

    def test_requester_who_has_somebody_else_noted(self):
        """Whoever asked is barred for good, also when the record says otherwise."""
        policy = self._policy(
            self._step("Step", self._line(self.ann, self.bob)),
            fallback_user_ids=[Command.link(self.dan.id)],
        )
        approval = self._ask(policy, requester_id=self.ann.partner_id.id)
        thing = self.env[approval.res_model].browse(approval.res_id)
        thing.requester_id = self.asker.partner_id
        thing.price = 5
        self.assertEqual(thing.approval_id.previous_id, approval)
        self.assertEqual(self._asked(thing.approval_id), ["Bob"])
        with self.assertRaises(UserError):
            self._vote(self.ann, thing.approval_id)

    def test_changed_to_something_harmless_and_back(self):
        self._policy(
            self._step("Step", self._line(self.ann)), domain="[('price', '>', 50)]"
        )
        thing = self._thing(price=100)
        thing._approval_request()
        thing.price = 1
        self.assertEqual(thing.approval_state, "void")
        thing.price = 100
        self.assertEqual(thing.approval_state, "waiting")

    # ------------------------------------------------------------------
    # Delegates
    # ------------------------------------------------------------------

    def test_delegate_sees_what_may_be_decided_only(self):
        """Not what else the absent person is asked, nor what they decided before."""
        lent = self._policy(self._step("Step", self._line(self.ann, self.cleo)))
        kept = self._policy(self._step("Step", self._line(self.ann, self.cleo)))
        before = self._ask(lent)
        self._vote(self.ann, before)
        secret, open_one = self._ask(kept), self._ask(lent)
        self._delegate(self.ann, self.bob, policy_ids=lent.ids)
        mine = self.env["itsm.approval"].with_user(self.bob).search([])
        self.assertEqual(mine, open_one.with_user(self.bob))
        for approval in (secret, before):
            with self.assertRaises(AccessError):
                approval.with_user(self.bob).check_access("read")
        self._vote(self.bob, open_one)
        open_one.with_user(self.bob).check_access("read")

    def test_link_casts_the_voice_that_it_names(self):
        """A delegate with a voice of their own votes with the one of the mail."""
        everyone = self._line(self.ann, self.bob, rule="all")
        approval = self._ask(self._policy(self._step("Step", everyone)))
        self._delegate(self.ann, self.bob)
        votes = {vote.partner_id: vote for vote in approval.sudo().vote_ids}
        link = votes[self.ann.partner_id]._link_token(self.bob.partner_id)
        self.env["itsm.approval.vote"]._decide_by_link(link, "approve")
        self.assertEqual(votes[self.ann.partner_id].state, "cast")
        self.assertEqual(votes[self.bob.partner_id].state, "waiting")
        with self.assertRaises(UserError):
            self.env["itsm.approval.vote"]._decide_by_link(link, "approve")

    def test_portal_users_learn_no_names_by_delegating(self):
        """Whoever is named is shown by name: only those whom the page offers."""
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        Delegation = self.env["itsm.approval.delegation"].with_user(self.portal)
        values = {"date_from": "2026-03-02", "date_to": "2026-03-03"}
        for vals, context in (
            ({"delegate_id": stranger.id}, {}),
            ({}, {"default_delegate_id": stranger.id}),
            ({"delegate_id": self.manager.partner_id.id}, {}),
        ):
            with self.subTest(vals, **context), self.assertRaises(AccessError):
                Delegation.with_context(**context).create({**values, **vals})

    def test_portal_users_learn_no_policies_by_delegating(self):
        policy = self._policy(self._step("Step", self._line(self.ann)))
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        self.portal.partner_id.parent_id = firm
        colleague = self.env["res.partner"].create(
            {"name": "Colleague", "parent_id": firm.id}
        )
        Delegation = self.env["itsm.approval.delegation"].with_user(self.portal)
        values = {
            "delegate_id": colleague.id,
            "date_from": "2026-03-02",
            "date_to": "2026-03-03",
        }
        self.assertTrue(Delegation.create(values))
        with self.assertRaises(AccessError):
            Delegation.create({**values, "policy_ids": [Command.link(policy.id)]})

    # ------------------------------------------------------------------
    # The secret of mail links
    # ------------------------------------------------------------------

    def test_nobody_finds_out_the_secret_of_a_link(self):
        """Not by reading, and not by asking what it begins with."""
        approval = self._ask(self._policy(self._step("Step", self._line(self.ann))))
        self.assertTrue(approval.sudo().vote_ids.link_nonce)
        for user in (self.ann, self.asker, self.manager):
            Approval = self.env["itsm.approval"].with_user(user)
            Vote = self.env["itsm.approval.vote"].with_user(user)
            spec = {"vote_ids": {"fields": {"link_nonce": {}}}}
            for name, attack in {
                "domain": lambda V=Vote: V.search([("link_nonce", "=like", "a%")]),
                "path": lambda A=Approval: A.search_count(
                    [("vote_ids.link_nonce", "=like", "a%")]
                ),
                "order": lambda V=Vote: V.search([], order="link_nonce"),
                "group": lambda V=Vote: V.formatted_read_group([], ["link_nonce"], []),
                "aggregate": lambda V=Vote: V.formatted_read_group(
                    [], [], ["link_nonce:max"]
                ),
                "relation": lambda A=Approval, S=spec: A.web_search_read([], S),
                "copy": lambda V=Vote: V.search([])[:1].copy(),
            }.items():
                with self.subTest(name, user=user.name), self.assertRaises(AccessError):
                    attack()
