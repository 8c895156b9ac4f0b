import base64
from io import BytesIO

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.itsm_ticket_portal_form import PortalFormError
from .request_common import RequestCase, question, when

# The smallest picture: one transparent dot.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)


@tagged("standard", "post_install", "-at_install")
class TestSubmit(RequestCase):
    """From answers to a ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._service(
            questions=[
                question(
                    "device",
                    "choice",
                    required=True,
                    options={"laptop": "Laptop", "tablet": "Tablet"},
                ),
                question("cost", "money", has_minimum=True, minimum=0),
                question(
                    "why",
                    "text",
                    required=True,
                    shown_if=when("cost", "greater", 1000),
                ),
                question("extras", "choices", options={"dock": "Dock", "bag": "Bag"}),
                question("day", "date"),
                question("moment", "datetime"),
                question("loan", "boolean"),
                question("count", "number"),
                question(
                    "goods",
                    "table",
                    columns=[
                        question("item", required=True),
                        question("amount", "number"),
                    ],
                ),
                question("picture", "file", max_files=2),
                question("boss", "person"),
                question("unit", "department"),
            ],
            subject_pattern="{service}: {device} {cost}",
            team_id=cls.team2.id,
            impact="3",
            urgency="1",
        )

    def test_values_of_the_ticket(self):
        ticket = self._submit(self.service, device="laptop")
        self.assertEqual(ticket.partner_id, self.portal.partner_id)
        self.assertEqual(ticket.requested_for_id, self.portal.partner_id)
        self.assertEqual(ticket.type, "request")
        self.assertEqual(ticket.desk_id, self.desk)
        self.assertEqual(ticket.team_id, self.team2)
        self.assertEqual((ticket.impact, ticket.urgency), ("3", "1"))
        self.assertEqual(ticket.name, "Laptop: Laptop")
        self.assertEqual(ticket.service_version_id, self.service.version_id)
        self.assertEqual(ticket.channel_id.code, "portal")

    def test_answers_are_kept_as_data(self):
        employee = self.env["res.partner"]._itsm_employee_by_partner(
            self.portal.partner_id
        )
        ticket = self._submit(
            self.service,
            device="tablet",
            cost="1200.50",
            why="The old one broke.",
            extras=["dock", "bag"],
            day="2026-12-24",
            moment="2026-12-24T09:30",
            loan="on",
            count="3",
            goods=[{"item": "Case", "amount": "2"}, {"item": "", "amount": ""}],
            boss=str(employee[self.portal.partner_id.id]),
        )
        raw = ticket._answers_raw()
        self.assertEqual(raw["device"], "tablet")
        self.assertEqual(raw["cost"], 1200.5)
        self.assertEqual(raw["extras"], ["dock", "bag"])
        self.assertEqual(raw["day"], "2026-12-24")
        self.assertTrue(raw["loan"])
        self.assertEqual(raw["count"], 3)
        self.assertEqual(raw["goods"], [{"item": "Case", "amount": 2}])
        self.assertEqual(raw["boss"], employee[self.portal.partner_id.id])
        self.env.flush_all()
        Ticket = self.env["itsm.ticket"]
        for domain in (
            [("answers.device", "=", "tablet")],
            [("answers.cost", ">", 1000)],
            [("answer_row_ids.values.item", "=", "Case")],
        ):
            with self.subTest(domain=domain):
                self.assertIn(ticket, Ticket.search(domain))
        groups = Ticket._read_group(
            [("id", "=", ticket.id)], ["answers.device"], ["__count"]
        )
        self.assertEqual(groups, [("tablet", 1)])

    def test_answers_in_the_reader_s_words(self):
        ticket = self._submit(
            self.service, device="tablet", goods=[{"item": "<b>Case</b>"}]
        )
        shown = {row["key"]: row for row in ticket._answers_shown()}
        self.assertEqual(shown["device"]["text"], "Tablet")
        self.assertEqual(shown["goods"]["rows"], [["<b>Case</b>", ""]])
        self.assertIn("&lt;b&gt;Case", ticket.answers_html)
        self.assertNotIn("<b>Case", ticket.answers_html)

    def test_amounts_have_the_currency_of_the_service(self):
        """Whichever company the reader is in."""
        self.service.currency_id = self.env.ref("base.CHF")
        self.branch.currency_id = self.env.ref("base.JPY")
        ticket = self._submit(self.service, device="tablet", cost="12.5")
        for company in (self.company, self.branch):
            shown = ticket.with_company(company)._answers_shown()
            (cost,) = (row["text"] for row in shown if row["key"] == "cost")
            self.assertIn("CHF", cost)

    def test_times_are_read_in_the_zone_in_which_they_are_asked(self):
        """The page shows and the server reads the zone of the context."""
        env = self._as(self.portal)
        env = env(context={**env.context, "tz": "Asia/Tokyo"})
        ticket = env["itsm.ticket"]._request_submit(
            env["itsm.service"].browse(self.service.id),
            {"device": "tablet", "moment": "2026-03-02T09:00"},
        )
        self.assertEqual(ticket._answers_raw()["moment"], "2026-03-02 00:00:00")

    def test_hidden_answers_are_not_kept(self):
        ticket = self._submit(
            self.service, device="laptop", cost="10", why="Secret words"
        )
        self.assertNotIn("why", ticket._answers_raw())

    def test_what_was_never_asked_is_dropped(self):
        ticket = self._submit(
            self.service, device="laptop", state="closed", user_id=self.agent.id, x="y"
        )
        self.assertEqual(set(ticket._answers_raw()), {"device", "loan"})
        self.assertFalse(ticket.user_id)
        self.assertNotEqual(ticket.state, "closed")

    def test_every_wrong_answer_has_its_sentence(self):
        with self.assertRaises(PortalFormError) as caught:
            self._submit(
                self.service,
                device="piano",
                cost="-1",
                extras=["dock", "car"],
                day="tomorrow",
                count="many",
                goods=[{"amount": "2"}],
                boss="999999",
                unit="0",
            )
        self.assertLessEqual(
            {"device", "cost", "extras", "day", "count", "goods.0.item", "boss"},
            set(caught.exception.errors),
        )
        self.assertFalse(
            self.env["itsm.ticket"].search([("service_id", "=", self.service.id)])
        )

    def test_records_of_another_company_are_not_taken(self):
        foreign = self.env["hr.department"].create(
            {"name": "Abroad", "company_id": self.branch.id}
        )
        with self.assertRaises(PortalFormError) as caught:
            self._submit(self.service, device="laptop", unit=str(foreign.id))
        self.assertEqual(list(caught.exception.errors), ["unit"])

    def test_files_belong_to_the_ticket(self):
        ticket = self._submit(
            self.service,
            files={"picture": [("screen.png", BytesIO(PNG))]},
            device="laptop",
        )
        files = self.env["ir.attachment"].browse(ticket._answers_raw()["picture"])
        self.assertEqual(files.mapped("name"), ["screen.png"])
        self.assertEqual((files.res_model, files.res_id), ("itsm.ticket", ticket.id))
        self.assertEqual(files.raw, PNG)

    def test_hostile_files(self):
        cases = {
            "program": ("setup.exe", b"MZ\0\0" + b"x" * 100),
            "disguised": ("letter.png", b"%PDF-1.4 " + b"x" * 100),
            "empty": ("empty.png", b""),
        }
        for what, (name, data) in cases.items():
            with self.subTest(what), self.assertRaises(PortalFormError) as caught:
                self._submit(
                    self.service,
                    files={"picture": [(name, BytesIO(data))]},
                    device="laptop",
                )
            self.assertEqual(list(caught.exception.errors), ["picture"])

    def test_a_foreign_file_cannot_be_named(self):
        secret = self.env["ir.attachment"].create({"name": "secret", "raw": b"x"})
        with self.assertRaises(PortalFormError):
            self._submit(self.service, device="laptop", picture=[secret.id])

    def test_files_to_hidden_or_unknown_questions_are_not_kept(self):
        before = self.env["ir.attachment"].search_count([])
        self._submit(
            self.service,
            files={"nobody": [("a.png", BytesIO(PNG))], "device": []},
            device="laptop",
        )
        self.assertEqual(self.env["ir.attachment"].search_count([]), before)

    def test_only_published_and_offered_services(self):
        self.service.action_retire()
        with self.assertRaises(UserError):
            self._submit(self.service, device="laptop")
        self.service.action_publish()
        other = self.env["hr.department"].create({"name": "Elsewhere"})
        self.service.available_department_ids = other
        with self.assertRaises(UserError):
            self._submit(self.service, device="laptop")

    def test_for_somebody_else_where_the_service_allows(self):
        env = self._as(self.portal)
        service = env["itsm.service"].browse(self.service.id)
        arguments = (service, {"device": "laptop"}, None, self.requester.partner_id)
        self.service.for_others = False
        with self.assertRaises(UserError):
            env["itsm.ticket"]._request_submit(*arguments)
        self.service.for_others = True
        ticket = env["itsm.ticket"]._request_submit(*arguments).sudo()
        self.assertEqual(ticket.partner_id, self.portal.partner_id)
        self.assertEqual(ticket.requested_for_id, self.requester.partner_id)

    def test_nobody_writes_answers_by_hand(self):
        ticket = self._submit(self.service, device="laptop")
        for vals in ({"answers": {"device": "tablet"}}, {"form_remark": "x"}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                ticket.with_user(self.manager).write(vals)

    def test_same_as_last_time(self):
        ticket = self._submit(
            self.service,
            files={"picture": [("screen.png", BytesIO(PNG))]},
            device="tablet",
            goods=[{"item": "Case"}],
        )
        again = ticket.with_user(self.portal)._request_again()
        self.assertEqual(again["device"], "tablet")
        self.assertEqual(again["goods"], [{"item": "Case"}])
        self.assertNotIn("picture", again)

    def test_from_a_script(self):
        Ticket = self._as(self.requester)["itsm.ticket"]
        ticket = self.env["itsm.ticket"].browse(
            Ticket.request_service(self.service.code, {"device": "laptop"})
        )
        self.assertEqual(ticket.service_id, self.service)
        self.assertEqual(ticket.partner_id, self.requester.partner_id)
        for arguments in (
            ("no-such-service", {}),
            (self.service.id, {}),
            (False, None),
            (self.service.id, {"device": "laptop"}, self.portal.partner_id.id),
        ):
            with self.subTest(arguments=arguments), self.assertRaises(UserError):
                Ticket.request_service(*arguments)
        other = self._as(self.agent)["itsm.ticket"].request_service(
            self.service.id, {"device": "laptop"}, self.portal.partner_id.id
        )
        self.assertEqual(
            self.env["itsm.ticket"].browse(other).requested_for_id,
            self.portal.partner_id,
        )
