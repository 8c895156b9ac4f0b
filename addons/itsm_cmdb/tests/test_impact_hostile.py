import time
from collections import Counter

from odoo.tests import tagged

from .impact_common import ImpactCase


@tagged("post_install", "-at_install")
class TestImpactHostile(ImpactCase):
    """Graphs that somebody made to break it."""

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
        self.assertEqual({each.state for each in found.values()}, {"down"})

    def test_what_is_too_much_to_work_out_is_told(self):
        """Beyond the bound nobody is called fine."""
        hub, *ids = self._bulk_items(521, "soft")
        self._bulk_relations([(hub, ci_id) for ci_id in ids], strength="soft")
        facts = self._timed(
            lambda: self.Ci.browse(hub).impact_graph(
                {"direction": "dependencies", "limit": 600}
            )
        )
        states = Counter(node["state"] for node in facts["nodes"])
        self.assertEqual(states, {"up": 1, "degraded": 500, "unknown": 20})

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
