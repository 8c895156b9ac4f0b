from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .conflict_common import HOUR, ConflictCase


@tagged("post_install", "-at_install")
class TestConflicts(ConflictCase):
    """All that stands in the way of a change is listed, and stays true."""

    # ------------------------------------------------------------------
    # Two changes
    # ------------------------------------------------------------------

    def test_same_item(self):
        first = self._planned(0, 2, self.a1, self.a2, state="scheduled")
        second = self._planned(1, 3, self.a1, self.a2, self.b1)
        rows = second.conflict_ids
        self.assertEqual(rows.mapped("kind"), ["same_item"] * 2)
        self.assertEqual(rows.other_id, first)
        self.assertEqual(set(rows.mapped("severity")), {"block"})
        self.assertEqual(second.conflict_state, "block")
        self.assertEqual({(row.start, row.end) for row in rows}, {self._at(1, 2)})
        self.assertTrue(any("A2" in row.text for row in rows))
        self.assertTrue(all(row.cure for row in rows))

    def test_the_settled_one_keeps_its_time(self):
        """It is told, but need not give way to what is only planned."""
        first = self._planned(0, 2, self.a1, state="scheduled")
        self._planned(1, 3, self.a1)
        self.assertEqual(self._kinds(first), {("same_item", "warn")})
        self.assertEqual(first.conflict_state, "warn")

    def test_nobody_is_told_of_drafts(self):
        first = self._planned(0, 2, self.a1)
        draft = self._planned(1, 3, self.a1, state="draft")
        self.assertEqual(self._kinds(draft), {("same_item", "warn")})
        self.assertFalse(self._kinds(first))

    def test_touching_is_no_conflict(self):
        self._planned(0, 2, self.a1, state="scheduled")
        self.assertFalse(self._kinds(self._planned(2, 3, self.a1)))

    def test_impact_either_way(self):
        first = self._planned(0, 2, self.a1)
        self._touch(first, self.cluster)
        second = self._planned(1, 3, self.cluster)
        (here,), (there,) = second.conflict_ids, self._fresh(first).conflict_ids
        self.assertEqual((here.kind, there.kind), ("impact", "impact"))
        self.assertNotEqual(here.text, there.text)
        self.assertIn(first.number, here.text)
        self.assertIn(second.number, there.text)

    def test_impact_counts_in_the_outage(self):
        first = self._planned(
            0,
            4,
            self.a1,
            outage_start=self._at(0, 1)[0],
            outage_end=self._at(0, 1)[1],
        )
        self._touch(first, self.cluster)
        self.assertFalse(self._kinds(self._planned(2, 3, self.cluster)))
        self.assertTrue(self._kinds(self._planned(0, 3, self.cluster)))

    def test_same_implementer(self):
        person = {"implementer_id": self.implementer.id}
        self._planned(0, 2, self.a1, **person)
        other = self._planned(1, 3, self.a2, **person)
        self.assertEqual(self._kinds(other), {("implementer", "warn")})
        other.implementer_id = self.implementer2
        self.assertFalse(self._kinds(other))
        self.assertEqual(other.all_conflict_ids.resolution, "other")

    def test_ended_changes_are_in_nobodys_way(self):
        first = self._planned(0, 2, self.a1, state="scheduled")
        second = self._planned(1, 3, self.a1)
        first._write_system({"state": "cancelled"})
        self.assertFalse(self._kinds(second))
        self.assertEqual(second.all_conflict_ids.resolution, "ended")

    # ------------------------------------------------------------------
    # Redundancy
    # ------------------------------------------------------------------

    def _redundant(self, minimum=1):
        """The cluster needs one of A2, which hangs on A1, and B1; App hangs on it."""
        self._link(self.a2, "needs", self.a1)
        self._link(self.app, "needs", self.cluster)
        return self._group(self.cluster, [self.a2, self.b1], minimum)

    def _pair(self, **vals):
        """Return two changes, each harmless, at overlapping times."""
        one = self._planned(0, 3, self.a1, state="scheduled")
        self._touch(one, self.a2)
        return one, self._planned(2, 5, self.b1, **vals)

    def test_redundancy_with_pair_and_path(self):
        self._redundant()
        service = self._delivered("Clinic Mail", self.app)
        one, two = self._pair()
        (row,) = two.conflict_ids
        self.assertEqual((row.kind, row.severity), ("redundancy", "block"))
        self.assertEqual((row.other_id, row.sudo().ci_id), (one, self.cluster))
        self.assertEqual((row.start, row.end), self._at(2, 3))
        for word in (one.number, "Cluster", service.name):
            self.assertIn(word, row.text)
        mine, theirs, together = row.path.split("\n")
        self.assertTrue(mine.endswith(": B1"))
        self.assertIn(one.number, theirs)
        self.assertTrue(theirs.endswith("A1 → A2"))
        self.assertTrue(together.endswith("Cluster → App"))
        (back,) = self._fresh(one).conflict_ids
        self.assertEqual(back.kind, "redundancy")
        self.assertTrue(back.path.startswith(mine.split(":")[0] + ": A1 → A2"))

    def test_no_redundancy_without_the_group(self):
        group = self._redundant()
        _one, two = self._pair()
        group.minimum = 2
        # Each alone takes it down now: that is no secret of both together.
        self.assertNotIn("redundancy", dict(self._kinds(two)))

    def test_redundancy_follows_relations(self):
        _one, two = self._pair()
        self.assertFalse(self._kinds(two))
        group = self._redundant()
        self.assertEqual(self._kinds(two), {("redundancy", "block")})
        self._link(self.cluster, "needs", self._ci("Spare"), group_id=group.id)
        self.assertFalse(self._kinds(two))
        self.assertEqual(two.all_conflict_ids.resolution, "other")

    def test_what_is_excluded_works(self):
        self._redundant()
        _one, two = self._pair()
        two.ci_link_ids = [Command.create({"ci_id": self.cluster.id, "excluded": True})]
        self.assertFalse(self._kinds(two))

    def test_outages_one_after_the_other_do_not_add_up(self):
        self._redundant()
        _one, two = self._pair(
            outage_start=self._at(3, 4)[0], outage_end=self._at(3, 4)[1]
        )
        self.assertFalse(self._kinds(two))

    # ------------------------------------------------------------------
    # Windows
    # ------------------------------------------------------------------

    def test_freeze(self):
        freeze = self._window(0, 24)
        change = self._planned(10, 12)
        (row,) = change.conflict_ids
        self.assertEqual((row.kind, row.severity), ("freeze", "block"))
        self.assertEqual(row.window_id, freeze)
        self.assertIn(freeze.name, row.text)
        change.write(
            dict(zip(("planned_start", "planned_end"), self._at(24, 25), strict=True))
        )
        self.assertFalse(self._kinds(change))
        self.assertEqual(row.resolution, "moved")
        self.assertTrue(row.resolved_at)

    def test_freeze_by_what_is_touched(self):
        scope = {"scope": "parts", "ci_ids": [Command.set(self.app.ids)]}
        self._window(0, 5, **scope)
        strict = self._window(5, 10, reach="chosen", **scope)
        early, late = self._planned(1, 2, self.a1), self._planned(6, 7, self.a1)
        self.assertFalse(self._kinds(early))
        self._touch(early, self.app)
        self._touch(late, self.app)
        self.assertEqual(self._kinds(early), {("freeze", "block")})
        self.assertFalse(self._kinds(late))
        strict.reach = "touched"
        self.assertEqual(self._kinds(late), {("freeze", "block")})

    def test_maintenance(self):
        scope = {"scope": "parts", "ci_ids": [Command.set((self.a1 | self.a2).ids)]}
        self._window(22, 24, "maintenance", **scope)
        self._window(24, 26, "maintenance", scope="parts", ci_ids=scope["ci_ids"])
        inside = self._planned(23, 25, self.a1)
        self.assertFalse(self._kinds(inside))
        outside = self._planned(25, 27, self.a1, self.a2, self.app)
        (row,) = outside.conflict_ids
        self.assertEqual((row.kind, row.severity), ("outside_maintenance", "block"))
        self.assertIn("A1", row.text)
        self.assertNotIn("App", row.text)
        self.assertFalse(self._kinds(self._planned(25, 27, self.b1)))

    def test_the_cure_names_the_next_window(self):
        self._window(
            22,
            24,
            "maintenance",
            recurrence="weekly",
            scope="parts",
            ci_ids=[Command.set(self.a1.ids)],
        )
        fits = self._planned(10, 12, self.a1).conflict_ids.cure
        too_long = self._planned(12, 15, self.a1).conflict_ids.cure
        self.assertIn("00", fits)
        self.assertNotIn("00", too_long)

    def test_windows_are_looked_at_when_they_change(self):
        change = self._planned(10, 12, self.a1)
        freeze = self._window(0, 5)
        self.assertFalse(self._kinds(change))
        freeze.end = self.night + 11 * HOUR
        self.assertEqual(self._kinds(change), {("freeze", "block")})
        freeze.scope = "domain"
        freeze.domain = "[('name', '=', 'A2')]"
        self.assertFalse(self._kinds(change))
        freeze.scope = "all"
        self.assertEqual(self._kinds(change), {("freeze", "block")})
        freeze.active = False
        self.assertFalse(self._kinds(change))
        freeze.active = True
        self.assertTrue(self._kinds(change))
        freeze.unlink()
        self.assertFalse(self._kinds(change))

    def test_companies_keep_to_themselves(self):
        self._window(0, 24, company_id=self.branch.id)
        self.assertFalse(self._kinds(self._planned(10, 12, self.a1)))

    # ------------------------------------------------------------------
    # Rules, words, counts
    # ------------------------------------------------------------------

    def test_rules_by_type(self):
        self._planned(0, 2, self.a1, state="scheduled")
        urgent = self._planned(0, 2, self.a1, type="emergency")
        self.assertEqual(self._kinds(urgent), {("same_item", "warn")})
        rule = self.env["itsm.change.conflict.rule"].search(
            [("kind", "=", "same_item")]
        )
        rule.with_user(self.change_manager).emergency = "inform"
        self.assertEqual(self._kinds(urgent), {("same_item", "inform")})

    def test_hidden_names_stay_hidden(self):
        secret = self.env["res.groups"].create({"name": "Secret"})
        self.class_server.group_ids = secret
        self._planned(0, 2, self.a1, state="scheduled")
        change = self._planned(0, 2, self.a1)
        row = change.conflict_ids.with_user(self.coordinator)
        self.assertNotIn("A1", row.text)
        self.assertNotIn("ci_id", row.read()[0])
        self.assertNotIn("facts", row.read()[0])

    def test_slots(self):
        """Other times are looked at without a change of the change."""
        self._redundant()
        _one, two = self._pair()
        self._window(8, 10)
        before = two.conflict_ids
        slots = [self._at(2, 3), self._at(3, 5), self._at(9, 10), self._at(11, 12)]
        problems = two.with_user(self.coordinator)._slot_problems(slots)
        self.assertEqual(
            [[(each["kind"], each["severity"]) for each in slot] for slot in problems],
            [[("redundancy", "block")], [], [("freeze", "block")], []],
        )
        self.assertTrue(problems[0][0]["text"])
        self.assertEqual(two.conflict_ids, before)

    def test_slots_without_dates(self):
        change = self._planned(0, 2, self.a1)
        change.write({"planned_start": False, "planned_end": False})
        self._planned(0, 2, self.a1, state="scheduled")
        (problems,) = change._slot_problems([self._at(1, 2)])
        self.assertEqual([each["kind"] for each in problems], ["same_item"])

    def test_freezes_of(self):
        freeze = self._window(0, 24)
        change = self._planned(10, 12, self.a1)
        other = self._planned(30, 31, self.a1)
        self.assertEqual(
            (change | other)._freezes_of(),
            {change.id: freeze, other.id: self.Window},
        )

    def test_queries_do_not_grow(self):
        """However many are in the way, and however many are asked about."""
        items = self.Ci.browse(self._bulk_items(30, "many"))

        def queries(count):
            changes = self.env["itsm.change"]
            base = 100 * count
            for item in items[:count]:
                changes |= self._planned(base, base + 2, item, self.a1)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            changes._find_conflicts()
            return self.env.cr.sql_log_count - before

        few = queries(2)
        self.assertLessEqual(queries(20), few + 2)
        self.assertLess(few, 45)

    def test_the_job_looks_at_what_was_marked(self):
        change = self._planned(10, 12, self.a1)
        self._touch(change, self.b1)
        self.assertTrue(change.conflicts_stale)
        self.env["itsm.change"]._refresh_stale()
        change.invalidate_recordset()
        self.assertFalse(change.conflicts_stale)

    def test_conflicts_cannot_be_written(self):
        self._planned(0, 2, self.a1, state="scheduled")
        row = self._planned(0, 2, self.a1).conflict_ids
        self.assertFalse(row.with_user(self.change_manager).has_access("write"))
        self.assertFalse(row.with_user(self.change_manager).has_access("unlink"))

    def test_running_late(self):
        """What is being made counts from when it really began."""
        change = self._planned(5, 8, self.a1, state="implement")
        change._write_system({"actual_start": self.night + timedelta(hours=1)})
        self.assertTrue(self._kinds(self._planned(2, 3, self.a1)))
        self.assertFalse(self._kinds(self._planned(0, 1, self.a1)))

    def _fresh(self, change):
        self._look(change)
        return change
