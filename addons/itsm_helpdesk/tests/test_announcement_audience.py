from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..tools import placeholders
from .announcement_common import HOUR, AnnouncementCase


@tagged("post_install", "-at_install")
class TestAnnouncementAudience(AnnouncementCase):
    """Who is meant, and how many they are, before anybody is told."""

    def test_everybody(self):
        people = self._people(self._news(audience="all"))
        for name in ("Petra Portal", "Ria Requester", "Olga Outside"):
            self.assertIn(name, people)
        self.assertNotIn("Flora", people, "of another company than the desk's")
        self.assertNotIn("Public user", people)

    def test_departments_with_those_below(self):
        news = self._news(audience="departments", department_ids=self.department.ids)
        self.assertEqual(
            self._people(news),
            {
                "Hedda Head",
                "Ria Requester",
                "Carl Colleague",
                "Petra Portal",
                "Olga Outside",
            },
        )
        news.department_ids = self.pharmacy
        self.assertEqual(self._people(news), {"Olga Outside"})

    def test_requesters_of_the_desks(self):
        self._create_ticket(
            partner_id=self.portal.partner_id.id,
            requested_for_id=self.colleague.partner_id.id,
        )
        old = self._create_ticket(partner_id=self.head.partner_id.id)
        old._write_system({"opened_at": self.now - 24 * 400 * HOUR})
        self._create_ticket(
            desk_id=self.desk_other.id, partner_id=self.requester.partner_id.id
        )
        self.env.flush_all()
        news = self._news(audience="desks")
        self.assertEqual(self._people(news), {"Petra Portal", "Carl Colleague"})

    def test_users_of_a_service(self):
        service = self.env["itsm.service"].create(
            {
                "name": "Infusion pumps",
                "desk_id": self.desk.id,
                "available_department_ids": self.pharmacy.ids,
            }
        )
        self._create_ticket(service_id=service.id, partner_id=self.portal.partner_id.id)
        self.env.flush_all()
        news = self._news(audience="services", service_ids=service.ids)
        for users, expected in (
            ("requesters", {"Petra Portal"}),
            ("offered", {"Olga Outside"}),
            ("both", {"Petra Portal", "Olga Outside"}),
        ):
            with self.subTest(users=users):
                news.service_users = users
                self.assertEqual(self._people(news), expected)
        service.available_department_ids = False
        news.service_users = "offered"
        self.assertIn("Carl Colleague", self._people(news))
        service.available_group_ids = self.env.ref("itsm_helpdesk.group_itsm_auditor")
        self.assertNotIn("Carl Colleague", self._people(news))
        self.assertIn("Otto Auditor", self._people(news))

    def test_a_list_without_those_who_left(self):
        self.outsider.active = False
        self.assertEqual(self._people(self._news()), {"Petra Portal"})

    def test_nobody_said_which(self):
        for audience in ("departments", "services", "people"):
            news = self._news(audience=audience, person_ids=False)
            with self.subTest(audience=audience), self.assertRaises(UserError):
                news.publish()
            self.assertTrue(news.is_draft)

    def test_how_many_on_which_way(self):
        self.portal.partner_id.email = False
        nobody = self.env["res.partner"].create({"name": "Nobody", "email": "no"})
        people = self.portal.partner_id | self.outsider | self.requester.partner_id
        news = self._news(person_ids=(people | nobody).ids)
        action = news.action_send()
        wizard = self.env[action["res_model"]].with_user(self.manager)
        wizard = wizard.browse(action["res_id"])
        self.assertEqual(
            (
                wizard.people_count,
                wizard.mail_count,
                wizard.login_count,
                wizard.internal_count,
                wizard.unreachable_count,
            ),
            (4, 2, 2, 1, 1),
        )
        self.assertIn("Olga Outside", wizard.examples)
        people_shown = wizard.action_view_people()["domain"]
        self.assertEqual(self.env["res.partner"].search_count(people_shown), 4)
        wizard.action_send()
        self.assertFalse(news.is_draft)
        self.assertEqual(news.update_ids.kind, "first")

    def test_the_preview_is_for_those_who_may_tell(self):
        news = self._news()
        values = {"announcement_id": news.id, "kind": "first"}
        with self.assertRaises(AccessError):
            self._as(self.agent)["itsm.announcement.send"].create(values)
        wizard = self._as(self.manager)["itsm.announcement.send"].create(values)
        with self.assertRaises(AccessError):
            wizard.with_user(self.agent).read(["people_count"])


