from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .step_common import UPGRADE, StepCase


@tagged("post_install", "-at_install")
class TestChangeRollback(StepCase):
    """A failed step begins the back-out, until the point of no return."""

    def test_back_out_steps_wait(self):
        change = self._begun(*UPGRADE)
        for name in ("Stop", "Migrate", "Open", "Look"):
            self._step(change, name).action_done()
        self.assertEqual(self._states(change)["Restore"], "waiting")
        change.with_user(self.implementer).finish()
        self.assertEqual(self._states(change)["Restore"], "skipped")

    def test_a_failure_rolls_back(self):
        change = self._begun(*UPGRADE)
        self._step(change, "Stop").action_done()
        self._step(change, "Migrate").action_fail("Disk full")
        self.assertEqual(
            self._states(change),
            {
                "Stop": "done",
                "Migrate": "failed",
                "Open": "cancelled",
                "Look": "cancelled",
                "Restore": "todo",
                "Start the old one": "waiting",
            },
        )
        self.assertTrue(change.rolled_back_at)
        self.assertIn("Disk full", change.rollback_reason)
        with self.assertRaises(UserError):
            change.with_user(self.implementer).finish()
        self._step(change, "Restore").action_done()
        self._step(change, "Start the old one").action_done()
        change.with_user(self.implementer).finish()
        self.assertEqual(change.state, "review")

    def test_what_was_undone_is_not_closed_as_successful(self):
        change = self._begun(*UPGRADE)
        self._step(change, "Stop").action_fail("No")
        change.step_ids.filtered("is_backout")._give_up()
        change._write_system({"state": "review"})
        for code in ("successful", "with_issues"):
            with self.assertRaises(UserError):
                change.with_user(self.coordinator).close(code, "It was fine.")
        change.with_user(self.coordinator).close("rolled_back", "Undone.")
        self.assertEqual(change.close_code, "rolled_back")

    def test_a_failed_step_is_no_plain_success(self):
        change = self._begun({"name": "A", "on_failure": "continue"})
        self._step(change, "A").action_fail("No")
        change._write_system({"state": "review"})
        with self.assertRaises(UserError):
            change.with_user(self.coordinator).close("successful")

    def test_by_hand(self):
        change = self._begun(*UPGRADE).with_user(self.implementer)
        with self.assertRaises(UserError):
            change.roll_back(" ")
        change.roll_back("Too late in the night")
        self.assertEqual(self._states(change)["Restore"], "todo")
        self.assertEqual(change.rolled_back_by_id, self.implementer)
        with self.assertRaises(UserError):
            change.roll_back("Again")

    def test_not_by_others(self):
        change = self._begun(*UPGRADE)
        for user in (self.implementer2, self.agent, self.auditor):
            with self.assertRaises(AccessError):
                change.with_user(user).roll_back("I want it")

    def test_past_the_point_of_no_return(self):
        change = self._begun(*UPGRADE)
        self._step(change, "Stop").action_done()
        self._step(change, "Migrate").action_done()
        self.assertFalse(change.is_past_return)
        self._step(change, "Open").action_start()
        change.invalidate_recordset()
        self.assertTrue(change.is_past_return)
        with self.assertRaises(UserError):
            change.with_user(self.implementer).roll_back("Afraid")
        with self.assertRaises(AccessError):
            change.with_user(self.implementer).roll_back("Afraid", past_return=True)
        change.with_user(self.coordinator).roll_back("Must be", past_return=True)
        self.assertEqual(self._states(change)["Restore"], "todo")

    def test_a_failure_past_the_point_of_no_return_asks(self):
        change = self._begun(*UPGRADE)
        for name in ("Stop", "Migrate", "Open"):
            self._step(change, name).action_done()
        self._step(change, "Look").action_fail("Slow")
        self.assertFalse(change.rolled_back_at)
        self.assertEqual(self._states(change)["Restore"], "waiting")
        self.assertTrue(change._plan_is_stopped())
        self.assertTrue(self._step(change, "Look").next_step)
        with self.assertRaises(UserError):
            change.with_user(self.implementer).finish()
        self._step(change, "Look").action_reopen()
        self._step(change, "Look").action_done()
        change.with_user(self.implementer).finish()

    def test_forward_steps_stay_given_up(self):
        change = self._begun(*UPGRADE)
        self._step(change, "Stop").action_fail("No")
        with self.assertRaises(UserError):
            self._step(change, "Open").action_reopen()

    def test_wizard(self):
        change = self._begun(*UPGRADE)
        wizard = self.env["itsm.change.rollback"].with_user(self.implementer)
        wizard = wizard.create({"change_id": change.id, "reason": "No time"})
        self.assertFalse(wizard.may_decide)
        wizard.action_confirm()
        self.assertTrue(change.rolled_back_at)


