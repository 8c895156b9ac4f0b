from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.itsm_ticket_presence import ALIVE_SECONDS
from .common import ItsmCase


@tagged("post_install", "-at_install")
class TestPresence(ItsmCase):
    """Who else has the ticket open: rights, changes, expiry and messages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket()
        cls.Presence = cls.env["itsm.ticket.presence"].sudo()

    def _beat(self, user, writing=False):
        """Let a user beat; return the others and how many messages went out."""
        self._as(user)
        ticket = self.ticket.with_user(user)
        with patch.object(type(self.env["bus.bus"]), "_sendone") as send:
            others = ticket.presence_beat(writing)
        return others, self._news(send)

    def _news(self, send):
        return [
            call.args
            for call in send.call_args_list
            if call.args[1] == "itsm.ticket/presence"
        ]

    def _age(self, user, seconds):
        """Let the last beat of a user lie back."""
        self.Presence.search([("user_id", "=", user.id)]).seen_at = (
            fields.Datetime.now() - timedelta(seconds=seconds)
        )
        self.env.flush_all()

    def test_each_sees_the_other_not_themselves(self):
        self.assertEqual(self._beat(self.agent)[0], [])
        others, _news = self._beat(self.agent2)
        self.assertEqual(
            others,
            [
                {
                    "user_id": self.agent.id,
                    "name": self.agent.name,
                    "writing": False,
                }
            ],
        )

    def test_writing_is_seen_and_ends(self):
        self._beat(self.agent, writing=True)
        self.assertTrue(self._beat(self.agent2)[0][0]["writing"])
        self._beat(self.agent)
        self.assertFalse(self._beat(self.agent2)[0][0]["writing"])

    def test_one_row_for_each_person(self):
        for writing in (False, True, False):
            self._beat(self.agent, writing)
        rows = self.Presence.search([("ticket_id", "=", self.ticket.id)])
        self.assertEqual(rows.user_id, self.agent)
        self.assertEqual(len(rows), 1)

    def test_message_only_on_change(self):
        self.assertEqual(len(self._beat(self.agent)[1]), 1, "opened")
        self.assertEqual(len(self._beat(self.agent)[1]), 0, "still there")
        self.assertEqual(len(self._beat(self.agent, True)[1]), 1, "writes")
        self.assertEqual(len(self._beat(self.agent, True)[1]), 0, "still writes")
        self.assertEqual(len(self._beat(self.agent)[1]), 1, "stopped")

    def test_message_names_no_people_and_goes_to_the_ticket_only(self):
        [(channel, _type, payload)] = self._beat(self.agent)[1]
        self.assertEqual(channel, (self.ticket.with_user(self.agent), "presence"))
        self.assertEqual(set(payload), {"ticket_id", "user_id"})

    def test_leaving(self):
        self._beat(self.agent)
        self._beat(self.agent2)
        ticket = self.ticket.with_user(self.agent)
        with patch.object(type(self.env["bus.bus"]), "_sendone") as send:
            ticket.presence_leave()
            self.assertEqual(len(self._news(send)), 1)
            ticket.presence_leave()
            self.assertEqual(len(self._news(send)), 1, "gone already")
        self.assertEqual(self._beat(self.agent2)[0], [])

    def test_who_is_silent_has_gone(self):
        self._beat(self.agent)
        self._age(self.agent, ALIVE_SECONDS - 30)
        self.assertEqual(len(self._beat(self.agent2)[0]), 1)
        self._age(self.agent, ALIVE_SECONDS + 30)
        self.assertEqual(self._beat(self.agent2)[0], [])
        self.assertEqual(len(self._beat(self.agent)[1]), 1, "came back")

    def test_vacuum_deletes_the_gone_only(self):
        self._beat(self.agent)
        self._beat(self.agent2)
        self._age(self.agent, ALIVE_SECONDS + 30)
        self.Presence._gc_gone()
        rows = self.Presence.search([("ticket_id", "=", self.ticket.id)])
        self.assertEqual(rows.user_id, self.agent2)

    def test_ticket_is_not_touched(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT xmin, write_date FROM itsm_ticket WHERE id = %s", [self.ticket.id]
        )
        before = self.env.cr.fetchone()
        self._beat(self.agent, True)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT xmin, write_date FROM itsm_ticket WHERE id = %s", [self.ticket.id]
        )
        self.assertEqual(self.env.cr.fetchone(), before)

    def test_only_agents_of_the_desk(self):
        refused = (
            self.portal,
            self.requester,
            self.head,
            self.auditor,
            self.stranger,
            self.foreigner,
        )
        for user in refused:
            ticket = self.ticket.with_user(user)
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    ticket.presence_beat()
                with self.assertRaises(AccessError):
                    ticket.presence_leave()
        for user in (self.agent, self.engineer, self.leader, self.manager, self.admin):
            with self.subTest(user=user.name):
                self._beat(user)

    def test_rows_are_closed(self):
        for user in (self.portal, self.agent, self.manager):
            rows = self.env["itsm.ticket.presence"].with_user(user)
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                rows.search([])

    def test_a_beat_costs_two_queries_besides_the_access_check(self):
        self.cr.flush()  # mails of the new ticket empty the cache
        self._beat(self.agent)
        ticket = self.ticket.with_env(self._as(self.agent2))
        ticket.presence_beat()
        with self.assertQueryCount(2):
            ticket.presence_beat()
        ticket.invalidate_recordset()
        with self.assertQueryCount(3):
            ticket.presence_beat()

    # ------------------------------------------------------------------
    # Websocket
    # ------------------------------------------------------------------

    def _channels(self, user, *channels):
        """Return the presence channels that a subscription of ``user`` gets."""
        websocket = self.env(user=user)["ir.websocket"]
        request = SimpleNamespace(session=SimpleNamespace(uid=user.id))
        with patch("odoo.addons.bus.models.ir_websocket.wsrequest", request):
            built = websocket._build_bus_channel_list(list(channels))
        return [channel for channel in built if "presence" in str(channel)]

    def test_channel_is_for_agents_of_the_desk(self):
        asked = f"itsm.ticket.presence/{self.ticket.id}"
        for user in (self.agent, self.admin):
            with self.subTest(user=user.name):
                [(ticket, name)] = self._channels(user, asked)
                self.assertEqual((ticket.id, name), (self.ticket.id, "presence"))
        for user in (self.portal, self.requester, self.stranger, self.auditor):
            with self.subTest(user=user.name):
                self.assertEqual(self._channels(user, asked), [])

    def test_strange_channels_are_nothing(self):
        for asked in (
            "itsm.ticket.presence/0",
            "itsm.ticket.presence/99999999999999999999",
        ):
            with self.subTest(asked=asked):
                channels = self._channels(self.agent, asked)
                self.assertFalse([c for c in channels if isinstance(c, tuple)])
