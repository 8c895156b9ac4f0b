from odoo.exceptions import AccessError, UserError

from .staging_common import StagingCase


class TestAbsence(StagingCase):
    """What a full run no longer names is told, counted and marked, never deleted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scan.write({"mark_after_runs": 2, "loss_limit_percent": 50})
        cls._applied(cls._named(4), cls.scan, is_full=True)

    @classmethod
    def _named(cls, count):
        return [cls._row(name=f"n{n}", serial_number=f"N{n}") for n in range(count)]

    def test_missing_is_told_then_marked(self):
        gone = self._item(serial_number="N3")
        first = self._applied(self._named(3), self.scan, is_full=True)
        absent = self._rows(first, "absence")
        self.assertEqual(absent.ci_id, gone)
        self.assertEqual(self._codes(absent), ["absent"])
        self.assertEqual(first.absent_count, 1)
        self.assertEqual(gone.sighting_ids.missed_runs, 1)
        self.assertFalse(gone.is_lost)
        second = self._applied(self._named(3), self.scan, is_full=True)
        self.assertEqual(self._codes(self._rows(second, "absence")), ["lost"])
        self.assertTrue(gone.sighting_ids.lost_at)
        self.assertTrue(gone.is_lost)
        self.assertEqual(self.Ci.search([("is_lost", "=", True)]), gone)
        self.assertTrue(gone.active)
        self._rows(second, "absence").action_set_missing()
        self.assertEqual(gone.status, "missing")

    def test_found_again(self):
        gone = self._item(serial_number="N3")
        for _run in range(2):
            self._applied(self._named(3), self.scan, is_full=True)
        self.assertTrue(gone.is_lost)
        self._applied(self._named(4), self.scan)
        self.assertFalse(gone.is_lost)
        self.assertEqual(gone.sighting_ids.missed_runs, 0)

    def test_only_full_runs_count(self):
        self._applied(self._named(1), self.scan)
        self.assertFalse(any(self.scan.sighting_ids.mapped("missed_runs")))

    def test_other_sources_do_not_miss_it(self):
        self._applied(self._named(1), self.ledger, is_full=True)
        self.assertFalse(any(self.scan.sighting_ids.mapped("missed_runs")))

    def test_a_refused_row_still_names_its_item(self):
        rows = self._named(3) + [self._row(serial_number="N3", purchase_date="never")]
        batch = self._planned(rows, self.scan, is_full=True)
        self.assertEqual(batch.absent_count, 0)

    def test_ambiguous_rows_name_all_they_may_mean(self):
        self._ci("twin", serial_number="N3")
        rows = self._named(3) + [self._row(serial_number="N3")]
        batch = self._planned(rows, self.scan, is_full=True)
        self.assertEqual(batch.refused_count, 1)
        self.assertEqual(batch.absent_count, 0)

    def test_guard_stops_a_great_loss(self):
        batch = self._planned(self._named(1), self.scan, is_full=True)
        self.assertEqual(batch.state, "blocked")
        self.assertIn("3", batch.remarks)
        with self.assertRaises(UserError):
            batch.apply()
        with self.assertRaises(AccessError):
            batch.with_user(self.engineer).action_allow_loss()
        batch.with_user(self.cmdb_manager).action_allow_loss()
        batch.apply()
        self.assertEqual(batch.state, "done")
        self.assertEqual(sum(self.scan.sighting_ids.mapped("missed_runs")), 3)

    def test_guard_lets_the_limit_pass(self):
        batch = self._planned(self._named(2), self.scan, is_full=True)
        self.assertEqual(batch.state, "planned")

    def test_retired_items_are_not_missed(self):
        self._item(serial_number="N3").status = "retired"
        batch = self._planned(self._named(3), self.scan, is_full=True)
        self.assertEqual(batch.absent_count, 0)

    def test_items_of_other_companies_are_not_missed(self):
        self._item(serial_number="N3").company_id = self.branch
        batch = self._planned(self._named(3), self.scan, is_full=True)
        self.assertEqual((batch.absent_count, batch.state), (0, "planned"))

    def test_gone_since_is_the_first_run_that_marked_it(self):
        gone = self._item(serial_number="N3")
        for _run in range(2):
            self._applied(self._named(3), self.scan, is_full=True)
        # An earlier day: all runs are of one transaction here.
        gone.sighting_ids.lost_at = "2026-01-05 08:00:00"
        self.env.flush_all()
        self._applied(self._named(3), self.scan, is_full=True)
        self.assertEqual(str(gone.sighting_ids.lost_at), "2026-01-05 08:00:00")
        self.assertEqual(gone.sighting_ids.missed_runs, 3)

    def test_undo_takes_the_run_back(self):
        gone = self._item(serial_number="N3")
        self._applied(self._named(3), self.scan, is_full=True)
        second = self._applied(self._named(3), self.scan, is_full=True)
        self.assertTrue(gone.is_lost)
        second.undo()
        self.assertFalse(gone.is_lost)
        self.assertEqual(gone.sighting_ids.missed_runs, 1)

    # ------------------------------------------------------------------
    # Relations
    # ------------------------------------------------------------------

    def _related(self, *pairs, **vals):
        self._relation_type("test_uses")
        relations = [
            {
                "source": self._item(serial_number=f"N{one}").code,
                "type": "test_uses",
                "target": self._item(serial_number=f"N{other}").code,
            }
            for one, other in pairs
        ]
        return self._applied(self._named(4), self.scan, relations, is_full=True, **vals)

    def _active(self):
        self.env.flush_all()
        found = self.env["itsm.ci.relation"].search(
            [("source_ref_id", "=", self.scan.id)], order="id"
        )
        return [(each.source_id.name, each.target_id.name) for each in found]

    def test_relations_no_longer_named_are_reported(self):
        self._related((0, 1), (1, 2))
        batch = self._related((0, 1))
        row = self._rows(batch, "absence")
        self.assertEqual(self._codes(row), ["relation_absent"])
        self.assertIn("n2", row.message)
        self.assertEqual(batch.result()["absent_relations"], 1)
        self.assertEqual(batch.absent_count, 0)
        self.assertEqual(self._active(), [("n0", "n1"), ("n1", "n2")])
        # Other people's relations, and runs without relations, are left out.
        self._relate(
            self._item(serial_number="N2"), "test_uses", self._item(serial_number="N3")
        )
        self.assertFalse(self._rows(self._related(), "absence"))
        again = self._related((0, 1), (1, 2))
        self.assertFalse(self._rows(again, "absence"))

    def test_relations_end_where_the_source_says_so_and_undoing_begins_them(self):
        self.scan.ends_relations = True
        self._related((0, 1), (1, 2))
        batch = self._related((0, 1))
        self.assertEqual(self._active(), [("n0", "n1")])
        batch.undo()
        self.assertEqual(self._active(), [("n0", "n1"), ("n1", "n2")])

    def test_a_refused_relation_may_have_named_them(self):
        self.scan.ends_relations = True
        self._related((0, 1))
        unclear = {"source": "nobody knows", "type": "test_uses", "target": "neither"}
        self._applied(self._named(4), self.scan, [unclear], is_full=True)
        self.assertEqual(self._active(), [("n0", "n1")])
