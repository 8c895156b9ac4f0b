from odoo.tests import tagged

from .common_import import ImportCase


@tagged("post_install", "-at_install")
class TestImportNames(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Former agents are created as users, which takes these rights.
        for group in ("base.group_erp_manager", "base.group_partner_manager"):
            cls.admin.group_ids += cls.env.ref(group).sudo()

    def _apply_one(self, user=None, **settings):
        policies = {k: v for k, v in settings.items() if k.endswith("_policy")}
        cells = {k: v for k, v in settings.items() if k not in policies}
        return self._apply([self._row("N-1", **cells)], user=user, **policies)

    # ------------------------------------------------------------------
    # People
    # ------------------------------------------------------------------

    def test_known_people_are_matched_by_name_mail_and_case(self):
        partner = self.requester.partner_id
        for name in (partner.name, partner.name.upper(), partner.email):
            with self.subTest(name=name):
                job = self._plan([self._row(Requester=name)], people_policy="refuse")
                self.assertEqual(self._counts(job), (1, 0, 0, 0))
        self._apply([self._row("N-1", Requester=partner.name.lower())])
        self.assertEqual(self._find("N-1").partner_id, partner)
        self.assertEqual(self._find("N-1").department_id, self.department)

    def test_unknown_requester_is_created_once(self):
        rows = [
            self._row("N-1", Requester="Nora New"),
            self._row("N-2", Requester="NORA  new"),
            self._row("N-3", Requester="nora@new.example.com"),
        ]
        self._apply(rows, people_policy="create")
        first, second, third = (self._find(f"N-{n}").partner_id for n in (1, 2, 3))
        self.assertEqual(first.name, "Nora New")
        self.assertEqual(first, second)
        self.assertEqual(third.email, "nora@new.example.com")
        self.assertNotEqual(first, third)

    def test_unknown_requester_is_left_empty(self):
        self._apply_one(Requester="Nora New", people_policy="blank")
        self.assertTrue(self._find("N-1"))
        self.assertFalse(self._find("N-1").partner_id)

    def test_unknown_requester_refuses_the_row(self):
        job = self._apply_one(Requester="Nora New", people_policy="refuse")
        self.assertEqual(self._counts(job), (0, 0, 0, 1))
        self.assertIn("Nora New", job.line_ids.message)
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Nora New")]))

    def test_name_of_several_people_refuses_the_row(self):
        self.env["res.partner"].sudo().create([{"name": "Li Na"}, {"name": "LI NA"}])
        job = self._apply_one(Requester="Li Na", people_policy="create")
        self.assertEqual(self._counts(job), (0, 0, 0, 1))

    def test_name_that_became_ambiguous_is_refused_when_applied(self):
        Partner = self.env["res.partner"].sudo()
        Partner.create({"name": "Li Na"})
        job = self._plan([self._row("N-1", Requester="Li Na"), self._row("N-2")])
        Partner.create({"name": "Li Na"})
        job._apply_all()
        self.assertEqual(self._counts(job), (1, 0, 0, 1))
        self.assertFalse(self._find("N-1"))

    def test_known_agents_are_matched_portal_users_are_not(self):
        self._apply([self._row("N-1", Assignee=self.agent.login)])
        self.assertEqual(self._find("N-1").user_id, self.agent)
        job = self._plan(
            [self._row("N-2", Assignee=self.portal.name)], agent_policy="refuse"
        )
        self.assertEqual(job.refused_count, 1)

    def test_unknown_agent_becomes_an_archived_user(self):
        rows = [
            self._row("N-1", Assignee="Old, Timer"),
            self._row("N-2", Assignee="Old Timer"),
        ]
        job = self._apply(rows, agent_policy="create")
        self.assertEqual(job._result().errors, [])
        users = self._find("N-1").user_id | self._find("N-2").user_id
        self.assertEqual(len(users), 2)
        self.assertFalse(any(users.mapped("active")))
        again = self._plan(rows, agent_policy="refuse")
        self.assertEqual(self._counts(again), (0, 0, 2, 0))

    def test_unknown_agent_is_left_empty_or_refused(self):
        self._apply_one(Assignee="Old Timer", agent_policy="blank")
        self.assertFalse(self._find("N-1").user_id)
        job = self._plan([self._row("N-2", Assignee="Old")], agent_policy="refuse")
        self.assertEqual(job.refused_count, 1)

    def test_creating_without_the_right_is_refused_in_words(self):
        cases = {
            "Assignee": ("agent_policy", "user_id"),
            "Department": ("department_policy", "department_id"),
            "Channel": ("code_policy", "channel_id"),
        }
        for header, (policy, _field) in cases.items():
            with self.subTest(header=header):
                job = self._plan(
                    [self._row(**{header: "Unheard Of"})],
                    user=self.manager,
                    **{policy: "create"},
                )
                self.assertEqual(job.refused_count, 1)
                self.assertIn("Unheard Of", job.line_ids.message)

    # ------------------------------------------------------------------
    # Teams, departments, categories, codes
    # ------------------------------------------------------------------

    def test_teams_are_those_of_the_desk(self):
        self._apply([self._row("N-1", Team=self.team2.name)])
        self.assertEqual(self._find("N-1").team_id, self.team2)
        job = self._plan(
            [self._row("N-2", Team=self.team_other.name)], team_policy="refuse"
        )
        self.assertEqual(job.refused_count, 1)

    def test_unknown_team_is_created_blank_or_refused(self):
        self._apply([self._row("N-1", Team="Night Shift")], team_policy="create")
        self.assertEqual(self._find("N-1").team_id.name, "Night Shift")
        self.assertEqual(self._find("N-1").team_id.desk_id, self.desk)
        self._apply([self._row("N-2", Team="Day Shift")], team_policy="blank")
        # A ticket without a team goes to the desk's default team.
        self.assertEqual(self._find("N-2").team_id, self.team1)
        job = self._plan([self._row("N-3", Team="Day Shift")], team_policy="refuse")
        self.assertEqual(job.refused_count, 1)

    def test_category_and_subcategory_make_a_path(self):
        rows = [
            self._row("N-1", Category="Hardware", Subcategory="Printer"),
            self._row("N-2", Category="hardware", Subcategory="Screen"),
            self._row("N-3", Category="Hardware"),
        ]
        self._apply(rows, category_policy="create")
        printer, screen, hardware = (
            self._find(f"N-{n}").category_id for n in (1, 2, 3)
        )
        self.assertEqual(printer.complete_name, "Hardware / Printer")
        self.assertEqual(screen.parent_id, printer.parent_id)
        self.assertEqual(hardware, printer.parent_id)
        self.assertEqual(hardware.desk_ids, self.desk)
        self.assertEqual(self._counts(self._plan(rows)), (0, 0, 3, 0))

    def test_unknown_category_is_left_empty_or_refused(self):
        self._apply([self._row("N-1", Category="Ghosts")], category_policy="blank")
        self.assertFalse(self._find("N-1").category_id)
        job = self._plan(
            [self._row("N-2", Category="Ghosts")], category_policy="refuse"
        )
        self.assertEqual(job.refused_count, 1)

    def test_category_of_another_desk_is_not_taken(self):
        category = self.env["itsm.category"].create(
            {"name": "Rooms", "desk_ids": self.desk_other.ids}
        )
        self._apply([self._row("N-1", Category="Rooms")], category_policy="create")
        self.assertNotEqual(self._find("N-1").category_id, category)

    def test_codes_are_found_by_code_or_created(self):
        rows = [
            self._row("N-1", Channel="phone", **{"Close code": "Fixed by fairy"}),
            self._row("N-2", Channel="Pigeon", **{"Close code": "fixed by FAIRY"}),
        ]
        self._apply(rows, code_policy="create")
        first, second = self._find("N-1"), self._find("N-2")
        self.assertEqual(first.channel_id.code, "phone")
        self.assertEqual(second.channel_id.name, "Pigeon")
        self.assertEqual(first.resolution_code_id, second.resolution_code_id)
        self.assertEqual(first.resolution_code_id.name, "Fixed by fairy")

    def test_new_code_does_not_collide_with_a_taken_one(self):
        self.env["itsm.channel"].create({"name": "Old bird", "code": "pigeon-post"})
        self._apply([self._row("N-1", Channel="Pigeon Post")], code_policy="create")
        self.assertEqual(self._find("N-1").channel_id.code, "pigeon-post-2")

    def test_unknown_department_is_left_empty_by_default(self):
        self._apply(
            [
                self._row("N-1", Department="Radiology"),
                self._row("N-2", Department="Alchemy"),
            ]
        )
        self.assertEqual(self._find("N-1").department_id, self.department)
        self.assertFalse(self._find("N-2").department_id)

    def test_value_map_renames_a_name(self):
        job = self._upload(self._csv([self._row("N-1", Team="Kellerkinder")]))
        job.value_ids = [
            (
                0,
                0,
                {
                    "field_name": "team_id",
                    "source": "kellerKINDER",
                    "value": self.team3.name,
                },
            )
        ]
        job.team_policy = "refuse"
        job.action_plan()
        job._apply_all()
        self.assertEqual(self._find("N-1").team_id, self.team3)
