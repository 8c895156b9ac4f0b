import time

from odoo.tests import tagged

from .impact_common import ImpactCase


@tagged("post_install", "-at_install")
class TestImpactHostile(ImpactCase):
    """Graphs that somebody made to break it."""

    def _bulk_items(self, count, prefix):
        """Return the ids of many items, made without the ORM."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO itsm_ci (name, code, class_id, company_id, active, criticality)
            SELECT %(prefix)s || n, %(prefix)s || n, %(item_class)s, %(company)s, TRUE,
                   '3'
              FROM generate_series(1, %(count)s) AS n
            RETURNING id
            """,
            {
                "prefix": prefix,
                "item_class": self.class_server.id,
                "company": self.company.id,
                "count": count,
            },
        )
        return sorted(row[0] for row in self.env.cr.fetchall())

    def _bulk_relations(self, pairs):
        """Make hard relations between pairs of ids, without the ORM."""
        self.env.cr.execute(
            """
            INSERT INTO itsm_ci_relation (source_id, target_id, type_id, strength,
                                          impact, weight, active, started_at)
            SELECT *, %s, 'hard', 'source', 1, TRUE, now()
              FROM unnest(%s::int[], %s::int[])
            """,
            [self.types["needs"].id, *map(list, zip(*pairs, strict=True))],
        )
        # As the database does by itself a minute later.
        self.env.cr.execute("ANALYZE itsm_ci_relation")

    def _timed(self, function):
        start = time.perf_counter()
        result = function()
        self.assertLess(time.perf_counter() - start, 20, "it must not explode")
        return result

    def test_ten_thousand_relations_on_one_item(self):
        hub, *ids = self._bulk_items(10_001, "bomb")
        self._bulk_relations([(ci_id, hub) for ci_id in ids])
        report = self._timed(self.Ci.browse(hub).impact_report)
        self.assertEqual((report["count"], len(report["nodes"])), (10_001, 500))
        self.assertTrue(report["truncated"])
        facts = self._timed(
            lambda: self.Ci.browse(hub).impact_graph({"direction": "neighbours"})
        )
        self.assertTrue(facts["truncated"])

    def test_an_item_that_stands_on_ten_thousand(self):
        hub, *ids = self._bulk_items(10_001, "bomb")
        self._bulk_relations([(hub, ci_id) for ci_id in ids])
        found = self._timed(self.Ci.browse(hub).dependencies)
        self.assertEqual(len(found), 10_000)
        self.assertEqual(sum(each.state == "down" for each in found.values()), 500)

    def test_a_chain_of_five_thousand_that_ends_in_itself(self):
        ids = self._bulk_items(5_000, "chain")
        self._bulk_relations(list(zip(ids[1:] + ids[:1], ids, strict=True)))
        outcome = self._timed(self.Ci.browse(ids[0]).impact)
        self.assertEqual(len(outcome), 5_000)
        self.assertEqual(outcome[ids[-1]].distance, 4_999)
        report = self._timed(lambda: self.Ci.browse(ids[0]).impact_report(limit=5_000))
        self.assertEqual(len(report["nodes"]), 5_000)
        found = self._timed(self.Ci.browse(ids[0]).dependencies)
        self.assertEqual(len(found), 4_999)

    def test_everything_related_to_everything(self):
        ids = self._bulk_items(120, "mesh")
        self._bulk_relations([(a, b) for a in ids for b in ids if a != b])
        report = self._timed(self.Ci.browse(ids[0]).impact_report)
        self.assertEqual(report["count"], 120)
        self.assertEqual(len(report["edges"]), 5_000)
