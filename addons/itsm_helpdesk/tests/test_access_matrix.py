from odoo.exceptions import AccessError

from .common import ItsmCase

ROLES = (
    "portal",
    "requester",
    "agent",
    "leader",
    "manager",
    "auditor",
    "admin",
)
# Rights on the models as such (r read, w write, c create, d delete); which records
# they cover is the matter of the second class.
MODELS = {
    #                          portal requester agent leader manager auditor admin
    "itsm.ticket": ("r", "r", "rwc", "rwc", "rwcd", "r", "rwcd"),
    "itsm.task": ("", "", "rwc", "rwc", "rwcd", "r", "rwcd"),
    "itsm.task.check": ("", "", "rwc", "rwc", "rwcd", "r", "rwcd"),
    "itsm.task.fail": ("", "", "rwcd", "rwcd", "rwcd", "", "rwcd"),
    "itsm.plan.task": ("", "", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.plan.check": ("", "", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.desk": ("r", "r", "r", "r", "rw", "r", "rwcd"),
    "itsm.team": ("", "r", "r", "rw", "rwc", "r", "rwcd"),
    "itsm.stage": ("r", "r", "r", "r", "r", "r", "rwcd"),
    "itsm.category": ("r", "r", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.channel": ("r", "r", "r", "r", "r", "r", "rwcd"),
    "itsm.pending.reason": ("r", "r", "r", "r", "r", "r", "rwcd"),
    "itsm.resolution.code": ("r", "r", "r", "r", "r", "r", "rwcd"),
    "itsm.closure.code": ("r", "r", "r", "r", "r", "r", "rwcd"),
    "itsm.tag": ("", "r", "rwc", "rwc", "rwcd", "r", "rwcd"),
    "itsm.service": ("r", "r", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.service.category": ("r", "r", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.service.favourite": ("rd",) * 7,
    "itsm.service.comparison": ("", "", "rwc", "rwc", "rwc", "rwc", "rwc"),
    "itsm.service.report": ("", "", "", "r", "rwcd", "r", "rwcd"),
    "itsm.service.report.schedule": ("", "", "", "", "rwcd", "r", "rwcd"),
    "itsm.service.order": ("", "", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.service.version": ("", "", "r", "r", "r", "r", "r"),
    "itsm.service.version.table": ("", "", "r", "r", "r", "r", "r"),
    "itsm.question": ("", "", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.question.option": ("", "", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.question.set": ("", "", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.request.draft": ("rd",) * 7,
    "itsm.answer.row": ("", "", "r", "r", "r", "r", "r"),
    "itsm.location": ("r", "r", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.announcement": ("r", "r", "r", "rwc", "rwcd", "r", "rwcd"),
    "itsm.announcement.receipt": ("", "", "r", "r", "r", "r", "r"),
    "itsm.announcement.send": ("", "", "rwcd", "rwcd", "rwcd", "", "rwcd"),
    "itsm.announcement.send.words": ("", "", "rwcd", "rwcd", "rwcd", "", "rwcd"),
    "itsm.announcement.template": ("", "", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.announcement.update": ("", "", "r", "r", "r", "r", "r"),
    "itsm.prize": ("", "", "", "r", "rwcd", "r", "rwcd"),
    "itsm.prize.draw": ("", "", "", "r", "rwcd", "r", "rwcd"),
    "itsm.prize.draw.cancel": ("", "", "", "", "rwcd", "", "rwcd"),
    "itsm.prize.entry": ("", "", "", "r", "rw", "r", "rw"),
    "itsm.touchpoint": ("", "", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.priority.rule": ("", "r", "r", "r", "r", "r", "rwcd"),
    "itsm.rating.reason": ("", "r", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.rating.sample": ("", "", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.rating.invitation": ("", "", "", "r", "r", "r", "r"),
    "itsm.rating.badge": ("", "", "", "rw", "rwd", "r", "rwd"),
    "itsm.rating.followup": ("", "", "", "rw", "rw", "r", "rw"),
    "itsm.rating.label.print": ("", "", "", "rwcd", "rwcd", "", "rwcd"),
    "itsm.desk.correction": ("", "", "rwcd", "rwcd", "rwcd", "", "rwcd"),
    "itsm.desk.correction.line": ("", "", "rwcd", "rwcd", "rwcd", "", "rwcd"),
    "itsm.ticket.reporter": ("", "", "r", "r", "r", "r", "r"),
    "itsm.process": ("", "", "r", "r", "r", "r", "rwcd"),
    "itsm.role": ("", "", "r", "r", "r", "r", "rwcd"),
    "itsm.role.assignment": ("", "", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.role.grant": ("", "", "r", "r", "r", "r", "r"),
    "itsm.role.preview": ("", "", "", "", "rwc", "", "rwc"),
    "itsm.role.preview.line": ("", "", "", "", "r", "", "r"),
    "itsm.team.seat": ("", "", "r", "r", "r", "r", "r"),
    "itsm.work.kind": ("", "", "r", "r", "r", "r", "rwcd"),
    "itsm.work.log": ("", "", "rwcd", "rwcd", "rwcd", "r", "rwcd"),
    "itsm.ticket.action": ("", "", "rwcd", "rwcd", "rwcd", "", "rwcd"),
}
MODELS |= {
    "itsm.fact.change": ("",) * 7,
    "itsm.fact.refresh": ("",) * 7,
    "itsm.ticket.report": ("", "", "r", "r", "r", "r", "r"),
    "itsm.workload.report": ("", "", "r", "r", "r", "r", "r"),
}
TESTED_ELSEWHERE = (
    "itsm.approval",
    "itsm.import",
    "itsm.sla.",
    "itsm.ticket.presence",
    "itsm.service.import",
)
# Which of the tickets made below each role may read and write.
TICKETS = {
    "portal": ("asked", ""),
    "requester": ("asked for_me", ""),
    "colleague": ("", ""),
    "head": ("", ""),
    "agent": ("own asked for_me dept registered", "own asked for_me dept"),
    "engineer": ("own asked for_me dept", "own asked for_me dept"),
    "leader": ("own asked for_me dept", "own asked for_me dept"),
    "manager": ("own asked for_me dept", "own asked for_me dept"),
    "stranger": ("other registered", "other registered"),
    "foreigner": ("branch", "branch"),
    "auditor": ("own asked for_me dept other registered", ""),
    "admin": (
        "own asked for_me dept other registered",
        "own asked for_me dept other registered",
    ),
}


class TestModelRights(ItsmCase):
    """Role × model × operation."""

    def test_models(self):
        self._check_model_rights(MODELS, ROLES)

    def test_table_is_complete(self):
        """A new model of the addon needs a row here or in a test of its own."""
        self._check_table_complete(MODELS, "itsm_helpdesk", TESTED_ELSEWHERE)

    def test_public_visitor(self):
        self._check_hidden_from_public(MODELS)


class TestTicketRecords(ItsmCase):
    """Which tickets each role sees and changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        nobody = cls.env["res.partner"].create({"name": "Nobody"})
        vals = {"partner_id": nobody.id}
        cls.tickets = {
            "own": cls._create_ticket(**vals),
            "asked": cls._create_ticket(
                partner_id=cls.portal.partner_id.id,
                requested_for_id=cls.requester.partner_id.id,
            ),
            "for_me": cls._create_ticket(
                requested_for_id=cls.requester.partner_id.id, **vals
            ),
            "dept": cls._create_ticket(department_id=cls.department.id, **vals),
            "other": cls._create_ticket(desk_id=cls.desk_other.id, **vals),
            "branch": cls._create_ticket(desk_id=cls.desk_branch.id, **vals),
            "registered": cls.Ticket.with_user(cls.agent).create(
                cls._ticket_vals(desk_id=cls.desk_other.id, **vals)
            ),
        }

    def _allowed(self, role, operation):
        env = self._as(getattr(self, role))
        return {
            name
            for name, ticket in self.tickets.items()
            if env["itsm.ticket"].browse(ticket.id).has_access(operation)
        }

    def _found(self, role):
        ids = {ticket.id: name for name, ticket in self.tickets.items()}
        env = self._as(getattr(self, role))
        return {ids[t.id] for t in env["itsm.ticket"].search([("id", "in", list(ids))])}

    def test_read_and_write(self):
        for role, (readable, writable) in TICKETS.items():
            with self.subTest(role=role, operation="search"):
                self.assertEqual(self._found(role), set(readable.split()))
            with self.subTest(role=role, operation="read"):
                self.assertEqual(self._allowed(role, "read"), set(readable.split()))
            with self.subTest(role=role, operation="write"):
                self.assertEqual(self._allowed(role, "write"), set(writable.split()))

    def test_delete(self):
        for role in ("portal", "requester", "agent", "leader", "auditor"):
            self.assertEqual(self._allowed(role, "unlink"), set(), role)
        self.assertEqual(
            self._allowed("manager", "unlink"), {"own", "asked", "for_me", "dept"}
        )

    def test_department_by_the_desks_scope(self):
        scopes = {
            "own": set(),
            "manager": {"head"},
            "department": {"head", "colleague", "requester", "portal"},
        }
        for scope, expected in scopes.items():
            self.desk.portal_scope = scope
            seen = {
                role
                for role in ("head", "colleague", "requester", "portal", "foreigner")
                if "dept" in self._found(role)
            }
            with self.subTest(scope=scope):
                self.assertEqual(seen, expected)

    def test_manager_of_the_parent_department(self):
        self.desk.portal_scope = "manager"
        self.chief = self._make_user("chief", "Chief")
        medicine = self.env["hr.department"].create({"name": "Medicine"})
        medicine.manager_id = self._make_employee(self.chief, medicine)
        self.assertNotIn("dept", self._found("chief"))
        self.department.parent_id = medicine
        self.assertIn("dept", self._found("chief"))

    def test_manager_with_a_portal_login(self):
        self.desk.portal_scope = "manager"
        self.department.manager_id = self.employee_portal
        self.assertIn("dept", self._found("portal"))

    def test_other_departments_stay_hidden(self):
        self.desk.portal_scope = "department"
        self.tickets["dept"].department_id = self.env["hr.department"].create(
            {"name": "Pharmacy"}
        )
        for role in ("head", "colleague"):
            self.assertNotIn("dept", self._found(role))

    def test_agent_registers_for_every_desk(self):
        for desk in (self.desk, self.desk_other):
            ticket = self._as(self.agent)["itsm.ticket"].create(
                self._ticket_vals(desk_id=desk.id)
            )
            self.assertTrue(ticket.has_access("read"))
            self.assertEqual(ticket.has_access("write"), desk == self.desk)

    def test_registered_ticket_of_another_desk_gets_a_message(self):
        mine = self._as(self.agent)["itsm.ticket"].browse(self.tickets["registered"].id)
        self.assertTrue(mine.message_post(body="One more thing"))

    def test_requesters_do_not_create(self):
        for role in ("portal", "requester", "auditor"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._as(getattr(self, role))["itsm.ticket"].create(self._ticket_vals())

    def test_auditor_writes_nothing(self):
        ticket = self.tickets["own"].with_user(self.auditor)
        calls = {
            "write": lambda: ticket.write({"name": "Changed"}),
            "take": ticket.action_take,
            "resolve": lambda: ticket.resolve("solved", "Text"),
            "cancel": lambda: ticket.cancel("Why"),
            "major": lambda: ticket.action_declare_major("Why"),
            "split": lambda: ticket.split("Second"),
            "merge": lambda: ticket.merge_into(self.tickets["dept"]),
            "escalate": lambda: ticket.escalate(None, "Why"),
        }
        for name, call in calls.items():
            with self.subTest(call=name), self.assertRaises(AccessError):
                call()

    def test_agent_who_left_the_team(self):
        self.assertIn("own", self._allowed("engineer", "write"))
        self.team2.member_ids -= self.engineer
        self.assertEqual(self._allowed("engineer", "read"), set())


class TestOtherRecords(ItsmCase):
    """Desks, teams and tasks: own and others'."""

    def _writable(self, user, *records):
        env = self._as(user)
        return [env[r._name].browse(r.id).has_access("write") for r in records]

    def test_desks(self):
        for user, expected in (
            (self.manager, [True, False]),
            (self.leader, [False, False]),
            (self.admin, [True, True]),
        ):
            got = self._writable(user, self.desk, self.desk_other)
            self.assertEqual(got, expected, user.name)

    def test_teams(self):
        for user, expected in (
            (self.leader, [True, False, False]),
            (self.manager, [True, True, False]),
            (self.agent, [False, False, False]),
            (self.admin, [True, True, True]),
        ):
            got = self._writable(user, self.team1, self.team2, self.team_other)
            self.assertEqual(got, expected, user.name)

    def test_manager_makes_teams_of_own_desks_only(self):
        Team = self._as(self.manager)["itsm.team"]
        self.assertTrue(Team.create({"name": "Line 4", "desk_id": self.desk.id}))
        with self.assertRaises(AccessError):
            Team.create({"name": "Theirs", "desk_id": self.desk_other.id})

    def test_leader_does_not_give_the_team_away(self):
        team = self._as(self.leader)["itsm.team"].browse(self.team1.id)
        with self.assertRaises(AccessError):
            team.write({"desk_id": self.desk_other.id})

    def test_nobody_becomes_an_agent_by_themselves(self):
        for user in (self.requester, self.agent):
            mine = self._as(user)["res.users"].browse(user.id)
            for vals in (
                {"itsm_team_ids": [(4, self.team_other.id)]},
                {"itsm_desk_ids": [(4, self.desk_other.id)]},
            ):
                with (
                    self.subTest(user=user.name, vals=vals),
                    self.assertRaises(AccessError),
                ):
                    mine.write(vals)

    def test_tasks(self):
        tasks = self.env["itsm.task"].create(
            [
                {"name": "Ours", "ticket_id": self._create_ticket().id},
                {
                    "name": "Theirs",
                    "ticket_id": self._create_ticket(desk_id=self.desk_other.id).id,
                },
                {
                    "name": "Theirs, for us",
                    "ticket_id": self._create_ticket(desk_id=self.desk_other.id).id,
                    "user_id": self.agent.id,
                },
            ]
        )
        found = self._as(self.agent)["itsm.task"].search([("id", "in", tasks.ids)])
        self.assertEqual(set(found.mapped("name")), {"Ours", "Theirs, for us"})
        self.assertEqual(
            self._writable(self.agent, *tasks),
            [True, False, True],
        )

    def test_task_is_made_on_tickets_of_own_desks_only(self):
        theirs = self._create_ticket(desk_id=self.desk_other.id)
        Task = self._as(self.agent)["itsm.task"]
        with self.assertRaises(AccessError):
            Task.create({"name": "Theirs", "ticket_id": theirs.id})
        with self.assertRaises(AccessError):
            Task.create(
                {"name": "Mine", "ticket_id": theirs.id, "user_id": self.agent.id}
            )

    def test_requester_is_told_nothing_about_desk_secrets(self):
        """What everybody may read of a desk holds no mailbox settings to change."""
        desk = self._as(self.portal)["itsm.desk"].browse(self.desk.id)
        self.assertEqual(desk.read(["name"])[0]["name"], self.desk.name)
        with self.assertRaises(AccessError):
            desk.write({"name": "Mine now"})

    def test_managers_change_categories_of_their_desks(self):
        shared, own, foreign = self.env["itsm.category"].create(
            [
                {"name": "Shared"},
                {"name": "Own", "desk_ids": self.desk.ids},
                {"name": "Foreign", "desk_ids": self.desk_other.ids},
            ]
        )
        for category, may in ((shared, True), (own, True), (foreign, False)):
            with self.subTest(category=category.name):
                category = category.with_user(self.manager)
                self.assertTrue(category.has_access("read"))
                self.assertEqual(category.has_access("write"), may)
