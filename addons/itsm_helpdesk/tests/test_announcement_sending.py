from functools import partial
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .announcement_common import HOUR, AnnouncementCase


@tagged("post_install", "-at_install")
class TestAnnouncementSending(AnnouncementCase):
    """Sent once to each, now or later, whatever breaks off in between."""

    def _crowd(self, count):
        return self.env["res.partner"].create(
            [
                {"name": f"Person {n:03}", "email": f"p{n}@staff.example.com"}
                for n in range(count)
            ]
        )

    def test_drafts_reach_nobody(self):
        news = self._news()
        self._run()
        self.assertFalse(self._mails(news))
        self.assertFalse(news.receipt_ids)
        self.assertEqual(news.state, "draft")
        for user in (self.portal, self.requester):
            self.assertFalse(self._as(user)["itsm.announcement"].search([]) & news)

    def test_written_in_the_form(self):
        form = Form(self.env["itsm.announcement"].with_user(self.manager))
        form.name = "Mail is slow"
        form.desk_ids.add(self.desk)
        news = form.save()
        self.assertTrue(news.is_draft)
        with Form(news) as form:
            form.on_mail = True
        self.assertTrue(news.publish())

    def test_on_no_channel_at_all(self):
        news = self._news(on_mail=False, on_portal=False)
        with self.assertRaises(UserError):
            news.publish()

    def test_sent_now(self):
        news = self._sent()
        receipts = news.receipt_ids
        self.assertEqual(receipts.partner_id, self.portal.partner_id | self.outsider)
        self.assertEqual(set(receipts.mapped("channel")), {"mail"})
        self.assertEqual(len(self._mails(news)), 2)
        self.assertEqual(
            (news.reached_count, news.read_count, news.missing_count), (2, 0, 2)
        )
        self.assertEqual(news.update_ids.state, "sent")
        self.assertEqual(news.update_ids.told_count, 2)

    def test_sent_once(self):
        news = self._sent()
        with self.assertRaises(UserError):
            news.publish()
        self._run()
        self._run()
        self.assertEqual(len(self._mails(news)), 2)

    def test_sent_later(self):
        news = self._news(date_from=self.now + 5 * HOUR)
        news.publish()
        self.assertEqual(news.state, "planned")
        self._run()
        self.assertFalse(self._mails(news))
        trigger = self.env["ir.cron.trigger"].search(
            [
                (
                    "cron_id",
                    "=",
                    self.env.ref("itsm_helpdesk.ir_cron_send_announcements").id,
                )
            ],
            order="call_at desc",
            limit=1,
        )
        self.assertEqual(trigger.call_at, news.date_from)
        news.update_ids._write_system({"send_at": self.now})
        news.date_from = self.now - HOUR
        self._run()
        self.assertEqual(len(self._mails(news)), 2)

    def test_what_was_ended_before_is_not_sent(self):
        news = self._news(date_from=self.now + 5 * HOUR)
        news.publish()
        news.action_end()
        self.assertFalse(news.active)
        news.update_ids._write_system({"send_at": self.now})
        self._run()
        self.assertFalse(self._mails(news))

    def test_batches_go_on_where_they_stopped(self):
        crowd = self._crowd(7)
        news = self._news(person_ids=crowd.ids)
        news.publish()
        update = self.Update.browse(news.update_ids.ids)
        self.assertTrue(update._send_some(limit=3))
        self.assertEqual(len(self._mails(news)), 3)
        self.assertEqual(update.state, "sending")
        self.assertTrue(news.is_sending)
        # Who comes to the list meanwhile is nobody's double.
        self.env["itsm.announcement"].browse(news.id)._fill_receipts(crowd.ids)
        self.assertTrue(update._send_some(limit=3))
        self.assertFalse(update._send_some(limit=3))
        self.assertFalse(update._send_some(limit=3))
        mails = self._mails(news)
        self.assertEqual(len(mails), 7)
        self.assertEqual(mails.recipient_ids, crowd)
        self.assertEqual(update.told_count, 7)

    def test_what_breaks_off_is_done_again(self):
        crowd = self._crowd(4)
        news = self._news(person_ids=crowd.ids)
        news.publish()
        update = self.Update.browse(news.update_ids.ids)
        update._send_some(limit=2)
        self.env.flush_all()
        Mail = type(self.env["mail.mail"])
        for _attempt in range(2):
            with (
                patch.object(Mail, "create", side_effect=RuntimeError("Killed")),
                self.assertRaises(RuntimeError),
                self.env.cr.savepoint(),
            ):
                update._send_some(limit=2)
            self.env.invalidate_all()
        self._run()
        self.assertEqual(self._mails(news).recipient_ids, crowd)
        self.assertEqual(len(self._mails(news)), 4)

    def test_two_workers(self):
        news = self._news()
        news.publish()
        update = self.Update.browse(news.update_ids.ids)
        with patch.object(
            type(update), "try_lock_for_update", return_value=update.browse()
        ):
            self.assertFalse(update._send_some(), "the other one holds it")
        self.assertFalse(self._mails(news))
        self.assertEqual(update.state, "waiting")

    def test_one_that_fails_stops_no_other(self):
        bad = self._news(audience="departments", department_ids=self.pharmacy.ids)
        good = self._news()
        (bad | good).publish()
        bad.department_ids = False
        self._run()
        self.assertEqual(bad.update_ids.state, "failed")
        self.assertEqual(good.update_ids.state, "sent")
        self.assertIn(self.manager, bad.activity_ids.user_id)

    def test_who_cannot_be_reached_is_counted(self):
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        self.portal.partner_id.email = False
        people = nobody | self.portal.partner_id | self.outsider
        news = self._sent(person_ids=people.ids)
        channels = {row.partner_id: row.channel for row in news.receipt_ids}
        self.assertEqual(
            channels,
            {
                nobody: "none",
                self.portal.partner_id: "portal",
                self.outsider: "mail",
            },
        )
        self.assertEqual((news.reached_count, news.unreached_count), (2, 1))

    def test_to_dos_for_the_back_office(self):
        people = self.portal.partner_id | self.requester.partner_id
        news = self._sent(
            person_ids=people.ids,
            on_activity=True,
            on_mail=False,
            ask_confirmation=True,
        )
        to_do = self.env["mail.activity"].search(
            [("res_model", "=", news._name), ("res_id", "=", news.id)]
        )
        self.assertEqual(to_do.user_id, self.requester)
        for user, seen in ((self.manager, True), (self.requester, True)):
            found = self._as(user)["mail.activity"].search([("id", "=", to_do.id)])
            self.assertEqual(bool(found), seen, user.name)
        news._fill_receipts(self.colleague.partner_id.ids)
        other = self._as(self.colleague)
        self.assertTrue(other[news._name].browse(news.id).has_access("read"))
        self.assertFalse(other["mail.activity"].search([("id", "=", to_do.id)]))
        to_do.with_user(self.requester).action_feedback()
        self.env.invalidate_all()
        row = news.receipt_ids.filtered(
            lambda each: each.partner_id == self.requester.partner_id
        )
        self.assertTrue(row.confirmed_at)
        self.assertEqual(news.confirmed_count, 1)

    def test_a_channel(self):
        channel = self.env["discuss.channel"].create({"name": "IT news"})
        news = self._sent(discuss_channel_id=channel.id)
        news.tell_update("<p>Half of it works.</p>")
        self._run()
        self._run()
        posts = channel.message_ids.filtered(lambda m: m.message_type == "comment")
        self.assertEqual(len(posts), 2)
        self.assertIn("Half of it works.", posts[0].body)

    def test_everybody_needs_no_list(self):
        news = self._sent(audience="all", on_mail=False)
        self.assertFalse(news.receipt_ids)
        self.assertEqual(news.update_ids.state, "sent")
        self.assertIn(news, self._as(self.portal)["itsm.announcement"].search([]))

    def test_for_those_it_is_for_only(self):
        news = self._sent()
        self.assertIn(news, self._as(self.portal)["itsm.announcement"].search([]))
        self.assertNotIn(news, self._as(self.requester)["itsm.announcement"].search([]))
        self.assertIn(news, self._as(self.agent)["itsm.announcement"].search([]))


