import datetime

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .portal_request_common import PortalRequestCase
from .request_common import question


@tagged("post_install", "-at_install")
class TestPortalProgress(PortalRequestCase):
    """The page of a request, from asking to rating."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._service(
            "Laptop zebra",
            [question("device")],
            approval_policy_id=cls._approval_policy(cls.head).id,
        )
        cls._plan(
            cls.service,
            {"name": "Order it", "team_id": cls.team1.id},
            {"name": "Bring it", "team_id": cls.team1.id, "after": ["Order it"]},
        )

    def setUp(self):
        super().setUp()
        self._login(self.portal)
        self.ticket = self._submit(self.service, device="X1")
        self.url = f"/my/tickets/{self.ticket.id}"
        self.env.flush_all()

    def _steps(self):
        """Return the number of steps, the current one, and all that they say."""
        steps = self._page(self.url).xpath("//ol[contains(@class,'o_itsm_steps')]/li")
        current = [li.get("aria-current") for li in steps].index("step")
        return len(steps), current, [self._text(li) for li in steps]

    def _approve(self):
        self._vote(self.ticket, self.head)
        self.env.flush_all()

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def test_each_step_is_told(self):
        count, current, words = self._steps()
        self.assertEqual((count, current), (5, 1))
        self.assertIn(self.head.name, words[1])
        self._approve()
        count, current, words = self._steps()
        self.assertEqual((count, current), (5, 2))
        self.assertIn(self.head.name, words[1])
        for task in self.ticket.task_ids.sorted("sequence"):
            task.action_done()
        self.env.flush_all()
        self.assertEqual(self.ticket.state, "resolved")
        self.assertEqual(self._steps()[:2], (5, 3))
        self._post(f"{self.url}/confirm")
        self.env.invalidate_all()
        self.assertEqual(self.ticket.state, "closed")
        self.assertEqual(self._steps()[:2], (5, 4))

    def test_refused_with_the_reason(self):
        self._vote(self.ticket, self.head, "reject", "Too <b>dear</b>.")
        self.env.flush_all()
        count, current, words = self._steps()
        self.assertEqual((count, current), (2, 1))
        self.assertIn(self.head.name, words[1])
        text = self._text(
            self._page(self.url).xpath("//section[@aria-labelledby='itsm_next']")[0]
        )
        self.assertIn("Too <b>dear</b>.", text)

    def test_cancelled_before_the_approval(self):
        self._post(f"{self.url}/cancel", {"reason": "Found one."})
        self.env.invalidate_all()
        self.assertEqual(self.ticket.state, "cancelled")
        self.assertEqual(self._steps()[:2], (2, 1))

    def test_what_approvers_ask_leads_to_the_answer(self):
        self.assertNotIn(
            "/my/approvals", " ".join(self._page(self.url).xpath("//a/@href"))
        )
        approval = self.ticket.approval_id
        approval.with_user(self.head).ask("What for?")
        self.env.flush_all()
        links = self._page(self.url).xpath("//a/@href")
        self.assertIn(f"/my/approvals/{approval.id}", links)

    # ------------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------------

    def _parts(self):
        parts = self._page(self.url).xpath("//li[contains(@class,'o_itsm_part')]")
        return [self._text(part) for part in parts]

    def test_parts_of_the_plan_not_of_the_agents(self):
        self._approve()
        self.env["itsm.task"].create(
            {"name": "Secret", "ticket_id": self.ticket.id, "team_id": self.team1.id}
        )
        self.env.flush_all()
        parts = self._parts()
        self.assertEqual(len(parts), 2)
        self.assertIn("Order it", parts[0])
        self.assertIn("Bring it", parts[1])
        self.assertNotIn("Secret", self._get(self.url).text)

    def test_tickets_of_other_desks_are_parts(self):
        badge = self._service("Badge", desk_id=self.desk_other.id)
        parent = self._service("New employee")
        self.env["itsm.service.order"].create(
            {"service_id": parent.id, "child_service_id": badge.id}
        )
        parent.action_publish()
        self.ticket = self._submit(parent)
        self.url = f"/my/tickets/{self.ticket.id}"
        child = self.ticket.child_ids
        self.env.flush_all()
        self.assertEqual(len(self._parts()), 1)
        tree = self._page(self.url)
        links = tree.xpath(f"//a[@href='/my/tickets/{child.id}']")
        self.assertEqual(len(links), 1, "not among the relatives once more")

    def test_who_has_the_link_only_sees_less(self):
        # With promises the rows of tickets ask for more rights.
        self.env["itsm.sla.policy"].create(
            {
                "name": "Answer",
                "res_model": "itsm.ticket",
                "target_ids": [Command.create({"metric": "response", "hours": 4})],
            }
        )
        self._approve()
        token = self.ticket._portal_ensure_token()
        self.env.flush_all()
        self._login(None)
        response = self._get(f"{self.url}?access_token={token}")
        self.assertEqual(response.status_code, 200)
        self.assertIn("X1", response.text)
        self.assertNotIn("o_itsm_trail", response.text)
        self.assertNotIn("Order it", response.text)

    # ------------------------------------------------------------------
    # Rating
    # ------------------------------------------------------------------

    def _rate(self, grade="4", comment="Fine.", csrf=True, ticket=None):
        url = f"/my/tickets/{(ticket or self.ticket).id}/rate"
        response = self._post(url, {"grade": grade, "comment": comment}, csrf=csrf)
        self.env.invalidate_all()
        return response

    def _ratings(self):
        return self.ticket.rating_ids.filtered("consumed").mapped(
            lambda rating: (rating.rating, rating.feedback)
        )

    def _finished(self, state="resolved"):
        self.ticket = self._in_state(state, partner_id=self.portal.partner_id.id)
        self.url = f"/my/tickets/{self.ticket.id}"
        self.env.flush_all()
        return self.ticket

    def test_rating_and_changing_it(self):
        self._finished()
        self.assertTrue(self._page(self.url).xpath("//input[@name='grade']"))
        self.assertEqual(self._rate().status_code, 303)
        self.assertEqual(self._ratings(), [(4, "Fine.")])
        self.assertEqual(self.ticket.state, "resolved", "no answer that reopens it")
        self._rate("2", "On second thought <b>no</b>")
        self.assertEqual(self._ratings(), [(2, "On second thought <b>no</b>")])
        tree = self._page(self.url)
        checked = tree.xpath("//input[@name='grade'][@checked]/@value")
        self.assertEqual(checked, ["2"])
        self.assertIn("<b>no</b>", tree.xpath("//textarea[@name='comment']")[0].text)

    def test_rating_ends_some_days_after_closing(self):
        self._finished("closed")
        self._rate()
        self.assertEqual(len(self._ratings()), 1)
        past = fields.Datetime.now() - datetime.timedelta(days=8)
        self.ticket._write_system({"closed_at": past})
        self.env.flush_all()
        tree = self._page(self.url)
        self.assertFalse(tree.xpath("//input[@name='grade']"))
        self.assertTrue(tree.xpath("//*[contains(@class,'o_itsm_stars_given')]"))
        self.assertEqual(self._rate("1").status_code, 200)
        self.assertEqual(self._ratings(), [(4, "Fine.")])

    def test_what_is_refused(self):
        self._finished()
        self.assertEqual(self._rate(csrf=False).status_code, 400)
        for grade in ("", "0", "6", "4.5", "x", "-1"):
            with self.subTest(grade=grade):
                self.assertEqual(self._rate(grade).status_code, 200)
        self.desk.portal_scope = "department"
        for user in (self.colleague, self.agent, self.stranger):
            with self.subTest(user.name):
                self._login(user)
                self.assertTrue(self._is_hidden(self._rate()))
        self.assertFalse(self._ratings())
        self._login(self.portal)
        self._finished("in_progress")
        self.assertFalse(self._page(self.url).xpath("//input[@name='grade']"))
        self.assertEqual(self._rate().status_code, 200)
        self.assertFalse(self._ratings())
