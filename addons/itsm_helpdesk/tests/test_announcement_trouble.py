from itertools import cycle
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron

from .announcement_common import AnnouncementCase


@tagged("post_install", "-at_install")
class TestAnnouncementTrouble(AnnouncementCase):
    """A great many people, and a job that is killed while it tells them."""

    def _crowd(self, count):
        return self.env["res.partner"].create(
            [
                {"name": f"Person {n:03}", "email": f"p{n}@staff.example.com"}
                for n in range(count)
            ]
        )

    def _update(self, people, **vals):
        """Return what is to be told to people, by every way there is."""
        news = self._news(
            person_ids=people.ids, on_activity=True, ask_confirmation=True, **vals
        )
        news.publish()
        return self.Update.browse(news.update_ids.ids)

    def _receipts(self, update):
        return self.Receipt.search(
            [("announcement_id", "=", update.announcement_id.id)]
        )

    def _kill(self, model, method, update):
        """Let the batch end where it would call a method; its transaction is gone."""
        with (
            patch.object(type(self.env[model]), method, side_effect=KeyboardInterrupt),
            self.assertRaises(KeyboardInterrupt),
            self.env.cr.savepoint(),
        ):
            update._send_some(limit=4)
        self.env.invalidate_all()

    def _assert_told(self, update, people):
        """Everybody has one mail and one receipt, by whatever it was broken off."""
        mails = self._mails(update.announcement_id)
        self.assertEqual(len(mails), len(people))
        self.assertEqual(mails.recipient_ids, people)
        receipts = self._receipts(update)
        self.assertEqual(len(receipts), len(people))
        self.assertEqual(receipts.partner_id, people)
        self.assertEqual(set(receipts.mapped("channel")), {"mail"})
        self.assertEqual(update.told_count, len(people))
        self.assertEqual(update.state, "sent")

    def test_killed_at_any_step(self):
        """In the first batch and in a later one: the next run goes on from there."""
        people = self._crowd(10)
        steps = (
            ("itsm.announcement.update", "_next_receipts"),
            ("itsm.announcement", "_mail_body"),
            ("mail.mail", "create"),
            ("itsm.announcement", "_plan_to_dos"),
            ("itsm.announcement", "_note_told"),
        )
        for done in (0, 4):
            for step in steps:
                with self.subTest(done=done, step=step[1]):
                    update = self._update(people)
                    if done:
                        update._send_some(limit=done)
                    self.env.flush_all()
                    self._kill(*step, update)
                    self.assertEqual(update.last_receipt > 0, bool(done))
                    self.assertEqual(len(self._mails(update.announcement_id)), done)
                    self._run_job()
                    self._assert_told(update, people)

    def _run_job(self):
        with patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: True):
            self.Update._cron_send()

    def test_told_to_stop_after_a_batch(self):
        people = self._crowd(10)
        update = self._update(people)
        Update = type(update)
        batch = Update._send_batch
        go_on = cycle([True, False])
        for done in (4, 8):
            with (
                patch.object(
                    Update, "_send_batch", lambda each, _limit: batch(each, 4)
                ),
                patch.object(
                    IrCron, "_commit_progress", lambda *_a, **_kw: next(go_on)
                ),
            ):
                self.Update._cron_send()
            self.assertEqual(update.told_count, done)
            self.assertEqual(update.state, "sending")
        self._run_job()
        self._assert_told(update, people)

    def _queries(self, count):
        """Return how many queries a batch takes that is not the first one."""
        update = self._update(self._crowd(3 * count))
        for _batch in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            update._send_some(limit=count)
            self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_a_batch_takes_as_many_queries_for_more_people(self):
        self._queries(5)  # what is cached for good is in the caches
        few, many = self._queries(10), self._queries(90)
        self.assertLessEqual(many, few + 3)
        self.assertLessEqual(many, 40)
