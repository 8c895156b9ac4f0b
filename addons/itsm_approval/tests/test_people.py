from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import NAME, ApprovalCase


@tagged("post_install", "-at_install")
class TestPeople(ApprovalCase):
    """Who is asked, who must not decide, and who decides instead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env["res.groups"].create({"name": "Finance"})

    def _ask_line(self, **line):
        """Return the approval of a thing, asked by a policy of one line."""
        thing = {key: line.pop(key) for key in ("owner_id",) if key in line}
        return self._ask(self._policy(self._step("Step", self._line(**line))), **thing)

    # ------------------------------------------------------------------
    # Where people come from
    # ------------------------------------------------------------------

    def test_group(self):
        """Everybody in it, also by another group that implies it."""
        self.group.user_ids = self.ann | self.bob
        above = self.env["res.groups"].create(
            {"name": "Board", "implied_ids": self.group.ids, "user_ids": self.cleo.ids}
        )
        self.assertIn(self.group, above.implied_ids)
        approval = self._ask_line(approver_type="group", group_id=self.group.id)
        self.assertEqual(self._asked(approval), ["Ann", "Bob", "Cleo"])

    def test_group_of_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.bob.write({"company_ids": other.ids, "company_id": other.id})
        self.group.user_ids = self.ann | self.bob
        policy = self._policy(
            self._step(
                "Step", self._line(approver_type="group", group_id=self.group.id)
            )
        )
        approval = self._ask(policy, company_id=self.env.company.id)
        self.assertEqual(self._asked(approval), ["Ann"])

    def test_empty_group(self):
        """The policy's people decide instead of nobody, and the line says so."""
        policy = self._policy(
            self._step(
                "Step", self._line(approver_type="group", group_id=self.group.id)
            ),
            fallback_user_ids=self.dan.ids,
        )
        approval = self._ask(policy)
        self.assertEqual(self._asked(approval), ["Dan"])
        note = approval.step_ids.line_ids.note
        self.assertIn("Finance", note)
        self.assertIn("Dan", note)

    def test_empty_group_without_fallback(self):
        """Then the approval managers are asked."""
        approval = self._ask_line(approver_type="group", group_id=self.group.id)
        self.assertIn("Manager", self._asked(approval))
        self.assertNotIn("Dan", self._asked(approval))

    def test_nobody_at_all(self):
        """Then whoever asks is told which line it is, and nothing is made."""
        self.env.ref("itsm_approval.group_approval_manager").user_ids = [
            Command.clear()
        ]
        thing = self._thing()
        policy = self._policy(
            self._step(
                "Money", self._line(approver_type="group", group_id=self.group.id)
            )
        )
        with self.assertRaisesRegex(UserError, "(?s)Finance.*Money"):
            thing._approval_request(policy)
        self.assertFalse(thing.approval_ids)

    def test_role(self):
        approval = self._ask_line(
            approver_type="role", role="owner", owner_id=self.cleo.partner_id.id
        )
        self.assertEqual(self._asked(approval), ["Cleo"])
        self.assertEqual(approval.step_ids.line_ids.name, "Owner")

    def test_role_that_the_model_does_not_have(self):
        with self.assertRaises(ValidationError):
            self._policy(
                self._step("Step", self._line(approver_type="role", role="king"))
            )

    def test_manager_chain(self):
        cleo = self._employee(self.cleo)
        bob = self._employee(self.bob, cleo)
        ann = self._employee(self.ann, bob)
        self._employee(self.asker, ann)
        one = self._ask_line(approver_type="requester_manager")
        self.assertEqual(self._asked(one), ["Ann"])
        two = self._ask_line(approver_type="requester_manager", levels=2)
        self.assertEqual(self._asked(two), ["Ann", "Bob"])
        all_of_them = self._ask_line(approver_type="requester_manager", levels=9)
        self.assertEqual(self._asked(all_of_them), ["Ann", "Bob", "Cleo"])

    def test_manager_without_login(self):
        """People are contacts: who has no login decides by mail."""
        contact = self.env["res.partner"].create({"name": "Zoe"})
        zoe = self.env["hr.employee"].create(
            {"name": "Zoe", "work_contact_id": contact.id}
        )
        self._employee(self.asker, zoe)
        approval = self._ask_line(approver_type="requester_manager")
        self.assertEqual(approval.vote_ids.partner_id, contact)

    def test_requester_known_by_work_contact(self):
        ann = self._employee(self.ann)
        contact = self.env["res.partner"].create({"name": "Yan"})
        self.env["hr.employee"].create(
            {"name": "Yan", "work_contact_id": contact.id, "parent_id": ann.id}
        )
        policy = self._policy(
            self._step("Step", self._line(approver_type="requester_manager"))
        )
        approval = self._ask(policy, requester_id=contact.id)
        self.assertEqual(self._asked(approval), ["Ann"])

    def test_manager_is_passed_over_when_gone(self):
        bob = self._employee(self.bob)
        ann = self._employee(self.ann, bob)
        self._employee(self.asker, ann)
        self.ann.sudo().active = False
        approval = self._ask_line(approver_type="requester_manager")
        self.assertEqual(self._asked(approval), ["Bob"])

    def test_loop_in_the_chain(self):
        """A loop ends; who asks does not become their own manager by it."""
        asker = self._employee(self.asker)
        ann = self._employee(self.ann)
        asker.parent_id = ann
        ann.parent_id = asker
        approval = self._ask_line(approver_type="requester_manager", levels=9)
        self.assertEqual(self._asked(approval), ["Ann"])

    def test_manager_of_oneself(self):
        """Who manages themselves has no manager: it goes to who decides instead."""
        asker = self._employee(self.asker)
        asker.parent_id = asker
        approval = self._ask_line(approver_type="requester_manager")
        self.assertIn("Manager", self._asked(approval))
        self.assertNotIn("Asker", self._asked(approval))

    def test_loop_that_nobody_leaves(self):
        """A loop of people who must not decide ends, too."""
        asker, ann = self._employee(self.asker), self._employee(self.ann)
        asker.parent_id, ann.parent_id = ann, asker
        ann.action_archive()
        approval = self._ask_line(approver_type="requester_manager")
        self.assertIn("Manager", self._asked(approval))

    def test_department_manager(self):
        """The department's, and those above it; a head's own things go upwards."""
        ann, bob = self._employee(self.ann), self._employee(self.bob)
        Department = self.env["hr.department"]
        house = Department.create({"name": "House", "manager_id": bob.id})
        ward = Department.create(
            {"name": "Ward", "manager_id": ann.id, "parent_id": house.id}
        )
        self._employee(self.asker, department_id=ward.id)
        ann.department_id = ward
        approval = self._ask_line(approver_type="department_manager")
        self.assertEqual(self._asked(approval), ["Ann"])
        both = self._ask_line(approver_type="department_manager", levels=2)
        self.assertEqual(self._asked(both), ["Ann", "Bob"])
        policy = approval.policy_id
        own = self._ask(policy, requester_id=self.ann.partner_id.id)
        self.assertEqual(self._asked(own), ["Bob"])

    # ------------------------------------------------------------------
    # Separation of duties
    # ------------------------------------------------------------------

    def test_requester_does_not_decide(self):
        policy = self._policy(
            self._step("Step", self._line(self.ann, self.bob, rule="all"))
        )
        approval = self._ask(policy, requester_id=self.ann.partner_id.id)
        self.assertEqual(self._asked(approval), ["Bob"])
        policy.allow_requester = True
        allowed = self._ask(policy, requester_id=self.ann.partner_id.id)
        self.assertEqual(self._asked(allowed), ["Ann", "Bob"])
        self._vote(self.ann, allowed)
        self.assertEqual(self._asked(allowed), ["Bob"])

    def test_implementer_does_not_decide(self):
        policy = self._policy(
            self._step("Step", self._line(self.ann, self.bob, rule="all"))
        )
        approval = self._ask(policy, implementer_id=self.ann.partner_id.id)
        self.assertEqual(self._asked(approval), ["Bob"])
        policy.allow_implementer = True
        allowed = self._ask(policy, implementer_id=self.ann.partner_id.id)
        self.assertEqual(self._asked(allowed), ["Ann", "Bob"])

    def test_manager_who_asks_goes_one_up(self):
        bob = self._employee(self.bob)
        ann = self._employee(self.ann, bob)
        self._employee(self.asker, ann)
        policy = self._policy(
            self._step("Step", self._line(approver_type="requester_manager"))
        )
        approval = self._ask(policy, implementer_id=self.ann.partner_id.id)
        self.assertEqual(self._asked(approval), ["Bob"])

    def test_fallback_is_barred_too(self):
        policy = self._policy(
            self._step("Step", self._line(self.asker)),
            fallback_user_ids=(self.asker | self.dan).ids,
        )
        self.assertEqual(self._asked(self._ask(policy)), ["Dan"])

    def test_became_implementer_after_being_asked(self):
        """Who gets the work meanwhile cannot approve it."""
        policy = self._policy(self._step("Step", self._line(self.ann, self.bob)))
        approval = self._ask(policy)
        thing = self.env[NAME].browse(approval.res_id)
        thing.implementer_id = self.ann.partner_id
        with self.assertRaises(UserError):
            self._vote(self.ann, approval)
        self._vote(self.bob, approval)
        self.assertEqual(approval.state, "granted")

    def test_became_implementer_before_the_step_opens(self):
        policy = self._policy(
            self._step("First", self._line(self.bob)),
            self._step("Second", self._line(self.ann)),
            fallback_user_ids=self.dan.ids,
        )
        approval = self._ask(policy)
        self.env[NAME].browse(approval.res_id).implementer_id = self.ann.partner_id
        self._vote(self.bob, approval)
        self.assertEqual(self._asked(approval), ["Dan"])

    def test_too_few_people(self):
        """Two pairs of eyes are not one: others fill up the line."""
        approval = self._ask(
            self._policy(
                self._step("Step", self._line(self.ann, rule="at_least", minimum=2)),
                fallback_user_ids=(self.dan | self.cleo).ids,
            )
        )
        self.assertEqual(self._asked(approval), ["Ann", "Cleo", "Dan"])
        self.assertEqual(approval.step_ids.line_ids.minimum, 2)
        self._vote(self.ann, approval)
        self.assertEqual(approval.state, "waiting")

    # ------------------------------------------------------------------
    # People who leave
    # ------------------------------------------------------------------

    def test_leaver_is_replaced_at_once(self):
        """On archiving the login; in a chain by the next one up."""
        bob = self._employee(self.bob)
        ann = self._employee(self.ann, bob)
        self._employee(self.asker, ann)
        approval = self._ask_line(approver_type="requester_manager")
        self.ann.sudo().active = False
        self.assertEqual(self._asked(approval), ["Bob"])
        votes = approval.vote_ids.sorted("id")
        self.assertEqual(votes.mapped("state"), ["cancelled", "waiting"])
        note = approval.step_ids.line_ids.note
        self.assertIn("Ann", note)
        self.assertIn("Bob", note)
        thing = self.env[NAME].browse(approval.res_id)
        self.assertIn(note, "".join(self._notes(thing)))
        self._vote(self.bob, approval)
        self.assertEqual(approval.state, "granted")

    def test_leaver_by_employee(self):
        self._employee(self.ann)
        policy = self._policy(
            self._step("Step", self._line(self.ann)), fallback_user_ids=self.dan.ids
        )
        approval = self._ask(policy)
        self.ann.employee_ids.action_archive()
        self.assertEqual(self._asked(approval), ["Dan"])

    def test_leaver_by_contact(self):
        contact = self.env["res.partner"].create({"name": "Zoe"})
        policy = self._policy(
            self._step("Step", self._line(approver_type="role", role="owner")),
            fallback_user_ids=self.dan.ids,
        )
        approval = self._ask(policy, owner_id=contact.id)
        contact.active = False
        self.assertEqual(self._asked(approval), ["Dan"])

    def test_leaver_found_by_the_sweep(self):
        """Also one whom nobody archived through Odoo."""
        policy = self._policy(
            self._step("Step", self._line(self.ann)), fallback_user_ids=self.dan.ids
        )
        approval = self._ask(policy)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_users SET active = FALSE WHERE id = %s", [self.ann.id]
        )
        self.env.invalidate_all()
        self._sweep("2026-03-02 08:05:00")
        self.assertEqual(self._asked(approval), ["Dan"])
        self._sweep("2026-03-02 08:10:00")
        self.assertEqual(len(approval.vote_ids), 2, "nothing is done twice")

    def test_leaver_before_the_step_opens(self):
        policy = self._policy(
            self._step("First", self._line(self.bob)),
            self._step("Second", self._line(self.ann)),
            fallback_user_ids=self.dan.ids,
        )
        approval = self._ask(policy)
        self.ann.sudo().active = False
        self._vote(self.bob, approval)
        self.assertEqual(self._asked(approval), ["Dan"])

    def test_leaver_who_is_not_missed(self):
        """Where the others of a line are enough, nobody comes instead."""
        policy = self._policy(
            self._step("Step", self._line(self.ann, self.bob)),
            fallback_user_ids=self.dan.ids,
        )
        approval = self._ask(policy)
        self.ann.sudo().active = False
        self.assertEqual(self._asked(approval), ["Bob"])

    def test_leaver_where_all_must_agree(self):
        policy = self._policy(
            self._step("Step", self._line(self.ann, self.bob, rule="all")),
            fallback_user_ids=self.dan.ids,
        )
        approval = self._ask(policy)
        self.ann.sudo().active = False
        self.assertEqual(self._asked(approval), ["Bob", "Dan"])

    def test_leaver_decides_a_share(self):
        """Two of three had agreed to 60 %: when the third leaves, it is decided."""
        policy = self._policy(
            self._step(
                "Step",
                self._line(self.ann, self.bob, self.cleo, rule="percent", percent=67),
            )
        )
        approval = self._ask(policy)
        self._vote(self.ann, approval)
        self._vote(self.bob, approval)
        self.assertEqual(approval.state, "waiting")
        self.cleo.sudo().active = False
        self.assertEqual(approval.state, "granted")

    def test_leaver_whom_nobody_can_replace(self):
        """Leaving is not refused; the sweep tries again."""
        self.env.ref("itsm_approval.group_approval_manager").user_ids = [
            Command.clear()
        ]
        approval = self._ask(self._policy(self._step("Step", self._line(self.ann))))
        self.ann.sudo().active = False
        self.assertEqual(self._asked(approval), ["Ann"])
        self.env.ref("itsm_approval.group_approval_manager").user_ids = self.dan
        self._sweep("2026-03-02 08:05:00")
        self.assertEqual(self._asked(approval), ["Dan"])

    def test_leaver_cannot_vote_by_link(self):
        approval = self._ask(
            self._policy(self._step("Step", self._line(self.ann, self.bob)))
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_users SET active = FALSE WHERE id = %s", [self.ann.id]
        )
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            approval._vote_as(self.ann.partner_id, "approve", way="mail")

    def test_cast_votes_of_leavers_stay(self):
        policy = self._policy(
            self._step("Step", self._line(self.ann, self.bob, rule="all"))
        )
        approval = self._ask(policy)
        self._vote(self.ann, approval)
        self.ann.sudo().active = False
        self.assertEqual(approval.vote_ids.sorted("id")[0].state, "cast")
        self._vote(self.bob, approval)
        self.assertEqual(approval.state, "granted")
