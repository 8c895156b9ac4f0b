from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .scenario_common import ScenarioCase


@tagged("post_install", "-at_install")
class TestEmergency(ScenarioCase):
    """A change that cannot wait begins at once; the decision is made up for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.switch = cls._ci("Switch")
        cls.worker = cls._make_user(
            "worker",
            "Wanda Worker",
            "itsm_change.group_change_user,itsm_helpdesk.group_itsm_agent",
        )
        cls.team1.member_ids |= cls.worker
        cls.ticket = cls._create_ticket(
            name="No network on the ward",
            type="incident",
            ci_ids=[Command.set(cls.switch.ids)],
        )

    def _make_it_from_the_ticket(self):
        """The agent makes the change from the ticket, which waits for it."""
        ticket = self._by(self.ticket, self.worker)
        ticket.start()
        action = ticket.action_make_change()
        form = Form(
            self._as(self.worker)["itsm.change"].with_context(**action["context"])
        )
        form.type = "emergency"
        form.reason = "The switch is broken, the ward is offline."
        form.implementer_id = self.worker
        form.team_id = self.team1
        change = form.save()
        self.assertEqual(change.ticket_ids, self.ticket)
        self.assertEqual(change.ci_ids, self.switch)
        self.assertEqual(change.requester_id, self.ticket.partner_id)
        self._by(self.ticket, self.worker).set_pending("change")
        now = fields.Datetime.now()
        self._by(change, self.worker).write(
            {"planned_start": now, "planned_end": now + timedelta(hours=2)}
        )
        return change

    def _meet_the_freeze(self, change):
        """Even an emergency needs leave inside a freeze; a manager gives it."""
        now = fields.Datetime.now()
        self._as(self.change_manager)["itsm.change.window"].create(
            {
                "name": "Inspection",
                "kind": "freeze",
                "start": now - timedelta(days=1),
                "end": now + timedelta(days=1),
                "tz": "UTC",
                "company_id": self.company.id,
            }
        )
        self.env["itsm.change"]._refresh_stale(1000)
        self.assertTrue(self._by(change, self.worker).can_start_now)
        self._refused(
            change, self.worker, "start_now", "Inspection", args=("It burns.",)
        )
        row = self._by(change, self.worker).conflict_ids.filtered("window_id")
        self.assertEqual(row.kind, "freeze")
        exception = self._form_of(
            row.action_except(), self.worker, reason="The ward is offline."
        )
        exception.action_ask()
        self.assertEqual(exception.state, "waiting")
        self._refused(
            change, self.worker, "start_now", "Inspection", args=("It burns.",)
        )
        self._vote(exception, self.change_manager)
        self.assertEqual(exception.state, "granted")

    def _begin_at_once(self, change):
        self._do(change, self.worker, "action_start_now", reason="The ward is offline.")
        self.assertEqual(change.state, "implement")
        self.assertTrue(change.assessment_id)
        self.assertTrue(change.is_late_approval)
        self.assertEqual(change.late_approval_state, "waiting")
        self.assertGreater(change.late_approval_deadline, fields.Datetime.now())
        self._do(change, self.worker, "action_finish")
        self.assertEqual(change.state, "review")

    def _wait_for_the_board(self, change):
        """Nobody closes it before the board has decided; silence is escalated."""
        with Form(self._by(change, self.coordinator)) as form:
            form.review_outcome = "reached"
            form.actual_risk = "low"
        incidents = self._by(change, self.coordinator).incident_ids
        incidents.action_reject()
        self._shows(change, self.coordinator, "late_approval")
        self._refused(
            change,
            self.coordinator,
            "close",
            self.urgent.name,
            args=("successful",),
        )
        self._refused(
            change, self.worker, "close", self.urgent.name, args=("successful",)
        )

    def test_the_story(self):
        change = self._make_it_from_the_ticket()
        self._meet_the_freeze(change)
        self._begin_at_once(change)
        self._wait_for_the_board(change)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=30)):
            self._vote(change, self.urgent, comment="Rightly so.")
            self.assertEqual(change.late_approval_state, "granted")
            self.assertEqual(change.state, "review")
            self._shows(change, self.coordinator)
            self._do(change, self.coordinator, "action_close", close_code="successful")
        self.assertEqual((change.state, change.close_code), ("closed", "successful"))
        self.assertNotEqual(self.ticket.state, "pending", "It waited for the change.")
        text = self._record_of(change, self.auditor)
        for piece in ("Rightly so.", "The ward is offline.", "Inspection"):
            with self.subTest(piece=piece):
                self.assertTrue(piece in text)
        share = self._as(self.change_manager)["itsm.change.success"].search(
            [("change_id", "=", change.id)]
        )
        self.assertEqual(share.type, "emergency")


@tagged("post_install", "-at_install")
class TestStandard(ScenarioCase):
    """A change of an approved template asks nobody, and keeps the CMDB true."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.change_manager2 = cls._make_user(
            "changem2", "Mona Manager", "itsm_change.group_change_manager"
        )
        cls.server = cls._ci("Server 1", attributes={"os_name": "22.04"})
        cls.other = cls._ci("Server 2", criticality="1")
        attributes = cls.class_server.attribute_ids
        attributes.filtered(lambda one: one.key == "os_name").is_controlled = True

    def _approve_a_template(self):
        """One manager writes the template, another one approves it."""
        form = Form(self._as(self.change_manager)["itsm.change.template"])
        form.name = "Update the system of a server"
        form.reason = "Security updates."
        form.team_id = self.team2
        form.duration = 45
        form.implementation_plan = "<p>Update, restart.</p>"
        form.backout_plan = "<p>Back to the snapshot.</p>"
        form.item_domain = "[('criticality', '!=', '1')]"
        for name, phase in (("Update", "implement"), ("Look", "verify")):
            with form.step_ids.new() as line:
                line.name = name
                line.phase = phase
        with form.delta_ids.new() as line:
            line.key = "attributes.os_name"
            line.value = "24.04"
        template = form.save()
        self._refused(template, self.implementer, "action_use", template.name)
        self._by(template, self.change_manager).action_ask()
        self.assertEqual(template.state, "waiting")
        self._vote(template, self.change_manager2)
        self.assertEqual(template.state, "approved")
        return template

    def _make_one(self, template, item):
        """The implementer makes a change of it, for an item and a time."""
        action = self._by(template, self.implementer).action_use()
        wizard = self._form_of(
            action,
            self.implementer,
            planned_start=fields.Datetime.today() + timedelta(days=9, hours=20),
            implementer_id=self.implementer,
        )
        wizard.ci_ids = item
        made = wizard.action_make()
        change = self.env["itsm.change"].browse(made["res_id"])
        self.assertEqual((change.type, change.state), ("standard", "draft"))
        return change

    def _find_what_was_not_covered(self, change):
        """What the change did is covered; what somebody does beside it is reported."""
        rule = self.env["itsm.ci.audit.rule"].create(
            {
                "name": "Uncovered",
                "kind": "changes",
                "class_ids": [Command.set(self.class_server.ids)],
                "field_ids": [Command.create({"name": "host_name"})],
                "watched_from": fields.Datetime.now() - timedelta(days=1),
            }
        )
        self.env.flush_all()
        rule._run()
        self.assertFalse(rule.finding_ids)
        self._by(self.server, self.engineer).host_name = "by-hand"
        self.env.flush_all()
        rule._run()
        self.env.invalidate_all()
        finding = rule.finding_ids
        self.assertEqual(finding.ci_id, self.server)
        action = self.env.ref("itsm_cmdb.itsm_ci_finding_action_uncovered")
        seen = self._as(self.change_manager)["itsm.ci.finding"].search(
            safe_eval(action.domain)
        )
        self.assertIn(finding, seen)
        self.assertEqual(Form(self._by(finding, self.change_manager)).id, finding.id)
        action = self._by(finding, self.change_manager).action_make_change()
        asked = Form(
            self._as(self.change_manager)["itsm.change"].with_context(
                **action["context"]
            )
        ).save()
        self.assertEqual((asked.origin, asked.ci_ids), ("audit", self.server))

    def test_the_story(self):
        template = self._approve_a_template()
        wrong = self._make_one(template, self.other)
        self._shows(wrong, self.implementer, "template")
        self._refused(wrong, self.implementer, "action_schedule", self.other.name)
        change = self._make_one(template, self.server)
        self.assertEqual(change.delta_ids.new, "24.04")
        self._shows(change, self.implementer)
        self._do(change, self.implementer, "action_schedule")
        self.assertEqual(change.state, "scheduled")
        self.assertFalse(change.approval_ids)
        self._shows(change, self.implementer)
        with self._at_night(change):
            self._do(change, self.implementer, "action_start")
            self._shows(change, self.implementer, "steps")
            self._finish_step(change, self.implementer, "Update")
            self._finish_step(change, self.implementer, "Look")
            self._do(change, self.implementer, "action_finish")
            self.assertEqual(self.server.attributes["os_name"], "22.04")
            self._shows(change, self.implementer)
            self._do(change, self.implementer, "action_close", close_code="successful")
        self.assertEqual(change.state, "closed")
        self.assertEqual(self.server.attributes["os_name"], "24.04")
        self.assertEqual(change.delta_ids.state, "applied")
        revision = self.server.revision_ids.sorted("id")[-1]
        self.assertEqual(
            (revision.res_model, revision.res_id), ("itsm.change", change.id)
        )
        self.env.flush_all()
        row = self._as(self.engineer)["itsm.ci.history"].search(
            [("revision_id", "=", revision.id)]
        )
        self.assertIn(change.number, row.made_under)
        self.assertIn("24.04", row.new_text)
        self._find_what_was_not_covered(change)
        self.assertEqual(template.success_count, 1)
        self.assertEqual(template.success_rate, 100)
