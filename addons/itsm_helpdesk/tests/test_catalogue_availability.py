from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import users, warmup
from odoo.tools import mute_logger

from .catalogue_common import CatalogueCase

ROLES = ("portal", "requester", "head", "agent", "foreigner")


class TestAvailability(CatalogueCase):
    """Who is offered a service."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Department = cls.env["hr.department"]
        cls.medicine = Department.create({"name": "Medicine"})
        cls.department.parent_id = cls.medicine
        cls.pharmacy = Department.create({"name": "Pharmacy"})
        cls.nurse = cls.env["hr.job"].create({"name": "Nurse"})
        cls.employee_portal.job_id = cls.nurse
        cls.service = cls._service()

    def _limit(self, **limits):
        self.service.write(
            {
                f"available_{name}_ids": [Command.set(records.ids)]
                for name, records in limits.items()
            }
        )

    def _whom(self, *roles):
        """Return which roles are offered the service, by search and by the field."""
        found = set()
        for role in roles or ROLES:
            user = getattr(self, role)
            mine = self._as(user)["itsm.service"].sudo().browse(self.service.id)
            by_field = mine.available_to_me
            with self.subTest(role=role):
                searched = bool(self._offered(user, self.service))
                # Another company's desk is nobody's offer, whatever the service says.
                if role != "foreigner":
                    self.assertEqual(searched, by_field)
            if by_field:
                found.add(role)
        return found

    def test_no_limits(self):
        self.assertEqual(self._whom(), set(ROLES))

    def test_departments(self):
        self._limit(department=self.department)
        self.assertEqual(self._whom(), {"portal", "requester", "head"})

    def test_departments_below(self):
        self._limit(department=self.medicine)
        self.assertEqual(self._whom(), {"portal", "requester", "head"})

    def test_departments_above_do_not_count(self):
        self.employee_requester.department_id = self.medicine
        self._limit(department=self.department)
        self.assertEqual(self._whom(), {"portal", "head"})

    def test_other_departments(self):
        self._limit(department=self.pharmacy)
        self.assertEqual(self._whom(), set())

    def test_jobs(self):
        self._limit(job=self.nurse)
        self.assertEqual(self._whom(), {"portal"})

    def test_groups(self):
        self._limit(group=self.env.ref("base.group_portal"))
        self.assertEqual(self._whom(), {"portal"})
        # A group that comes with another one counts.
        self._limit(group=self.env.ref("base.group_user"))
        self.assertEqual(self._whom(), {"requester", "head", "agent", "foreigner"})

    def test_companies(self):
        self._limit(company=self.branch)
        self.assertEqual(self._whom(), {"foreigner"})

    def test_every_limit_must_fit(self):
        self._limit(department=self.department, job=self.nurse)
        self.assertEqual(self._whom(), {"portal"})

    def test_employed_in_two_companies(self):
        second = self.env["hr.department"].create(
            {"name": "Lab", "company_id": self.branch.id}
        )
        self._limit(department=second, company=self.branch)
        self.assertEqual(self._whom(), set())
        self._make_employee(
            self.requester,
            second,
            user_id=False,
            work_contact_id=self.requester.partner_id.id,
            company_id=self.branch.id,
            resource_calendar_id=False,
        )
        self.assertEqual(self._whom(), {"requester"})

    def test_a_change_counts_at_once(self):
        self._limit(department=self.department)
        self.assertIn("requester", self._whom())
        self.employee_requester.department_id = self.pharmacy
        self.assertNotIn("requester", self._whom())
        self._limit(department=self.pharmacy)
        self.assertEqual(self._whom(), {"requester"})
        self._limit(department=self.env["hr.department"])
        self.assertEqual(self._whom(), set(ROLES))

    @mute_logger("odoo.sql_db")
    def test_a_department_that_limits_is_not_deleted(self):
        """Without it the service would be open to all."""
        self._limit(department=self.pharmacy)
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            self.pharmacy.unlink()
            self.env.flush_all()
        self.assertIn("itsm_service", str(caught.exception))

    def test_requesters_read_what_is_offered(self):
        self._limit(department=self.department)
        for user in (self.portal, self.requester):
            self.assertTrue(
                self._as(user)["itsm.service"]
                .browse(self.service.id)
                .has_access("read")
            )
        self._limit(department=self.pharmacy)
        for user in (self.portal, self.requester):
            mine = self._as(user)["itsm.service"].browse(self.service.id)
            with self.assertRaises(AccessError):
                mine.read(["name"])
            with self.assertRaises(UserError):
                mine._check_may_request()

    def test_agents_see_more_than_they_are_offered(self):
        self._limit(department=self.pharmacy)
        mine = self._as(self.agent)["itsm.service"].browse(self.service.id)
        self.assertTrue(mine.read(["name"]))
        with self.assertRaises(UserError):
            mine._check_may_request()

    def test_drafts_and_retired_ones_are_not_offered(self):
        for verb in ("action_draft", "action_retire"):
            getattr(self.service, verb)()
            for user in (self.portal, self.requester):
                with self.subTest(verb=verb, user=user.name):
                    self.assertFalse(self._offered(user, self.service))


class TestCatalogueQueries(CatalogueCase):
    """Five hundred services cost no more queries than five."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.services = cls._catalogue(
            500, available_department_ids=[Command.set(cls.department.ids)]
        )
        cls.services[:100].available_department_ids = False
        cls.env.flush_all()

    @users("itsm_portal")
    @warmup
    def test_what_is_offered(self):
        # The user, employee records, their departments, services.
        with self.assertQueryCount(4):
            found = self.env["itsm.service"].search(
                [("state", "=", "published"), ("id", "in", self.services.ids)]
            )
            self.assertEqual(len(found), 500)

    @users("itsm_portal")
    @warmup
    def test_the_home_of_the_staff(self):
        """What the page shows: categories, favourites, often used, announcements."""
        with self.assertQueryCount(24):
            Service = self.env["itsm.service"]
            Service._portal_categories()
            Service._portal_favourites()
            Service._portal_often(Service)
            Service.search(Service._portal_domain())._portal_cards(Service)
            self.env["itsm.announcement"]._portal_rows()

    @users("itsm_portal")
    @warmup
    def test_a_search(self):
        with self.assertQueryCount(7):
            found = self.env["itsm.service"]._search_catalogue("service 499", 10)
            self.assertEqual(found[:1].name, "Service 499")

    @users("itsm_manager")
    @warmup
    def test_unpublished_changes(self):
        """The flag of a list is kept; nothing is compared to show it."""
        with self.assertQueryCount(3):
            services = self.env["itsm.service"].browse(self.services.ids)
            services.mapped("has_unpublished_changes")
