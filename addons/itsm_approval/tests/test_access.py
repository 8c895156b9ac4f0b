from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import NAME, ApprovalCase

RECORDS = ("approval", "step", "line", "vote", "question")
POLICY = ("policy", "policy.step", "policy.line")
OPERATIONS = ("read", "write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestAccess(ApprovalCase):
    """Who may see what; and that nobody writes what the engine writes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.public = cls.env.ref("base.public_user")
        cls.policy = cls._policy(
            cls._step("Step", cls._line(cls.ann, cls.portal, rule="all"))
        )

    def setUp(self):
        super().setUp()
        self.approval = self._ask(self.policy)
        self.approval.with_user(self.ann).ask("Why?")
        self.rows = {
            "approval": self.approval,
            "step": self.approval.step_ids,
            "line": self.approval.step_ids.line_ids,
            "vote": self.approval.vote_ids,
            "question": self.approval.question_ids,
            "policy": self.policy,
            "policy.step": self.policy.step_ids,
            "policy.line": self.policy.step_ids.line_ids,
        }

    def _may(self, user, name, operation):
        """Tell what both the access rows and the rules say of a user."""
        records = self.rows[name].with_user(user)
        if operation == "create":
            return records.browse().has_access("create")
        return records.has_access(operation)

    def test_matrix(self):
        """Role × model × operation, all of it."""
        concerned = ("ann", "portal", "asker")
        roles = ("ann", "portal", "asker", "dan", "manager", "public")
        for role in roles:
            user = getattr(self, role)
            for name in RECORDS + POLICY:
                for operation in OPERATIONS:
                    if name in POLICY:
                        expected = role == "manager"
                    else:
                        expected = operation == "read" and (
                            role in concerned or role == "manager"
                        )
                    self.assertEqual(
                        self._may(user, name, operation),
                        expected,
                        (role, name, operation),
                    )

    def test_strangers_find_nothing(self):
        for name in RECORDS:
            found = self.rows[name].with_user(self.dan).search([])
            self.assertFalse(found & self.rows[name].with_user(self.dan), name)

    def test_portal_requester_and_portal_approver(self):
        thing = self._thing(requester_id=self.portal.partner_id.id)
        policy = self._policy(self._step("Step", self._line(self.ann)))
        approval = thing._approval_request(policy)
        self.assertTrue(approval.with_user(self.portal).has_access("read"))
        self.assertTrue(approval.with_user(self.portal).trail()["may_withdraw"])
        self._vote(self.portal, self.approval)
        vote = self.approval.vote_ids.filtered("decided_by_id")
        self.assertEqual(vote.way, "portal")

    def test_managers_see_their_companies(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        approval = self._ask(self.policy, company_id=other.id)
        self.assertFalse(approval.with_user(self.manager).has_access("read"))
        self.assertTrue(approval.with_user(self.ann).has_access("read"))
        with self.assertRaises(AccessError):
            approval.with_user(self.manager).withdraw("No")
        self.policy.company_id = other
        self.assertFalse(self.policy.with_user(self.manager).has_access("read"))

    def test_verbs_are_for_whom_they_are(self):
        """Each verb × each role."""
        waiting = self._ask(self.policy)
        asked = self.approval
        verbs = {
            "vote": lambda approval: approval.vote("approve", "x"),
            "ask": lambda approval: approval.ask("x"),
            "answer": lambda approval: approval.answer("x"),
            "withdraw": lambda approval: approval.withdraw("x"),
        }
        refused = {
            "vote": (self.dan, self.public, self.asker, self.manager),
            "ask": (self.dan, self.public, self.asker, self.manager),
            "answer": (self.dan, self.public, self.ann, self.portal, self.manager),
            "withdraw": (self.dan, self.public, self.ann, self.portal),
        }
        for verb, users in refused.items():
            approval = asked if verb == "answer" else waiting
            for user in users:
                # AccessError is a UserError.
                with self.assertRaises(UserError, msg=(verb, user.login)):
                    verbs[verb](approval.with_user(user))
        with self.assertRaises(AccessError):
            waiting.with_user(self.public).trail()
        self.assertEqual(asked.state, "question")
        self.assertEqual(waiting.state, "waiting")

    def test_trail_of_a_record_that_one_may_read(self):
        """Agents see how what they work on stands, though nobody asked them."""
        trail = self.approval.with_user(self.dan).trail()
        self.assertEqual(trail["state"], "question")
        self.assertFalse(
            trail["may_vote"] or trail["may_answer"] or trail["may_withdraw"]
        )
        self.env["ir.model.access"].search([("model_id.model", "=", NAME)]).unlink()
        with self.assertRaises(AccessError):
            self.approval.with_user(self.dan).trail()

    # ------------------------------------------------------------------
    # Forged requests
    # ------------------------------------------------------------------

    def test_forged_writes(self):
        """Even whoever decides cannot write a decision."""
        forged = {
            "approval": {"state": "granted"},
            "step": {"state": "granted"},
            "line": {"state": "granted", "rule": "any"},
            "vote": {"state": "cast", "decision": "approve"},
            "question": {"answer": "Yes"},
        }
        for user in (self.ann, self.portal, self.asker, self.manager):
            for name, vals in forged.items():
                record = self.rows[name][:1].with_user(user)
                with self.assertRaises(AccessError):
                    record.write(vals)
                with self.assertRaises(AccessError):
                    record.copy()
                with self.assertRaises(AccessError):
                    record.unlink()
            with self.assertRaises(AccessError):
                self.approval.with_user(user).write(
                    {"vote_ids": [Command.create({"partner_id": user.partner_id.id})]}
                )

    def test_forged_vote_rows(self):
        for user in (self.asker, self.ann, self.manager):
            with self.assertRaises(AccessError):
                self.env["itsm.approval.vote"].with_user(user).create(
                    {
                        "line_id": self.rows["line"].id,
                        "partner_id": user.partner_id.id,
                        "state": "cast",
                        "decision": "approve",
                    }
                )

    def test_forged_defaults(self):
        """``default_*`` keys of a request do not fill in what the engine leaves."""
        context = {
            "default_state": "granted",
            "default_decision": "approve",
            "default_way": "portal",
            "default_is_escalation": True,
            "default_allow_requester": True,
            "default_decided_by_id": self.dan.partner_id.id,
            "itsm_approval_engine": True,
        }
        thing = self._thing().with_context(**context)
        approval = thing._approval_request(self.policy)
        self.assertEqual(approval.state, "waiting")
        self.assertEqual(set(approval.vote_ids.mapped("state")), {"waiting"})
        self.assertFalse(any(approval.vote_ids.mapped("decision")))
        self.assertFalse(approval.allow_requester)
        approval.with_user(self.ann).with_context(**context).ask("Why?")
        self.assertFalse(approval.question_ids.answered_at)
        approval.with_user(self.ann).with_context(**context).vote("approve")
        self.assertEqual(approval.state, "waiting")

    def test_forged_active_test(self):
        """A request's context does not bring archived policies back."""
        self.policy.active = False
        thing = self._thing().with_context(active_test=False)
        self.assertFalse(thing._approval_request())
        self.env.registry.clear_cache()
        self.assertFalse(thing._approval_request())

    def test_condition_executes_nothing(self):
        with self.assertRaises(UserError):
            self.policy.domain = "[('name', '=', __import__('os').getcwd())]"
        with self.assertRaises(UserError):
            self.policy.step_ids.condition = "[('no_such_field', '=', 1)]"

    def test_other_company_s_condition(self):
        """A policy is only for its company's records."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.policy.company_id = other
        self.assertFalse(self._thing()._approval_request())
        self.assertTrue(self._thing(company_id=other.id)._approval_request())
