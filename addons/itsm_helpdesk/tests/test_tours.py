from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .common import ItsmCase


@tagged("post_install", "-at_install")
class TestTours(ItsmCase, HttpCase):
    """What agents and administrators do in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk_other.name = "Matrix Desk"

    def test_presence(self):
        """The agent sees the leader; the server hears that the agent writes."""
        ticket = self._create_ticket(user_id=self.agent.id)
        ticket.with_user(self.leader).presence_beat()
        beats = []
        beat = type(ticket).presence_beat

        def listen(tickets, writing=False):
            beats.append((tickets.env.user.id, writing))
            # However long the page takes to load, the leader is still there.
            beat(tickets.with_user(self.leader))
            return beat(tickets, writing)

        with patch.object(type(ticket), "presence_beat", listen):
            self.start_tour(
                f"/odoo/itsm-tickets/{ticket.id}",
                "itsm_presence",
                login=self.agent.login,
            )
        self.assertIn((self.agent.id, False), beats)
        self.assertIn((self.agent.id, True), beats)
        left = self.env["itsm.ticket.presence"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(left.user_id, self.leader, "the agent has left the form")

    def test_priority_matrix(self):
        """Cells are written at once, a desk's own cells win and can be given back."""
        ticket = self._create_ticket(impact="2", urgency="2")
        Rule = self.env["itsm.priority.rule"]
        self.assertNotEqual(ticket.priority, "1")
        self.start_tour(
            "/odoo/itsm-priority-grid", "itsm_priority_matrix", login=self.admin.login
        )
        self.env.invalidate_all()
        self.assertEqual(Rule._priority_for(self.desk, "2", "2"), "1")
        self.assertEqual(ticket.priority, "1")
        own = Rule.search([("desk_id", "=", self.desk_other.id)])
        self.assertEqual(
            own.mapped(lambda rule: (rule.impact, rule.urgency, rule.priority)),
            [("3", "3", "2")],
        )

    def test_ticket_kanban(self):
        """A card dropped where words are needed opens the form for them."""
        ticket = self._create_ticket(name="Card to drag", user_id=self.agent.id)
        self.start_tour(
            "/odoo/itsm-my-tickets", "itsm_ticket_kanban", login=self.agent.login
        )
        self.env.invalidate_all()
        self.assertEqual(ticket.state, "in_progress")
        trail = ticket.message_ids.tracking_value_ids.mapped("new_value_char")
        self.assertIn("Awaiting parts", trail)

    def test_catalogue_service(self):
        """A service with a form is made and published without a line of code."""
        self.desk.name = "Tour Desk"
        self.start_tour(
            "/odoo/itsm-services", "itsm_catalogue_service", login=self.manager.login
        )
        service = self.env["itsm.service"].search(
            [("name", "=", "New Laptop of the Tour")]
        )
        self.assertEqual(service.state, "published")
        self.assertEqual(service.icon, "fa-laptop")
        device, price, reason = service.question_ids
        self.assertEqual(
            reason.shown_if,
            {
                "match": "all",
                "rules": [
                    {
                        "question": device.key,
                        "op": "equals",
                        "value": device.option_ids[0].key,
                    },
                    {"question": price.key, "op": "greater", "value": 1000},
                ],
            },
        )
        published = service.version_id._definition()["questions"]
        self.assertEqual(
            [question["type"] for question in published], ["choice", "money", "text"]
        )
