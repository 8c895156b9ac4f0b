from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .impact_common import ImpactCase


@tagged("post_install", "-at_install")
class TestImpactWindow(ImpactCase):
    """What counts as failing in a window, and what still counts in a group."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item, cls.one, cls.two = cls._items("item one two")
        now = fields.Datetime.now()
        cls.window = [str(now), str(now + timedelta(hours=2))]
        cls.past = [str(now - timedelta(hours=5)), str(now - timedelta(hours=3))]

    def _count(self, window):
        return self.one.impact_report(window)["count"]

    def _cause(self, **vals):
        return self._create_ticket(
            ci_link_ids=[
                Command.create({"ci_id": self.two.id, "role": "cause", **vals})
            ]
        )

    def test_an_incident_after_the_window_is_none_of_it(self):
        self._group(self.item, self.one | self.two)
        self._cause()
        self.assertEqual(self._count(self.window), 2)
        self.assertEqual(self._count(self.past), 1)

    def test_an_excluded_cause_does_not_count(self):
        self._group(self.item, self.one | self.two)
        self._cause(excluded=True)
        self.assertEqual(self._count(self.window), 1)

    def test_what_has_ended_is_no_failure(self):
        """A retired item does not work, but nobody waits for its repair."""
        self._group(self.item, self.one | self.two)
        self.two.stage_id = self.stages["retired"]
        self.assertEqual(self._count(self.window), 1)

    def test_a_relation_that_ended_bears_nothing(self):
        group = self._group(self.item, self.one | self.two)
        group.relation_ids.filtered(lambda each: each.target_id == self.two).end()
        self.assertEqual(self._states(self.one)["item"], ("down", 1))

    def test_an_archived_group_bears_nothing(self):
        self._group(self.item, self.one | self.two).active = False
        self.assertEqual(self._states(self.one)["item"], ("down", 1))

    def test_a_soft_member_takes_its_group_down_and_what_comes_after(self):
        group = self._group(self.item, [])
        self._link(self.item, "likes", self.one, group_id=group.id)
        self._link(self.two, "needs", self.item)
        self.assertEqual(
            self._states(self.one),
            {"one": ("down", 0), "item": ("down", 1), "two": ("down", 2)},
        )
