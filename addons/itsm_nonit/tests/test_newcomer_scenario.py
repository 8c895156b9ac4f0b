from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import NonitCase

PACKS = ("keys", "laundry", "canteen", "supplies", "mail", "personnel")


@tagged("post_install", "-at_install")
class TestNewcomerScenario(NonitCase):
    """A newcomer needs one form, and every desk gets its part of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.env["itsm.service"].create(
            {
                "name": "User Account",
                "code": "ACCOUNT",
                "desk_id": cls.desk.id,
                "question_ids": [
                    (0, 0, {"key": "first_name", "type": "char", "name": "Name"}),
                    (0, 0, {"key": "start", "type": "date", "name": "First day"}),
                ],
            }
        )
        # Somebody's own form does not ask all that the pack could tell it.
        cls.closing = cls.env["itsm.service"].create(
            {
                "name": "Close an Account",
                "code": "ACCOUNT-CLOSE",
                "desk_id": cls.desk.id,
                "question_ids": [
                    (0, 0, {"key": "person", "type": "person", "name": "Who?"})
                ],
            }
        )
        (cls.account | cls.closing).action_publish()
        cls.packs = {key: cls.install_pack(key) for key in PACKS}
        # Who leads personnel agrees as well.
        cls.packs["personnel"].desk_id.manager_ids = cls.manager
        cls.place = cls._place()
        cls.first_day = fields.Date.today() + timedelta(days=9)

    @classmethod
    def _place(cls):
        """Return a place that the form offers."""
        form = cls.service("personnel-onboarding")._form_definition()
        question = next(q for q in form["questions"] if q["key"] == "place")
        Model, _domain = cls.env["itsm.form.lookup"]._offered(question)
        values = {"name": "Room 12"}
        if "address_id" in Model._fields:
            values["address_id"] = cls.company.partner_id.id
        return cls.env[Model._name].create(values)

    def _newcomer(self, needs, **answers):
        return self.order(
            "personnel-onboarding",
            name="Wang Xiaoming",
            kind="staff",
            department=str(self.department.id),
            job="Nurse",
            start=str(self.first_day),
            place=str(self.place.id),
            phone="13800000000",
            needs=needs,
            **answers,
        )

    def _agree(self, ticket):
        for user in (self.head, self.manager):
            approval = self.env["itsm.approval"].search(
                [("res_model", "=", "itsm.ticket"), ("res_id", "=", ticket.id)]
            )
            self._as(user)["itsm.approval"].browse(approval.id).vote("approve")
            self.env.flush_all()

    def _parts(self, ticket):
        """Return ``{code of the service: ticket}`` of what was ordered."""
        return {part.service_id.code: part for part in ticket.child_ids}

    def test_five_desks_get_their_part(self):
        ticket = self._newcomer(
            ["badge", "uniform", "canteen", "supplies", "account"],
            uniform="nurse",
            size="m",
            height="165",
            kit=["ward", "cup"],
            systems=["mail"],
            words="By the window, please",
        )
        self.assertEqual(ticket.state, "approval")
        self.assertFalse(ticket.child_ids)
        self._agree(ticket)
        self.assertEqual(ticket.state, "in_progress")
        parts = self._parts(ticket)
        self.assertEqual(
            set(parts),
            {
                "keys-badge",
                "laundry-issue",
                "canteen-card",
                "supplies-starter",
                "ACCOUNT",
            },
        )
        self.assertEqual(len({part.desk_id for part in parts.values()}), 5)
        for part in parts.values():
            self.assertNotEqual(part.state, "approval")
            answers = part._answers_raw()
            # Each desk reads for whom it is: it does not see the request above.
            self.assertIn("Wang Xiaoming", answers.values())
            self.assertEqual(answers["start"], str(self.first_day))
        uniform = parts["laundry-issue"]._answers_raw()
        self.assertEqual(
            (uniform["uniform"], uniform["size"], uniform["height"]),
            ("nurse", "m", 165),
        )
        starter = parts["supplies-starter"]._answers_raw()
        self.assertEqual(starter["kit"], ["ward", "cup"])
        self.assertEqual(starter["words"], "By the window, please")
        self.assertEqual(starter["place"], self.place.id)
        for part in parts.values():
            if part != parts["ACCOUNT"]:
                self.assertTrue(part.task_ids, part.service_id.code)

    def test_only_what_is_needed(self):
        ticket = self._newcomer(["canteen"])
        self._agree(ticket)
        self.assertEqual(set(self._parts(ticket)), {"canteen-card"})

    def test_form_of_others_needs_not_ask_the_same(self):
        onboarding = self.service("personnel-onboarding")
        order = onboarding.order_ids.filtered(
            lambda row: row.child_service_id == self.account
        )
        self.assertEqual(order.mapping, {"first_name": "name"})
        order = self.service("personnel-leaving").order_ids.filtered(
            lambda row: row.child_service_id == self.closing
        )
        self.assertTrue(order)
        self.assertFalse(order.mapping)

    def test_who_leaves_is_cleared_by_all_desks(self):
        ticket = self.order(
            "personnel-leaving",
            person=str(self.employee_colleague.id),
            leaving="resign",
            last=str(self.first_day),
            heir=str(self.employee_requester.id),
            has=["keys", "uniform", "canteen", "things", "mail", "account"],
        )
        self._agree(ticket)
        parts = self._parts(ticket)
        self.assertEqual(
            set(parts),
            {
                "keys-return",
                "laundry-return",
                "canteen-close",
                "supplies-return",
                "mail-redirect",
                "ACCOUNT-CLOSE",
            },
        )
        for part in parts.values():
            answers = part._answers_raw()
            self.assertEqual(answers["person"], self.employee_colleague.id)
        redirect = parts["mail-redirect"]._answers_raw()
        self.assertEqual(redirect["from"], str(self.first_day))
        self.assertEqual(redirect["heir"], self.employee_requester.id)

    def test_manager_is_asked_for_what_is_costly_only(self):
        parcel = {
            "receiver": "Li Lei",
            "phone": "13900000000",
            "address": "1 Main Street",
            "content": "papers",
            "speed": "normal",
            "pay": "receiver",
            "bring": "counter",
        }
        cheap = self.order("mail-send", value="20", **parcel)
        self.assertEqual(cheap.state, "in_progress")
        dear = self.order("mail-send", value="1500", **parcel)
        self.assertEqual(dear.state, "approval")
        self.assertEqual(self.order("mail-send", **parcel).state, "in_progress")
