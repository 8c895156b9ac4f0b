from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ItsmCase
from .portal_common import PortalCase
from .sla_common import SlaCase

TIMES = {
    "opened_at": "2026-04-01 08:00:00",
    "first_response_at": "2026-04-01 08:30:00",
    "resolved_at": "2026-04-01 12:00:00",
}


class TouchpointSetup:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.env["itsm.service"].create(
            {"name": "Printing", "desk_id": cls.desk.id}
        )
        cls.asked = cls.env.ref("itsm_helpdesk.touchpoint_asked")
        cls.answered = cls.env.ref("itsm_helpdesk.touchpoint_answered")
        cls.visited = cls.env.ref("itsm_helpdesk.touchpoint_visited")
        cls.delivered = cls.env.ref("itsm_helpdesk.touchpoint_delivered")

    @classmethod
    def _solved(cls, **vals):
        ticket = cls._create_ticket(service_id=cls.service.id, **vals)
        ticket.resolve("solved", "Done.")
        return ticket

    @classmethod
    def _rated(cls, stars, words="", pleased=None, angry=None, ticket=None, **vals):
        ticket = ticket or cls._solved(**vals)
        form = {
            "grade": str(stars),
            "comment": words,
            "pleased": str(pleased.id) if pleased else "",
            "angry": str(angry.id) if angry else "",
        }
        return ticket._rate(ticket.partner_id, form, "portal")


class TestTouchpoint(TouchpointSetup, ItsmCase):
    """Which moments are offered, and which are kept."""

    def _names(self, ticket):
        return [point["id"] for point in ticket._rating_touchpoints()]

    def test_moments_that_have_come(self):
        ticket = self._create_ticket(service_id=self.service.id)
        self.assertEqual(self._names(ticket), [self.asked.id])
        ticket.with_user(self.agent).message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        ticket.resolve("solved", "Done.")
        self.assertEqual(
            self._names(ticket), [self.asked.id, self.answered.id, self.delivered.id]
        )

    def test_own_moments_of_a_service(self):
        own, other, theirs = self.env["itsm.touchpoint"].create(
            [
                {"name": "Training", "service_ids": self.service.ids},
                {
                    "name": "Other service",
                    "service_ids": self.service.copy({"name": "Scan"}).ids,
                },
                {"name": "Other desk", "desk_ids": self.desk_other.ids},
            ]
        )
        names = self._names(self._solved())
        self.assertIn(own.id, names)
        self.assertNotIn(other.id, names)
        self.assertNotIn(theirs.id, names)

    def test_rating_keeps_them(self):
        rating = self._rated(2, "Slow", pleased=self.asked, angry=self.delivered)
        self.assertEqual(rating.itsm_pleased_touchpoint_id, self.asked)
        self.assertEqual(rating.itsm_angry_touchpoint_id, self.delivered)
        again = self._rated(4, ticket=rating.itsm_ticket_id)
        self.assertEqual(again, rating)
        self.assertFalse(rating.itsm_angry_touchpoint_id)

    def test_hostile_moments(self):
        """What is not offered does not count, and breaks nothing."""
        ticket = self._solved()
        for value in (str(self.visited.id), "0", "-1", "x", "9" * 40, "\u0662", None):
            with self.subTest(value=value):
                form = {"grade": "5", "pleased": value, "angry": value}
                rating = ticket._rate(ticket.partner_id, form, "portal")
                self.assertFalse(rating.itsm_pleased_touchpoint_id)
                self.assertFalse(rating.itsm_angry_touchpoint_id)

    def test_nobody_writes_them(self):
        rating = self._rated(2, angry=self.delivered)
        for user in (self.agent, self.manager, self.requester):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                rating.with_user(user).itsm_angry_touchpoint_id = False

    def test_whose_touchpoints(self):
        Touchpoint = self.env["itsm.touchpoint"]
        own, other = Touchpoint.create(
            [
                {"name": "Ours", "desk_ids": self.desk.ids},
                {"name": "Both", "desk_ids": (self.desk | self.desk_other).ids},
            ]
        )
        points = own | other | self.asked
        for role, writable in (
            ("agent", Touchpoint),
            ("leader", Touchpoint),
            ("manager", own),
            ("admin", points),
        ):
            mine = self._as(getattr(self, role))["itsm.touchpoint"].browse(points.ids)
            with self.subTest(role=role):
                self.assertEqual(mine._filtered_access("read").ids, points.ids)
                self.assertEqual(mine._filtered_access("write").ids, writable.ids)