@tagged("post_install", "-at_install")
class TestAnnouncementUpdates(AnnouncementCase):
    """What becomes of it, on the same thread."""

    def test_mails_are_one_conversation(self):
        news = self._sent()
        news.tell_update("<p>Half of it works.</p>")
        self._run()
        news.all_clear("<p>All of it works.</p>")
        self._run()
        first, update, clear = self._mails(news, self.outsider)
        self.assertFalse(first.references)
        self.assertEqual(update.references, first.message_id)
        self.assertEqual(
            clear.references.split(), [first.message_id, update.message_id]
        )
        self.assertEqual(len({first.message_id, update.message_id}), 2)
        self.assertIn("Half of it works.", update.body_html)
        self.assertIn("Mail is slow", update.subject)

    def test_each_has_a_link_of_their_own(self):
        news = self._sent()
        for row in news.receipt_ids:
            mail = self._mails(news, row.partner_id)
            self.assertIn("/itsm/notice/", mail.body_html)
            self.assertNotIn(".invalid", mail.body_html)
        bodies = self._mails(news).mapped("body_html")
        self.assertEqual(len(set(bodies)), 2)
        # What all may read of the thread holds nobody's link.
        carriers = self.env["mail.message"].search(
            [("model", "=", news._name), ("res_id", "=", news.id)]
        )
        for message in carriers:
            self.assertNotIn("/itsm/notice/", message.body)

    def test_the_all_clear_ends_it(self):
        news = self._sent(kind="disturbance")
        news.all_clear()
        self.assertTrue(news.cleared_at)
        self.assertEqual(news.state, "running", "people still read that it works")
        self.assertGreater(news.date_to, news.cleared_at)
        for verb in (lambda: news.tell_update("<p>More</p>"), news.all_clear):
            with self.assertRaises(UserError):
                verb()

    def test_an_update_says_something(self):
        news = self._sent()
        for body in (False, "", "<p><br></p>", "<p>{{from}}</p>"):
            with self.subTest(body=body), self.assertRaises(UserError):
                news.tell_update(body)

    def test_drafts_have_no_updates(self):
        for verb in ("all_clear", "remind"):
            with self.subTest(verb=verb), self.assertRaises(UserError):
                getattr(self._news(), verb)()

    def test_reminders_for_those_who_have_not(self):
        news = self._sent(ask_confirmation=True)
        row = news.receipt_ids.filtered(lambda each: each.partner_id == self.outsider)
        row._note_read(confirmed=True)
        news.remind()
        with self.assertRaises(UserError):
            news.remind()
        self._run()
        self.assertEqual(len(self._mails(news, self.outsider)), 1)
        self.assertEqual(len(self._mails(news, self.portal.partner_id)), 2)
        late = news.receipt_ids - row
        self.assertTrue(late.reminded_at)
        late._note_read(confirmed=True)
        with self.assertRaises(UserError):
            news.remind()

    def test_who_may_tell(self):
        news = self._sent()
        for user in (self.portal, self.requester, self.agent, self.stranger):
            mine = self._as(user)["itsm.announcement"].browse(news.id)
            for verb in (
                partial(mine.tell_update, "<p>No</p>"),
                mine.all_clear,
                mine.remind,
                mine.action_update,
                mine.action_end,
            ):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    verb()
        leader = self._as(self.leader)["itsm.announcement"].browse(news.id)
        self.assertTrue(leader.tell_update("<p>Yes</p>"))

    def test_who_works_on_the_ticket_may_tell(self):
        ticket = self._create_ticket()
        news = self._sent(kind="disturbance", ticket_id=ticket.id)
        mine = self._as(self.agent)["itsm.announcement"].browse(news.id)
        self.assertTrue(mine.can_tell)
        self.assertTrue(mine.all_clear())
        with self.assertRaises(AccessError):
            mine.write({"name": "Mine"})

    def test_leaders_announce_for_their_desks(self):
        News = self._as(self.leader)["itsm.announcement"]
        vals = {"name": "Ours", "desk_ids": self.desk.ids}
        self.assertTrue(News.create(vals).publish())
        for desk in (self.desk_other, self.desk.browse()):
            with self.subTest(desk=desk.name), self.assertRaises(AccessError):
                News.create({**vals, "desk_ids": desk.ids})

    def test_facts_come_by_verbs(self):
        news = self._sent()
        for record, vals in (
            (news, {"is_draft": True}),
            (news, {"cleared_at": self.now}),
            (news.receipt_ids[:1], {"confirmed_at": self.now}),
            (news.update_ids[:1], {"state": "waiting"}),
        ):
            for user in (self.manager, self.admin):
                mine = self._as(user)[record._name].browse(record.id)
                with self.subTest(vals=vals), self.assertRaises(AccessError):
                    mine.write(vals)
        with self.assertRaises(AccessError):
            self._as(self.manager)["itsm.announcement"].create(
                {"name": "Forged", "is_draft": False}
            )

    def test_desks_and_companies_apart(self):
        news = self._sent()
        for user, seen in (
            (self.agent, True),
            (self.auditor, True),
            (self.admin, True),
            (self.stranger, False),
            (self.foreigner, False),
        ):
            for model in (self.Receipt, self.Update):
                found = self._as(user)[model._name].search(
                    [("announcement_id", "=", news.id)]
                )
                with self.subTest(user=user.name, model=model._name):
                    self.assertEqual(bool(found), seen)
