import base64

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_helpdesk.tests.request_common import RequestCase, question, when

from .common import NonitCase


class FrontOfficeCase(NonitCase, RequestCase):
    """An agent of the facilities desk on the telephone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.house = cls.env["itsm.location"].create({"name": "House", "kind": "site"})
        cls.floor, cls.attic = cls.env["itsm.location"].create(
            [
                {"name": name, "parent_id": cls.house.id, "kind": "floor"}
                for name in ("Third floor", "Attic")
            ]
        )
        cls.room = cls.env["itsm.location"].create(
            {"name": "R 301", "parent_id": cls.floor.id}
        )
        cls.leak = cls._service(
            "Leaking pipe",
            [
                question("what", "choice", required=True, options={"a": "A", "b": "B"}),
                question("more", shown_if=when("what", "equals", "b"), required=True),
            ],
            desk_id=cls.desk_other.id,
            keywords="water tap drip",
            ticket_type="incident",
        )
        cls.employee_portal.work_phone = "+49 30 5550 4312"
        cls.employee_requester.work_phone = "0431 222"

    def _office(self, user=None):
        return self._as(user or self.stranger)["itsm.front.office"]

    def _call(self, user=None, **call):
        """Register a call as the facilities agent; return the answer."""
        call = {"partner_id": self.portal.partner_id.id, **call}
        return self._office(user).register(call)

    def _ticket(self, answer):
        self.env.invalidate_all()
        return self.Ticket.browse(answer["id"])


@tagged("post_install", "-at_install")
class TestCallers(FrontOfficeCase):
    """Who calls is found by number, extension, name and department."""

    def _found(self, term, user=None):
        return [row["id"] for row in self._office(user).find_callers(term)]

    def test_extension_first(self):
        """4312 is an extension of one and a part of nobody else's number."""
        self.employee_head.work_phone = "+49 4312 77"
        found = self._found("4312")
        self.assertEqual(found[0], self.portal.partner_id.id)
        self.assertIn(self.head.partner_id.id, found)

    def test_number_however_written(self):
        for number in ("+49 30 5550 4312", "030/5550-4312", "55504312"):
            with self.subTest(number=number):
                self.assertEqual(self._found(number), [self.portal.partner_id.id])

    def test_name_and_department(self):
        found = self._found("petra radio")
        self.assertEqual(found, [self.portal.partner_id.id])
        department = self._found("radiol")
        self.assertIn(self.head.partner_id.id, department)
        self.assertEqual(self._found("petra nowhere"), [])

    def test_wildcards_are_letters(self):
        for term in ("%", "_", "%%%", "\\", "\0\0", None, 7, ["a"]):
            with self.subTest(term=term):
                self.assertEqual(self._found(term), [])

    def test_contacts_who_are_no_staff(self):
        visitor = self.env["res.partner"].create(
            {"name": "Vera Visitor", "phone": "0171 98 76 54"}
        )
        self.assertEqual(self._found("vera vis"), visitor.ids)
        self.assertEqual(self._found("987654"), visitor.ids)

    def test_other_companies_staff_is_not_found(self):
        self._make_employee(self.foreigner, company_id=self.branch.id)
        found = self._found("Flora")
        self.assertNotIn(self.foreigner.partner_id.id, found)

    def test_only_agents(self):
        for user in (self.portal, self.requester, self.auditor):
            for method, arguments in (
                ("find_callers", ["petra"]),
                ("caller", [self.portal.partner_id.id]),
                ("find_services", ["leak"]),
                ("service", [self.leak.id, self.portal.partner_id.id]),
                ("same_matter", [self.leak.id, False]),
                ("answers", [self.leak.id, ""]),
                ("known", [self.leak.id, ""]),
                ("find_places", ["R"]),
                ("register", [{}]),
                ("this_one_too", [1, 1]),
                ("start", []),
            ):
                with (
                    self.subTest(user=user.name, method=method),
                    self.assertRaises(AccessError),
                ):
                    getattr(self._office(user), method)(*arguments)

    def test_place_of_work(self):
        work = self.env["hr.work.location"].create(
            {"name": "Ward", "address_id": self.company.partner_id.id}
        )
        self.attic.work_location_id = work
        self.employee_portal.work_location_id = work
        card = self._office().caller(self.portal.partner_id.id)
        self.assertEqual(card["place"]["id"], self.attic.id)

    def test_card(self):
        old = self._in_state(
            "closed",
            desk_id=self.desk_other.id,
            partner_id=self.portal.partner_id.id,
            location_id=self.room.id,
        )
        new = self._create_ticket(
            desk_id=self.desk_other.id, partner_id=self.portal.partner_id.id
        )
        secret = self._create_ticket(partner_id=self.portal.partner_id.id)
        card = self._office().caller(self.portal.partner_id.id)
        self.assertEqual(card["department"], "Radiology")
        self.assertEqual(card["phone"], "+49 30 5550 4312")
        self.assertEqual(card["place"]["id"], self.room.id, "where it was last")
        self.assertEqual([row["id"] for row in card["tickets"]], [new.id, old.id])
        self.assertNotIn(secret.number, str(card), "a ticket of another desk")
        self.assertEqual(card["open_count"], 1)
        with self.assertRaises(UserError):
            self._office().caller(0)


