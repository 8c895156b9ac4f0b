from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.mail.tests.common import MockEmail

from .request_common import RequestCase, question, when


@tagged("standard", "post_install", "-at_install")
class TestParts(RequestCase, MockEmail):
    """One form, several desks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls._service(
            "Account",
            [question("first_name", required=True), question("role", required=True)],
        )
        cls.badge = cls._service(
            "Badge", [question("holder")], desk_id=cls.desk_other.id
        )
        cls.service = cls._service(
            "New employee",
            [
                question("first_name", required=True),
                question(
                    "needs",
                    "choices",
                    required=True,
                    options={"account": "Account", "badge": "Badge"},
                ),
            ],
            publish=False,
        )
        cls.env["itsm.service.order"].create(
            [
                {
                    "service_id": cls.service.id,
                    "child_service_id": cls.account.id,
                    "condition": when("needs", "contains", "account"),
                },
                {
                    "service_id": cls.service.id,
                    "child_service_id": cls.badge.id,
                    "condition": when("needs", "contains", "badge"),
                    "mapping": {"holder": "first_name"},
                },
            ]
        )
        cls.service.action_publish()

    def test_parts_by_condition(self):
        ticket = self._submit(self.service, first_name="Ada", needs=["badge"])
        self.assertEqual(ticket.child_ids.service_id, self.badge)
        part = ticket.child_ids
        self.assertTrue(part.is_part)
        self.assertEqual(part.desk_id, self.desk_other)
        self.assertEqual(part.partner_id, self.portal.partner_id)
        self.assertEqual(part._answers_raw(), {"holder": "Ada"})
        self.assertEqual(ticket.state, "in_progress")

    def test_what_the_part_asks_beyond_stays_open(self):
        ticket = self._submit(self.service, first_name="Ada", needs=["account"])
        self.assertEqual(ticket.child_ids._answers_raw(), {"first_name": "Ada"})

    def test_resolved_when_the_last_part_is_over(self):
        ticket = self._submit(
            self.service, first_name="Ada", needs=["account", "badge"]
        )
        account, badge = ticket.child_ids.sorted("service_id")
        account.resolve("fulfilled", "There it is.")
        self.assertEqual(ticket.state, "in_progress")
        badge.resolve("fulfilled", "There it is.")
        self.assertEqual(ticket.state, "resolved")
        self.assertEqual(ticket.resolution_code_id.code, "fulfilled")

    def test_what_is_missing_is_named(self):
        ticket = self._submit(
            self.service, first_name="Ada", needs=["account", "badge"]
        )
        account, badge = ticket.child_ids.sorted("service_id")
        account.resolve("fulfilled", "There it is.")
        badge.cancel("No badges left.")
        self.assertEqual(ticket.state, "resolved")
        self.assertIn(badge.name, ticket.resolution)
        self.assertNotIn(account.name, ticket.resolution)

    def test_nothing_opens_before_the_approval(self):
        self.service.approval_policy_id = self._approval_policy(self.head)
        self.service.action_publish()
        ticket = self._submit(self.service, first_name="Ada", needs=["badge"])
        self.assertFalse(ticket.child_ids)
        self._vote(ticket, self.head)
        self.assertEqual(ticket.child_ids.service_id, self.badge)

    def test_an_approval_that_takes_long_costs_no_answer(self):
        """What was in time on the day it was asked for, is handed down as it was."""
        soon = question("day", "date", has_minimum=True, minimum=2)
        self.badge.question_ids = [soon]
        self.badge.action_publish()
        self.service.question_ids = [soon]
        self.service.approval_policy_id = self._approval_policy(self.head)
        self.service.action_publish()
        with freeze_time("2026-03-02 10:00:00"):
            ticket = self._submit(
                self.service, first_name="Ada", needs=["badge"], day="2026-03-04"
            )
        with freeze_time("2026-03-04 10:00:00"):
            self._vote(ticket, self.head)
        self.assertEqual(ticket.child_ids._answers_raw()["day"], "2026-03-04")

    def test_giving_up_gives_the_untouched_parts_up(self):
        ticket = self._submit(self.service, first_name="Ada", needs=["badge"])
        ticket.with_user(self.portal).cancel("She does not come.")
        self.assertEqual(ticket.child_ids.state, "cancelled")
        self.assertEqual(ticket.state, "cancelled")

    def test_a_part_under_work_holds_the_request(self):
        ticket = self._submit(self.service, first_name="Ada", needs=["badge"])
        ticket.child_ids.start()
        with self.assertRaises(UserError):
            ticket.with_user(self.portal).cancel("She does not come.")
        self.assertEqual(ticket.child_ids.state, "in_progress")

    def test_retired_part_is_named_in_a_note(self):
        """The catalogue refuses to retire a part; data may come from elsewhere."""
        with self.assertRaises(UserError):
            self.badge.action_retire()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE itsm_service SET state = 'retired' WHERE id = %s", self.badge.id
            )
        )
        self.env.invalidate_all()
        ticket = self._submit(
            self.service, first_name="Ada", needs=["account", "badge"]
        )
        self.assertEqual(ticket.child_ids.service_id, self.account)
        self.assertIn(self.badge.name, "".join(ticket.message_ids.mapped("body")))

    def test_the_requester_hears_of_the_request_only(self):
        """Not five mails for five parts, and one confirmation for all."""
        with self.mock_mail_gateway():
            ticket = self._submit(
                self.service, first_name="Ada", needs=["account", "badge"]
            )
            self._flush_tracking()
            for part in ticket.child_ids:
                part.resolve("fulfilled", "There it is.")
            self._flush_tracking()
        subjects = self._new_mails.mapped("subject")
        self.assertTrue(any(ticket.number in subject for subject in subjects))
        for part in ticket.child_ids:
            self.assertFalse([each for each in subjects if part.number in each])
        waiting = self._as(self.portal)["itsm.ticket"]._portal_tickets_waiting()
        self.assertEqual([wait["kind"] for wait in waiting], ["confirm"])
        ticket.with_user(self.portal).close()
        self.assertEqual(set(ticket.child_ids.mapped("state")), {"closed"})
        self.assertEqual(ticket.child_ids.closure_code_id.code, "confirmed")