@tagged("post_install", "-at_install")
class TestChangeStepRights(StepCase):
    """Who writes steps, who does them, and when."""

    def test_who_does_a_step(self):
        change = self._begun({"name": "A"}, {"name": "B"})
        step = change.step_ids[0]
        step.sudo().user_id = self.engineer
        for user in (self.implementer2, self.agent, self.auditor):
            with self.assertRaises(AccessError):
                step.with_user(user).action_start()
        step.with_user(self.engineer).action_start()
        step.with_user(self.implementer).action_done()  # leads the work

    def test_a_colleague_of_the_team_takes_it(self):
        change = self._begun({"name": "A"})
        step = self._step(change, "A", self.engineer)
        step.action_start()
        self.assertEqual(step.user_id, self.engineer)

    def test_reading(self):
        change = self._begun({"name": "A"})
        for user in (self.implementer2, self.agent, self.auditor, self.coordinator):
            self.assertEqual(change.step_ids.with_user(user)[0].name, "A")
        with self.assertRaises(AccessError):
            change.step_ids.with_user(self.change_other)[0].check_access("read")
        with self.assertRaises(AccessError):
            change.step_ids.with_user(self.requester)[0].check_access("read")

    def test_settled_steps(self):
        change = self._change()
        step = self._steps(change, {"name": "A"})["A"]
        step.with_user(self.implementer).name = "B"
        with self.assertRaises(AccessError):
            step.with_user(self.implementer2).name = "C"
        change._write_system({"state": "scheduled"})
        with self.assertRaises(AccessError):
            step.with_user(self.implementer).duration = 99
        step.with_user(self.coordinator).duration = 99
        change._write_system({"state": "implement"})
        with self.assertRaises(UserError):
            step.with_user(self.coordinator).name = "D"
        with self.assertRaises(UserError):
            step.with_user(self.coordinator).unlink()

    def test_system_fields(self):
        change = self._change()
        step = self._steps(change, {"name": "A"})["A"]
        for values in ({"is_unplanned": True}, {"started_at": fields.Datetime.now()}):
            with self.assertRaises(AccessError):
                step.write(values)
        for values in ({"rolled_back_at": fields.Datetime.now()},):
            with self.assertRaises(AccessError):
                change.write(values)

    def test_a_new_step_cannot_be_done_already(self):
        change = self._begun({"name": "A"})
        step = self.env["itsm.task"].with_user(self.implementer)
        step = step.with_context(default_change_id=change.id, default_state="done")
        step = step.create({"name": "B", "sequence": 9})
        self.assertEqual(step.state, "waiting")
        self.assertTrue(step.is_unplanned)

    def test_steps_are_part_of_what_is_approved(self):
        change = self._change()
        step = self._steps(change, {"name": "A"})["A"]
        before = change._approval_fingerprint()
        step.user_id = self.engineer
        step.planned_start = change.planned_start
        self.assertEqual(change._approval_fingerprint(), before)
        step.backout = "Restore the dump"
        self.assertNotEqual(change._approval_fingerprint(), before)

    def test_ended_change_gets_no_steps(self):
        change = self._begun({"name": "A"})
        change._write_system({"state": "review"})
        with self.assertRaises(UserError):
            self._steps(change, {"name": "B"})

    def test_cancelling_gives_the_steps_up(self):
        change = self._change()
        self._steps(change, {"name": "A"}, {"name": "B", "phase": "backout"})
        change.with_user(self.implementer).cancel("Not needed")
        self.assertEqual(self._states(change), {"A": "cancelled", "B": "skipped"})