@tagged("post_install", "-at_install")
class TestRegister(FrontOfficeCase):
    """A call becomes a ticket in the ordinary way."""

    def test_three_letters(self):
        found = self._office().find_services("lea")
        self.assertEqual([row["id"] for row in found], self.leak.ids)

    def test_by_a_service(self):
        answer = self._call(
            service_id=self.leak.id,
            location_id=self.room.id,
            raw={"what": "b", "more": "under the sink"},
            words="Hurry, please.\n<b>Now</b>",
        )
        ticket = self._ticket(answer)
        self.assertEqual(answer["number"], ticket.number)
        self.assertEqual(ticket.partner_id, self.portal.partner_id)
        self.assertEqual(ticket.requested_for_id, self.portal.partner_id)
        self.assertEqual(ticket.department_id, self.department)
        self.assertEqual(ticket.location_id, self.room)
        self.assertEqual(ticket.desk_id, self.desk_other)
        self.assertEqual(ticket.type, "incident")
        self.assertEqual(ticket.channel_id.code, "phone")
        self.assertEqual(ticket._answers_raw()["more"], "under the sink")
        self.assertIn("&lt;b&gt;", ticket.description)
        self.assertNotIn(self.stranger.partner_id, ticket.message_partner_ids)
        self.assertIn(self.portal.partner_id, ticket.message_partner_ids)

    def test_wrong_answers(self):
        answer = self._call(service_id=self.leak.id, raw={"what": "b"})
        self.assertEqual(list(answer["errors"]), ["more"])
        self.assertEqual(
            list(self._call(service_id=self.leak.id, raw="x")["errors"]), ["what"]
        )
        self.assertFalse(self.Ticket.search([("service_id", "=", self.leak.id)]))

    def test_in_words(self):
        answer = self._call(
            subject="Strange smell", desk_id=self.desk.id, type="complaint"
        )
        ticket = self._ticket(answer)
        self.assertEqual(ticket.desk_id, self.desk)
        self.assertEqual(ticket.type, "complaint")
        self.assertEqual(ticket.partner_id, self.portal.partner_id)
        self.assertEqual(ticket.create_uid, self.stranger)
        self.assertEqual(ticket.channel_id.code, "phone")

    def test_refused(self):
        draft = self._service("Draft", publish=False)
        for call in (
            {},
            {"service_id": draft.id},
            {"service_id": 10**9},
            {"service_id": "1"},
            {"service_id": True},
            {"subject": "Smell"},
            {"subject": "Smell", "desk_id": self.desk_branch.id},
            {"subject": " ", "desk_id": self.desk.id},
            {"partner_id": 10**9, "service_id": self.leak.id},
            {"partner_id": [1], "service_id": self.leak.id},
        ):
            with self.subTest(call=call), self.assertRaises(UserError):
                self._call(**call)
        with self.assertRaises(UserError):
            self._office().register("call")

    def test_file(self):
        service = self._service("Photo", [question("photo", "file")])
        data = base64.b64encode(b"a note").decode()
        answer = self._call(
            service_id=service.id, raw={}, files={"photo": [["note.txt", data]]}
        )
        ticket = self._ticket(answer)
        files = self.env["ir.attachment"].browse(ticket._answer_files())
        self.assertEqual(files.mapped("name"), ["note.txt"])
        self.assertEqual(files.raw, b"a note")
        with self.assertRaises(UserError):
            self._call(service_id=service.id, files={"photo": [["note.txt", "§"]]})

    def test_questions_begin_with_the_caller(self):
        service = self._service(
            "Card", [question("name", default_kind="employee", default_field="name")]
        )
        shown = self._office().service(service.id, self.portal.partner_id.id)
        self.assertEqual(shown["raw"], {"name": self.employee_portal.name})

    def test_table_and_records(self):
        service = self._service(
            "Goods",
            [
                question(
                    "lines", "table", columns=[question("thing"), question("count")]
                ),
                question("who", "person"),
            ],
        )
        found = self._office().lookup(service.id, "who", "Hedda")
        self.assertEqual([row["name"] for row in found], [self.head.name])
        answer = self._call(
            service_id=service.id,
            raw={
                "lines": [{"thing": "Pen", "count": "2"}, {}],
                "who": found[0]["id"],
            },
        )
        raw = self._ticket(answer)._answers_raw()
        self.assertEqual(raw["lines"], [{"thing": "Pen", "count": "2"}])
        self.assertEqual(raw["who"], found[0]["id"])

    def test_approval_is_the_callers(self):
        """The caller asks, so the caller's request is approved, not the agent's."""
        policy = self._approval_policy(self.head)
        service = self._service("Costly", approval_policy_id=policy.id)
        ticket = self._ticket(self._call(service_id=service.id, raw={}))
        self.assertEqual(ticket.state, "approval")
        mine = self._as(self.portal)["itsm.ticket"].search([("id", "=", ticket.id)])
        self.assertTrue(mine, "the caller finds it on the portal")

    def test_answers_that_helped(self):
        for number, text in enumerate(("Close the valve.", "New gasket."), 1):
            ticket = self._create_ticket(
                name=f"Pipe {number}",
                desk_id=self.desk_other.id,
                service_id=self.leak.id,
            )
            ticket.resolve("solved", text)
        other = self._create_ticket(name="Pipe 3")
        other.resolve("solved", "Secret of another desk.")
        office = self._office()
        shown = office.service(self.leak.id, self.portal.partner_id.id)
        texts = {row["text"] for row in shown["answers"]}
        self.assertEqual(texts, {"Close the valve.", "New gasket."})
        texts = [row["text"] for row in office.answers(False, "pipe gasket")]
        self.assertEqual(texts[0], "New gasket.")
        self.assertNotIn("Secret of another desk.", texts)


