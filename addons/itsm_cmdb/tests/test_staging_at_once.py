from .staging_common import StagingCase


class TestStagingAtOnce(StagingCase):
    """Rows that are planned while they are staged."""

    def test_planned_while_staged(self):
        """It does not matter whether rows are planned at once or later."""
        self._ci("known", serial_number="AT0", host_name="one")
        rows = [
            self._row("a", name="known", serial_number="AT0", host_name="two"),
            self._row("b", serial_number="AT1", supplier_id="Nobody", memory_gb=1e16),
            self._row("c", serial_number="at1", host_name="c", note="同一个"),
            self._row("d", name="unknown", nothing=1, purchase_date="x", status="?"),
            self._row("e", item_class="no_class", name="e"),
            self._row("f", name=1e16, serial_number=1e17, roles=["db", "web"]),
            "no row",
        ]
        relations = [
            {"source": "a", "type": "test_runs_on", "target": "b", "weight": 2},
            {"source": "a", "type": "test_runs_on", "target": "d"},
        ]
        later = self._planned(rows, relations=relations)
        at_once = self.Batch._start_planned(self.ledger, "Test", rows, relations)
        self.assertEqual(at_once.state, "planned")
        self.assertEqual(at_once.row_count, later.row_count)
        told = self._told(later)
        self.assertEqual(self._told(at_once), told)
        at_once.plan()
        self.assertEqual(self._told(at_once), told)

    def _told(self, batch):
        """Return all that rows say of themselves, whatever their ids are."""
        rows = self.Row.search([("batch_id", "=", batch.id)], order="kind, position")
        places = {row.id: place for place, row in enumerate(rows)}
        found = []
        for row in rows:
            values = row.read(load=None)[0]
            for name in ("id", "batch_id", "display_name"):
                del values[name]
            values["same_as_id"] = places.get(row.same_as_id.id)
            values["ends"] = {
                key: places.get(-value, value) if key != "type" else value
                for key, value in (row.ends or {}).items()
                if isinstance(value, int)
            }
            found.append(values)
        return found
