from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .announcement_common import AnnouncementCase


@tagged("post_install", "-at_install")
class TestMeToo(AnnouncementCase):
    """Whoever is hit, too, joins the ticket: once, and counted as not opened."""

    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket(name="Password of the chief is on paper")
        self.news = self._sent(kind="disturbance", ticket_id=self.ticket.id)

    def _join(self, user, words=""):
        mine = self._as(user)["itsm.announcement"].browse(self.news.id)
        return mine._portal_act("join", user.partner_id, words)

    def test_join_once(self):
        self.assertTrue(self._join(self.portal, "  On   ward 3 "))
        self.assertFalse(self._join(self.portal))
        self.assertFalse(self._join(self.requester), "it is their own ticket")
        self.env.invalidate_all()
        self.assertEqual(self.ticket.affected_count, 2)
        self.assertEqual(self.ticket.joined_count, 1)
        self.assertEqual(self.news.joined_count, 1)
        report = self.ticket.reporter_ids
        self.assertEqual(report.partner_id, self.portal.partner_id)
        self.assertEqual(report.announcement_id, self.news)
        self.assertEqual(report.channel_id.code, "portal")
        self.assertEqual(report.words, "On ward 3")
        self.assertFalse(report.user_id)

    def test_the_ticket_stays_with_its_requester(self):
        self._join(self.portal)
        mine = self._as(self.portal)["itsm.ticket"]
        self.assertFalse(mine.search([("id", "=", self.ticket.id)]))
        self.assertNotIn(self.portal.partner_id, self.ticket.message_partner_ids)
        news = self._as(self.portal)["itsm.announcement"].browse(self.news.id)
        for name in ("ticket_id", "person_ids", "receipt_ids", "reached_count"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                news.read([name])
        rows = mine._portal_joined()
        self.assertEqual(rows[0]["number"], self.ticket.number)
        self.assertEqual(rows[0]["subject"], "Mail is slow")
        self.assertNotIn("Password", str(rows))

    def test_those_on_the_telephone_follow_as_before(self):
        self.ticket.also_reported(self.head.partner_id)
        self.assertIn(self.head.partner_id, self.ticket.message_partner_ids)
        self.assertEqual(self.ticket.joined_count, 0)
        rows = self._as(self.head)["itsm.ticket"]._portal_joined()
        self.assertNotIn("Password", str(rows))

    def test_not_when_it_is_over(self):
        self.news.all_clear()
        with self.assertRaises(UserError):
            self._join(self.portal)

    def test_not_when_the_ticket_is_solved(self):
        self.ticket.resolve("solved", "Restarted.")
        with self.assertRaises(UserError):
            self._join(self.portal)

    def test_not_without_a_ticket(self):
        news = self._sent(kind="disturbance")
        with self.assertRaises(UserError):
            news._me_too(self.portal.partner_id)

    def test_the_verb_is_no_way_around_rights(self):
        for name in ("_me_too", "_reply", "_receipt_of", "_portal_act", "_show"):
            self.assertTrue(name.startswith("_"))
            self.assertTrue(hasattr(self.news, name))

    def test_the_all_clear_is_asked_for(self):
        self.assertEqual(self.ticket.open_announcement_id, self.news)
        self.ticket.resolve("solved", "Restarted.")
        self.assertIn(self.manager, self.news.activity_ids.user_id)
        ticket = self.ticket.with_user(self.agent)
        action = ticket.action_all_clear()
        wizard = ticket.env[action["res_model"]].browse(action["res_id"])
        self.assertTrue(wizard.body)
        wizard.action_send()
        self.assertTrue(self.news.cleared_at)
        self.env.invalidate_all()
        self.assertFalse(self.ticket.open_announcement_id)

    def test_who_joined_gets_the_all_clear(self):
        self._join(self.portal)
        news = self._sent(kind="disturbance", ticket_id=self.ticket.id, audience="all")
        news._me_too(self.head.partner_id)
        self.env.invalidate_all()
        self.assertIn(self.head.partner_id, news.receipt_ids.partner_id)

    def test_a_merged_ticket_goes_on_with_it(self):
        self._join(self.portal)
        target = self._create_ticket(partner_id=self.head.partner_id.id)
        self.ticket.merge_into(target)
        self.env.invalidate_all()
        self.assertEqual(self.news.ticket_id, target)
        self.assertEqual(target.affected_count, 3)

    def test_tell_staff_of_a_ticket(self):
        ticket = self._create_ticket()
        action = ticket.with_user(self.leader).action_announce()
        context = action["context"]
        self.assertEqual(context["default_ticket_id"], ticket.id)
        self.assertEqual(context["default_kind"], "disturbance")
        known = self.ticket.with_user(self.leader).action_announce()
        self.assertEqual(known["res_id"], self.news.id)
