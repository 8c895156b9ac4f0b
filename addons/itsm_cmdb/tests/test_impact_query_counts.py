from odoo.tests import tagged

from .impact_common import ImpactCase


@tagged("post_install", "-at_install")
class TestImpactQueryCounts(ImpactCase):
    """The number of queries does not grow with what is reached."""

    def _fan(self, size):
        hub, *ids = self._bulk_items(size + 1, f"fan{size}-")
        self._bulk_relations([(ci_id, hub) for ci_id in ids])
        return self.Ci.browse(hub)

    def _queries(self, function):
        function()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_reports(self):
        small, large = self._fan(5), self._fan(300)
        for name in ("impact", "impact_report", "dependencies", "impact_graph"):
            with self.subTest(method=name):
                few = self._queries(getattr(small, name))
                self.assertEqual(self._queries(getattr(large, name)), few)
                self.assertLess(few, 30)

    def test_tickets(self):
        small = self._create_ticket(ci_ids=self._fan(5).ids)
        large = self._create_ticket(ci_ids=self._fan(300).ids)
        few = self._queries(small.action_analyse_impact)
        many = self._queries(large.action_analyse_impact)
        self.assertLessEqual(many, few + 5)

    def test_relations_in_a_batch(self):
        ids = self._bulk_items(202, "batch")

        def make(pairs):
            before = self.env.cr.sql_log_count
            self.env["itsm.ci.relation"].create(
                [
                    {
                        "source_id": source,
                        "type_id": self.types["needs"].id,
                        "target_id": target,
                    }
                    for source, target in pairs
                ]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few = make([(ids[0], ids[201])])
        many = make([(ci_id, ids[201]) for ci_id in ids[1:200]])
        self.assertLessEqual(many, few + 10)
