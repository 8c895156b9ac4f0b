from datetime import timedelta

from odoo import fields, models
from odoo.tests import tagged

from .fact_common import FactCase

FACT = "itsm.ticket.report"
SUMS = ("__count", "ticket_count:sum", "resolution_hours:avg", "response_hours:max")
GROUP_BY = ("service_id", "priority", "opened_at:month")
ORDERS = (
    None,
    "service_id, priority, opened_at:month",
    "service_id desc, opened_at:month, priority",
    "priority, service_id DESC, opened_at:month desc",
    "opened_at:month desc, service_id, priority",
    "ticket_count:sum desc, service_id, priority, opened_at:month",
)
SETS = ([], ["service_id"], ["opened_at:month"], ["service_id", "opened_at:month"])


@tagged("post_install", "-at_install")
class TestQuickGroups(FactCase):
    """Groups of figures are those that Odoo tells, in the same order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        start = fields.Datetime.now()
        # Neither the ids nor the names have the order that people put them in.
        services = cls.env["itsm.service"].create(
            [
                {"name": name, "desk_id": cls.desk.id, "sequence": sequence}
                for name, sequence in (("Zebra", 7), ("Ant", 9), ("Bear", 7))
            ]
        )
        services[1].active = False
        for index in range(12):
            ticket = cls._create_ticket(service_id=(*services.ids, False)[index % 4])
            ticket._write_system({"opened_at": start - timedelta(days=20 * index)})
            if index % 3:
                ticket.resolve("solved", "Done.")
        cls._refresh()
        cls.Fact = cls.env[FACT]

    def _odoo(self, method, *args):
        """Return what Odoo's own method answers."""
        return getattr(models.BaseModel, method)(self.Fact, *args)

    def _assert_same(self, ours, theirs):
        self.assertEqual(*([list(map(_rounded, rows)) for rows in (ours, theirs)]))

    def test_groups(self):
        for order in ORDERS:
            for offset, limit in ((0, None), (0, 3), (2, 3)):
                with self.subTest(order=order, limit=limit, offset=offset):
                    asked = ([], GROUP_BY, SUMS, (), offset, limit, order)
                    self._assert_same(
                        self.Fact._read_group(*asked), self._odoo("_read_group", *asked)
                    )

    def test_totals_of_pivots(self):
        for aggregates in (SUMS, (*SUMS, "resolution_median:median")):
            for order in (
                "service_id desc, opened_at:month",
                "opened_at:month desc, service_id",
            ):
                asked = ([], SETS, aggregates, order)
                ours = self.Fact._read_grouping_sets(*asked)
                theirs = self._odoo("_read_grouping_sets", *asked)
                for group_by, mine, his in zip(SETS, ours, theirs, strict=True):
                    with self.subTest(order=order, group_by=group_by):
                        self._assert_same(mine, his)

    def test_total_of_nothing(self):
        nothing = [("number", "=", "there is none")]
        ours = self.Fact._read_grouping_sets(nothing, SETS, SUMS)
        self.assertEqual(ours, self._odoo("_read_grouping_sets", nothing, SETS, SUMS))

    def test_settings_are_as_before(self):
        self.Fact._read_grouping_sets([], SETS, SUMS)
        self.env.cr.execute("SHOW enable_sort")
        self.assertEqual(self.env.cr.fetchone(), ("on",))


def _rounded(row):
    return [round(value, 6) if isinstance(value, float) else value for value in row]
