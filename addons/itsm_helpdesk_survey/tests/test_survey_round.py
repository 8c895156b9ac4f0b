from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.itsm_helpdesk.tests.common import ItsmCase

ROLES = ("portal", "requester", "agent", "leader", "manager", "auditor", "admin")
MODELS = {
    #                     portal requester agent leader manager auditor admin
    "itsm.survey.round": ("", "", "", "r", "rwcd", "r", "rwcd"),
}


@tagged("post_install", "-at_install")
class TestSurveyRound(ItsmCase):
    """Whom a round asks, what it sends, and what it counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids += cls.env.ref("survey.group_survey_user")
        cls.survey = cls.env["survey.survey"].create(
            {
                "title": "How we work",
                "question_and_page_ids": [
                    Command.create(
                        {
                            "title": "Content?",
                            "question_type": "scale",
                            "scale_min": 1,
                            "scale_max": 5,
                        }
                    )
                ],
            }
        )
        cls.people = [
            cls._make_user(f"asker{n}", f"Asker {n}").partner_id for n in range(4)
        ]
        with freeze_time("2026-05-10"):
            for person in cls.people:
                cls._create_ticket(partner_id=person.id)
        cls.round = cls._make_round()

    @classmethod
    def _make_round(cls, **vals):
        return (
            cls.env["itsm.survey.round"]
            .with_user(cls.manager)
            .create(
                {
                    "name": "Spring",
                    "survey_id": cls.survey.id,
                    "desk_id": cls.desk.id,
                    "date_from": "2026-04-01",
                    "date_to": "2026-06-30",
                    **vals,
                }
            )
        )

    def _answers(self, record=None):
        return self.env["survey.user_input"].search(
            [("itsm_round_id", "=", (record or self.round).id)]
        )

    def _answer(self, answer, value):
        self.env["survey.user_input.line"].create(
            {
                "user_input_id": answer.id,
                "question_id": self.survey.question_ids.id,
                "answer_type": "scale",
                "value_scale": value,
            }
        )
        answer.state = "done"

    def test_each_gets_a_link_of_their_own(self):
        self.assertEqual(self.round.sample_count, 4)
        self.round.action_send()
        answers = self._answers()
        self.assertEqual(set(answers.partner_id), set(self.people))
        mails = self.env["mail.mail"].search(
            [("model", "=", "survey.user_input"), ("res_id", "in", answers.ids)]
        )
        self.assertEqual(set(mails.recipient_ids), set(self.people))
        for mail in mails:
            own = answers.filtered(lambda a, id_=mail.res_id: a.id == id_)
            self.assertIn(own.access_token, mail.body_html)
            for other in answers - own:
                self.assertNotIn(other.access_token, mail.body_html)
        with self.assertRaises(UserError):
            self.round.action_send()
        self.assertEqual(len(self._answers()), 4)

    def test_who_is_not_asked(self):
        with freeze_time("2026-05-10"):
            self._create_ticket(partner_id=self.agent.partner_id.id)
            self._create_ticket(
                partner_id=self.requester.partner_id.id, desk_id=self.desk_other.id
            )
        with freeze_time("2026-07-01"):
            self._create_ticket(partner_id=self.colleague.partner_id.id)
        self.people[0].itsm_rating_quiet = True
        self.people[1].email = False
        self.round.action_send()
        self.assertEqual(set(self._answers().partner_id), set(self.people[2:]))

    def test_not_again_so_soon(self):
        self.round.max_people = 3
        self.round.action_send()
        second = self._make_round()
        self.assertEqual(second.sample_count, 1)
        second.action_send()
        self.assertFalse(self._answers().partner_id & self._answers(second).partner_id)
        with self.assertRaises(UserError):
            self._make_round().action_send()
        self.assertEqual(self._make_round(pause_days=0).audience_count, 4)

    def test_sample_is_a_share_and_stays_the_same(self):
        self.round.share = 50
        sample = self.round._sample()
        self.assertEqual(len(sample), 2)
        self.assertEqual(self.round._sample(), sample)
        self.round.share = 1
        self.assertEqual(self.round.sample_count, 1)

    def test_figures_beside_the_ratings(self):
        self.round.action_send()
        first, second, third, _fourth = self._answers()
        self._answer(first, 5)
        self._answer(second, 2)
        self._answer(third, 1)
        third.state = "in_progress"
        ticket = self._in_state("resolved", partner_id=self.people[0].id)
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("itsm.ticket"),
                "res_id": ticket.id,
                "partner_id": self.people[0].id,
                "rating": 4,
                "consumed": True,
            }
        )
        rating.rated_on = "2026-05-11"
        self.env.flush_all()
        for user in (self.leader, self.manager, self.auditor):
            mine = self._as(user)["itsm.survey.round"].browse(self.round.id)
            with self.subTest(user=user.name):
                self.assertEqual((mine.asked_count, mine.answered_count), (4, 2))
                self.assertEqual(mine.answered_share, 50)
                self.assertEqual(mine.score, 62.5, "of 100 and 25")
                self.assertEqual((mine.voice_count, mine.voice_stars), (1, 4))

    def test_points_of_the_survey(self):
        self.survey.scoring_type = "scoring_without_answers"
        self.round.action_send()
        for answer, points in zip(self._answers()[:2], (40, 80), strict=True):
            answer.write({"state": "done", "scoring_percentage": points})
        self.assertEqual(self.round.score, 60)

    def test_reminded_once(self):
        self.round.action_send()
        self._answers()[0].state = "done"
        before = self.env["mail.mail"].search_count([])
        self.round.action_remind()
        self.assertEqual(self.env["mail.mail"].search_count([]) - before, 3)
        with self.assertRaises(UserError):
            self.round.action_remind()
        self.round.action_close()
        with self.assertRaises(UserError):
            self.round.action_close()

    def test_terms_stay(self):
        self.round.action_send()
        for name, call in {
            "share": lambda: self.round.write({"share": 10}),
            "desk": lambda: self.round.write({"desk_id": self.desk_other.id}),
            "state": lambda: self.round.write({"state": "draft"}),
            "delete": self.round.unlink,
        }.items():
            with self.subTest(call=name), self.assertRaises(UserError):
                call()

    def test_nobody_sends_a_survey_they_may_not_read(self):
        self.survey.restrict_user_ids = self.admin
        with self.assertRaises(AccessError):
            self._make_round()
        with self.assertRaises(AccessError):
            self.round.action_send()
        self.manager.group_ids -= self.env.ref("survey.group_survey_user")
        with self.assertRaises(AccessError):
            self.round.action_send()
        self.assertFalse(self._answers())

    def test_rights(self):
        self.manager.group_ids -= self.env.ref("survey.group_survey_user")
        self._check_model_rights(MODELS, ROLES)
        self._check_table_complete(MODELS, "itsm_helpdesk_survey")
        self._check_hidden_from_public(MODELS)

    def test_whose_rounds(self):
        theirs = self.round.sudo().copy({"desk_id": self.desk_other.id})
        branch = self.round.sudo().copy({"desk_id": self.desk_branch.id})
        rounds = self.round.sudo() | theirs | branch
        for role, readable, writable in (
            ("leader", self.round, ()),
            ("manager", self.round, self.round),
            ("auditor", self.round.sudo() | theirs, ()),
            ("admin", self.round.sudo() | theirs, self.round.sudo() | theirs),
        ):
            mine = self._as(getattr(self, role))["itsm.survey.round"]
            mine = mine.browse(rounds.ids)
            for operation, expected in (("read", readable), ("write", writable)):
                with self.subTest(role=role, operation=operation):
                    ids = mine._filtered_access(operation).ids
                    self.assertEqual(ids, [record.id for record in expected])

    def test_leader_sends_nothing(self):
        for verb in ("action_send", "action_remind", "action_close"):
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                getattr(self.round.with_user(self.leader), verb)()
