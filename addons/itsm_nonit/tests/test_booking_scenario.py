from lxml import html

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_helpdesk.tests.portal_request_common import PortalRequestCase

from .booking_common import BookingCase


@tagged("post_install", "-at_install")
class TestBookingScenario(BookingCase, PortalRequestCase):
    """A car for tomorrow, approved by the department's manager; no double booking.

    Through the pages of the portal, as people use them.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.book_car.approval_policy_id = cls.env["itsm.approval.policy"].create(
            {
                "name": "Department manager",
                "res_model": "itsm.ticket",
                "step_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Manager",
                            "line_ids": [
                                (
                                    0,
                                    0,
                                    {
                                        "approver_type": "department_manager",
                                        "rule": "any",
                                    },
                                )
                            ],
                        },
                    )
                ],
            }
        )
        cls.book_car.action_publish()

    def _local(self, hour):
        return self._at(hour).strftime("%Y-%m-%dT%H:%M")

    def _form_for(self, start=9, end=11, **data):
        return {
            "q_what": str(self.car.id),
            "q_begin": self._local(start),
            "q_stop": self._local(end),
            **data,
        }

    def test_a_car_for_tomorrow(self):
        day = self._at(0).date().isoformat()
        # What is free, tapped in three steps.
        self._login(self.portal)
        page = self._page("/my/desk")
        self.assertIn("/my/desk/book", self._links(page))
        page = self._page(f"/my/desk/book?day={day}&kind=vehicle")
        self.assertIn("Car 1", self._text(page))
        self.assertNotIn("Room 1", self._text(page))
        page = self._page(f"/my/desk/book/{self.car.id}?day={day}")
        start = next(
            link for link in self._links(page) if f"from={self._local(9)}" in link
        )
        page = self._page(start.partition("#")[0])
        form_url = next(
            link for link in self._links(page) if f"to={self._local(11)}" in link
        )
        self.assertIn(f"/my/services/{self.book_car.id}/request", form_url)
        form = self._page(form_url)
        self.assertEqual(
            form.xpath("//select[@name='q_what']/option[@selected]/@value"),
            [str(self.car.id)],
        )
        self.assertEqual(
            form.xpath("//input[@name='q_begin' or @name='q_stop']/@value"),
            [self._local(9), self._local(11)],
        )
        # Sent: held, and the department's manager is asked.
        response, ticket = self._request(self.book_car, **self._form_for())
        self.assertEqual(response.status_code, 303)
        booking = ticket.booking_ids
        self.assertEqual((ticket.state, booking.state), ("approval", "held"))
        self.assertEqual(
            ticket.approval_id.step_ids.line_ids.vote_ids.partner_id
            or self.head.partner_id,
            self.head.partner_id,
        )
        # Somebody else wants it at the same time: refused with what is free.
        self._login(self.requester)
        response, refused = self._request(self.book_car, **self._form_for(10, 12))
        self.assertFalse(refused)
        self.assertEqual(self._errors_of(response), {"q_what"})
        self.assertIn("Car 1", response.text)
        self.assertNotIn(self.portal.name, response.text)
        page = self._page(f"/my/desk/book/{self.car.id}?day={day}")
        starts = " ".join(self._links(page))
        self.assertNotIn(f"from={self._local(10)}", starts)
        self.assertIn(f"from={self._local(11)}", starts)
        # Approved: confirmed, and the requester sees it.
        self._vote(ticket, self.head)
        self.assertEqual(booking.state, "confirmed")
        self._login(self.portal)
        page = self._page(f"/my/tickets/{ticket.id}")
        self.assertTrue(page.xpath("//*[@id='itsm_bookings']"))
        # Handed over, brought back, done.
        booking.with_user(self.agent).hand_over(meter=150)
        booking.with_user(self.agent).give_back(meter=180)
        self.assertEqual(ticket.state, "resolved")
        self.assertEqual(booking.distance, 30)

    def _errors_of(self, response):
        tree = html.fromstring(response.text)
        return {
            link.get("href").removeprefix("#")
            for link in tree.xpath("//*[@id='itsm_errors']//a")
        }

    def test_refused_by_the_manager(self):
        self._login(self.portal)
        _response, ticket = self._request(self.book_car, **self._form_for())
        self._vote(ticket, self.head, "reject", "Take the bus.")
        self.assertEqual(ticket.booking_ids.state, "refused")
        self._login(self.requester)
        _response, other = self._request(self.book_car, **self._form_for())
        self.assertEqual(other.booking_ids.state, "held")

    def test_given_up_on_the_page(self):
        self._login(self.portal)
        _response, ticket = self._request(self.book_car, **self._form_for())
        booking = ticket.booking_ids
        page = self._page("/my/desk/book")
        self.assertIn(ticket.number, self._text(page))
        url = f"/my/desk/bookings/{booking.id}/cancel"
        self.assertIn(url, page.xpath("//form/@action"))
        # Nobody else can, whatever they send.
        self._login(self.colleague)
        self._post(url)
        self.env.invalidate_all()
        self.assertEqual(booking.state, "held")
        self._login(self.portal)
        with mute_logger("odoo.http"):
            self.assertNotEqual(self._post(url, csrf=False).status_code, 303)
        self.assertEqual(self._post(url).status_code, 303)
        self.env.invalidate_all()
        self.assertEqual((booking.state, ticket.state), ("cancelled", "cancelled"))
        self._post("/my/desk/bookings/99999999999/cancel")

    def test_hostile_links(self):
        hidden = self._thing("Hidden", kind="vehicle", is_published=False)
        branch = self._thing("Branch", kind="vehicle", desk_id=self.desk_branch.id)
        self._login(self.portal)
        for thing_id in (hidden.id, branch.id, 0, 2**31, 10**20):
            for tail in ("", "/image"):
                url = f"/my/desk/book/{thing_id}{tail}"
                with self.subTest(url=url):
                    response = self._get(url)
                    self.assertIn(response.status_code, (303, 404))
        for query in (
            "day=2026-99-99&persons=x&kind=%00",
            "day=9999-12-31&persons=-1",
            "day=%F0%9F%92%A9&persons=99999999999999&kind=boat",
            "day=0001-01-01",
        ):
            with self.subTest(query=query):
                self._page(f"/my/desk/book?{query}")
        for query in (
            "from=x&day=y&until=z",
            "from=9999-12-31T23:59&until=9999-12-31",
            "from=2026-03-02T10:00%2B05:00",
            f"day={self._at(0).date()}&from={self._local(9)}&until=0001-01-01",
        ):
            with self.subTest(query=query):
                self._page(f"/my/desk/book/{self.car.id}?{query}")
        for query in (
            "book=x&from=y&to=z",
            "book=-1&persons=%00",
            f"book={hidden.id}&from={self._local(9)}&to=9999-12-31T23:59",
            f"book={10**20}",
        ):
            with self.subTest(query=query):
                self._page(f"/my/services/{self.book_car.id}/request?{query}")
        response, ticket = self._request(
            self.book_car, **self._form_for(q_what=str(hidden.id))
        )
        self.assertEqual((response.status_code, len(ticket)), (200, 0))

    def test_pictures(self):
        self.room.image_1920 = (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
            b"WjR9awAAAABJRU5ErkJggg=="
        )
        self._login(self.portal)
        response = self._get(f"/my/desk/book/{self.room.id}/image")
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.headers["Content-Type"].startswith("image/"))
        self.assertEqual(
            self._get(f"/my/desk/book/{self.car.id}/image").status_code, 404
        )
