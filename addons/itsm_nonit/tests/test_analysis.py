from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .analysis_common import MONDAY, AnalysisCase

# Whose desks' figures each role sees.
SEEN = {
    "agent": {"own"},
    "leader": {"own"},
    "manager": {"own"},
    "stranger": {"other"},
    "leader_other": {"other"},
    "shared_agent": {"own", "other"},
    "foreigner": {"branch"},
    "facilities_agent": set(),
    "auditor": {"own", "other"},
    "admin": {"own", "other"},
}
REPORTS = ("itsm.ticket.report", "itsm.workload.report")


@tagged("post_install", "-at_install")
class TestServiceAnalysis(AnalysisCase):
    """Volume, quality, frequent problems, seasons and cost."""

    def setUp(self):
        super().setUp()
        self.Service = self.env["itsm.ticket.report"]

    def _row(self, service, *aggregates):
        self.Service._fact_refresh()
        [row] = self.Service._read_group(
            [("service_id", "=", service.id)], [], aggregates
        )
        return row

    def test_volume_and_quality(self):
        good = self._solved(2, service_id=self.leak.id)
        bad = self._solved(10, service_id=self.leak.id)
        self._rate(good, 5)
        self._rate(bad, 2)
        with self._at(11):
            bad.reopen("It drips again.")
        with self._at(12):
            self._create_ticket(service_id=self.leak.id)
        self.assertEqual(
            self._row(
                self.leak,
                "ticket_count:sum",
                "open_count:sum",
                "ended_count:sum",
                "reopened_count:sum",
                "reopen_rate:avg",
                "rating:avg",
                "resolution_median:median",
            ),
            (3, 2, 2, 1, 50.0, 3.5, 2.0),
        )

    def test_promises(self):
        for hours in (1, 2, 9, 10):
            self._solved(hours, service_id=self.leak.id)
        with self._at(0):
            self._create_ticket(service_id=self.leak.id)
        self.assertEqual(
            self._row(
                self.leak, "measured_count:sum", "breached_count:sum", "met_rate:avg"
            ),
            (4, 2, 50.0),
        )

    def test_frequent_problems_by_service_category_and_place(self):
        hall, roof = self.env["itsm.location"].create([{"name": "Hall"}, {"name": "R"}])
        pipes = self.env["itsm.category"].create({"name": "Pipes"})
        for place in (hall, hall, roof):
            self._create_ticket(
                service_id=self.leak.id, category_id=pipes.id, location_id=place.id
            )
        self.Service._fact_refresh()
        groups = self.Service._read_group(
            [("desk_id", "=", self.desk.id)],
            ["service_id", "category_id", "location_id"],
            ["ticket_count:sum"],
            order="ticket_count:sum desc",
        )
        self.assertEqual(
            groups, [(self.leak, pipes, hall, 2), (self.leak, pipes, roof, 1)]
        )

    def test_season_is_on_the_clock_of_the_company(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        late = datetime(2026, 3, 31, 23, 30)
        with self._at(0, late):
            ticket = self._create_ticket()
        self.Service._fact_refresh()
        row = self.Service.search([("ticket_id", "=", ticket.id)])
        self.assertEqual((row.month, row.weekday, row.hour), ("04", "3", "07"))

    def test_cost_where_known(self):
        self.team1.hourly_cost = 40
        product = self.env["product.product"].create(
            {"name": "Tap", "standard_price": 5}
        )
        ticket = self._create_ticket(service_id=self.leak.id, team_id=self.team1.id)
        self._create_ticket(service_id=self.leak.id)
        self.env["itsm.goods.line"].create(
            {"ticket_id": ticket.id, "product_id": product.id, "quantity": 3}
        )
        visit = self._visit(ticket, self.agent, 2, labour_cost=80)
        self.env["itsm.visit.part"].create(
            {
                "visit_id": visit.id,
                "product_id": product.id,
                "quantity": 2,
                "unit_cost": 5,
            }
        )
        self.leak.cost = 12
        self.env.flush_all()
        self.assertEqual(
            self._row(
                self.leak,
                "goods_value:sum",
                "parts_cost:sum",
                "visit_hours:sum",
                "labour_cost:sum",
                "total_cost:sum",
                "average_cost:avg",
                "service_cost:sum",
            ),
            (15.0, 10.0, 2.0, 80.0, 105.0, 105.0, 24.0),
        )

    def test_price_in_another_currency_is_not_added_up(self):
        self.leak.write(
            {
                "cost": 12,
                "currency_id": self.env["res.currency"]
                .with_context(active_test=False)
                .search([("id", "!=", self.company.currency_id.id)], limit=1)
                .id,
            }
        )
        self._create_ticket(service_id=self.leak.id)
        self.assertFalse(self._row(self.leak, "service_cost:sum")[0])

    def test_cost_of_work_is_for_who_leads(self):
        self._create_ticket()
        names = ["labour_cost", "total_cost", "average_cost"]
        for user, may in ((self.agent, False), (self.leader, True)):
            Service = self._as(user)["itsm.ticket.report"]
            self.assertEqual(set(names) <= set(Service.fields_get()), may)
            for name in names:
                with self.subTest(user=user.name, name=name):
                    if may:
                        Service._read_group([], [], [f"{name}:sum"])
                    else:
                        with self.assertRaises(AccessError):
                            Service._read_group([], [], [f"{name}:sum"])

    def test_merged_tickets_and_further_reports(self):
        first, second = (
            self._create_ticket(),
            self._create_ticket(partner_id=self.colleague.partner_id.id),
        )
        second.merge_into(first)
        self.Service._fact_refresh()
        rows = {
            row.ticket_id: (row.merged_count, row.repeated_count)
            for row in self.Service.search([("ticket_id", "in", (first | second).ids)])
        }
        self.assertEqual(rows, {first: (0, 1), second: (1, 0)})

    def test_row_opens_its_ticket(self):
        ticket = self._create_ticket()
        self.Service._fact_refresh()
        row = self.Service.search([("ticket_id", "=", ticket.id)])
        self.assertEqual(row.action_open_ticket()["res_id"], ticket.id)


@tagged("post_install", "-at_install")
class TestWorkload(AnalysisCase):
    """Tickets, tasks and visits of each team and person."""

    def setUp(self):
        super().setUp()
        self.Work = self.env["itsm.workload.report"]

    def test_work_of_each_person(self):
        ticket = self._solved(
            12, service_id=self.leak.id, team_id=self.team1.id, user_id=self.agent.id
        )
        self._visit(ticket, self.agent2, 3)
        self.env["itsm.task"].create(
            {
                "name": "Look",
                "ticket_id": self._create_ticket(team_id=self.team1.id).id,
                "team_id": self.team1.id,
                "user_id": self.agent2.id,
                "due_at": MONDAY,
            }
        )
        self.Work._fact_refresh()
        groups = {
            (user, kind): figures
            for user, kind, *figures in self.Work._read_group(
                [("team_id", "=", self.team1.id), ("user_id", "!=", False)],
                ["user_id", "kind"],
                ["open_count:sum", "late_count:sum", "done_count:sum"],
            )
        }
        self.assertEqual(
            groups,
            {
                (self.agent, "ticket"): [0, 0, 1],
                (self.agent2, "visit"): [0, 0, 1],
                (self.agent2, "task"): [1, 1, 0],
            },
        )
        domain = [("user_id", "=", self.agent2.id), ("kind", "=", "visit")]
        [(worked, lasted)] = self.Work._read_group(
            domain, [], ["worked_hours:sum", "lasted_days:avg"]
        )
        self.assertEqual((worked, lasted), (3.0, 0.125))

    def test_row_opens_its_work(self):
        ticket = self._create_ticket()
        task = self.env["itsm.task"].create({"name": "Look", "ticket_id": ticket.id})
        visit = self._visit(ticket, self.agent, 1)
        self.Work._fact_refresh()
        for record in (ticket, task, visit):
            row = self.Work.search(
                [("res_model", "=", record._name), ("res_id", "=", record.id)]
            )
            action = row.action_open_work()
            self.assertEqual(
                (action["res_model"], action["res_id"]), (record._name, record.id)
            )

    def test_task_for_another_desk_tells_nothing_of_the_ticket(self):
        ticket = self._create_ticket(service_id=self.leak.id)
        task = self.env["itsm.task"].create(
            {"name": "Move", "ticket_id": ticket.id, "team_id": self.team_other.id}
        )
        self.Work._fact_refresh()
        row = self._as(self.stranger)["itsm.workload.report"].search([])
        self.assertEqual(row.res_id, task.id)
        self.assertFalse(row.ticket_id)
        self.assertFalse(row.service_id)


@tagged("post_install", "-at_install")
class TestAnalysisRights(AnalysisCase):
    """Desks are apart in every report."""

    def test_desks_are_apart(self):
        desks = {
            "own": self.desk,
            "other": self.desk_other,
            "branch": self.desk_branch,
        }
        tickets = {
            name: self._create_ticket(desk_id=desk.id, partner_id=False)
            for name, desk in desks.items()
        }
        all_ids = [ticket.id for ticket in tickets.values()]
        for model in REPORTS:
            self.env[model]._fact_refresh()
            rows = {
                name: self.env[model].search([("ticket_id", "=", ticket.id)])
                for name, ticket in tickets.items()
            }
            for role, expected in SEEN.items():
                Report = self._as(getattr(self, role))[model]
                with self.subTest(model=model, role=role):
                    found = Report.search([("ticket_id", "in", all_ids)])
                    self.assertEqual(
                        {n for n, row in rows.items() if row.id in found.ids}, expected
                    )
                    groups = Report._read_group(
                        [("ticket_id", "in", all_ids)], ["desk_id"]
                    )
                    self.assertEqual(
                        {desk.id for [desk] in groups},
                        {desks[name].id for name in expected},
                    )
                    for name in set(rows) - expected:
                        with self.assertRaises(AccessError):
                            Report.browse(rows[name].id).read(["desk_id"])

    def test_who_is_no_agent_reads_nothing(self):
        for user in (self.portal, self.requester):
            for model in REPORTS:
                Report = self._as(user)[model]
                with self.subTest(model=model), self.assertRaises(AccessError):
                    Report.search([])

    def test_screens_open_for_everybody_who_has_the_menu(self):
        names = ("services", "problems", "season")
        actions = [f"itsm_helpdesk.itsm_ticket_report_action_{name}" for name in names]
        actions.append("itsm_helpdesk.itsm_workload_report_action")
        self._create_ticket()
        for user in (self.agent, self.leader, self.auditor):
            env = self._as(user)
            for xmlid in actions:
                action = env["ir.actions.act_window"]._for_xml_id(xmlid)
                views = env[action["res_model"]].get_views(action["views"])
                with self.subTest(user=user.name, action=xmlid):
                    self.assertEqual(set(views["views"]), {"pivot", "graph", "list"})
