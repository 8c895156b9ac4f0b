from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestTaskVerbs(PlanCase):
    """What can be done with a task, by whom, and what is refused with a sentence."""

    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket()
        self.task = self._new("Fix it")

    def _new(self, name, **vals):
        return self.Task.with_user(self.agent).create(
            {"name": name, "ticket_id": self.ticket.id, **vals}
        )

    def test_who_starts_has_it(self):
        self.task.action_start()
        self.assertEqual(
            (self.task.state, self.task.user_id, str(self.task.started_at)),
            ("doing", self.agent, "2026-03-02 10:00:00"),
        )

    def test_assignee_stays_when_somebody_else_starts(self):
        self.task.user_id = self.agent2
        self.task.action_start()
        self.assertEqual(self.task.user_id, self.agent2)

    def test_dragging_a_card_uses_the_verbs(self):
        self.task.write({"state": "doing"})
        self.assertEqual(self.task.user_id, self.agent)
        self.task.write({"state": "done"})
        self.assertTrue(self.task.done_at)
        self.task.write({"state": "todo"})
        self.assertEqual((self.task.state, self.task.done_at), ("todo", False))
        self.task.write({"state": "cancelled"})
        self.assertEqual(self.task.state, "cancelled")

    def test_columns_in_which_nobody_drops_a_card(self):
        for state in ("waiting", "skipped", "failed"):
            with self.subTest(state=state), self.assertRaises(UserError):
                self.task.write({"state": state})

    def test_what_waits_is_not_started_by_hand(self):
        later = self._new("Later", predecessor_ids=[Command.set(self.task.ids)])
        for verb in ("action_start", "action_done"):
            with self.assertRaises(UserError) as caught:
                getattr(later, verb)()
            self.assertIn("Fix it", str(caught.exception))

    def test_verbs_from_wrong_states(self):
        self.task.action_done()
        for verb in ("action_start", "action_done", "action_cancel"):
            with self.subTest(verb=verb), self.assertRaises(UserError):
                getattr(self.task, verb)()
        with self.assertRaises(UserError):
            self.task.action_fail("Too late.")

    def test_required_checks_come_first(self):
        self.task.check_ids = [
            Command.create({"name": "Backup made"}),
            Command.create({"name": "Coffee", "is_required": False}),
        ]
        backup, _coffee = self.task.check_ids
        self.task.action_start()
        with self.assertRaises(UserError) as caught:
            self.task.action_done()
        self.assertIn("Backup made", str(caught.exception))
        self.assertNotIn("Coffee", str(caught.exception))
        backup.is_done = True
        self.assertEqual(
            (backup.done_by_id, str(backup.done_at)),
            (self.agent, "2026-03-02 10:00:00"),
        )
        self.task.action_done()
        self.assertEqual(self.task.state, "done")
        with self.assertRaises(UserError):
            backup.is_done = False

    def test_tick_cannot_be_forged(self):
        self.task.check_ids = [Command.create({"name": "Backup made"})]
        with self.assertRaises(AccessError):
            self.task.check_ids.write({"is_done": True, "done_by_id": self.manager.id})
        with self.assertRaises(AccessError):
            self.env["itsm.task.check"].with_user(self.agent).create(
                {
                    "name": "More",
                    "task_id": self.task.id,
                    "done_at": "2026-01-01 00:00:00",
                }
            )

    def test_facts_of_the_system_cannot_be_forged(self):
        for name, value in (
            ("done_at", "2026-01-01 00:00:00"),
            ("started_at", "2026-01-01 00:00:00"),
            ("failure_reason", "No."),
            ("plan_task_id", False),
            ("run_at", False),
            ("sla_state", "met"),
            ("desk_id", self.desk_other.id),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.task.write({name: value})
            with self.subTest(name=name), self.assertRaises(AccessError):
                self._new("Forged", **{name: value})

    def test_context_gives_no_rights(self):
        for key in ("itsm_system.itsm.task", "itsm_sla_engine"):
            with self.subTest(key=key), self.assertRaises(AccessError):
                self.task.with_context(**{key: True}).write({"failure_reason": "No."})
        forged = self.Task.with_user(self.agent).with_context(
            default_started_at="2026-01-01 00:00:00"
        )
        task = forged.create({"name": "More", "ticket_id": self.ticket.id})
        self.assertFalse(task.started_at)

    def test_failure_is_asked_for_its_reason(self):
        action = self.task.action_ask_failure()
        form = (
            self.env[action["res_model"]]
            .with_user(self.agent)
            .with_context(**action["context"])
            .create({"reason": "No key."})
        )
        form.action_confirm()
        self.assertEqual(
            (self.task.state, self.task.failure_reason), ("failed", "No key.")
        )

    def test_another_team_gets_it_fresh(self):
        self.task.action_start()
        self.task.team_id = self.team_other
        self.assertEqual(
            (
                self.task.desk_id,
                self.task.state,
                self.task.user_id,
                self.task.started_at,
            ),
            (self.desk_other, "todo", self.env["res.users"], False),
        )

    def test_reopening_a_task_needs_an_open_ticket(self):
        self.task.action_done()
        self.ticket.with_user(self.agent).resolve("solved", "Done.")
        with self.assertRaises(UserError):
            self.task.action_reopen()

    def test_reminders_go_with_the_task(self):
        self.task.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.agent2.id
        )
        self.task.action_done()
        self.assertFalse(self.task.activity_ids)

    def test_escalation_hands_to_the_next_line(self):
        self.task.team_id = self.team1
        self.task.escalate(reason="Too slow.")
        self.assertEqual(self.task.team_id, self.team2)
        self.task.team_id = self.team3
        with self.assertRaises(UserError):
            self.task.escalate()


