from odoo.exceptions import AccessError, ValidationError

from .sla_common import SlaCase, moment


class TestSlaChoice(SlaCase):
    """Which of several policies are for a ticket."""

    @classmethod
    def _make_policies(cls):
        cls.rest = cls._policy(("resolution", 8), sequence=100)

    def _applied(self, ticket, **clock):
        return self._clocks(ticket, **clock).policy_id

    def test_the_first_that_fits_counts(self):
        """For each metric by itself."""
        first = self._policy(("resolution", 4), sequence=1)
        second = self._policy(("resolution", 5), ("response", 1), sequence=2)
        ticket = self._register()
        self.assertEqual(self._applied(ticket), first)
        self.assertEqual(self._applied(ticket, metric="response"), second)

    def test_beside_others(self):
        """A policy in parallel counts in addition, and takes nobody's place."""
        beside = self._policy(("resolution", 4), sequence=1, in_parallel=True)
        ticket = self._register()
        self.assertEqual(self._applied(ticket), beside | self.rest)
        self.assertEqual(ticket.sla_deadline, moment("Mon 15"))

    def test_conditions_look_only_at_what_their_author_may_read(self):
        """Matched with all rights, they would tell by the clocks what is secret."""
        policy = self.rest.with_user(self.sla_manager)
        for secret in (
            "[('requested_for_id.employee_ids.private_phone', 'like', '1')]",
            "[('portal_key', '!=', False)]",
        ):
            with self.subTest(domain=secret), self.assertRaises(AccessError):
                policy.domain = secret
        policy.domain = "[('partner_id.name', 'ilike', 'a')]"

    def test_validity(self):
        """Valid for what is opened from then on, and before the end."""
        policy = self._policy(
            ("resolution", 4),
            sequence=1,
            valid_from=moment("Mon 11"),
            valid_until=moment("Mon 14"),
        )
        applied = []
        for time in ("Mon 10:59", "Mon 11", "Mon 13:59", "Mon 14"):
            self._at(time)
            applied.append(self._applied(self._register()))
        rest = self.rest
        self.assertEqual(applied, [rest, policy, policy, rest])

    def test_company(self):
        """A company's policy is for the tickets of its desks."""
        policy = self._policy(("resolution", 4), sequence=1, company_id=self.branch.id)
        self.assertEqual(self._applied(self._register()), self.rest)
        theirs = self._register(self.foreigner, desk_id=self.desk_branch.id)
        self.assertEqual(self._applied(theirs), policy)
        self.assertEqual(self._clocks(theirs).company_id, self.branch)

    def test_desk_and_type(self):
        """All conditions must hold."""
        policy = self._policy(
            ("resolution", 4),
            sequence=1,
            desk_ids=self.desk.ids,
            ticket_type="request",
        )
        self.assertEqual(self._applied(self._register()), self.rest)
        self.assertEqual(self._applied(self._register(type="request")), policy)
        other = self._register(self.stranger, desk_id=self.desk_other.id)
        other.with_user(self.stranger).type = "request"
        self.assertEqual(self._applied(other), self.rest)

    def test_customer_category(self):
        """A category of the contact, or of its company."""
        Category = self.env["res.partner.category"]
        ward, lab = Category.create([{"name": "Ward"}, {"name": "Lab"}])
        policy = self._policy(
            ("resolution", 4), sequence=1, partner_category_ids=(ward | lab).ids
        )
        self.assertEqual(self._applied(self._register()), self.rest)
        partner = self.requester.partner_id
        partner.category_id = ward
        self.assertEqual(self._applied(self._register()), policy)
        partner.category_id = False
        partner.parent_id = self.env["res.partner"].create(
            {"name": "Clinic", "is_company": True, "category_id": lab.ids}
        )
        self.assertEqual(self._applied(self._register()), policy)

    def test_further_conditions(self):
        """An editable filter; one that cannot be is refused when it is saved."""
        policy = self._policy(
            ("resolution", 4), sequence=1, domain="[('name', 'ilike', 'ward')]"
        )
        self.assertEqual(self._applied(self._register()), self.rest)
        self.assertEqual(self._applied(self._register(name="Ward 3")), policy)
        for wrong in ("[('nothing', '=', 1)]", "[(", "__import__('os')", "{1: 2}"):
            with self.subTest(domain=wrong), self.assertRaises(ValidationError):
                policy.domain = wrong

    def test_team_of_a_turn(self):
        """A team's policy is for its turns only; the other one for the rest."""
        own = self._policy(
            ("resolution", 1), kind="ola", sequence=1, team_ids=self.team2.ids
        )
        common = self._policy(("resolution", 4), kind="ola", sequence=2)
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).escalate(reason="Hard.")
        first, second = self._clocks(ticket, kind="ola")
        self.assertEqual((first.policy_id, second.policy_id), (common, own))
        self._at("Mon 12")
        ticket.with_user(self.engineer).return_to_previous("No.")
        first, second, third = self._clocks(ticket, kind="ola")
        self.assertEqual(third.policy_id, common)
        self._shows(first, "met", elapsed=1)
        self._shows(second, "met", elapsed=1)
        self._shows(third, "running", deadline="Mon 17")

    def test_supplier_of_a_hand_off(self):
        other = self.env["res.partner"].create({"name": "Other supplier"})
        own = self._policy(("resolution", 1), kind="uc", supplier_ids=self.supplier.ids)
        ticket = self._register()
        agents = ticket.with_user(self.agent)
        agents.set_pending("supplier", supplier=other)
        self.assertFalse(self._clocks(ticket, kind="uc"))
        self._at("Mon 11")
        agents.resume()
        agents.set_pending("supplier", supplier=self.supplier)
        self._shows(
            self._clocks(ticket, kind="uc"), "running", policy_id=own, deadline="Mon 12"
        )


