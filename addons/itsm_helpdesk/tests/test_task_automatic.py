from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron

from .plan_common import PlanCase

LOG = "odoo.addons.itsm_helpdesk.models.itsm_task_automatic"
ACTIONS = "odoo.addons.base.models.ir_actions"


@tagged("post_install", "-at_install")
class TestTaskAutomatic(PlanCase):
    """Tasks that a server action does: at most once, whatever happens."""

    def _action(self, code, **vals):
        return self.env["ir.actions.server"].create(
            {
                "name": "By itself",
                "model_id": self.env["ir.model"]._get_id("itsm.task"),
                "state": "code",
                "code": code,
                **vals,
            }
        )

    def _automatic(self, *codes, count=1):
        """Return tickets whose plan is a chain of automatic tasks."""
        steps, after = [], []
        for number, code in enumerate(codes):
            name = f"Step {number}"
            steps.append(
                {
                    "name": name,
                    "after": after,
                    "server_action_id": self._action(code).id,
                }
            )
            after = [name]
        self._plan(*steps)
        return self._planned(count)

    def _run(self):
        """Run the job; return how often it committed, with the states then."""
        commits = []

        def commit(cron, *_args, **_kwargs):
            self.env.flush_all()
            self.cr.execute(
                "SELECT name, state FROM itsm_task WHERE name LIKE 'Step %'"
            )
            commits.append(dict(self.cr.fetchall()))
            return True

        with patch.object(IrCron, "_commit_progress", commit):
            self.Task._cron_run_automatic()
        self.env.flush_all()
        self.env.invalidate_all()
        return commits

    def test_plan_runs_by_itself_to_the_end(self):
        calls = self._watch("_work_finished")
        ticket = self._automatic(
            "record.ticket_id.message_post(body='First')",
            "record.write({'description': env.context.get('active_model')})",
        )
        self._run()
        self.assertEqual(self._states(ticket), {"Step 0": "done", "Step 1": "done"})
        self.assertIn("itsm.task", self._task(ticket, "Step 1").description)
        self.assertEqual(calls, [(ticket,)])

    def test_job_is_set_going_at_once(self):
        cron = self.env.ref("itsm_helpdesk.ir_cron_run_tasks")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self._automatic("pass")
        after = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)

    def test_run_is_on_record_before_it_begins(self):
        self._automatic("pass")
        commits = self._run()
        self.assertIn({"Step 0": "doing"}, commits)
        self.assertEqual(commits[-1], {"Step 0": "done"})

    def test_error_fails_the_task_alone(self):
        stopped = self._watch("_plan_stopped")
        bad, good = self._automatic(
            "if record.ticket_id.name == 'Bad': raise UserError('No licence left.')\n"
            "record.ticket_id.message_post(body='x')",
            count=2,
        )
        bad.name = "Bad"
        with mute_logger(LOG, ACTIONS):
            self._run()
        task = self._task(bad, "Step 0")
        self.assertEqual(
            (task.state, task.failure_reason), ("failed", "No licence left.")
        )
        self.assertEqual(self._states(good), {"Step 0": "done"})
        self.assertEqual([call[1] for call in stopped], [task])

    def test_error_leaves_nothing_half_done(self):
        ticket = self._automatic("record.ticket_id.write({'name': 'Half'})\n1 / 0")
        with self.assertLogs(LOG, "ERROR") as log, mute_logger(ACTIONS):
            self._run()
        task = self._task(ticket, "Step 0")
        self.assertEqual(task.state, "failed")
        self.assertNotEqual(ticket.name, "Half")
        self.assertNotIn("ZeroDivision", task.failure_reason)
        self.assertIn("ZeroDivision", "".join(log.output))
        self.assertIn(str(task.id), task.failure_reason)

    def test_error_of_the_database_fails_the_task_alone(self):
        ticket = self._automatic("env.cr.execute('SELECT no_such_column')")
        with mute_logger(LOG, ACTIONS, "odoo.sql_db"):
            self._run()
        self.assertEqual(self._states(ticket), {"Step 0": "failed"})

    def test_broken_run_is_not_run_again(self):
        ticket = self._automatic("record.ticket_id.write({'name': 'Twice'})")
        task = self._task(ticket, "Step 0")
        # As a killed worker leaves it: begun and committed, and nobody at it.
        self.assertTrue(task._mark_run())
        self._run()
        self.assertEqual(task.state, "failed")
        self.assertTrue(task.failure_reason)
        self.assertNotEqual(ticket.name, "Twice")
        task.with_user(self.agent).action_reopen()
        self._run()
        self.assertEqual((task.state, ticket.name), ("done", "Twice"))

    def test_task_that_somebody_ended_meanwhile_is_left_alone(self):
        ticket = self._automatic("record.ticket_id.write({'name': 'Twice'})")
        task = self._task(ticket, "Step 0")
        self.assertTrue(task._mark_run())
        task.with_user(self.agent).action_done()
        task._run_automatic()
        self.assertNotEqual(ticket.name, "Twice")
        self.assertFalse(task._mark_run())

    def test_action_may_end_its_task_otherwise(self):
        ticket = self._automatic("record.action_fail('Nobody is free.')")
        self._run()
        task = self._task(ticket, "Step 0")
        self.assertEqual(
            (task.state, task.failure_reason), ("failed", "Nobody is free.")
        )

    def test_required_check_holds_an_automatic_task_too(self):
        ticket = self._automatic("pass")
        task = self._task(ticket, "Step 0")
        self.env["itsm.task.check"].create({"task_id": task.id, "name": "Seen"})
        with mute_logger(LOG):
            self._run()
        self.assertEqual(task.state, "failed")
        self.assertIn("Seen", task.failure_reason)

    def test_people_do_not_start_it_but_may_end_it(self):
        ticket = self._automatic("record.ticket_id.write({'name': 'Twice'})")
        task = self._task(ticket, "Step 0").with_user(self.agent)
        with self.assertRaisesRegex(Exception, "Step 0"):
            task.action_start()
        task.action_done()
        self._run()
        self.assertNotEqual(ticket.name, "Twice")

    def test_nothing_runs_before_its_turn(self):
        ticket = self._automatic("record.ticket_id.write({'name': 'Early'})")
        stage = self.env["itsm.stage"]._for_state(self.desk, "approval")
        other = self._planned(begin=False)
        other._write_system({"stage_id": stage.id})
        other._plan_advance()
        self._run()
        self.assertEqual(ticket.name, "Early")
        self.assertNotEqual(other.name, "Early")
        self.assertEqual(self._states(other), {"Step 0": "waiting"})