@tagged("post_install", "-at_install")
class TestTaskRights(PlanCase):
    """A task of another desk's team: that desk does it, and sees no more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._plan(
            {"name": "Badge", "team_id": cls.team_other.id, "checks": ["Photo"]},
            {"name": "Account", "after": ["Badge"]},
        )

    def setUp(self):
        super().setUp()
        self.ticket = self._planned(name="New <b>colleague</b>")
        self.badge = self._task(self.ticket, "Badge")

    def test_both_desks_see_and_do_it(self):
        for user, may in (
            (self.stranger, True),
            (self.agent, True),
            (self.manager, True),
            (self.foreigner, False),
        ):
            with self.subTest(user=user.name):
                task = self._as(user)["itsm.task"].browse(self.badge.id)
                self.assertEqual(task.has_access("write"), may)
                check = self.badge.check_ids.with_env(task.env)
                self.assertEqual(check.has_access("write"), may)

    def test_other_desk_sees_its_task_only(self):
        env = self._as(self.stranger)
        found = env["itsm.task"].search([("ticket_id", "=", self.ticket.id)])
        self.assertEqual(found.mapped("name"), ["Badge"])
        self.assertFalse(env["itsm.ticket"].browse(self.ticket.id).has_access("read"))

    def test_other_desk_moves_the_plan(self):
        task = self._as(self.stranger)["itsm.task"].browse(self.badge.id)
        task.action_start()
        task.check_ids.is_done = True
        task.action_done()
        self.assertEqual(self._states(self.ticket)["Account"], "todo")

    def test_other_desk_reads_what_is_asked_for(self):
        task = self._as(self.stranger)["itsm.task"].browse(self.badge.id)
        values = task.read(["request_summary", "may_open_ticket", "ticket_id"])[0]
        self.assertIn(self.ticket.number, values["request_summary"])
        self.assertIn(self.requester.name, values["request_summary"])
        self.assertNotIn("<b>", values["request_summary"])
        self.assertFalse(values["may_open_ticket"])
        with self.assertRaises(AccessError):
            task.action_open_ticket() and task.ticket_id.read(["description"])

    def test_form_opens_for_the_other_desk(self):
        view = self.env.ref("itsm_helpdesk.itsm_task_view_form")
        env = self._as(self.stranger)
        names = ("name", "state", "next_step", "request_summary", "clock_ids")
        spec = {name: {} for name in names}
        spec["ticket_id"] = {"fields": {"display_name": {}}}
        spec["successor_ids"] = {"fields": {"name": {}}}
        task = env["itsm.task"].browse(self.badge.id)
        self.assertTrue(env["itsm.task"].get_views([(view.id, "form")]))
        read = task.web_read(spec)[0]
        self.assertEqual(read["ticket_id"]["display_name"], self.ticket.display_name)

    def test_nobody_sets_code_going_on_a_task(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Code",
                "model_id": self.env["ir.model"]._get_id("itsm.task"),
                "state": "code",
                "code": "pass",
            }
        )
        for user in (self.agent, self.manager, self.admin):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.badge.with_user(user).write({"server_action_id": action.id})
        for user in (self.manager, self.admin):
            step = self.service.plan_task_ids[:1].with_user(user)
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                step.write({"server_action_id": action.id})
            # Not even where the code has all rights, as an import might.
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                step.sudo().write({"server_action_id": action.id})
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                step.sudo().create(
                    {
                        "name": "Code",
                        "service_id": self.service.id,
                        "server_action_id": action.id,
                    }
                )

    def test_managers_make_the_plans_of_their_desks(self):
        name = self.badge.plan_task_id.name
        step = self.service.plan_task_ids.filtered(lambda task: task.name == name)
        theirs = self._plan(
            {"name": "Theirs"},
            service=self._service("Theirs", desk_id=self.desk_other.id),
        )["Theirs"]
        manager = self._as(self.manager)["itsm.plan.task"]
        manager.browse(step.id).name = "Make a badge"
        with self.assertRaises(AccessError):
            manager.browse(theirs.id).name = "Mine"
        with self.assertRaises(AccessError):
            self._as(self.agent)["itsm.plan.task"].browse(step.id).name = "Mine"
        for user in (self.portal, self.requester):
            with self.subTest(user=user.name):
                model = self._as(user)["itsm.plan.task"]
                self.assertFalse(model.has_access("read"))
