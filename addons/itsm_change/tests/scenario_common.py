from unittest.mock import patch

from freezegun import freeze_time
from markupsafe import escape

from odoo.exceptions import UserError
from odoo.tests import Form

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.itsm_cmdb.tests.impact_common import ImpactCase

from .common import ChangeCase


class ScenarioCase(ChangeCase, ImpactCase):
    """Whole stories, told with the forms and the buttons of those who take part.

    All gates, policies and rules are as they are delivered.

    ============== =======================================================
    user           role
    ============== =======================================================
    head           owner of a service, has no role in the service desk
    board1         member of the advisory board
    urgent         member of the emergency board
    ============== =======================================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network_team = cls._make_team(cls.desk, "3", cls.implementer2)
        for xmlid, user in (("cab", cls.board1), ("ecab", cls.urgent)):
            board = cls.env.ref(f"itsm_change.{xmlid}").with_user(cls.change_manager)
            board.write({"member_ids": [(5,), (0, 0, {"user_id": user.id})]})
        cls.env.flush_all()

    @classmethod
    def _actors(cls):
        agent = "itsm_helpdesk.group_itsm_agent"
        return super()._actors() | {
            "board1": ("board1", "Berta Board", agent),
            "urgent": ("urgent", "Ursula Urgent", agent),
        }

    # ------------------------------------------------------------------
    # What people see
    # ------------------------------------------------------------------

    def _by(self, record, user):
        """Return a record as somebody has it who opens it now."""
        return self._as(user)[record._name].browse(record.ids)

    def _opens(self, record):
        """Everybody who may read a record can open its form, as it is now."""
        for user in (
            self.agent,
            self.auditor,
            self.keeper,
            self.implementer2,
            self.coordinator2,
            self.change_manager,
        ):
            with self.subTest(user=user.name, record=record.display_name):
                self.assertTrue(Form(self._by(record, user)).id)

    def _form_of(self, action, user, **values):
        """Fill in the form that a button has opened, and return what was saved."""
        model = self._as(user)[action["res_model"]]
        target = model.browse(action.get("res_id") or ())
        target = target.with_context(**action.get("context") or {})
        form = Form(target)
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def _file_of(self, user, name="result.log"):
        """Return a file that somebody has just uploaded."""
        files = self.env["ir.attachment"].with_user(user)
        return files.create({"name": name, "raw": b"ended with code 0"})

    def _shows(self, change, user, *keys):
        """The form names what is missing before the next step: that, and no more."""
        seen = self._by(change, user)
        rows = [row for row in seen._gate_list(seen.next_verb) if not row["holds"]]
        self.assertEqual({row["key"] for row in rows}, set(keys))
        self.assertEqual(seen.missing_count, len(keys))
        self.assertTrue(seen.next_step)
        for row in rows:
            self.assertTrue(row["text"].strip())
            self.assertIn(escape(row["text"]), seen.missing_html)

    def _refused(self, record, user, verb, *words, args=(), error=UserError):
        """Somebody is refused with a sentence that has these words."""
        with self.assertRaises(error) as caught:
            getattr(self._by(record, user), verb)(*args)
        sentence = str(caught.exception)
        self.assertTrue(sentence.strip())
        for word in words:
            self.assertIn(word, sentence)

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    def _do(self, record, user, button, **values):
        """Press a button of somebody; fill in the form that it opens, and apply."""
        result = getattr(self._by(record, user), button)()
        if not isinstance(result, dict) or result.get("target") != "new":
            return result
        wizard = self._form_of(result, user, **values)
        apply = "action_apply" if hasattr(wizard, "action_apply") else "action_confirm"
        return getattr(wizard, apply)()

    def _vote(self, record, user, decision="approve", comment="As described."):
        """Let somebody whose turn it is decide on a record."""
        approval = self._by(record.sudo().approval_id, user)
        self.assertTrue(approval.my_turn, user.name)
        approval.vote(decision, comment)
        self.env.invalidate_all()

    def _answer(self, change, user, place):
        """Answer all questions on the form with the first, or the last, answer."""
        with Form(self._by(change, user)) as form:
            for number in range(len(form.answer_ids)):
                with form.answer_ids.edit(number) as line:
                    line.option_id = line.question_id.option_ids[place]

    def _write_plans(self, change, user):
        """Write on the form what is done, tested, told and undone."""
        with Form(self._by(change, user)) as form:
            form.implementation_plan = "<p>Stop, migrate, start.</p>"
            form.test_plan = "<p>Open ten patients.</p>"
            form.communication_plan = "<p>Tell the wards two days before.</p>"
            form.backout_plan = "<p>Restore, and start the old version.</p>"

    def _prove(self, change, user, *kinds):
        """Add evidence with a file on the form."""
        with Form(self._by(change, user)) as form:
            for kind in kinds:
                with form.evidence_ids.new() as line:
                    line.kind = kind
                    line.attachment_ids.add(self._file_of(user, f"{kind}.log"))

    def _add_steps(self, change, user, *steps):
        """Write steps on the form of the change, in their order."""
        for number, values in enumerate(steps, 1):
            tasks = self._as(user)["itsm.task"].with_context(
                default_change_id=change.id,
                default_team_id=change.team_id.id,
                default_user_id=change.implementer_id.id,
                default_sequence=10 * number,
            )
            form = Form(tasks, view="itsm_change.itsm_change_step_view_form")
            for name, value in values.items():
                setattr(form, name, value)
            form.save()

    def _step(self, change, user, name):
        """Return the step of a name as somebody has it."""
        steps = self._by(change, user).step_ids
        (step,) = steps.filtered(lambda step: step.name == name)
        return step

    def _finish_step(self, change, user, name):
        self._step(change, user, name).action_start()
        self._step(change, user, name).action_done()

    def _fail_step(self, change, user, name, reason):
        """Fail a step with a reason, by its button."""
        self._step(change, user, name).action_start()
        action = self._step(change, user, name).action_ask_failure()
        self._form_of(action, user, reason=reason).action_confirm()

    def _step_states(self, change):
        self.env.flush_all()
        self.env.invalidate_all()
        return {step.name: step.state for step in change.step_ids}

    def _tell(self, change):
        """Let the job tell those affected; return the phases that were told."""
        self.env.flush_all()
        with patch.object(IrCron, "_commit_progress", lambda *_a, **_kw: 1):
            self.env["itsm.change"]._cron_tell_affected()
        self.env.invalidate_all()
        told = change.notice_ids.filtered(
            lambda notice: self.colleague.partner_id in notice.person_ids.partner_id
        )
        return told.sorted("id").mapped("phase")

    def _on_portal(self, change, user):
        """Return what the portal says to somebody of a change, None for nothing."""
        changes = self._as(user)["itsm.change"]
        rows = {row["id"]: row for row in changes._portal_mine()._portal_rows()}
        return rows.get(change.id)

    def _at_night(self, change):
        """Go to the hour at which the work begins."""
        return freeze_time(change.planned_start)

    def _record_of(self, change, user):
        """Return the record of implementation as somebody prints it."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(
            self._by(change, user).action_print_record()["type"], "ir.actions.report"
        )
        report = self.env["ir.actions.report"].with_user(user)
        content, kind = report._render_qweb_html(
            "itsm_change.itsm_change_record", change.ids
        )
        self.assertEqual(kind, "html")
        return content.decode()
