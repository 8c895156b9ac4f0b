from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .request_common import RequestCase, question


@tagged("standard", "post_install", "-at_install")
class TestWaysRoundApproval(RequestCase):
    """Work that nobody approved must not begin, whatever somebody does with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._approval_policy(cls.head)
        cls.service = cls._service(
            questions=[question("what", required=True)],
            approval_policy_id=cls.policy.id,
            publish=False,
        )
        cls._plan(cls.service, {"name": "Order", "team_id": cls.team1.id})
        cls.free = cls._service("Pen")

    def setUp(self):
        super().setUp()
        self.ticket = self._submit(self.service, what="Chair")
        self.assertEqual(self.ticket.state, "approval")

    def _assert_nothing_began(self, *tickets):
        self.env.invalidate_all()
        for task in (self.ticket.union(*tickets)).task_ids:
            self.assertIn(task.state, ("waiting", "cancelled"))

    def test_another_service_and_back(self):
        mine = self.ticket.with_user(self.agent)
        mine.service_id = self.free
        self.assertEqual(self.ticket.approval_state, "void")
        mine.service_id = self.service
        self.assertEqual(self.ticket.state, "approval")
        self.assertEqual(self.ticket.approval_state, "waiting")

    def test_refused_and_reopened(self):
        self._vote(self.ticket, self.head, "reject", "Too dear.")
        self.ticket.with_user(self.agent).reopen("Do it all the same.")
        self.assertEqual(self.ticket.state, "approval")
        self.assertEqual(self.ticket.approval_state, "waiting")
        self.ticket.task_ids.with_user(self.agent).action_reopen()
        self._assert_nothing_began()

    def test_cancelled_and_reopened(self):
        self.ticket.with_user(self.agent).cancel("Not needed.")
        self.ticket.with_user(self.agent).reopen("Needed after all.")
        self.assertEqual(self.ticket.state, "approval")

    def test_asked_by_hand_refused_and_reopened(self):
        ticket = self._create_ticket()
        ticket.with_user(self.agent).ask_approval(self.policy.id)
        self._vote(ticket, self.head, "reject", "No.")
        ticket.with_user(self.agent).reopen("Again.")
        self.assertEqual(ticket.state, "approval")
        self.assertEqual(ticket.approval_id.policy_id, self.policy)

    def test_merged_into_a_ticket_that_runs(self):
        other = self._in_state("in_progress")
        self.ticket.with_user(self.agent).merge_into(other.id)
        other._plan_advance()
        self.assertFalse(other.task_ids)
        with self.assertRaises(UserError):
            self.ticket.task_ids.with_user(self.agent).action_reopen()
        self._assert_nothing_began()

    def test_merged_after_the_approval(self):
        self._vote(self.ticket, self.head)
        task, other = self.ticket.task_ids, self._in_state("in_progress")
        self.ticket.with_user(self.agent).merge_into(other.id)
        self.assertEqual(task.ticket_id, other)

    def test_task_moved_to_a_ticket_that_runs(self):
        other = self._in_state("in_progress")
        task = self.ticket.task_ids.with_user(self.agent)
        with self.assertRaises(UserError):
            task.write({"ticket_id": other.id})
        for verb in ("action_start", "action_done"):
            with self.subTest(verb), self.assertRaises(UserError):
                getattr(task, verb)()
        self._assert_nothing_began(other)

    def test_copy_asks_again(self):
        copy = self.ticket.with_user(self.agent).copy()
        self.assertEqual(copy.state, "approval")
        self.assertNotEqual(copy.approval_id, self.ticket.approval_id)

    def test_split_off_is_no_request(self):
        part = self.ticket.with_user(self.agent).split("More")
        self.assertFalse(part.approval_id)
        self.assertFalse(part.task_ids)

    def test_nobody_writes_the_outcome(self):
        """Neither by fields, nor by defaults, nor by the engine's context."""
        granted = {"approval_state": "granted"}
        for user in (self.agent, self.manager, self.admin):
            mine = self.ticket.with_user(user)
            for vals in (granted, {"state": "in_progress"}, {"approval_id": False}):
                with self.subTest(vals, user=user.name), self.assertRaises(AccessError):
                    mine.with_context(
                        **{"itsm_system.itsm.ticket": True}, itsm_approval_engine=True
                    ).write(vals)
            with self.assertRaises(AccessError):
                self.env["itsm.ticket"].with_user(user).with_context(
                    default_approval_state="granted"
                ).create(self._ticket_vals(service_id=self.service.id, type="request"))
            with self.assertRaises(AccessError):
                self.ticket.approval_id.with_user(user).write({"state": "granted"})
            with self.assertRaises(AccessError):
                self.ticket.approval_id.vote_ids.with_user(user).write(
                    {"state": "cast", "decision": "approve"}
                )
            with self.assertRaises(AccessError):
                self.ticket.approval_id.with_user(user).unlink()

    def test_policies_that_are_no_good(self):
        ticket = self._create_ticket().with_user(self.agent)
        archived = self._approval_policy(self.stranger, active=False)
        for policy in (archived.id, [self.policy.id], "1", True, None, {}, 2**40):
            with self.subTest(policy), self.assertRaises(UserError):
                ticket.ask_approval(policy)
        other = self._approval_policy(self.head, company_id=self.branch.id)
        with self.assertRaises(UserError):
            self.service.with_user(self.manager).approval_policy_id = other.id

    def test_parts_are_opened_once(self):
        part = self._service("Mouse")
        service = self._service(
            "Desk place",
            questions=[question("what")],
            approval_policy_id=self.policy.id,
            order_ids=[Command.create({"child_service_id": part.id})],
        )
        ticket = self._submit(service, what="Chair")
        self._vote(ticket, self.head)
        self.assertEqual(len(ticket.child_ids), 1)
        ticket.with_user(self.agent).reopen_form("Which chair?")
        self._as(self.portal)["itsm.ticket"].browse(ticket.id)._request_update(
            {"what": "Armchair"}
        )
        self._vote(ticket, self.head)
        self.assertEqual(len(ticket.child_ids), 1)


