from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from .common import CmdbCase


class TestBaseline(CmdbCase):
    """A set of items at a moment, and what differs from it later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Baseline = cls.env["itsm.ci.baseline"]
        cls.yesterday = datetime.now() - timedelta(days=1)
        cls.items = cls.Ci._under(at=cls.yesterday).create(
            [
                {"name": f"Server {letter}", "class_id": cls.class_server.id}
                for letter in "ABC"
            ]
        )
        cls.one, cls.two, cls.three = cls.items.with_env(cls.env)

    def _baseline(self, **vals):
        """Return a baseline of all three that was taken an hour ago."""
        baseline = self.Baseline.create(
            {"name": "Before", "ci_ids": self.items.ids, **vals}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_ci_baseline SET taken_at = taken_at - interval '1 hour'"
            " WHERE id = %s",
            [baseline.id],
        )
        self.env.invalidate_all()
        return baseline

    def test_nothing_differs_at_first(self):
        self.assertFalse(list(self._baseline()._differences()))

    def test_relations_made_with_it_belong_to_it(self):
        """Values and relations of one transaction are of one moment."""
        self._relate(self.one, "depends_on", self.three)
        baseline = self.Baseline.create({"name": "Just now", "ci_ids": self.items.ids})
        self.assertFalse(list(baseline._differences()))

    def test_what_differs_is_told(self):
        baseline = self._baseline()
        self.two.write({"serial_number": "S2", "active": False})
        self._relate(self.one, "depends_on", self.three)
        rows = {
            (row["left_id"], row["key"].split(":")[0]): row
            for row in baseline._differences()
        }
        self.assertEqual(rows[self.two.id, "serial_number"]["right"], "S2")
        self.assertIn((self.two.id, "active"), rows)
        relations = [row for row in rows.values() if row["section"] == "relation"]
        self.assertEqual(
            {row["left_id"] for row in relations}, {self.one.id, self.three.id}
        )
        self.assertTrue(all(not row["left"] and row["right"] for row in relations))

    def test_a_relation_with_other_terms_differs(self):
        relation = self._relate(self.one, "depends_on", self.three)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_ci_relation SET create_date = create_date - interval '1 day',"
            " started_at = started_at - interval '1 day' WHERE id = %s",
            relation.ids,
        )
        baseline = self._baseline()
        self.assertFalse(list(baseline._differences()))
        relation.strength = "soft"
        rows = list(baseline._differences())
        self.assertEqual(
            {(row["left_id"], row["section"]) for row in rows},
            {(self.one.id, "relation"), (self.three.id, "relation")},
        )

    def test_at_another_date(self):
        baseline = self._baseline()
        self.two._under(at=datetime.now() - timedelta(minutes=30)).name = "New"
        then = datetime.now() - timedelta(minutes=40)
        self.assertFalse(list(baseline._differences(then)))
        self.assertTrue(list(baseline._differences()))

    def test_the_screen_shows_it(self):
        baseline = self._baseline()
        self.two.name = "New"
        action = baseline.action_compare()
        comparison = self.env["itsm.ci.comparison"].browse(action["res_id"])
        self.assertEqual(comparison.line_ids.mapped("right_text"), ["New"])

    def test_a_condition_chooses_the_items(self):
        baseline = self.Baseline.create(
            {"name": "Cs", "domain": "[('name', '=', 'Server C')]"}
        )
        self.assertEqual(baseline.ci_ids, self.three)
        # The set is frozen: who meets the condition later does not belong to it.
        self.one.name = "Server C"
        self.env.invalidate_all()
        self.assertEqual(baseline.ci_ids, self.three)

    def test_nonsense_and_nothing_are_refused(self):
        for domain in ("[('no', '=', 1)]", "__import__('os')", "[1]", "{}"):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self.Baseline.create({"name": "X", "domain": domain})
        for domain in (False, "[('name', '=', 'Nobody')]"):
            with self.subTest(domain=domain), self.assertRaises(UserError):
                self.Baseline.create({"name": "X", "domain": domain})

    def test_it_stays_as_it_was_taken(self):
        baseline = self._baseline()
        mine = baseline.with_user(self.cmdb_manager)
        for vals in (
            {"ci_ids": [Command.clear()]},
            {"taken_at": "2026-01-01"},
            {"domain": "[]"},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                mine.write(vals)
        forged = self.Baseline.create(
            {"name": "Old", "ci_ids": self.items.ids, "taken_at": "2020-01-01"}
        )
        self.assertEqual(forged.taken_at, self.env.cr.now())

    def test_managers_lock(self):
        baseline = self._baseline()
        mine = baseline.with_user(self.keeper)
        mine.name = "Better name"
        with self.assertRaises(AccessError):
            mine.action_lock()
        baseline.with_user(self.cmdb_manager).action_lock()
        for attempt in (mine.action_unlock, lambda: mine.write({"name": "Mine"})):
            with self.assertRaises(AccessError):
                attempt()
        with self.assertRaises(UserError):
            baseline.with_user(self.cmdb_manager).unlink()
        baseline.with_user(self.cmdb_manager).action_unlock()
        baseline.with_user(self.cmdb_manager).unlink()

    def test_other_companies_have_their_own(self):
        baseline = self._baseline()
        found = self._as(self.outsider)["itsm.ci.baseline"].search([])
        self.assertNotIn(baseline.id, found.ids)
