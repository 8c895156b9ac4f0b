from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError

from .common import ItsmCase
from .rating_common import RatingMixin

MONDAY = "2026-03-02 10:00:00"


class TestFollowup(RatingMixin, ItsmCase):
    """A low rating: listen, make good, answer, in time, and not by who was rated."""

    def _low(self, grade="1", **vals):
        ticket = self._finished(**vals)
        rating = ticket._rate(self.person, self._form(grade, "Slow"), "mail")
        return self.Followup.search([("rating_id", "=", rating.id)])

    def test_opens_for_low_ratings_only(self):
        self.assertTrue(self._low("2"))
        self.assertFalse(self._low("3"))
        self.desk.rating_low = "3"
        self.assertTrue(self._low("3"))
        self.desk.rating_low = "0"
        self.assertFalse(self._low("1"))

    def test_owner_and_deadline(self):
        self.desk.rating_followup_hours = 9
        with freeze_time("2026-03-06 16:00:00"):  # Friday, one hour of work left
            followup = self._low()
        self.assertEqual(followup.user_id, self.leader)
        self.assertEqual(followup.rated_user_id, self.agent)
        self.assertEqual(str(followup.deadline), "2026-03-09 17:00:00")
        self.assertEqual(followup.activity_ids.user_id, self.leader)
        self.assertEqual(followup.stars, 1)

    def test_never_for_who_was_rated(self):
        followup = self._low(user_id=self.leader.id)
        self.assertEqual(followup.user_id, self.manager)
        self.assertFalse(
            self._as(self.leader)["itsm.rating.followup"].search(
                [("id", "=", followup.id)]
            )
        )
        with self.assertRaises(AccessError):
            followup.with_user(self.leader).read(["answer"])
        with self.assertRaises(ValidationError):
            followup.with_user(self.manager).user_id = self.leader
        followup._write_system({"rated_user_id": self.admin.id})
        self.assertFalse(followup.with_user(self.admin).has_access("read"))

    def test_who_sees_it(self):
        followup = self._low()
        expected = {
            "leader": "rw",
            "manager": "rw",
            "admin": "rw",
            "auditor": "r",
            "agent": "",
            "agent2": "",
            "engineer": "",
            "stranger": "",
            "foreigner": "",
            "requester": "",
            "portal": "",
        }
        for role, rights in expected.items():
            record = followup.with_user(getattr(self, role))
            got = "".join(
                operation[0]
                for operation in ("read", "write")
                if record.has_access(operation)
            )
            with self.subTest(role):
                self.assertEqual(got, rights)

    def test_steps(self):
        followup = self._low().with_user(self.leader)
        for verb in ("action_listen", "action_make_good", "action_answer"):
            with self.subTest(verb), self.assertRaises(UserError):
                getattr(followup, verb)()
        followup.write({"heard": "Waited two days", "made_good": "New printer"})
        followup.action_listen()
        followup.action_make_good()
        self.assertEqual(followup.state, "good")
        with self.assertRaises(UserError):
            followup.action_listen()
        followup.answer = "We are sorry. <b>"
        with self.assertRaises(UserError):
            followup.action_answer()
        followup.outcome = "content"
        followup.action_answer()
        self.assertEqual(followup.state, "answered")
        self.assertTrue(followup.in_time)
        self.assertFalse(followup.activity_ids)
        message = followup.message_ids.filtered(lambda m: m.partner_ids)
        self.assertEqual(message.partner_ids, self.person)
        self.assertIn("We are sorry. &lt;b&gt;", message.body)
        self.assertFalse(
            followup.ticket_id.message_ids.filtered(lambda m: "sorry" in m.body),
            "who was rated reads the ticket",
        )
        with self.assertRaises(UserError):
            followup.answer = "Something else"
        for verb in ("action_listen", "action_make_good", "action_answer"):
            with self.subTest(verb), self.assertRaises(UserError):
                getattr(followup, verb)()

    def test_facts_are_set_by_verbs(self):
        followup = self._low()
        for vals in (
            {"state": "answered"},
            {"deadline": "2099-01-01"},
            {"rated_user_id": False},
            {"stars": 5},
        ):
            for user in (self.leader, self.manager, self.admin):
                with self.subTest(vals, user=user.name), self.assertRaises(AccessError):
                    followup.with_user(user).write(vals)

    def test_managers_are_told_when_it_is_late(self):
        with freeze_time(MONDAY):
            followup = self._low()
        with freeze_time("2026-03-03 10:00:00"):
            self.Followup._cron_escalate()
            self.assertFalse(followup.escalated_at)
        with freeze_time("2026-03-09 10:00:00"):
            self.assertTrue(followup.is_late)
            self.assertIn(followup, self.Followup.search([("is_late", "=", True)]))
            for _time in range(2):
                self.Followup._cron_escalate()
            self.assertEqual(
                followup.activity_ids.user_id.sorted("name"),
                (self.leader | self.manager).sorted("name"),
            )
            self.assertEqual(len(followup.activity_ids), 2)
            followup.write({"answer": "Sorry", "outcome": "understood"})
            followup.with_user(self.manager).action_answer()
        self.assertFalse(followup.in_time)

    def test_a_rating_that_changes(self):
        followup = self._low("2")
        ticket = followup.ticket_id
        ticket._rate(self.person, self._form("5"), "portal")
        self.assertEqual(followup.stars, 5)
        self.assertEqual(followup.state, "open", "somebody was not content then")
        self.assertEqual(len(self._ratings_of(ticket)), 1)
        content = self._finished()
        content._rate(self.person, self._form("5"), "portal")
        content._rate(self.person, self._form("1"), "portal")
        self.assertTrue(self.Followup.search([("ticket_id", "=", content.id)]))
