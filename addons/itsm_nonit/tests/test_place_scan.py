import io
import uuid

from lxml import html
from PIL import Image

from odoo.tests import tagged

from odoo.addons.itsm_helpdesk.tests.portal_request_common import PortalRequestCase
from odoo.addons.itsm_helpdesk.tests.request_common import question, when

from .field_work_common import picture
from .scan_common import ScanCase


@tagged("post_install", "-at_install")
class TestPlacePage(ScanCase, PortalRequestCase):
    """The page behind a label, for whom, and what is made of a report."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pipe = cls._service(
            "Pipe",
            [
                question("place", "location", required=True),
                question(
                    "what",
                    "choice",
                    required=True,
                    options={"leak": "It leaks", "tap": "The tap"},
                ),
                question(
                    "tap",
                    "choice",
                    "Which tap?",
                    required=True,
                    options={"hot": "Hot", "cold": "Cold"},
                    shown_if=when("what", "equals", "tap"),
                ),
                question("since", "date"),
                question("words", "text"),
                question("photos", "file"),
            ],
            desk_id=cls.desk_other.id,
            scan_kind_ids=cls._kinds("room"),
        )
        cls.fault = cls._service(
            "Car fault",
            [question("plate", required=True), question("note", "note")],
            scan_kind_ids=cls._kinds("vehicle"),
            scan_thing_key="plate",
        )
        cls.plain = cls._service("Pens")

    def setUp(self):
        super().setUp()
        self.url = self._url_of(self.ward)
        self.form_url = f"{self.url}/{self.pipe.id}"

    def _report(self, url=None, files=None, **data):
        """Send the short form; return the answer and the tickets it made."""
        before = self.Ticket.search([])
        data = {"portal_key": uuid.uuid4().hex, **data}
        response = self._post(url or self.form_url, data, files)
        self.env.invalidate_all()
        return response, self.Ticket.search([]) - before

    def _photo(self, key="q_photos"):
        content = io.BytesIO()
        Image.new("RGB", (8, 8), "teal").save(content, "JPEG")
        return [(key, ("leak.jpg", content.getvalue(), "image/jpeg"))]

    # ------------------------------------------------------------------
    # For whom
    # ------------------------------------------------------------------

    def test_staff_sign_in_and_come_back(self):
        self._login(None)
        for url in (self.url, self.form_url, "/itsm/place/AAAAAAAAAAAAAAAAAAAAAA"):
            response = self._get(url)
            with self.subTest(url=url):
                self.assertEqual(response.status_code, 303)
                self.assertIn("/web/login?redirect=", response.headers["Location"])
                self.assertIn(url.split("/")[3], response.headers["Location"])

    def test_staff_see_the_place_and_its_tiles(self):
        for user in (self.portal, self.requester, self.agent):
            self._login(user)
            page = self._page(self.url)
            with self.subTest(user=user.name):
                self.assertIn("Ward 3", self._text(page))
                self.assertIn(self.form_url, self._links(page))
                for other in (self.fault, self.plain):
                    self.assertNotIn(f"{self.url}/{other.id}", self._links(page))

    def test_tiles_are_what_the_reader_may_ask_for(self):
        self.pipe.available_group_ids = self.env.ref("itsm_helpdesk.group_itsm_admin")
        self._login(self.portal)
        self.assertNotIn(self.form_url, self._links(self._page(self.url)))
        response = self._get(self.form_url)
        self.assertTrue(response.headers["Location"].endswith(self.url))
        _response, ticket = self._report(q_what="leak")
        self.assertFalse(ticket)

    def test_what_is_no_longer_offered_is_no_tile(self):
        """Also for an administrator, who reads retired services elsewhere."""
        self.pipe.action_retire()
        self.env.flush_all()
        self._login(self.admin)
        self.assertNotIn(self.form_url, self._links(self._page(self.url)))

    def test_outsiders_and_other_companies_learn_nothing(self):
        customer = self._make_user("customer", "Cu Stomer", "base.group_portal")
        self._login(customer)
        self.assertEqual(self._get(self.url).status_code, 404)
        self.ward.company_id = self.branch
        self.env.flush_all()
        self._login(self.portal)
        self.assertEqual(self._get(self.url).status_code, 404)
        self.assertEqual(self._get(self.form_url).status_code, 404)

    def test_unknown_tokens_and_services(self):
        self._login(self.portal)
        for token in (str(self.ward.id), "A" * 22, "%25", "é" * 22, "A" * 500):
            with self.subTest(token=token):
                response = self._get(f"/itsm/place/{token}")
                self.assertEqual(response.status_code, 404)
                self.assertNotIn("Ward 3", response.text)
        for service_id in (0, 2**31, 10**12, self.plain.id, self.fault.id):
            with self.subTest(service_id=service_id):
                response = self._get(f"{self.url}/{service_id}")
                self.assertEqual(response.status_code, 303)
        self.ward.active = False
        self.env.flush_all()
        self.assertEqual(self._get(self.url).status_code, 404)

    # ------------------------------------------------------------------
    # The short form
    # ------------------------------------------------------------------

    def test_only_what_is_not_known_is_asked(self):
        self._login(self.portal)
        page = self._page(self.form_url)
        asked = page.xpath("//*[@data-question]/@data-question")
        self.assertEqual(asked, ["what", "tap", "photos", "words"])

    def test_report_with_a_photo(self):
        self._login(self.portal)
        response, ticket = self._report(files=self._photo(), q_what="leak")
        self.assertEqual(response.status_code, 303)
        self.assertEqual(len(ticket), 1)
        self.assertEqual(ticket.service_id, self.pipe)
        self.assertEqual(ticket.desk_id, self.desk_other)
        self.assertEqual(ticket.location_id, self.ward)
        self.assertEqual(ticket.channel_id.code, "qr")
        self.assertEqual(ticket.partner_id, self.portal.partner_id)
        self.assertFalse(ticket.bookable_id)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "itsm.ticket"), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(files.mapped("name"), ["leak.jpg"])
        self.assertEqual(ticket._answer_files(), files.ids)

    def test_the_label_says_where_not_the_browser(self):
        self._login(self.portal)
        _response, ticket = self._report(
            q_what="leak", q_place=str(self.house.id), location_id=str(self.house.id)
        )
        self.assertEqual(ticket.location_id, self.ward)

    def test_what_is_missing_is_said(self):
        self._login(self.portal)
        for data, missing in (({}, "q_what"), ({"q_what": "tap"}, "q_tap")):
            response, ticket = self._report(**data)
            with self.subTest(missing=missing):
                self.assertEqual(response.status_code, 200)
                self.assertFalse(ticket)
                tree = html.fromstring(response.text)
                links = tree.xpath("//*[@id='itsm_errors']//a/@href")
                self.assertEqual(links, [f"#{missing}"])

    # ------------------------------------------------------------------
    # The whole form
    # ------------------------------------------------------------------

    def _whole(self, service, **data):
        """Return the page with all questions, for who asked for it at the label."""
        response = self._post(f"{self.url}/{service.id}/whole", data)
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.text)

    def _send_whole(self, service, **data):
        return self._report(
            f"/my/services/{service.id}/request",
            place=self.url.rsplit("/", 1)[1],
            **data,
        )

    def test_whole_form_knows_the_place_and_what_was_typed(self):
        self._login(self.portal)
        page = self._whole(self.pipe, q_what="leak", q_words="Under the sink")
        asked = page.xpath("//*[@data-question]/@data-question")
        self.assertEqual(asked, ["place", "what", "tap", "since", "words", "photos"])
        place = page.xpath("//*[@name='q_place']")[0]
        chosen = place.xpath("@value|.//option[@selected]/@value")
        self.assertEqual(chosen, [str(self.ward.id)])
        self.assertEqual(page.xpath("//*[@name='place']/@value"), [self.ward.token])
        self.assertTrue(page.xpath("//*[@name='q_what'][@value='leak'][@checked]"))
        self.assertIn("Under the sink", self._text(page))

    def test_whole_form_is_a_report_from_the_label(self):
        self._login(self.portal)
        answers = {"q_place": str(self.ward.id), "q_what": "leak"}
        _response, ticket = self._send_whole(self.pipe, **answers)
        self.assertEqual(ticket.location_id, self.ward)
        self.assertEqual(ticket.channel_id.code, "qr")
        # Who sees the question may say that it is elsewhere.
        answers["q_place"] = str(self.house.id)
        _response, ticket = self._send_whole(self.pipe, **answers)
        self.assertEqual(ticket.location_id, self.house)

    def test_whole_form_without_a_question_for_the_place(self):
        self._login(self.portal)
        _response, ticket = self._send_whole(self.plain, place_words="By the door")
        self.assertEqual(ticket.location_id, self.ward)
        self.assertIn("By the door", ticket.description)

    def test_whole_form_that_is_wrong_keeps_the_place(self):
        self._login(self.portal)
        response, ticket = self._send_whole(self.pipe, place_words="By the door")
        self.assertFalse(ticket)
        page = html.fromstring(response.text)
        self.assertEqual(page.xpath("//*[@name='place']/@value"), [self.ward.token])
        self.assertIn("By the door", self._text(page))

    def test_whole_form_with_a_label_of_others(self):
        customer = self._make_user("customer", "Cu Stomer", "base.group_portal")
        self.plain.available_group_ids = False
        self._login(customer)
        _response, ticket = self._send_whole(self.plain)
        self.assertFalse(ticket.location_id)
        response = self._post(f"{self.form_url}/whole", {})
        self.assertEqual(response.status_code, 404)

    def test_sent_twice_is_one_ticket(self):
        self._login(self.portal)
        key = uuid.uuid4().hex
        _response, ticket = self._report(q_what="leak", portal_key=key)
        self.assertTrue(ticket)
        response, again = self._report(q_what="leak", portal_key=key)
        self.assertFalse(again)
        self.assertEqual(response.status_code, 303)

    def test_without_a_token_of_the_session_nothing_is_taken(self):
        self._login(self.portal)
        before = self.Ticket.search_count([])
        response = self._post(self.form_url, {"q_what": "leak"}, csrf=False)
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.Ticket.search_count([]), before)

    def test_a_thing_says_what_it_is(self):
        """The number plate is on the label; photo and words are kept all the same."""
        self._login(self.portal)
        url = f"{self._url_of(self.car)}/{self.fault.id}"
        page = self._page(url)
        self.assertIn("Blue Car", self._text(page))
        asked = page.xpath("//*[@data-question]/@data-question")
        self.assertEqual(asked, ["note", "scan_photos", "scan_words"])
        _response, ticket = self._report(
            url, self._photo("q_scan_photos"), q_scan_words="Flat <b>tyre</b>"
        )
        self.assertEqual(ticket.bookable_id, self.car)
        self.assertEqual(ticket.location_id, self.house)
        self.assertEqual(dict(ticket._answers_raw())["plate"], "AB 123")
        self.assertIn("Flat &lt;b&gt;tyre", ticket.description)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "itsm.ticket"), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(files.mapped("name"), ["leak.jpg"])

    def test_a_program_is_no_photo(self):
        self._login(self.portal)
        url = f"{self._url_of(self.car)}/{self.fault.id}"
        response, ticket = self._report(
            url, [("q_scan_photos", ("run.exe", b"MZ 123", "image/jpeg"))]
        )
        self.assertFalse(ticket)
        tree = html.fromstring(response.text)
        links = tree.xpath("//*[@id='itsm_errors']//a/@href")
        self.assertEqual(links, ["#q_scan_photos"])

    def test_nobody_forges_a_scan(self):
        """A context that a client sends is no label."""
        env = self._as(self.portal)
        forged = {"place_id": self.ward.id, "thing_id": self.car.id, "words": "x"}
        ticket_id = (
            env["itsm.ticket"]
            .with_context(itsm_scan=forged)
            .request_service(self.plain.id)
        )
        ticket = self.env["itsm.ticket"].browse(ticket_id)
        self.assertEqual(ticket.channel_id.code, "portal")
        self.assertFalse(ticket.location_id or ticket.bookable_id)


@tagged("post_install", "-at_install")
class TestLeakingPipe(ScanCase, PortalRequestCase):
    """The facilities desk as it is shipped: a pipe leaks in ward 3."""

    def test_scanned_repaired_signed_and_rated(self):
        """Three taps and a photo; the plumbers come, the requester signs and rates."""
        pack = self.install_pack("facilities", self.facilities_agent)
        leak = self.service("facilities-leak")
        self._login(self.portal)
        url = self._url_of(self.ward)
        page = self._page(url)
        self.assertIn(f"{url}/{leak.id}", self._links(page))
        form = self._page(f"{url}/{leak.id}")
        typed = form.xpath(
            "//form[@id='itsm_request_form']//*[@required][not(@type='radio')]"
        )
        self.assertFalse(typed, "nothing has to be typed")
        photo = io.BytesIO()
        Image.new("RGB", (8, 8), "teal").save(photo, "JPEG")
        response = self._post(
            f"{url}/{leak.id}",
            {"q_what": "leak", "portal_key": uuid.uuid4().hex},
            [("q_photos", ("pipe.jpg", photo.getvalue(), "image/jpeg"))],
        )
        self.assertEqual(response.status_code, 303)
        self.env.invalidate_all()
        ticket = self.Ticket.search([("service_id", "=", leak.id)])
        plumbers = self.pack_team(pack, "Plumbing and Climate")
        self.assertEqual(len(ticket), 1)
        self.assertEqual((ticket.desk_id, ticket.team_id), (pack.desk_id, plumbers))
        self.assertEqual(ticket.location_id, self.ward)
        self.assertEqual(ticket.channel_id.code, "qr")
        self.assertEqual(len(ticket._answer_files()), 1)
        self.assertEqual(ticket.task_ids.team_id, plumbers)
        self.assertTrue(ticket.with_user(self.facilities_agent).has_access("read"))
        self.assertFalse(ticket.with_user(self.agent).has_access("read"))
        self._repair(plumbers, ticket)
        self.assertEqual(ticket.state, "resolved")
        self.assertEqual(set(ticket.task_ids.mapped("state")), {"done"})
        self._login(self.portal)
        self._post(f"/my/tickets/{ticket.id}/rate", {"grade": "5"})
        self.env.invalidate_all()
        self.assertEqual(ticket.rating_ids.mapped("rating"), [5])

    def _repair(self, plumbers, ticket):
        """Do the tasks of the plan in the field; the requester signs each."""
        plumbers.member_ids |= self.facilities_agent
        for _turn in ticket.task_ids:
            task = ticket.task_ids.filtered(lambda task: task.state == "todo")[:1]
            self._do(task, "start")
            for check in task.check_ids:
                self._do(task, "check", check_id=check.id, done=True)
            self._do(task, "sign", name="Ria Requester", data=picture())
            self._do(task, "finish", outcome="done", note="New pipe.")
        visits = self.env["itsm.visit"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(visits.mapped("signed_by"), ["Ria Requester"] * len(visits))
        self.assertEqual(visits.task_id, ticket.task_ids)

    def _do(self, task, verb, **values):
        entry = {
            "key": uuid.uuid4().hex,
            "verb": verb,
            "task_id": task.id,
            "age": 0,
            "values": values,
        }
        self._as(self.facilities_agent)["itsm.visit"].field_do(entry)
        self.env.invalidate_all()

    def test_every_tile_of_every_desk_can_be_sent(self):
        """No shipped tile asks for something that a phone cannot say quickly."""
        packs = self.env["itsm.desk.pack"].search([])
        for key in packs.mapped("key"):
            self.install_pack(key)
        tiles = self.env["itsm.service"].search([("is_quick_report", "=", True)])
        self.assertGreater(len(tiles), 10)
        for service in tiles:
            kinds = service.scan_kind_ids.mapped("code")
            thing = self.car if "vehicle" in kinds else self.ward
            mine = self._as(self.portal)["itsm.service"].browse(service.id)
            form = mine._scan_form(thing.sudo())
            hard = [
                each["key"]
                for each in form["definition"]["questions"]
                if each.get("required")
                and not each.get("shown_if")
                # What the employee's record tells where somebody keeps it.
                and not each.get("default")
                and each["type"] not in ("choice", "choices", "boolean")
            ]
            with self.subTest(service=service.name):
                self.assertFalse(hard)
