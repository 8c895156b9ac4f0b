import datetime

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .portal_common import PortalCase
from .test_portal import counted_queries

_INTERNAL = ("Gold Agreement", "Inner Circle", "Burst Pipe Excuse")


class PromiseCase(PortalCase):
    """A promise around the clock: first answer in 4 hours, solution in 24."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["itsm.sla.policy"].search([]).active = False
        cls._policy("Gold Agreement", "sla", response=4, resolution=24)
        cls._policy("Inner Circle", "ola", resolution=1)
        cls.desk.portal_scope = "manager"

    @classmethod
    def _policy(cls, name, kind, **hours):
        return cls.env["itsm.sla.policy"].create(
            {
                "name": name,
                "kind": kind,
                "res_model": "itsm.ticket",
                "calendar_source": "always",
                "target_ids": [
                    Command.create(
                        {"metric": metric, "measure": "elapsed", "hours": count}
                    )
                    for metric, count in hours.items()
                ],
            }
        )

    def _ago(self, hours):
        return freeze_time(fields.Datetime.now() - datetime.timedelta(hours=hours))

    def _opened(self, hours, state="new", **vals):
        """Return a ticket of the portal user that was opened some hours ago."""
        with self._ago(hours):
            vals.setdefault("partner_id", self.portal.partner_id.id)
            ticket = self._in_state(state, **vals)
            self._flush_tracking()
        return ticket

    def _resolved(self, opened, resolved, **vals):
        """Return a ticket that was opened and resolved some hours ago."""
        ticket = self._opened(opened, **vals)
        with self._ago(resolved):
            ticket.resolve("solved", "Done.")
            self.env.flush_all()
        return ticket

    def _excuse(self, ticket, metric):
        """Excuse all that a promise is late."""
        clock = ticket.sudo().clock_ids.filtered(
            lambda c: c.kind == "sla" and c.metric == metric
        )
        self.env["itsm.sla.waiver"].create(
            {"clock_id": clock.id, "reason": "Burst Pipe Excuse", "minutes": 100000}
        ).sudo().action_approve()
        self.env.flush_all()

    def _promises(self, ticket, user=None):
        """Return what is promised as ``{metric: promise}``."""
        self.env.flush_all()
        ticket = ticket.with_user(user or self.portal)
        return {p["metric"]: p for p in ticket._sla_promises()[ticket.id]}

    def _states(self, ticket, user=None):
        return {m: p["state"] for m, p in self._promises(ticket, user).items()}


@tagged("post_install", "-at_install")
class TestPortalPromises(PromiseCase):
    """What was promised and where it stands, for the requester."""

    def _shown(self, ticket):
        """Return the states of the promises on the ticket's page, and the bars."""
        self.env.flush_all()
        tree = self._page(f"/my/tickets/{ticket.id}")
        found = tree.xpath("//li[contains(@class, 'o_itsm_promise ')]")
        states = [
            node.get("class").split("o_itsm_promise_")[1].split()[0] for node in found
        ]
        return states, len(tree.xpath("//*[contains(@class, 'o_itsm_bar_track')]"))

    def test_each_state(self):
        self._login(self.portal)
        cases = (
            (self._opened(1), ["running", "running"], 2),
            (self._opened(5), ["late", "running"], 2),
            (self._opened(30), ["late", "late"], 2),
            (self._resolved(3, 1), ["kept", "kept"], 0),
            (self._resolved(30, 20), ["broken", "kept"], 0),
            (self._resolved(30, 1), ["broken", "broken"], 0),
            (self._opened(1, "pending"), ["paused", "paused"], 2),
            (self._opened(1, "cancelled"), [], 0),
        )
        for ticket, states, bars in cases:
            with self.subTest(states=states):
                self.assertEqual(self._shown(ticket), (states, bars))

    def test_deadlines_are_those_of_the_clocks(self):
        ticket = self._opened(1)
        promises = self._promises(ticket)
        for metric, hours in (("response", 4), ("resolution", 24)):
            self.assertEqual(
                promises[metric]["deadline"],
                fields.Datetime.add(ticket.opened_at, hours=hours),
            )

    def test_promises_of_teams_are_not_told(self):
        self.env["itsm.sla.policy"].search([("kind", "=", "sla")]).active = False
        ticket = self._opened(2)
        self.assertTrue(ticket.sudo().clock_ids)
        self.assertFalse(self._promises(ticket))

    def test_excused_lateness_is_not_told(self):
        late, broken = self._opened(5), self._resolved(30, 20)
        for ticket, rest in ((late, "running"), (broken, "kept")):
            self._excuse(ticket, "response")
            self.assertEqual(self._states(ticket), {"resolution": rest})

    def test_nothing_internal_is_on_the_page(self):
        reason = self.env.ref("itsm_helpdesk.pending_reason_parts")
        reason.write({"name": "Budget Fight", "requester_text": "Parts are ordered."})
        ticket = self._opened(30)
        ticket.set_pending("parts")
        broken = self._resolved(30, 20)
        self._excuse(broken, "response")
        self._login(self.portal)
        for url in (
            f"/my/tickets/{ticket.id}",
            f"/my/tickets/{broken.id}",
            "/my/tickets",
        ):
            page = self._get(url).text
            for secret in (*_INTERNAL, "Budget Fight"):
                with self.subTest(url, secret=secret):
                    self.assertNotIn(secret, page)

    def test_why_it_stands_still(self):
        """In the words meant for requesters; else the reason's own name."""
        reason = self.env.ref("itsm_helpdesk.pending_reason_parts")
        reason.write({"name": "Spare part", "requester_text": "Parts are ordered."})
        ticket = self._opened(1)
        ticket.set_pending("parts")
        promises = self._promises(ticket)
        self.assertIn("Parts are ordered.", promises["resolution"]["note"])
        self.assertFalse(promises["response"]["note"], "said once")
        reason.requester_text = False
        self.assertIn("Spare part", self._promises(ticket)["resolution"]["note"])

    def test_only_the_requester_is_asked_for_an_answer(self):
        self.desk.portal_scope = "department"
        reason = self.env.ref("itsm_helpdesk.pending_reason_requester")
        reason.requester_text = "Please send the photo."
        ticket = self._opened(1, "pending")
        for user, asked in ((self.portal, True), (self.colleague, False)):
            note = self._promises(ticket, user)["resolution"]["note"]
            self.assertTrue(note)
            self.assertEqual("Please send the photo." in note, asked)

    def test_times_are_the_readers(self):
        noon = datetime.datetime(2026, 3, 2, 10)
        for zone, hour in (("UTC", "10:00"), ("Asia/Tokyo", "07:00")):
            text = self.Ticket.with_context(tz=zone, lang="en_US")._portal_moment(noon)
            self.assertIn(hour, text)

    def test_a_visitor_with_the_link_reads_times_of_the_desk(self):
        self.calendar.tz = "Asia/Tokyo"
        ticket = self._opened(1)
        token = ticket._portal_ensure_token()
        self.env.flush_all()
        self._login(None)
        page = self._get(f"/my/tickets/{ticket.id}?access_token={token}").text
        tokyo = ticket.with_context(tz="Asia/Tokyo")
        deadline = self._promises(ticket)["resolution"]["deadline"]
        self.assertIn(tokyo._portal_moment(deadline), page)

    def test_others_do_not_learn_of_promises(self):
        ticket = self._opened(1)
        for user in (self.colleague, self.stranger, self.foreigner):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self._promises(ticket, user)

    def test_the_list_shows_what_is_next(self):
        late, running = self._opened(30), self._opened(1)
        solved = self._resolved(3, 1)
        self.env.flush_all()
        tickets = (late | running | solved).with_user(self.portal)
        rows = {row["id"]: row["promise"] for row in tickets._portal_rows()}
        self.assertEqual(rows[late.id]["state"], "late")
        self.assertEqual(rows[running.id]["metric"], "response")
        self.assertIsNone(rows[solved.id])
        self._login(self.portal)
        page = self._get("/my/tickets").text
        self.assertIn(rows[late.id]["short"], page)

    def test_queries_do_not_grow_with_the_list(self):
        tickets = self.Ticket.union(*(self._opened(1) for _n in range(6)))
        counts = []
        for number in (2, 2, 6):  # the first also asks what is asked only once
            self._as(self.portal)
            some = tickets[:number].with_user(self.portal)
            with counted_queries(self.env) as count:
                some._sla_promises()
            counts.append(count[0])
        self.assertEqual(*counts[1:])

    def test_without_policies_nothing_is_asked(self):
        ticket = self._opened(1)
        self.env["itsm.sla.clock"]._of(ticket).unlink()
        Policy = self.env["itsm.sla.policy"].with_context(active_test=False)
        Policy.search([]).unlink()
        ticket._sla_is_used()
        with counted_queries(self.env) as count:
            self.assertEqual(ticket._sla_promises(), {ticket.id: []})
            self.assertEqual(ticket._sla_promise_sentence(), "")
        self.assertEqual(count[0], 0)

    def test_the_first_mail_says_it_in_the_requesters_time(self):
        self.requester.tz = "Asia/Tokyo"
        ticket = self._create_ticket()
        self._flush_tracking()
        deadline = self._promises(ticket, self.requester)["resolution"]["deadline"]
        moment = ticket.with_context(tz="Asia/Tokyo")._portal_moment(deadline)
        sentence = ticket._sla_promise_sentence()
        self.assertIn(moment, sentence)
        self.assertTrue(
            any(moment in (body or "") for body in ticket.message_ids.mapped("body"))
        )


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
        for secret in _INTERNAL:
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