class TestSlaServiceClasses(SlaCase):
    """Whose class counts: contact, its company, department, those above, service."""

    @classmethod
    def _make_policies(cls):
        Class = cls.env["itsm.service.class"]
        cls.classes = {}
        for name in ("contact", "company", "department", "above", "service"):
            cls.classes[name] = Class.create({"name": name, "code": f"test_{name}"})
            cls._policy(
                ("resolution", 4), name=name, service_class_ids=cls.classes[name].ids
            )
        cls.service = cls.env["itsm.service"].create(
            {"name": "ERP", "desk_id": cls.desk.id}
        )

    def _classify(self, name):
        partner = self.requester.partner_id
        if name == "contact":
            partner.service_class_id = self.classes[name]
        elif name == "company":
            partner.parent_id = self.env["res.partner"].create(
                {
                    "name": "Clinic",
                    "is_company": True,
                    "service_class_id": self.classes[name].id,
                }
            )
        elif name == "department":
            self.department.service_class_id = self.classes[name]
        elif name == "above":
            above = self.env["hr.department"].create(
                {"name": "Medicine", "service_class_id": self.classes[name].id}
            )
            middle = self.env["hr.department"].create(
                {"name": "Middle", "parent_id": above.id}
            )
            self.department.parent_id = middle
        else:
            self.service.service_class_id = self.classes[name]

    def test_order(self):
        """The nearest to the person wins, and is on the ticket."""
        self.assertFalse(self._clocks(self._register(service_id=self.service.id)))
        for name in ("service", "above", "department", "company", "contact"):
            self._classify(name)
            ticket = self._register(service_id=self.service.id)
            with self.subTest(nearest=name):
                self.assertEqual(ticket.service_class_id, self.classes[name])
                self.assertEqual(self._clocks(ticket).policy_id.name, name)

    def test_requested_for(self):
        """The person who needs it counts, not the one who asks."""
        self._classify("contact")
        for_other = self._register(requested_for_id=self.supplier.id)
        self.assertFalse(for_other.service_class_id)
        by_other = self._register(
            partner_id=self.supplier.id, requested_for_id=self.requester.partner_id.id
        )
        self.assertEqual(by_other.service_class_id, self.classes["contact"])