@tagged("post_install", "-at_install")
class TestChangeProgress(StepCase):
    """How far the work has come, seen live."""

    def test_progress(self):
        change = self._begun(
            {"name": "A"}, {"name": "B"}, {"name": "U", "phase": "backout"}
        )
        self.assertEqual((change.step_count, change.progress), (3, 0))
        self._step(change, "A").action_done()
        change.invalidate_recordset()
        self.assertEqual(change.progress, 50)
        self._step(change, "B").action_start()
        change.invalidate_recordset()
        self.assertIn("B", change.progress_text)

    def test_undone_without_back_out_steps(self):
        """No bar is shown that could only say that nothing was done."""
        change = self._begun({"name": "A"}, {"name": "B"})
        self.assertEqual(change.play_count, 2)
        change.with_user(self.implementer).roll_back("No time")
        change.invalidate_recordset()
        self.assertEqual((change.step_count, change.play_count), (2, 0))
        working = change.progress_text
        self.assertTrue(working)
        change._write_system({"state": "review"})
        change.invalidate_recordset()
        self.assertTrue(change.progress_text)
        self.assertNotEqual(change.progress_text, working)

    def test_forms_are_told(self):
        change = self._begun({"name": "A"})
        told = []
        with patch.object(
            type(change),
            "_bus_send",
            lambda self, kind, message, **kw: told.append((self.id, kind, message, kw)),
        ):
            self._step(change, "A").action_start()
        mine = [entry for entry in told if entry[1] == "itsm.change/progress"]
        self.assertTrue(mine)
        self.assertEqual(mine[0][2], {"change_id": change.id})
        self.assertEqual(mine[0][3], {"subchannel": "progress"})

    def test_only_readers_listen(self):
        change = self._begun({"name": "A"})
        name = f"itsm.change.progress/{change.id}"
        for user, hears in (
            (self.implementer2, True),
            (self.agent, True),
            (self.change_other, False),
            (self.requester, False),
        ):
            Socket = self.env["ir.websocket"].with_user(user)
            with patch(
                "odoo.addons.bus.models.ir_websocket.IrWebsocket"
                "._build_bus_channel_list",
                lambda self, channels: channels,
            ):
                channels = Socket._build_bus_channel_list([name])
            self.assertFalse([c for c in channels if isinstance(c, str)])
            found = [c for c in channels if isinstance(c, tuple) and c[0] == change]
            self.assertEqual(bool(found), hears, user.login)

    def test_gate_names_the_open_steps(self):
        change = self._begun({"name": "A"}, {"name": "B", "is_required": False})
        self.assertFalse(change._gate_facts()["steps"][0])
        self.assertIn("A", change._gate_facts()["steps"][1])
        self._step(change, "A").action_done()
        self.assertTrue(change._gate_facts()["steps"][0])
        change.with_user(self.implementer).finish()
        self.assertEqual(self._states(change)["B"], "cancelled")

    def test_query_count_does_not_grow_with_the_steps(self):
        change = self._begun(*({"name": f"S{n}"} for n in range(3)))
        long = self._begun(*({"name": f"S{n}"} for n in range(30)))
        counts = []
        for each in (change, change, long):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            each.mapped("progress_text")
            each.mapped("step_problem")
            counts.append(self.cr.sql_log_count - start)
        self.assertLessEqual(counts[2], counts[1])

    def test_steps_stand_for_plans(self):
        change = self._change()
        self.assertFalse(change._has_plan("backout_plan"))
        self._steps(change, {"name": "A"}, {"name": "B", "phase": "backout"})
        self.assertTrue(change._has_plan("implementation_plan"))
        self.assertTrue(change._has_plan("backout_plan"))
        self.assertFalse(change._has_plan("test_plan"))

    def test_record_names_the_steps(self):
        change = self._begun(*UPGRADE)
        self._step(change, "Stop").action_fail("Nobody knows the password")
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "itsm_change.itsm_change_record", change.ids
        )
        text = html.decode()
        for step in change.step_ids:
            self.assertIn(step.name, text)
        self.assertIn("Nobody knows the password", text)
