from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .request_common import RequestCase, question, when


class PublishedCase(RequestCase):
    """A published service with a form, a plan, a part and an approval."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._approval_policy(cls.head)
        cls.badge, cls.phone = cls._service("Badge"), cls._service("Phone")
        cls.service = cls._service(
            "New employee",
            [question("name", required=True), question("remote", "boolean")],
            publish=False,
            approval_policy_id=cls.policy.id,
            order_ids=[Command.create({"child_service_id": cls.badge.id})],
        )
        cls.steps = cls._plan(
            cls.service,
            {"name": "Account", "checks": ["Mail", "Drive"], "duration": 2},
            {"name": "Token", "condition": when("remote", "equals", True)},
            {"name": "Welcome", "after": ["Account", "Token"]},
        )
        cls.version = cls.service.version_id

    def _rebuild(self):
        """Change form, plan, parts and approval of the working copy."""
        self.service.question_ids.filtered(lambda q: q.key == "remote").unlink()
        self.service.question_ids = [question("far", "boolean", sequence=5)]
        self.steps["Token"].write({"condition": when("far", "equals", True)})
        self.steps["Welcome"].unlink()
        self.steps["Account"].write({"name": "Login", "check_ids": [Command.clear()]})
        self.service.order_ids.child_service_id = self.phone
        self.service.approval_policy_id = self._approval_policy(self.manager)
        self.env.flush_all()
        self.env.invalidate_all()

    def _published(self, name, version=None):
        """Return the task of that name that was published."""
        tasks = (version or self.service.version_id).plan_task_ids
        return tasks.filtered(lambda task: task.name == name)

    def _work(self, ticket):
        """Return ``{name: state}`` of the tasks, and the services of the parts."""
        self.env.flush_all()
        self.env.invalidate_all()
        tasks = {task.name: task.state for task in ticket.task_ids}
        return tasks, ticket.child_ids.service_id


@tagged("standard", "post_install", "-at_install")
class TestPublishedWork(PublishedCase):
    """Requests get the approval, plan and parts that were published."""

    OLD = {"Account": "waiting", "Token": "skipped", "Welcome": "waiting"}

    def test_edits_wait_until_they_are_published(self):
        approvers = self.service._portal_approvers()
        self._rebuild()
        self.assertTrue(self.service.has_unpublished_changes)
        self.assertEqual(self.service._portal_approvers(), approvers)
        ticket = self._submit(self.service, name="Ada")
        self.assertEqual(self._work(ticket)[0], self.OLD)
        self._vote(ticket, self.head)
        self.assertEqual(self._work(ticket)[1], self.badge)

        self.service.action_publish()
        self.assertNotEqual(self.service._portal_approvers(), approvers)
        ticket = self._submit(self.service, name="Bob", far="on")
        self.assertEqual(
            self._work(ticket)[0], {"Login": "waiting", "Token": "waiting"}
        )
        with self.assertRaises(AccessError):
            self._vote(ticket, self.head)
        self._vote(ticket, self.manager)
        self.assertEqual(self._work(ticket)[1], self.phone)

    def test_conditions_go_by_the_form_that_was_asked(self):
        self._rebuild()
        ticket = self._submit(self.service, name="Ada", remote="on")
        self.assertEqual(self._work(ticket)[0]["Token"], "waiting")

    def test_publishing_leaves_a_request_under_way(self):
        ticket = self._submit(self.service, name="Ada", remote="on")
        self._rebuild()
        self.service.action_publish()
        self._vote(ticket, self.head)
        tasks, parts = self._work(ticket)
        self.assertEqual(
            tasks, {"Account": "todo", "Token": "todo", "Welcome": "waiting"}
        )
        self.assertEqual(parts, self.badge)
        account = self._published("Account", self.version)
        self.assertIn(account, ticket.task_ids.plan_task_id)
        # The condition is looked at again, and is the one of then.
        ticket._plan_refresh()
        self.assertEqual(self._work(ticket)[0]["Token"], "todo")

    def test_without_a_form_the_version_of_the_beginning_counts(self):
        ticket = self._create_ticket(type="request")
        ticket.service_id = self.service
        ticket.with_user(self.agent).action_request_begin()
        self.assertEqual(ticket.plan_version_id, self.version)
        self._rebuild()
        self.service.action_publish()
        self._vote(ticket, self.head)
        tasks, parts = self._work(ticket)
        self.assertEqual(set(tasks), set(self.OLD))
        self.assertEqual(parts, self.badge)

    def test_a_ticket_that_got_another_service_goes_by_that(self):
        ticket = self._submit(self.service, name="Ada")
        self.assertEqual(ticket._work_version(), self.version)
        ticket.service_id = self.badge
        self.assertEqual(ticket._work_version(), self.badge.version_id)

    def test_what_was_never_published_plans_nothing(self):
        draft = self.service.copy()
        ticket = self._create_ticket(type="request")
        ticket.service_id = draft
        self.assertFalse(ticket.may_begin_request)
        ticket._plan_create()
        self.assertFalse(ticket.task_ids)

    def test_a_part_runs_by_its_own_published_plan(self):
        self._plan(self.badge, {"name": "Print"})
        self.badge.plan_task_ids.name = "Engrave"
        ticket = self._submit(self.service, name="Ada")
        self._vote(ticket, self.head)
        self.assertEqual(ticket.child_ids.task_ids.name, "Print")

    def test_a_part_is_free_when_its_taking_out_is_published(self):
        self.service.order_ids.unlink()
        with self.assertRaises(UserError) as caught:
            self.badge.action_retire()
        self.assertIn("Badge", str(caught.exception))
        self.service.action_publish()
        self.badge.action_retire()
        self.assertEqual(self.badge.state, "retired")

    def test_a_part_that_is_only_being_tried_holds_nothing(self):
        self.service.order_ids = [Command.create({"child_service_id": self.phone.id})]
        self.phone.action_retire()
        self.assertEqual(self.phone.state, "retired")
        with self.assertRaises(UserError):
            self.service.action_publish()

    def test_a_try_shows_the_working_copy(self):
        self._rebuild()
        service = self.service.with_user(self.manager)
        # Without the cursor of its own, which sees only what was committed.
        ticket = self.env["itsm.ticket"].with_user(self.manager)
        ticket = ticket._request_try(service, {"name": "Ada"}, {}, None).sudo()
        self.assertEqual(set(self._work(ticket)[0]), {"Login", "Token"})
        self.assertEqual(self.service.version_id, self.version)

    def test_back_to_an_old_version(self):
        self._rebuild()
        self.service.action_publish()
        self.version.with_user(self.manager).action_restore()
        ticket = self._submit(self.service, name="Ada")
        self.assertNotIn("Account", self._work(ticket)[0], "not published yet")
        self.service.action_publish()
        ticket = self._submit(self.service, name="Ada")
        self.assertEqual(self._work(ticket)[0], self.OLD)
        self.assertEqual(ticket.service_version_id.number, 3)
        self.assertEqual(len(self.version.plan_task_ids), 3)


@tagged("standard", "post_install", "-at_install")
class TestPublishedRows(PublishedCase):
    """What publishing keeps, and that it stays."""

    def test_all_of_the_plan_is_kept(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        action = self.env["ir.actions.server"].create(
            {
                "name": "Create the account",
                "model_id": self.env["ir.model"]._get_id("itsm.task"),
                "state": "code",
                "code": "pass",
            }
        )
        account = self.steps["Account"].with_user(self.env.ref("base.user_root"))
        account.write(
            {
                "description": "<p>Ask first.</p><p>Then do.</p>",
                "server_action_id": action.id,
                "on_failure": "branch",
                "failure_task_ids": self.steps["Token"].ids,
                "team_id": self.team2.id,
            }
        )
        self.steps["Welcome"].predecessor_ids = account
        for lang, name, check in (("zh_CN", "账号", "云盘"),):
            account.with_context(lang=lang).name = name
            account.check_ids[1].with_context(lang=lang).name = check
        account.update_field_translations(
            "description", {"zh_CN": {"Then do.": "然后做。"}}
        )
        # A manager may not choose what runs by itself, but publishes it.
        self.service.with_user(self.manager).action_publish()
        kept = self._published("Account")
        self.assertEqual(kept.service_id, self.service)
        for name in ("duration", "team_id", "server_action_id", "on_failure"):
            self.assertEqual(kept[name], account[name], name)
        self.assertEqual(kept.failure_task_ids, self._published("Token"))
        self.assertEqual(self._published("Welcome").predecessor_ids, kept)
        self.assertEqual(kept.check_ids.mapped("name"), ["Mail", "Drive"])
        chinese = kept.with_context(lang="zh_CN")
        self.assertEqual(chinese.name, "账号")
        self.assertEqual(chinese.check_ids.mapped("name"), ["Mail", "云盘"])
        self.assertEqual(chinese.description, "<p>Ask first.</p><p>然后做。</p>")
        self.assertEqual(self.service.version_id.approval_policy_id, self.policy)

    def test_the_service_shows_its_working_copy_only(self):
        self.service.action_publish()
        self.env.invalidate_all()
        self.assertEqual(len(self.service.plan_task_ids), 3)
        self.assertEqual(self.service.order_ids.child_service_id, self.badge)
        self.assertFalse(self.service.has_unpublished_changes)
        self.service.plan_task_ids.unlink()
        found = self.Service.search(
            [("id", "=", self.service.id), ("plan_task_ids", "=", False)]
        )
        self.assertEqual(found, self.service)

    def test_nobody_changes_what_was_published(self):
        task = self._published("Account")
        rows = (
            (task, {"name": "Mine"}),
            (task, {"version_id": False}),
            (task, {"predecessor_ids": [Command.clear()]}),
            (task.check_ids, {"name": "Mine"}),
            (self.version.order_ids, {"condition": False}),
            (self.version, {"approval_policy_id": False}),
        )
        for user in (self.manager, self.admin, self.env.user):
            for record, vals in rows:
                mine = record.with_user(user).with_context(itsm_freezing=True)
                with self.subTest(user=user.login, model=record._name, vals=vals):
                    with self.assertRaises(UserError):
                        mine.write(vals)
                    with self.assertRaises(UserError):
                        mine.unlink()
        for user in (self.manager, self.admin):
            for record in (task, task.check_ids[0]):
                with self.assertRaises(AccessError):
                    record.with_user(user).update_field_translations(
                        "name", {"en_US": "Mine"}
                    )

    def test_nobody_adds_to_what_was_published(self):
        task, working = self._published("Account"), self.steps["Account"]
        place = {"service_id": self.service.id, "version_id": self.version.id}
        for user in (self.manager, self.admin, self.env.user):
            env = self.env(user=user)
            for model, vals in (
                ("itsm.plan.task", {**place, "name": "More"}),
                ("itsm.plan.check", {"plan_task_id": task.id, "name": "More"}),
                ("itsm.service.order", {**place, "child_service_id": self.phone.id}),
            ):
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(UserError):
                        env[model].create(vals)
                    vals.pop("version_id", None)
                    vals.pop("plan_task_id", None)
                    forged = env[model].with_context(
                        default_version_id=self.version.id,
                        default_plan_task_id=task.id,
                    )
                    with self.assertRaises(UserError):
                        forged.create(vals)
            for record, vals in (
                (working, {"version_id": self.version.id}),
                (working, {"predecessor_ids": [Command.link(task.id)]}),
                (working.check_ids[0], {"plan_task_id": task.id}),
            ):
                mine = record.with_user(user)
                with self.subTest(vals=vals), self.assertRaises(UserError):
                    mine.write(vals)

    def test_who_reads_what_was_published(self):
        task = self._published("Account")
        for user, expected in (
            (self.agent, True),
            (self.auditor, True),
            (self.requester, False),
            (self.portal, False),
            (self.foreigner, False),
        ):
            for record in (task, task.check_ids, self.version.order_ids):
                mine = record.with_user(user)
                self.assertEqual(mine.has_access("read"), expected, user.login)

    def test_copies_and_files_leave_old_versions_out(self):
        self.service.action_publish()
        copied = self.service.copy()
        self.assertEqual(len(copied.plan_task_ids), 3)
        self.assertFalse(copied.plan_task_ids.version_id | copied.version_ids)
        entry = self.service._export_data()["services"][0]
        self.assertEqual(
            [task["name"]["en_US"] for task in entry["plan"]],
            ["Account", "Token", "Welcome"],
        )
        self.assertEqual(len(entry["orders"]), 1)
        copied.unlink()
        self.assertFalse(copied.exists())

    def test_publishing_a_long_plan_costs_no_more_queries(self):
        counts = []
        for length in (4, 40):
            service = self._service(f"Long {length}", publish=False)
            self._plan(
                service,
                *(
                    {
                        "name": f"Step {number}",
                        "after": [f"Step {number - 1}"] if number else (),
                        "checks": ["One", "Two"],
                    }
                    for number in range(length)
                ),
                publish=False,
            )
            service.action_publish()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            service.action_publish()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            last = self._published(f"Step {length - 1}", service.version_id)
            self.assertEqual(last.predecessor_ids.name, f"Step {length - 2}")
        self.assertLess(counts[1], counts[0] + 5, counts)
