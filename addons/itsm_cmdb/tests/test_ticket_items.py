from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .impact_common import ImpactCase


@tagged("post_install", "-at_install")
class TestTicketItems(ImpactCase):
    """What tickets are about, and what their outage touches."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server, cls.app, cls.mail = cls._items("server app mail")
        cls._link(cls.app, "needs", cls.server)
        cls._link(cls.mail, "needs", cls.app)
        cls.ticket = cls._create_ticket(ci_ids=cls.server.ids)

    def _touched(self, ticket=None):
        links = (ticket or self.ticket).touched_link_ids
        return {link.ci_id.name: link.distance for link in links if not link.excluded}

    def test_items_are_links(self):
        ticket = self.ticket.with_user(self.agent)
        link = ticket.ci_link_ids
        self.assertEqual(
            (link.ci_id, link.role, link.origin),
            (
                self.server,
                "affected",
                "manual",
            ),
        )
        link.role = "cause"
        ticket.ci_ids |= self.app
        self.assertEqual(link.role, "cause")
        self.assertEqual(ticket.ci_ids, self.server | self.app)
        ticket.ci_ids = self.app
        self.assertFalse(link.exists())
        Ticket = self.env["itsm.ticket"]
        self.assertIn(ticket, Ticket.search([("ci_ids", "in", self.app.ids)]))
        self.assertIn(ticket, Ticket.search([("ci_ids.name", "=", "app")]))
        self.assertNotIn(ticket, Ticket.search([("ci_ids", "in", self.server.ids)]))
        self.assertNotIn(ticket, Ticket.search([("ci_ids", "=", False)]))

    def test_analysis_keeps_what_people_said(self):
        self.ticket.with_user(self.agent).action_analyse_impact()
        self.assertEqual(self._touched(), {"app": 1, "mail": 2})
        extra = self._ci("extra")
        self.ticket.with_user(self.agent).touched_link_ids = [
            Command.create({"ci_id": extra.id, "role": "impacted"})
        ]
        app = self.ticket.touched_link_ids.filtered(lambda l: l.ci_id == self.app)
        app.with_user(self.agent).excluded = True
        self.ticket.with_user(self.agent).action_analyse_impact()
        self.assertEqual(set(self._touched()), {"extra"}, "mail hung on app only")
        self.assertTrue(app.exists())
        self.assertEqual(self.ticket.impact_item_count, 1)
        app.with_user(self.agent).excluded = False
        self.ticket.with_user(self.agent).action_analyse_impact()
        self.assertEqual(set(self._touched()), {"app", "mail", "extra"})

    def test_picture_says_what_the_analysis_counts(self):
        """What is degraded is not drawn as down, what is excluded is not drawn."""
        ticket = self.ticket.with_user(self.agent)
        ticket.ci_link_ids.state = "degraded"
        ticket.action_analyse_impact()
        links = ticket.touched_link_ids
        links.filtered(lambda link: link.ci_id == self.mail).excluded = True
        params = ticket.action_impact_graph()["params"]
        items = self.env["itsm.ci"].with_user(self.agent).browse(params["ci_ids"])
        facts = items.impact_graph(params["options"])
        drawn = {node["id"]: node["state"] for node in facts["nodes"]}
        shown = links.filtered(lambda link: not link.excluded)
        counted = {link.ci_id.id: link.state for link in shown}
        self.assertEqual(drawn, counted | {self.server.id: "degraded"})

    def test_what_is_no_longer_hit_goes(self):
        self.ticket.with_user(self.agent).action_analyse_impact()
        self.mail.relation_ids.end()
        self.ticket.with_user(self.agent).action_analyse_impact()
        self.assertEqual(set(self._touched()), {"app"})

    def test_figures_cannot_be_made_up(self):
        with self.assertRaises(UserError):
            self.ticket.with_user(self.agent).impact_people_count = 1000
        self.ticket.with_user(self.agent).ci_link_ids = [
            Command.create(
                {"ci_id": self.mail.id, "role": "impacted", "origin": "computed"}
            )
        ]
        self.assertEqual(set(self.ticket.ci_link_ids.mapped("origin")), {"manual"})

    def test_a_ticket_without_items_is_told(self):
        with self.assertRaises(UserError):
            self._create_ticket().with_user(self.agent).action_analyse_impact()

    def test_two_agents_store_the_same(self):
        secret = self._class(
            "test_secret", group_ids=self.env.ref("itsm_cmdb.group_cmdb_manager").ids
        )
        hidden = self._ci("hidden", secret)
        self._link(hidden, "needs", self.server)
        self.ticket.with_user(self.agent).action_analyse_impact()
        self.assertIn("hidden", self._touched())
        mine = self.ticket.with_env(self._as(self.agent))
        self.assertNotIn(hidden.id, mine.touched_link_ids.ci_id.ids)
        self.assertEqual(mine.hidden_item_count, 1)
        self.assertEqual(mine.impact_item_count, 4)

    def test_links_follow_the_ticket(self):
        link = self.ticket.ci_link_ids
        for user in (self.stranger, self.foreigner, self.keeper):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                link.with_user(user).read(["role"])
        self.assertEqual(link.with_user(self.auditor).role, "affected")
        with self.assertRaises(AccessError):
            self.env["itsm.ticket.ci"].with_user(self.stranger).create(
                {"ticket_id": self.ticket.id, "ci_id": self.app.id}
            )
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.requester).read(["ci_ids"])

    def test_an_item_shows_its_tickets(self):
        done = self._create_ticket(ci_ids=self.server.ids)
        done.cancel("No")
        server = self.server.with_env(self._as(self.agent))
        self.assertEqual((server.open_ticket_count, server.ticket_count), (1, 2))
        found = server.search([("open_ticket_count", ">", 0)])
        self.assertIn(server, found)
        self.assertNotIn(self.app, found)
        self.assertIn(self.app, server.search([("open_ticket_count", "=", 0)]))
        tickets = self.env["itsm.ticket"].search(server.action_view_tickets()["domain"])
        self.assertEqual(tickets, self.ticket | done)

    def test_merging_takes_the_items_along(self):
        target = self._create_ticket(ci_ids=(self.server | self.mail).ids)
        self.ticket.ci_link_ids.role = "cause"
        self.ticket.ci_ids |= self.app
        self.ticket.with_user(self.agent).merge_into(target)
        self.assertEqual(
            {link.ci_id.name: link.role for link in target.ci_link_ids},
            {"server": "cause", "mail": "affected", "app": "affected"},
        )
        self.assertFalse(self.ticket.ci_link_ids)
