from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .template_common import TemplateCase


@tagged("post_install", "-at_install")
class TestChangeTemplateApproval(TemplateCase):
    """What was approved stays what it was, or is not approved any more."""

    def test_approved_by_another_manager(self):
        self.assertEqual(self.template.state, "approved")
        asked = self.template.approval_id.sudo().vote_ids.filtered(
            lambda vote: vote.state != "excluded"
        )
        self.assertNotIn(
            self.change_manager.partner_id,
            asked.filtered(lambda vote: vote.decision == "approve").partner_id,
        )

    def test_what_changes_voids(self):
        step = self.template.step_ids[1]
        changes = (
            lambda: self.template.write({"backout_plan": "<p>Pray.</p>"}),
            lambda: self.template.write({"item_domain": "[]"}),
            lambda: self.template.write({"needs_backup": True}),
            lambda: step.write({"name": "Kick"}),
            lambda: step.write({"is_point_of_no_return": True}),
            lambda: step.unlink(),
            lambda: self.template.write({"step_ids": [Command.create({"name": "X"})]}),
        )
        for change in changes:
            self.assertEqual(self.template.state, "approved")
            change()
            self.template.invalidate_recordset()
            self.assertEqual(self.template.state, "waiting")
            self._vote(self.template)

    def test_what_says_nothing_voids_nothing(self):
        self.template.write(
            {"responsible_id": self.coordinator.id, "success_threshold": 50}
        )
        self.template.step_ids[0].user_id = self.implementer
        self.assertEqual(self.template.state, "approved")

    def test_rejected(self):
        template = self._template(name="Guess")
        template.ask()
        self._vote(template, "reject")
        self.assertEqual(template.state, "refused")
        with self.assertRaises(UserError):
            template._make_change()

    def test_nothing_to_approve(self):
        with self.assertRaises(UserError):
            self._template(step_ids=[]).ask()

    def test_without_a_policy(self):
        self.env["itsm.approval.policy"].search(
            [("res_model", "=", "itsm.change.template")]
        ).active = False
        with self.assertRaises(UserError):
            self._template(name="Unasked").ask()

    def test_rights(self):
        for user in (self.implementer, self.coordinator, self.agent, self.auditor):
            self.assertEqual(self.template.with_user(user).name, "Restart a server")
            for record in (self.template, self.template.step_ids[0]):
                with self.assertRaises(AccessError):
                    record.with_user(user).write({"name": "Mine"})
        with self.assertRaises(AccessError):
            self.template.with_user(self.requester).check_access("read")
        for values in (
            {"state": "approved"},
            {"withdrawn_at": False},
            {"counted_since": fields.Datetime.now()},
            {"approval_state": "granted"},
        ):
            with self.assertRaises(AccessError):
                self.template.with_user(self.change_manager).write(values)

    def test_bad_domain(self):
        for domain in ("[('nothing', '=', 1)]", "nonsense(", "__import__('os')"):
            with self.assertRaises(ValidationError):
                self.template.item_domain = domain


@tagged("post_install", "-at_install")
class TestChangeTemplateRecord(TemplateCase):
    """What fails too often is withdrawn."""

    def test_record(self):
        self.template.success_threshold = 0
        self._made()
        self._ended("successful")
        self._ended("with_issues")
        failed = self._ended("rolled_back")
        self.assertEqual(self.template.made_count, 4)
        self.assertEqual(self.template.ended_count, 3)
        self.assertEqual(self.template.success_count, 2)
        self.assertAlmostEqual(self.template.success_rate, 66.67, 1)
        self.assertEqual(self.template.failure_ids, failed)

    def test_withdrawn_below_the_threshold(self):
        self.template.write({"success_threshold": 60, "success_minimum": 3})
        planned = self._made()
        self._ended("failed")
        self._ended("successful")
        self.assertEqual(self.template.state, "approved")  # too few to judge
        self._ended("rolled_back")
        self.assertEqual(self.template.state, "withdrawn")
        self.assertTrue(self.template.withdrawal_reason)
        self.assertEqual(
            self.template.activity_ids.user_id, self.template.responsible_id
        )
        with self.assertRaises(UserError):
            self._made()
        with self.assertRaises(UserError):
            planned.schedule()

    def test_only_the_last_ones_count(self):
        self.template.write(
            {"success_threshold": 0, "success_sample": 3, "success_minimum": 3}
        )
        for code in ("failed", "failed", "successful", "successful"):
            self._ended(code)
        self.template.success_threshold = 60
        self._ended("successful")
        self.assertEqual(self.template.state, "approved")

    def test_approved_anew(self):
        self.template.write({"success_threshold": 60, "success_minimum": 1})
        self._ended("failed")
        self.assertEqual(self.template.state, "withdrawn")
        self._approve(self.template)
        self.assertEqual(self.template.state, "approved")
        self._ended("successful")
        self.assertEqual(self.template.state, "approved")

    def test_withdrawn_by_a_manager(self):
        with self.assertRaises(AccessError):
            self.template.with_user(self.coordinator).withdraw("No")
        self.template.with_user(self.change_manager).withdraw("Not safe")
        self.assertEqual(self.template.state, "withdrawn")
        self.assertEqual(self.template.withdrawal_reason, "Not safe")

    def test_query_count_does_not_grow(self):
        templates = self.template | self._template(name="B") | self._template(name="C")
        counts = []
        for records in (self.template, self.template, templates):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            records.mapped("success_rate")
            counts.append(self.cr.sql_log_count - start)
        self.assertLessEqual(counts[2], counts[1])
