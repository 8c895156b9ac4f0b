from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron

from .people_common import HOUR, PeopleCase


@tagged("post_install", "-at_install")
class TestChangeNotices(PeopleCase):
    """Those affected are told before, during and after, and each once."""

    def _run(self):
        """Run the job as the cron does."""
        self.env.flush_all()
        with patch.object(IrCron, "_commit_progress", lambda *_a, **_kw: True):
            self.env["itsm.change"]._cron_tell_affected()
        self.env.invalidate_all()

    def _move(self, change, state, **vals):
        change._write_system({"state": state, **vals})

    def test_before_the_start(self):
        change = self._work(self.imaging, hours=100)
        self._run()
        self.assertFalse(change.notice_ids, "Too early.")
        self.company.change_notice_hours = 120
        self._run()
        self.assertEqual(change.notice_ids.phase, "planned")
        self.assertEqual(change.notice_ids.count, 4)
        self.assertEqual(change.told_count, 4)
        self.assertTrue(change.is_telling)
        self.assertEqual(len(self._mails(self.portal.partner_id)), 1)

    def test_nobody_twice(self):
        change = self._work(self.imaging)
        for _each in range(3):
            self._run()
        self.assertEqual(len(change.notice_ids), 1)
        self.assertEqual(len(self._mails(self.portal.partner_id)), 1)

    def test_newcomers_are_told_later(self):
        change = self._work(self.imaging)
        self._run()
        self.employee_stranger.department_id = self.ward
        self._run()
        self.assertEqual(change.notice_ids.count, 5)
        self.assertEqual(len(self._mails(self.stranger.partner_id)), 1)
        self.assertEqual(len(self._mails(self.portal.partner_id)), 1)

    def test_start_and_end(self):
        change = self._work(self.imaging)
        self._run()
        self._move(change, "implement", actual_start=fields.Datetime.now())
        self._run()
        self._run()
        self._move(change, "review", actual_end=fields.Datetime.now())
        self._run()
        self._move(change, "closed")
        self._run()
        self.assertEqual(
            change.notice_ids.sorted("id").mapped("phase"),
            ["planned", "started", "ended"],
        )
        self.assertEqual(len(self._mails(self.portal.partner_id)), 3)
        self.assertFalse(change.is_telling)

    def test_emergency_tells_at_its_start(self):
        change = self._work(self.imaging, type="emergency", state="implement")
        self._run()
        self.assertEqual(change.notice_ids.phase, "started")
        self.assertEqual(change.notice_ids.count, 4)

    def test_moved(self):
        change = self._work(self.imaging)
        self._run()
        change.write(
            {
                "planned_start": change.planned_start + 5 * HOUR,
                "planned_end": change.planned_end + 5 * HOUR,
            }
        )
        self._run()
        self._run()
        self.assertEqual(
            change.notice_ids.sorted("id").mapped("phase"), ["planned", "moved"]
        )
        change.write({"planned_end": change.planned_end + HOUR})
        self._run()
        self.assertEqual(len(self._told(change, "moved")), 4)
        self.assertEqual(
            len(change.notice_ids.filtered(lambda row: row.phase == "moved")), 2
        )
        self.assertEqual(len(self._mails(self.portal.partner_id)), 3)

    def test_a_few_minutes_are_no_news(self):
        change = self._work(self.imaging)
        self._run()
        change.planned_end += timedelta(minutes=10)
        self._run()
        self.assertEqual(len(change.notice_ids), 1)

    def test_given_back_after_the_notice(self):
        """When the promised moment comes and nothing happens, people hear of it."""
        change = self._work(self.imaging)
        self._run()
        self._move(change, "draft")
        self._run()
        self.assertEqual(len(change.notice_ids), 1)
        now = fields.Datetime.now()
        change.notice_ids._write_system({"start": now - HOUR, "end": now})
        self._run()
        moved = change.notice_ids.filtered(lambda row: row.phase == "moved")
        self.assertFalse(moved.start)
        self.assertEqual(moved.count, 4)

    def test_cancelled_after_the_notice(self):
        told, untold = self._work(self.imaging), self._work(self.imaging, hours=999)
        self._run()
        self._move(told | untold, "cancelled")
        self._run()
        self.assertEqual(
            told.notice_ids.sorted("id").mapped("phase"), ["planned", "cancelled"]
        )
        self.assertFalse(untold.notice_ids)
        self.assertFalse(told.is_telling)

    def test_nobody_is_told_who_does_not_want(self):
        change = self._work(self.imaging, tell_affected=False)
        self._run()
        self.assertFalse(change.notice_ids)

    def test_verbs_wake_the_job(self):
        self._only_gates()
        change = self._work(self.imaging)
        cron = self.env.ref("itsm_change.ir_cron_tell_affected")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        change.with_user(self.implementer).start()
        after = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertGreater(after, before)

    def test_a_change_that_fails_does_not_tell_half(self):
        """Who is noted as told has a mail, and nobody else has one."""
        change = self._work(self.imaging)
        Template = type(self.env["mail.template"])
        with (
            patch.object(Template, "send_mail_batch", side_effect=ValueError("no")),
            self.assertRaises(ValueError),
            self.env.cr.savepoint(),
        ):
            self._run()
        self.env.invalidate_all()
        self.assertFalse(change.notice_ids)
        self.assertFalse(change.is_telling)

    def test_a_change_that_somebody_holds_is_left_for_later(self):
        change = self._work(self.imaging)
        Change = type(change)
        with patch.object(Change, "try_lock_for_update", lambda self: self.browse()):
            self._run()
        self.assertFalse(change.notice_ids)

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    def test_mail_says_what_and_when_in_words_of_staff(self):
        change = self._work(self.imaging, self.server)
        self._run()
        mail = self._mails(self.portal.partner_id)
        body = str(mail.body_html)
        for part in ("Print what you need before.", f"/my/changes/{change.id}"):
            self.assertIn(part, body)
        for part in (change.name, "Server Secret", "Imaging", change.reason):
            self.assertNotIn(part, body)

    def test_mail_is_in_the_reader_s_language_and_zone(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.portal.partner_id.write({"lang": "fr_FR", "tz": "Asia/Shanghai"})
        self.head.partner_id.tz = "UTC"
        change = self._work(self.imaging)
        change.with_context(lang="fr_FR").public_title = "Les images s’arrêtent"
        self._run()
        french = self._mails(self.portal.partner_id, "Les images")
        self.assertEqual(len(french), 1)
        person = change.notice_ids.person_ids
        mine = person.filtered(lambda row: row.partner_id == self.portal.partner_id)
        heads = person.filtered(lambda row: row.partner_id == self.head.partner_id)
        self.assertNotEqual(mine._when(), heads._when())

    def test_without_words_the_subject_is_not_told(self):
        change = self._work(self.imaging, public_title=False, public_note=False)
        self._run()
        bodies = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.portal.partner_id.ids)]
        )
        self.assertTrue(bodies)
        for mail in bodies:
            self.assertNotIn(change.name, f"{mail.subject} {mail.body_html}")

    # ------------------------------------------------------------------
    # News
    # ------------------------------------------------------------------

    def test_news_go_with_the_change(self):
        change = self._work(self.imaging)
        self._run()
        news = change.announcement_id
        self.assertEqual(news.kind, "planned")
        self.assertEqual(news.name, "The pictures stand still")
        self.assertEqual(news.date_to, change.planned_end)
        self.assertEqual(news.desk_ids, self.desk)
        self.assertEqual(change.notice_ids.announcement_id, news)
        change.write(
            {
                "planned_start": change.planned_start + 5 * HOUR,
                "planned_end": change.planned_end + 5 * HOUR,
            }
        )
        self._run()
        self.assertEqual(news.date_to, change.planned_end)
        self._move(change, "implement")
        self._run()
        self._move(change, "review")
        self._run()
        self.assertTrue(news.state == "over" or not news.active)

    def test_no_news_without_an_outage(self):
        change = self._work(self.imaging, has_outage=False)
        self._run()
        self.assertTrue(change.notice_ids)
        self.assertFalse(change.announcement_id)

    def test_news_of_late_work_have_no_end(self):
        change = self._work(self.imaging, hours=-5, state="implement")
        self._run()
        self.assertFalse(change.announcement_id.date_to)

    def test_news_of_cancelled_work_are_not_shown(self):
        change = self._work(self.imaging)
        self._run()
        self._move(change, "cancelled")
        self._run()
        news = change.announcement_id
        self.assertTrue(news.state == "over" or not news.active)

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def _wizard(self, change, user=None):
        change = change.with_user(user or self.implementer)
        action = change.action_tell()
        return change.env[action["res_model"]].browse(action["res_id"])

    def test_preview_has_the_head_count_and_tells_nobody(self):
        change = self._work(self.imaging, hours=500)
        wizard = self._wizard(change)
        self.assertEqual(wizard.phase, "planned")
        self.assertEqual((wizard.to_tell_count, wizard.told_count), (4, 0))
        self.assertIn("The pictures stand still", wizard.subject)
        self.assertIn("Print what you need before.", str(wizard.body))
        self.assertFalse(change.notice_ids)
        self.assertFalse(self._mails(self.portal.partner_id))

    def test_send_before_the_job(self):
        change = self._work(self.imaging, hours=500)
        self._wizard(change).action_send()
        self.assertEqual(change.notice_ids.sent_by_id, self.implementer)
        self.assertEqual(len(self._mails(self.portal.partner_id)), 1)
        wizard = self._wizard(change)
        self.assertEqual((wizard.to_tell_count, wizard.told_count), (0, 4))
        wizard.action_send()
        self._run()
        self.assertEqual(len(self._mails(self.portal.partner_id)), 1)

    def test_nothing_to_tell_of_drafts(self):
        change = self._work(self.imaging, state="draft")
        with self.assertRaises(UserError):
            self._wizard(change)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_who_may_not_write_the_change_tells_nobody(self):
        change = self._work(self.imaging)
        for user in (self.agent, self.implementer2):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._wizard(change, user)

    def test_archive_says_who_was_told(self):
        change = self._work(self.imaging)
        self._run()
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "itsm_change.itsm_change_record", change.ids
        )
        self.assertIn("Print what you need before.", content.decode())

    def test_what_was_told_is_not_written_by_hand(self):
        change = self._work(self.imaging)
        self._run()
        with self.assertRaises(AccessError):
            change.write({"is_telling": False})
        with self.assertRaises(AccessError):
            change.notice_ids.write({"sent_at": fields.Datetime.now()})
        with self.assertRaises(AccessError):
            self.env["itsm.change.notice.person"].create(
                {
                    "notice_id": change.notice_ids.id,
                    "partner_id": self.agent.partner_id.id,
                }
            )