@tagged("standard", "post_install", "-at_install")
class TestSeparationOfDuties(RequestCase):
    """Nobody decides on what they asked for, nor does what they approved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._approval_policy(cls.agent)
        cls.policy.step_ids.line_ids.user_ids |= cls.head
        cls.service = cls._service("Drill", approval_policy_id=cls.policy.id)

    def test_requester_notes_somebody_else(self):
        ticket = self._submit(self.service, user=self.agent)
        ticket.with_user(self.agent2).partner_id = self.colleague.partner_id
        with self.assertRaises(UserError):
            self._vote(ticket, self.agent)
        ticket.with_user(self.agent2).requested_for_id = self.colleague.partner_id
        self.assertEqual(ticket.approval_state, "waiting")
        with self.assertRaises(UserError):
            self._vote(ticket, self.agent)

    def test_who_approved_gets_no_work(self):
        ticket = self._submit(self.service)
        self._vote(ticket, self.agent)
        self.assertEqual(ticket.state, "in_progress")
        for give in (
            lambda: ticket.with_user(self.agent).action_take(),
            lambda: ticket.with_user(self.agent2).assign(self.agent.id),
            lambda: ticket.with_user(self.agent).write({"user_id": self.agent.id}),
            lambda: (
                self.env["itsm.task"]
                .with_user(self.agent)
                .create(
                    {"name": "Drill", "ticket_id": ticket.id, "user_id": self.agent.id}
                )
            ),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                give()
        ticket.with_user(self.agent2).action_take()
        self.assertEqual(ticket.user_id, self.agent2)

    def test_who_approved_starts_no_task(self):
        self._plan(self.service, {"name": "Drill it", "team_id": self.team1.id})
        ticket = self._submit(self.service)
        self._vote(ticket, self.agent)
        task = ticket.task_ids
        with self.assertRaises(UserError), self.cr.savepoint():
            task.with_user(self.agent).action_start()
        task.with_user(self.agent2).action_start()
        self.assertEqual(task.user_id, self.agent2)

    def test_who_approved_is_not_chosen_automatically(self):
        self.team1.assignment_method = "round_robin"
        self.team1.member_ids = self.agent
        ticket = self._submit(self.service)
        self._vote(ticket, self.agent)
        self.assertEqual(ticket.state, "in_progress")
        self.assertFalse(ticket.user_id)

    def test_a_policy_may_allow_it(self):
        self.policy.allow_implementer = True
        ticket = self._submit(self.service)
        self._vote(ticket, self.agent)
        ticket.with_user(self.agent).action_take()
        self.assertEqual(ticket.user_id, self.agent)


@tagged("standard", "post_install", "-at_install")
class TestSecrets(RequestCase):
    """What people must not find out, by whatever they ask."""

    def _hidden_service(self):
        nobody = self.env["res.groups"].create({"name": "Nobody"})
        return self._service("Hidden thing", available_group_ids=nobody.ids)

    def test_no_names_by_drafts_and_favourites(self):
        """A reference shows its name to whoever may write it."""
        hidden = self._hidden_service()
        secret = self.env["res.partner"].create({"name": "Secret Person"})
        for user in (self.portal, self.requester):
            env = self._as(user)
            for model, vals in (
                ("itsm.request.draft", {"service_id": hidden.id}),
                ("itsm.request.draft", {"requested_for_id": secret.id}),
                ("itsm.service.favourite", {"service_id": hidden.id}),
            ):
                with (
                    self.subTest(model, user=user.name),
                    self.assertRaises(AccessError),
                ):
                    env[model].create(vals)

    def test_nobody_puts_a_draft_on_another_persons_desk(self):
        service = self._service()
        env = self._as(self.portal)
        mine = env["itsm.service"].browse(service.id)
        mine._portal_mark(True)
        star = env["itsm.service.favourite"].search([])
        self.assertEqual(star.service_id, mine)
        with self.assertRaises(AccessError):
            star.write({"user_id": self.requester.id})
        mine._portal_mark(False)
        self.assertFalse(star.exists())

    def test_outsiders_find_no_staff(self):
        outsider = new_test_user(
            self.env, "itsm_outsider", "base.group_portal", name="Olga Outsider"
        )
        service = self._service(questions=[question("who", "person")])
        found = {}
        for user in (self.portal, outsider):
            env = self._as(user)
            definition = (
                env["itsm.service"].browse(service.id)._portal_definition(False)
            )
            page = env["itsm.form.page"]
            found[user] = page._lookup(definition, "who", "Hedda")
            for wild in ("__", "%%", "\\_"):
                self.assertFalse(page._lookup(definition, "who", wild))
        self.assertTrue(found[self.portal])
        self.assertFalse(found[outsider])
        with self.assertRaises(UserError):
            self._submit(service, user=outsider, who=str(self.employee_head.id))

    def test_ratings_are_the_requesters(self):
        ticket = self._in_state("resolved")
        mine = self._as(self.requester)["itsm.ticket"].browse(ticket.id)
        mine._portal_rate({"grade": "1", "comment": "Slow"})
        domain = [("res_model", "=", "itsm.ticket"), ("res_id", "=", ticket.id)]
        rating = ticket.sudo().rating_ids
        self.assertEqual(rating.feedback, "Slow")
        self.assertFalse(self._as(self.colleague)["rating.rating"].search(domain))
        seen = self._as(self.agent)["rating.rating"].search(domain)
        self.assertEqual(seen.feedback, "Slow")
        for user in (self.agent, self.manager, self.colleague):
            theirs = rating.with_user(user)
            with self.subTest(user.name), self.assertRaises(AccessError):
                theirs.write({"rating": 5})
            with self.subTest(user.name), self.assertRaises(AccessError):
                theirs.read(["access_token"])
            with self.subTest(user.name), self.assertRaises(AccessError):
                theirs.create(
                    {
                        "res_model_id": self.env["ir.model"]._get_id("itsm.ticket"),
                        "res_id": ticket.id,
                        "rating": 5,
                        "consumed": True,
                    }
                )
        self.assertEqual(rating.rating, 1)

    def test_answers_are_written_by_the_form_only(self):
        """Not even a list that redefines what was asked."""
        ticket = self._submit(self._service(questions=[question("what")]), what="Chair")
        forged = [
            {
                "name": "what",
                "type": "char",
                "value": "Gold",
                "definition_changed": True,
            }
        ]
        for user in (self.agent, self.manager, self.admin):
            mine = ticket.with_user(user)
            for vals in ({"answers": {"what": "Gold"}}, {"answers": forged}):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    mine.web_save(vals, {"name": {}})
            mine.load([".id", "answers.what"], [[str(ticket.id), "Gold"]])
        self.assertEqual(ticket._answers_raw(), {"what": "Chair"})

    def test_a_service_stays_with_the_desks_of_its_manager(self):
        service = self._service().with_user(self.manager)
        with self.assertRaises(AccessError), self.cr.savepoint():
            service.write({"desk_id": self.desk_other.id})
        with self.assertRaises(AccessError):
            service.copy({"desk_id": self.desk_other.id})

    def test_texts_are_texts(self):
        """Whatever is typed anywhere is shown, never run."""
        bomb = "<script>alert(1)</script>{{ 7*7 }}"
        service = self._service(
            bomb,
            questions=[
                question("what", name=bomb, help=bomb, placeholder=bomb),
                question("one", "choice", name=bomb, options={"a": bomb}),
                question("t", "table", name=bomb, columns=[question("c", name=bomb)]),
            ],
            approval_policy_id=self._approval_policy(self.head, name=bomb).id,
            subject_pattern="{what}: {one}",
        )
        ticket = self._submit(service, what=bomb, one="a", t=[{"c": bomb}])
        self._as(self.head)["itsm.approval"].browse(ticket.approval_id.id).ask(bomb)
        self._as(self.portal)["itsm.approval"].browse(ticket.approval_id.id).answer(
            bomb
        )
        self._vote(ticket, self.head, "reject", bomb)
        bodies = "".join(ticket.message_ids.mapped("body"))
        for html in (ticket.answers_html, bodies):
            self.assertIn("alert(1)", html)
            self.assertNotIn("<script", html)
            self.assertIn("7*7", html)

    def test_who_reads_an_approval(self):
        """Whoever works on requests reads how their approval stands, nobody else."""
        policy = self._approval_policy(self.head)
        ticket = self._submit(self._service(approval_policy_id=policy.id))
        approval = ticket.approval_id
        for user, sees in (
            (self.portal, True),
            (self.head, True),
            (self.agent, True),
            (self.auditor, True),
            (self.stranger, False),
            (self.foreigner, False),
            (self.colleague, False),
        ):
            env = self._as(user)
            found = env["itsm.approval"].search([("id", "=", approval.id)])
            self.assertEqual(bool(found), sees, user.name)
            self.assertEqual(bool(env["itsm.approval.vote"].search([])), sees)