class TestJourney(TouchpointSetup, SlaCase):
    """Moods, waits, promises and words, as one may see them."""

    def _journey(self, user=None, months=0):
        Touchpoint = self._as(user or self.agent)["itsm.touchpoint"]
        return {
            point["id"]: point for point in Touchpoint.journey(self.service.id, months)
        }

    def test_moods_and_words(self):
        self._rated(5, "So friendly", pleased=self.asked)
        self._rated(1, "Took a week", pleased=self.asked, angry=self.delivered)
        self._rated(3)
        journey = self._journey()
        self.assertEqual(journey[self.asked.id]["pleased"], 2)
        self.assertEqual(journey[self.asked.id]["angry"], 0)
        self.assertEqual(journey[self.delivered.id]["angry"], 1)
        quote = journey[self.delivered.id]["quotes"]
        self.assertEqual(
            [(q["words"], q["stars"], q["mood"]) for q in quote],
            [("Took a week", 1, "angry")],
        )
        self.assertEqual(len(journey[self.asked.id]["quotes"]), 2)
        service = self._as(self.agent)["itsm.touchpoint"].journey_services(0)[0]
        self.assertEqual(
            service,
            {
                "id": self.service.id,
                "name": "Printing",
                "ratings": 3,
                "stars": 3.0,
                "pleased": 2,
                "angry": 1,
            },
        )

    def test_waits_are_medians(self):
        for hours in (1, 2, 9):
            ticket = self._solved()
            ticket._write_system(
                {**TIMES, "resolved_at": f"2026-04-01 {8 + hours:02}:00:00"}
            )
        self.env.flush_all()
        journey = self._journey()
        self.assertEqual(journey[self.delivered.id]["hours"], 2.0)
        self.assertEqual(journey[self.delivered.id]["tickets"], 3)
        self.assertEqual(journey[self.answered.id]["hours"], 0.5)
        self.assertEqual(journey[self.asked.id]["tickets"], 3)
        self.assertNotIn(self.visited.id, journey, "nobody was visited")

    def test_promises_kept(self):
        self._policy(("resolution", 4))
        with freeze_time("2026-04-01 08:00:00"):
            good, bad = (
                self._create_ticket(service_id=self.service.id) for _n in range(2)
            )
        with freeze_time("2026-04-01 10:00:00"):
            good.resolve("solved", "Done.")
        with freeze_time("2026-04-02 16:00:00"):
            bad.resolve("solved", "Done.")
        self.env["itsm.sla.clock"].search([("res_id", "in", (good | bad).ids)])
        point = self._journey()[self.delivered.id]
        self.assertEqual((point["kept"], point["promised"]), (1, 2))

    def test_period(self):
        rating = self._rated(5, pleased=self.asked)
        rating.sudo().rated_on = "2020-01-01"
        rating.itsm_ticket_id.sudo()._write_system({"opened_at": "2020-01-01"})
        self.assertEqual(self._journey(months=3)[self.asked.id]["pleased"], 0)
        self.assertEqual(self._journey(months=0)[self.asked.id]["pleased"], 1)
        Touchpoint = self._as(self.agent)["itsm.touchpoint"]
        for months in (12, 7, "x", None):
            self.assertEqual(Touchpoint.journey_services(months), [])

    def test_own_desks_only(self):
        self._rated(1, "Secret words", angry=self.delivered)
        for role, seen in {
            "agent": True,
            "auditor": True,
            "stranger": False,
            "foreigner": False,
        }.items():
            user = getattr(self, role)
            with self.subTest(role=role):
                journey = self._journey(user)
                self.assertEqual("Secret words" in str(journey), seen)
                self.assertEqual(journey[self.asked.id]["tickets"], int(seen))
                services = self._as(user)["itsm.touchpoint"].journey_services(0)
                self.assertEqual(bool(services), seen)

    def test_not_for_requesters(self):
        for user in (self.requester, self.portal):
            Touchpoint = self._as(user)["itsm.touchpoint"]
            for call in (
                Touchpoint.journey_services,
                lambda model=Touchpoint: model.journey(self.service.id),
            ):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    call()

    def test_complaints_stay_hidden(self):
        """Nor does the one complained about read of it in a journey."""
        complaint = self._solved(
            type="complaint", complaint_about_user_id=self.agent.id
        )
        self._rated(1, "Anna again", angry=self.delivered, ticket=complaint)
        self.assertNotIn("Anna again", str(self._journey(self.agent)))
        self.assertEqual(self._journey(self.agent)[self.asked.id]["tickets"], 0)
        self.assertIn("Anna again", str(self._journey(self.manager)))


@tagged("post_install", "-at_install")
class TestTouchpointPage(TouchpointSetup, PortalCase):
    """The rating form asks for the best and the worst moment."""

    def test_form(self):
        ticket = self._solved(partner_id=self.portal.partner_id.id)
        self._login(self.portal)
        page = self._page(f"/my/tickets/{ticket.id}")
        form = page.xpath("//form[.//input[@name='grade']]")[0]
        options = [
            option.get("value")
            for option in form.xpath(".//select[@name='angry']/option")
        ]
        self.assertEqual(options[0], "", "nobody has to choose")
        self.assertIn(str(self.delivered.id), options)
        self.assertNotIn(str(self.visited.id), options)
        self._post(
            form.get("action"),
            {
                "grade": "2",
                "comment": "Too late",
                "angry": str(self.delivered.id),
                "pleased": "",
            },
        )
        self.env.invalidate_all()
        rating = ticket.rating_ids.filtered("consumed")
        self.assertEqual(rating.itsm_angry_touchpoint_id, self.delivered)
        self.assertFalse(rating.itsm_pleased_touchpoint_id)
