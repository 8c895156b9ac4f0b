from lxml import html

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_portal import counted_queries
from .test_portal_sla import INTERNAL, PromiseCase


@tagged("post_install", "-at_install")
class TestPortalServiceLevels(PromiseCase):
    """The page for those who manage a department."""

    URL = "/my/service-levels"

    def _levels(self, user=None, days=60):
        self.env.flush_all()
        Ticket = self.env["itsm.ticket"].with_user(user or self.head)
        today = fields.Date.today()
        return Ticket._portal_levels(
            Ticket._portal_managed_ids(),
            fields.Date.subtract(today, days=days),
            fields.Date.add(today, days=1),
        )

    def _late_numbers(self, user):
        self._login(user)
        tree = self._page(self.URL)
        found = tree.xpath("//li//*[contains(@class, 'o_itsm_number')]")
        return {node.text_content().strip() for node in found}

    def _make_manager(self, login, name="Surgery", **vals):
        """Return a portal user who manages another department, and that."""
        user = self._make_user(login, f"{name} chief", "base.group_portal")
        department = self.env["hr.department"].create(
            {"name": name, "company_id": self.company.id, **vals}
        )
        department.manager_id = self._make_employee(
            user, department, user_id=False, work_contact_id=user.partner_id.id
        )
        return user, department

    def test_who_gets_in(self):
        self._opened(30)
        for user in (self.portal, self.requester, self.colleague, self.agent):
            with self.subTest(user.name):
                self._login(user)
                self.assertTrue(self._is_hidden(self._get(self.URL)))
                self.assertFalse(self._page("/my").xpath(f"//a[@href='{self.URL}']"))
        for user in (self.leader, self.manager, self.auditor, self.admin):
            with self.subTest(user.name):
                self._login(user)
                self.assertTrue(self._is_hidden(self._get(self.URL)))
        self._login(None)
        self.assertIn("/web/login", self._get(self.URL).headers["Location"])
        self._login(self.head)
        self._page(self.URL)
        self.assertTrue(self._page("/my").xpath(f"//a[@href='{self.URL}']"))

    def test_a_former_manager_is_out(self):
        self.department.manager_id = self.employee_colleague
        self.env.flush_all()
        self._login(self.head)
        self.assertTrue(self._is_hidden(self._get(self.URL)))

    def test_figures(self):
        self._resolved(3, 1)  # both kept
        self._resolved(30, 20)  # answered late, solved in time
        self._resolved(50, 1)  # both late
        self._opened(30)  # both late, and still to be kept
        self._opened(1)  # not decided
        total = self._levels()["total"]
        self.assertEqual(total["tickets"], 5)
        answer, solution = total["answer"], total["solution"]
        self.assertEqual((answer["kept"], answer["decided"]), (1, 4))
        self.assertEqual((answer["percent"], answer["adjusted"]), (25, None))
        self.assertEqual((solution["kept"], solution["decided"]), (2, 4))
        # Of 2, 10 and 49 hours.
        self.assertEqual(
            solution["median"], self.Ticket.with_user(self.head)._portal_duration(36000)
        )

    def test_excused_delays_are_told_beside(self):
        ticket = self._resolved(30, 20)
        self._resolved(30, 20)
        self._excuse(ticket, "response")
        answer = self._levels()["total"]["answer"]
        self.assertEqual((answer["percent"], answer["adjusted"]), (0, 50))

    def test_restarted_promises_count_once_for_a_ticket(self):
        self.env["itsm.sla.policy"].search([("kind", "=", "sla")]).on_reopen = "restart"
        ticket = self._resolved(40, 30)
        ticket.reopen("Again.")
        ticket.resolve("solved", "Done.")
        total = self._levels()["total"]
        self.assertEqual(total["solution"]["decided"], 1)

    def test_tables_add_up(self):
        service = self.env["itsm.service"].create(
            {"name": "Printing", "desk_id": self.desk.id}
        )
        for kind, service_id in (
            ("incident", service.id),
            ("request", service.id),
            ("incident", False),
        ):
            self._opened(2, type=kind, service_id=service_id)
        levels = self._levels()
        tables = dict(levels["tables"])
        for name in ("type", "service_id"):
            counts = [line["tickets"] for line in tables[name]]
            self.assertEqual(sorted(counts), [1, 2])
            self.assertEqual(sum(counts), levels["total"]["tickets"])
        self.assertEqual(tables["service_id"][0]["label"], "Printing")
        self.assertNotIn("department_id", tables, "one department is no comparison")

    def test_months(self):
        self._opened(1)
        self._opened(24 * 62)
        self.env.flush_all()
        Ticket = self.env["itsm.ticket"].with_user(self.head)
        trend = Ticket._portal_trend(Ticket._portal_managed_ids())
        self.assertEqual(len(trend), 6)
        self.assertEqual(trend[-1]["tickets"], 1)
        self.assertEqual(sum(month["tickets"] for month in trend), 2)

    def test_desks_that_keep_tickets_private(self):
        private = self._opened(30, desk_id=self.desk_other.id, name="Private matter")
        shown = self._opened(30)
        self.desk_other.portal_scope = "own"
        self.assertEqual(self._levels()["total"]["tickets"], 1)
        self.assertEqual(self._late_numbers(self.head), {shown.number})
        self.assertNotIn("Private matter", self._get(self.URL).text)
        self.desk_other.portal_scope = "manager"
        self.assertEqual(self._levels()["total"]["tickets"], 2)
        self.assertEqual(self._late_numbers(self.head), {shown.number, private.number})

    def test_managers_of_other_departments(self):
        self._opened(30)
        user, _department = self._make_manager("chief")
        self.assertEqual(self._levels(user)["total"]["tickets"], 0)
        self.assertFalse(self._late_numbers(user))

    def test_departments_below_count(self):
        ticket = self._opened(30)
        user, _department = self._make_manager("chief")
        self.department.parent_id = _department
        self.assertEqual(self._levels(user)["total"]["tickets"], 1)
        self.assertEqual(self._late_numbers(user), {ticket.number})

    def test_agents_who_manage_see_their_department_only(self):
        """Their wider rights in the back office do not widen this page."""
        self._opened(30, partner_id=self.stranger.partner_id.id)
        shown = self._opened(30)
        self._make_employee(self.agent)
        self.department.manager_id = self.agent.employee_ids[:1]
        self.assertEqual(self._levels(self.agent)["total"]["tickets"], 1)
        self.assertEqual(self._late_numbers(self.agent), {shown.number})

    def test_late_now(self):
        """What is late and not yet solved, excused or called off."""
        late = self._opened(30)
        paused = self._opened(30)
        paused.set_pending("requester")
        self._opened(1)
        self._resolved(50, 1)
        self._opened(30, "cancelled")
        self.env.flush_all()
        self.assertEqual(self._late_numbers(self.head), {late.number, paused.number})
        counters = {"counters": ["itsm_late_count"]}
        result = self.make_jsonrpc_request("/my/counters", counters)
        self.assertEqual(result["itsm_late_count"], 2)
        self._login(self.portal)
        result = self.make_jsonrpc_request("/my/counters", counters)
        self.assertEqual(result["itsm_late_count"], 0)

    def test_pages(self):
        for _n in range(21):
            self._opened(30)
        self.assertEqual(len(self._late_numbers(self.head)), 20)
        tree = self._page(f"{self.URL}/page/2")
        self.assertEqual(
            len(tree.xpath("//li//*[contains(@class, 'o_itsm_number')]")), 1
        )

    @mute_logger("odoo.http")
    def test_hostile_parameters(self):
        other = self._opened(30, partner_id=self.stranger.partner_id.id, name="Hidden")
        shown = self._opened(30)
        self._login(self.head)
        expected = self._figures(self._get(self.URL))
        for query in (
            "period=../../etc/passwd",
            "period=month'--",
            "period=%00",
            "page=-1",
            "page=x",
            "page=99999999999999999999",
            f"department_id={self.department.id + 1}&department_ids=1,2,3",
            f"ids={other.id}&ticket_ids={other.id}&managed={other.department_id.id}",
            "user_id=1&uid=1&start=1900-01-01&end=x&domain=[]",
            "total=1&tables=1&late=1&departments=EvilWords&trend=",
        ):
            with self.subTest(query):
                response = self._get(f"{self.URL}?{query}")
                self.assertEqual(response.status_code, 200)
                self.assertEqual(self._figures(response), expected)
                self.assertNotIn("Hidden", response.text)
        self.assertIn(shown.number, self._get(f"{self.URL}/page/99").text)
        for path in ("page/-1", "page/x", "../tickets/page/-1"):
            self.assertNotEqual(self._get(f"{self.URL}/{path}").status_code, 500)

    def _figures(self, response):
        main = html.fromstring(response.text).xpath("//main")[0]
        self.assertNotIn("EvilWords", main.text_content())
        return [
            " ".join(node.text_content().split())
            for node in main.xpath(".//dd | .//td | .//th")
        ]

    def test_nothing_internal_is_on_the_page(self):
        ticket = self._resolved(30, 20)
        self._excuse(ticket, "response")
        self._opened(30)
        self._login(self.head)
        page = self._get(f"{self.URL}?period=year").text
        for secret in INTERNAL:
            self.assertNotIn(secret, page)

    def test_queries_do_not_grow_with_the_tickets(self):
        counts = []
        for number in (1, 6):
            for _n in range(number):
                self._opened(2)
            self._login(self.head)
            self._get(self.URL)
            with counted_queries(self.env) as count:
                self._get(self.URL)
            counts.append(count[0])
        self.assertEqual(*counts)
