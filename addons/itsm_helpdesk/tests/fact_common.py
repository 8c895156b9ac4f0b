from odoo.tools import SQL

from .sla_report_common import SlaReportCase


class FactCase(SlaReportCase):
    """Figures that are drawn up beforehand, beside what they are drawn up from."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Refresh = cls.env["itsm.fact.refresh"]
        cls._refresh()

    @classmethod
    def _refresh(cls):
        for fact in cls.Refresh._fact_models():
            cls.env[fact]._fact_refresh()

    def _stored(self, fact):
        """Return ``{id: row}`` as the screens read it."""
        Fact = self.env[fact]
        columns = SQL(", ").join(map(SQL.identifier, Fact._fact_names()))
        return self._rows(
            SQL("SELECT id, %s FROM %s", columns, SQL.identifier(Fact._table))
        )

    def _live(self, fact):
        """Return the same rows as they come to now."""
        Fact = self.env[fact]
        self.env.flush_all()
        rows = {}
        for part in Fact._fact_parts():
            rows.update(self._rows(Fact._fact_select(part)))
        return rows

    def _rows(self, query):
        return {row[0]: row for row in self.env.execute_query(query)}

    def _assert_true(self, *facts):
        """All figures are those that would be drawn up now."""
        for fact in facts or self.Refresh._fact_models():
            with self.subTest(fact=fact):
                self.assertFalse(self.env[fact]._fact_is_stale())
                self.assertEqual(self._stored(fact), self._live(fact))