@tagged("post_install", "-at_install")
class TestThisOneToo(FrontOfficeCase):
    """What several people report is one ticket, and they are counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket(
            name="Water on the floor",
            desk_id=cls.desk_other.id,
            service_id=cls.leak.id,
            location_id=cls.room.id,
        )

    def _same(self, place=None, service=None, words="", **options):
        rows = self._office(options.pop("user", None)).same_matter(
            (service or self.leak).id if service is not False else False,
            place.id if place else False,
            words,
            **options,
        )
        return [row["id"] for row in rows]

    def _age(self, hours):
        self.ticket._write_system(
            {"opened_at": f"2026-01-01 {hours:02}:00:00"} if hours else {}
        )

    def test_same_service_and_place(self):
        for place in (None, self.room, self.floor, self.house):
            with self.subTest(place=place and place.name):
                self.assertEqual(self._same(place), self.ticket.ids)
        self.assertEqual(self._same(self.attic), [], "another floor")

    def test_same_words_at_the_same_place(self):
        self.assertEqual(
            self._same(self.floor, False, "there is water here"), self.ticket.ids
        )
        self.assertEqual(self._same(self.floor, False, "no light"), [])
        self.assertEqual(self._same(None, False, "water"), [], "no place, no guess")

    def test_not_for_ever(self):
        self._age(1)
        self.assertEqual(self._same(self.room), [])

    def test_not_what_is_done(self):
        self.ticket.resolve("solved", "Mopped.")
        self.assertEqual(self._same(self.room), [])

    def test_not_other_desks(self):
        self.assertEqual(self._same(self.room, user=self.agent), [])

    def test_join(self):
        office = self._office()
        answer = office.this_one_too(
            self.ticket.id, self.portal.partner_id.id, "In the corridor, too."
        )
        self.assertEqual(answer["people"], 2)
        self.env.invalidate_all()
        self.assertEqual(self.ticket.affected_count, 2)
        reporter = self.ticket.reporter_ids
        self.assertEqual(reporter.partner_id, self.portal.partner_id)
        self.assertEqual(reporter.department_id, self.department)
        self.assertEqual(reporter.user_id, self.stranger)
        self.assertEqual(reporter.channel_id.code, "phone")
        self.assertEqual(reporter.words, "In the corridor, too.")
        self.assertIn(self.portal.partner_id, self.ticket.message_partner_ids)
        rows = self._office().same_matter(
            self.leak.id, self.room.id, "", self.portal.partner_id.id
        )
        self.assertEqual(rows[0]["people"], 2)
        self.assertTrue(rows[0]["is_callers"])
        card = self._office().caller(self.portal.partner_id.id)
        self.assertEqual([row["id"] for row in card["tickets"]], self.ticket.ids)

    def test_join_once(self):
        office = self._office()
        partner_id = self.portal.partner_id.id
        office.this_one_too(self.ticket.id, partner_id)
        for person in (partner_id, self.requester.partner_id.id):
            with self.subTest(person=person), self.assertRaises(UserError):
                self._office().this_one_too(self.ticket.id, person)
        self.env.invalidate_all()
        self.assertEqual(self.ticket.affected_count, 2)

    def test_join_refused(self):
        partner_id = self.portal.partner_id.id
        with self.assertRaises(UserError):
            self._office(self.agent).this_one_too(self.ticket.id, partner_id)
        with self.assertRaises(UserError):
            self._office().this_one_too(self.ticket.id, 10**9)
        with self.assertRaises(AccessError):
            self._as(self.portal)["itsm.ticket"].browse(self.ticket.id).also_reported(
                partner_id
            )
        self.ticket.resolve("solved", "Mopped.")
        with self.assertRaises(UserError):
            self._office().this_one_too(self.ticket.id, partner_id)

    def test_reporters_come_by_the_verb_only(self):
        Reporter = self._as(self.stranger)["itsm.ticket.reporter"]
        vals = {"ticket_id": self.ticket.id, "partner_id": self.portal.partner_id.id}
        with self.assertRaises(AccessError):
            Reporter.create(vals)
        mine = self._as(self.stranger)["itsm.ticket"].browse(self.ticket.id)
        for values in (
            {"affected_count": 50},
            {"reporter_ids": [Command.create({"partner_id": vals["partner_id"]})]},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                mine.write(values)

    def test_desks_apart(self):
        self.ticket.also_reported(self.portal.partner_id)
        for user, seen in (
            (self.stranger, 1),
            (self.auditor, 1),
            (self.admin, 1),
            (self.agent, 0),
            (self.foreigner, 0),
        ):
            with self.subTest(user=user.name):
                Reporter = self._as(user)["itsm.ticket.reporter"]
                self.assertEqual(Reporter.search_count([]), seen)

    def test_merged_duplicates_count(self):
        duplicate = self._create_ticket(
            desk_id=self.desk_other.id, partner_id=self.portal.partner_id.id
        )
        duplicate.also_reported(self.head.partner_id)
        duplicate.with_user(self.stranger).merge_into(self.ticket)
        self.env.invalidate_all()
        self.assertEqual(self.ticket.affected_count, 3)
