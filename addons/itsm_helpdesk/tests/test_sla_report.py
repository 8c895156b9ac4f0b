from odoo.exceptions import AccessError

from .common import GROUP
from .sla_report_common import SlaReportCase

OF_THE_TICKET = (
    "category_id",
    "company_id",
    "department_id",
    "desk_id",
    "name",
    "number",
    "partner_id",
    "service_class_id",
    "service_id",
    "team_id",
    "type",
    "user_id",
)
OF_THE_CLOCK = (
    "deadline",
    "kind",
    "metric",
    "policy_id",
    "priority",
    "started_at",
    "state",
    "stopped_at",
)


class TestRates(SlaReportCase):
    """How many promises were kept."""

    def test_counts_and_rates(self):
        for hours in (1, 2, 8, 9, 12):
            self._solved(hours)
        with self._at(0):
            running, late, dropped = (self._create_ticket() for _ in range(3))
        with self._at(1):
            dropped.cancel("Not needed any more.")
        with self._at(9):
            self._clock(late)._follow(late)
        self.assertEqual(self._clock(running).state, "running")
        self.assertEqual(self._clock(late).state, "breached")
        self.assertEqual(self._clock(dropped).state, "cancelled")
        self.assertEqual(
            self._total(
                "finished_count",
                "met_count",
                "breached_count",
                "unfinished_count",
                "overdue_count",
                "met_rate",
                "adjusted_rate",
                "overrun_hours",
            ),
            (5, 3, 2, 2, 1, 60.0, 60.0, 5.0),
        )
        self.assertEqual(self.Report.search_count(self._domain()), 8)

    def test_rates_of_nothing_finished(self):
        with self._at(0):
            self._create_ticket()
        names = ("met_rate", "adjusted_rate", "elapsed_median", "elapsed_p90")
        self.assertEqual(self._total(*names), (False,) * 4)

    def test_waivers(self):
        late, later, latest = (self._solved(hours) for hours in (9, 10, 20))
        self._solved(1)
        self._waive(self._clock(late), 60)
        self._waive(self._clock(later), 60)
        names = (
            "breached_count",
            "adjusted_breached_count",
            "waived_count",
            "met_rate",
            "adjusted_rate",
            "overrun_hours",
        )
        self.assertEqual(self._total(*names), (3, 2, 2, 25.0, 50.0, 1.0 + 2.0 + 12.0))
        rows = self.Report.search([*self._domain(), ("waived_count", "=", 1)])
        self.assertEqual(rows.ticket_id, late | later)
        self.assertNotIn(latest, rows.ticket_id)

    def test_late_before(self):
        policy = self._make_policy("By priority", resolution={"1": 2, False: 40})
        with self._at(0):
            ticket = self._create_ticket(
                priority_override="1", priority_override_reason="Theatre"
            )
        with self._at(4):
            ticket.write(
                {"priority_override": "4", "priority_override_reason": "Spare in use"}
            )
        with self._at(5):
            ticket.resolve("solved", "Toner replaced.")
        self._solved(1)
        self.assertEqual(
            self._total(
                "met_count",
                "breached_count",
                "relaxed_count",
                domain=self._domain(policy),
            ),
            (2, 0, 1),
        )
        row = self.Report.search([*self._domain(policy), ("relaxed_count", "=", 1)])
        self.assertEqual(row.ticket_id, ticket)
        self.assertEqual(row.priority, "4", "the clock's, at the end")

    def test_row_tells_the_ticket(self):
        service = self.env["itsm.service"].create(
            {"name": "Printing", "desk_id": self.desk.id}
        )
        ticket = self._solved(3, service_id=service.id, type="request")
        row = self.Report.search(self._domain())
        clock = self._clock(ticket)
        self.assertEqual(row.clock_id, clock)
        for name in OF_THE_TICKET:
            self.assertEqual(row[name], ticket[name], name)
        for name in OF_THE_CLOCK:
            self.assertEqual(row[name], clock[name], name)
        self.assertEqual(row.action_open_ticket()["res_id"], ticket.id)

    def test_team_of_an_ola_is_the_one_that_promised(self):
        policy = self._make_policy("Line 1 solves", kind="ola", resolution=4)
        with self._at(0):
            ticket = self._create_ticket()
        with self._at(3):
            ticket.write({"team_id": self.team2.id})
        with self._at(9):
            ticket.resolve("solved", "Toner replaced.")
        self.assertEqual(
            self.Report._read_group(
                self._domain(policy),
                ["team_id"],
                ["elapsed_hours:avg", "met_rate:avg"],
                order="team_id",
            ),
            [(self.team1, 3.0, 100.0), (self.team2, 6.0, 0.0)],
        )
        self.assertEqual(self.Report.search(self._domain()).team_id, self.team2)


class TestReportRights(SlaReportCase):
    """Figures are of the tickets that one may see anyway."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch_policy = cls._make_policy("Branch", resolution=8)
        cls.home = cls._solved(2)
        cls.other = cls._solved(2, desk_id=cls.desk_other.id)
        cls.away = cls._solved(2, desk_id=cls.desk_branch.id)
        cls.keeper = cls._make_user("keeper", "Kai", "itsm_sla.group_sla_manager")
        cls.bare = cls._make_user("bare", "Rita Reader", "itsm_sla.group_sla_reader")
        cls.traveller = cls._make_user("traveller", "Tom", GROUP % "auditor")
        cls.traveller.company_ids = cls.company | cls.branch
        for model in ("itsm.sla.report", "itsm.sla.time.report"):
            cls.env[model]._fact_refresh()

    def _seen(self, user, model):
        Report = self._as(user)[model].with_context(
            allowed_company_ids=user.company_ids.ids
        )
        rows = Report.search(self._domain())
        # Sums are under the same rules as rows.
        [(count,)] = Report._read_group(self._domain(), [], ["__count"])
        self.assertEqual(count, len(rows))
        return set(rows.sudo().ticket_id.ids)

    def test_matrix(self):
        both = {self.home.id, self.other.id}
        expected = {
            "agent": {self.home.id},
            "leader": {self.home.id},
            "manager": {self.home.id},
            "stranger": {self.other.id},
            "foreigner": {self.away.id},
            "auditor": both,
            "admin": both,
            "keeper": both,
            "traveller": both | {self.away.id},
        }
        for model in ("itsm.sla.report", "itsm.sla.time.report"):
            for role, seen in expected.items():
                with self.subTest(model=model, role=role):
                    self.assertEqual(self._seen(getattr(self, role), model), seen)

    def test_refused(self):
        for model in ("itsm.sla.report", "itsm.sla.time.report"):
            for role in ("portal", "requester", "head", "bare"):
                with self.subTest(model=model, role=role):
                    Report = self._as(getattr(self, role))[model]
                    with self.assertRaises(AccessError):
                        Report.search(self._domain())
                    with self.assertRaises(AccessError):
                        Report._read_group([], [], ["__count"])

    def test_nobody_writes(self):
        for model in ("itsm.sla.report", "itsm.sla.time.report"):
            row = self.env[model].search(self._domain(), limit=1)
            with self.subTest(model), self.assertRaises(AccessError):
                row.with_user(self.admin).check_access("write")

    def test_agent_groups_by_what_they_have_no_rights_on(self):
        """The names of departments, policies and people are shown in group headers."""
        Report = self._as(self.agent)["itsm.sla.report"]
        for groupby in ("department_id", "policy_id", "partner_id", "service_class_id"):
            [group] = Report.formatted_read_group(
                self._domain(), [groupby], ["met_rate:avg"]
            )
            self.assertEqual(group["met_rate:avg"], 100.0)