@tagged("post_install", "-at_install")
class TestAnnouncementWords(AnnouncementCase):
    """Placeholders, templates and the language of the reader."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.template = cls.env["itsm.announcement.template"].create(
            {
                "name": "Planned",
                "kind": "planned",
                "on_mail": True,
                "subject": "{{service}} stands still",
                "body": "<p>From {{from}} to {{to}}.</p>",
                "clear_body": "<p>{{service}} is back.</p>",
            }
        )
        cls.template.with_context(lang="zh_CN").write(
            {"subject": "{{service}}暂停", "clear_body": "<p>{{service}}已恢复。</p>"}
        )
        cls.service = cls.env["itsm.service"].create(
            {"name": "Mail <b>", "desk_id": cls.desk.id}
        )
        cls.service.with_context(lang="zh_CN").name = "邮件"

    def _planned(self, **vals):
        return self._news(
            template_id=self.template.id,
            name=self.template.subject,
            body=self.template.body,
            service_ids=self.service.ids,
            begins_at="2026-03-02 10:00:00",
            ends_at="2026-03-02 12:00:00",
            **vals,
        )

    def test_unknown_placeholders(self):
        for text in ("{{servise}}", "{{ Service }}", "{{object.user_id}}", "{{}}"):
            with self.subTest(text=text):
                with self.assertRaises(ValidationError):
                    self._news(name=text)
                with self.assertRaises(ValidationError):
                    self._news().body = f"<p>{text}</p>"

    def test_placeholders_without_a_value(self):
        news = self._news(name="Until {{to}}")
        with self.assertRaises(UserError):
            news.publish()
        news.ends_at = "2026-03-02 12:00:00"
        self.assertTrue(news.publish())

    def test_values_are_no_markup(self):
        news = self._news(body="<p>{{service}}</p>", service_ids=self.service.ids)
        self.assertIn("Mail &lt;b&gt;", news._text())
        self.assertEqual(placeholders.fill("{{a}}", {"a": "{{b}}", "b": "c"}), "{{b}}")

    def test_every_reader_in_their_language_and_zone(self):
        self.portal.partner_id.write({"lang": "zh_CN", "tz": "Asia/Shanghai"})
        self.outsider.write({"lang": "en_US", "tz": "UTC"})
        news = self._planned()
        news.publish()
        self._run()
        english = self._mails(news, self.outsider)
        chinese = self._mails(news, self.portal.partner_id)
        self.assertEqual(english.subject, "Mail <b> stands still")
        self.assertEqual(chinese.subject, "邮件暂停")
        self.assertIn("10:00", english.body_html)
        self.assertIn("18:00", chinese.body_html)
        self.assertNotIn("10:00", chinese.body_html)

    def test_the_all_clear_of_a_template_in_all_languages(self):
        self.portal.partner_id.lang = "zh_CN"
        news = self._planned()
        news.publish()
        self._run()
        news.all_clear()
        self._run()
        last = self._mails(news, self.portal.partner_id)[-1]
        self.assertIn("邮件已恢复", last.body_html)

    def test_own_words_stay(self):
        news = self._news(template_id=self.template.id, name="Something else")
        self.assertEqual(news.with_context(lang="zh_CN").name, "Something else")

    def test_a_template_begins_an_announcement(self):
        action = self.template.action_use()
        form = self.News.with_context(**action["context"]).new({})
        form._onchange_template_id()
        self.assertEqual(form.name, "{{service}} stands still")
        self.assertEqual(form.kind, "planned")
        self.assertTrue(form.on_mail)
