from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .template_common import TemplateCase


@tagged("post_install", "-at_install")
class TestChangeTemplateUse(TemplateCase):
    """Standard changes go on the calendar without an approval of their own."""

    def test_standard_change(self):
        change = self._made()
        self.assertEqual(change.type, "standard")
        self.assertEqual(change.state, "draft")
        self.assertEqual(change.template_id, self.template)
        self.assertEqual(change.ci_link_ids.ci_id, self.server)
        self.assertEqual(
            change.planned_end - change.planned_start, timedelta(minutes=30)
        )
        self.assertEqual(
            change.step_ids.mapped("name"), ["Warn", "Restart", "Look", "Console"]
        )
        self.assertEqual(set(change.step_ids.mapped("state")), {"waiting"})
        self.assertEqual(change.step_ids[0].planned_start, change.planned_start)
        self.assertEqual(change.step_ids.user_id, self.implementer)
        change.schedule()
        self.assertEqual(change.state, "scheduled")
        self.assertFalse(change.approval_id)
        change.start()
        self.assertEqual(change.step_ids[0].state, "todo")

    def test_outage(self):
        self.template.write(
            {"has_outage": True, "outage_offset": 10, "outage_duration": 5}
        )
        self._vote(self.template)
        change = self._made()
        self.assertEqual(
            change.outage_start - change.planned_start, timedelta(minutes=10)
        )
        self.assertEqual(
            change.outage_end - change.planned_start, timedelta(minutes=15)
        )

    def test_not_without_a_template(self):
        change = self._change(type="standard").with_user(self.implementer)
        with self.assertRaises(UserError):
            change.schedule()

    def test_not_from_an_unapproved_one(self):
        change = self._made()
        self.template.reason = "Other"
        self.assertEqual(self.template.state, "waiting")
        with self.assertRaises(UserError):
            change.schedule()
        with self.assertRaises(UserError):
            self._made()

    def test_not_what_was_altered(self):
        for alter in (
            lambda change: change.write({"backout_plan": "<p>None.</p>"}),
            lambda change: change.write({"has_outage": True}),
            lambda change: change.step_ids[1].write({"rolls_back": False}),
            lambda change: change.step_ids[1].write({"sequence": 99}),
            lambda change: change.write({"step_ids": [Command.create({"name": "+"})]}),
        ):
            change = self._made()
            alter(change)
            with self.assertRaises(UserError):
                change.schedule()

    def test_altered_after_it_was_scheduled(self):
        change = self._made()
        change.schedule()
        change.with_user(self.coordinator).backout_plan = "<p>None.</p>"
        with self.assertRaises(UserError):
            change.start()

    def test_only_the_items_that_it_is_for(self):
        printer = self._ci("Printer", self._class("printer_test"))
        change = self._made(ci_ids=self.server | printer, implementer_id=self.worker.id)
        with self.assertRaises(UserError) as caught:
            change.with_user(self.worker).schedule()
        self.assertIn("Printer", str(caught.exception))

    def test_template_cannot_be_claimed(self):
        change = self._change()
        with self.assertRaises(AccessError):
            change.with_user(self.implementer).template_id = self.template
        with self.assertRaises(AccessError):
            self.env["itsm.change"].with_user(self.implementer).create(
                {"name": "Mine", "template_id": self.template.id}
            )

    def test_evidence_before_the_start(self):
        self.template.needs_backup = True
        self._vote(self.template)
        change = self._made()
        change.schedule()
        with self.assertRaises(UserError):
            change.start()
        self._evidence(change, "backup")
        change.start()

    def test_script(self):
        id_ = self.template.with_user(self.implementer).make_change(
            {"ci_ids": self.server.ids, "name": "Restart of Server 1"}
        )
        change = self.env["itsm.change"].browse(id_)
        self.assertEqual(change.name, "Restart of Server 1")
        self.assertEqual(change.ci_link_ids.ci_id, self.server)
        for vals in ({"state": "scheduled"}, {"risk": "low"}):
            with self.assertRaises(AccessError):
                self.template.with_user(self.implementer).make_change(vals)
        # Agents ask for changes; those who make them put them on the calendar.
        id_ = self.template.with_user(self.agent).make_change()
        asked = self.env["itsm.change"].browse(id_)
        self.assertEqual(asked.state, "draft")
        with self.assertRaises(AccessError):
            asked.with_user(self.agent).schedule()
        with self.assertRaises(AccessError):
            self.template.with_user(self.auditor).make_change()

    def test_wizard(self):
        action = self.template.with_user(self.worker).action_use()
        wizard = (
            self.env["itsm.change.from.template"]
            .with_user(self.worker)
            .with_context(**action["context"])
            .create({"ci_ids": [Command.set(self.server.ids)]})
        )
        self.assertEqual(wizard.implementer_id, self.worker)
        result = wizard.action_make()
        change = self.env["itsm.change"].browse(result["res_id"])
        self.assertEqual(change.template_id, self.template)
        self.assertEqual(change.reason, self.template.reason)

    def test_normal_template_needs_no_approval(self):
        template = self._template(name="Move a rack", change_type="normal")
        change = template.with_user(self.implementer)._make_change()
        self.assertEqual(change.type, "normal")
        self.assertTrue(change.step_ids)

    def test_differences(self):
        template = self._template(
            name="New address",
            delta_ids=[Command.create({"key": "host_name", "value": "srv-9"})],
        )
        self._approve(template)
        self.server.host_name = "srv-1"
        self.template = template
        change = self._made()
        delta = self.env["itsm.change.delta"].search([("change_id", "=", change.id)])
        self.assertEqual(
            (delta.ci_id, delta.key, delta.old, delta.new),
            (self.server, "host_name", "srv-1", "srv-9"),
        )
        delta.sudo().unlink()
        with self.assertRaises(UserError):  # not what was approved any more
            change.schedule()

    def test_difference_that_cannot_be(self):
        template = self._template(
            name="Bad",
            delta_ids=[Command.create({"key": "warranty_end", "value": "x"})],
        )
        self._approve(template)
        self.template = template
        with self.assertRaises(UserError):
            self._made()
        with self.assertRaises(ValidationError):
            self._template(
                name="Empty", delta_ids=[Command.create({"key": "host_name"})]
            )

    def test_answers(self):
        question = self.env["itsm.change.question"].create(
            {
                "name": "Was it done before?",
                "for_standard": True,
                "option_ids": [
                    Command.create({"name": "Yes", "points": 0}),
                    Command.create({"name": "No", "points": 3}),
                ],
            }
        )
        self.template.answer_ids = [
            Command.create(
                {"question_id": question.id, "option_id": question.option_ids[0].id}
            )
        ]
        self._vote(self.template)
        change = self._made()
        answer = change.sudo().answer_ids.filtered(
            lambda row: row.question_id == question
        )
        self.assertEqual(answer.option_id, question.option_ids[0])

    def test_used_template_is_kept(self):
        self._made()
        with self.assertRaises(UserError):
            self.template.with_user(self.change_manager).unlink()
        self._template(name="Unused").unlink()
