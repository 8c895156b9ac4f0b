from odoo.fields import Command
from odoo.tests import tagged

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestAffectedPeople(PeopleCase):
    """Whom a change affects, by what it touches."""

    def _affected(self, *items, **vals):
        change = self._work(*items, **vals)
        return change._affected_people()[change.id]

    def _partners(self, *users):
        return self.env["res.partner"].union(*(user.partner_id for user in users))

    def test_who_has_an_item_and_who_answers_for_it(self):
        self.assertEqual(self._affected(self.laptop), self._partners(self.portal))
        self.assertEqual(self._affected(self.server), self._partners(self.keeper))

    def test_departments_of_services(self):
        expected = self._partners(
            self.requester, self.colleague, self.head, self.portal
        )
        self.assertEqual(self._affected(self.imaging), expected)

    def test_departments_below(self):
        self.employee_stranger.department_id = self.ward
        self.assertIn(self.stranger.partner_id, self._affected(self.imaging))

    def test_department_of_plain_items_is_not_told(self):
        """A laptop that belongs to a department concerns its holder."""
        self.laptop.department_id = self.department
        self.assertEqual(self._affected(self.laptop), self._partners(self.portal))

    def test_items_that_deliver_services_of_the_catalogue(self):
        self.server.department_id = self.kitchen
        self.assertNotIn(self.stranger.partner_id, self._affected(self.server))
        self.env["itsm.service"].create(
            {
                "name": "Pictures",
                "desk_id": self.desk.id,
                "ci_ids": [Command.set(self.server.ids)],
            }
        )
        self.assertIn(self.stranger.partner_id, self._affected(self.server))

    def test_what_is_excluded_touches_nobody(self):
        change = self._work(self.laptop, state="draft")
        change.ci_link_ids.excluded = True
        self.assertFalse(change._affected_people()[change.id])

    def test_other_companies_and_those_who_left(self):
        self.employee_foreigner.department_id = self.department
        self.employee_colleague.active = False
        people = self._affected(self.imaging)
        self.assertNotIn(self.foreigner.partner_id, people)
        self.assertNotIn(self.colleague.partner_id, people)

    def test_people_without_address_are_counted(self):
        self.portal.partner_id.email = False
        change = self._work(self.imaging)
        self.assertEqual(change.affected_count, 4)
        self.assertEqual(change.unreachable_count, 1)

    def test_somebody_affected_twice_is_one(self):
        change = self._work(self.imaging, self.laptop)
        self.assertEqual(change.affected_count, 4)

    def test_queries_do_not_grow_with_changes(self):
        changes = self._work(self.imaging)
        changes._affected_people()
        for _each in range(8):
            changes |= self._work(self.imaging, self.laptop)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(14):
            changes._affected_people()

    def test_implementers_find_people_they_may_not_read(self):
        change = self._work(self.imaging).with_user(self.implementer)
        self.assertEqual(change.affected_count, 4)

    def test_who_is_told_by_default(self):
        change = self._change(has_outage=False)
        self.assertTrue(change.tell_affected)
        self.assertFalse(change.announce_on_portal)
        routine = self._change(type="standard", has_outage=False)
        self.assertFalse(routine.tell_affected)
        routine.has_outage = True
        self.assertTrue(routine.tell_affected and routine.announce_on_portal)
