from .common import CmdbCase


class StagingCase(CmdbCase):
    """Sources, and short ways to stage, plan and apply rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Batch = cls.env["itsm.ci.batch"]
        cls.Row = cls.env["itsm.ci.batch.row"]
        # Sources of their own: what others named before does not matter.
        cls.ledger = cls._source("ledger")
        cls.scan = cls._source("scan")
        cls.count = cls.env.ref("itsm_cmdb.source_stocktake")
        cls.maker = cls.env["res.partner"].create(
            {"name": "Testmaker Systems", "is_company": True}
        )

    @classmethod
    def _source(cls, kind):
        """Return a source like the one that is shipped."""
        shipped = cls.env.ref(f"itsm_cmdb.source_{kind}")
        return shipped.copy({"code": f"test_{kind}", "name": f"Test {kind}"})

    @classmethod
    def _row(cls, ref=None, item_class="test_server", **values):
        return {"class": item_class, "ref": ref, "values": values}

    @classmethod
    def _planned(cls, rows, source=None, relations=(), **vals):
        """Return a planned batch; the ledger's unless told otherwise."""
        batch = cls.Batch._start(
            source or cls.ledger, "Test batch", rows, relations, **vals
        )
        batch.plan()
        return batch

    @classmethod
    def _applied(cls, rows, source=None, relations=(), **vals):
        batch = cls._planned(rows, source, relations, **vals)
        batch.apply()
        return batch

    def _rows(self, batch, kind="item"):
        return self.Row.search(
            [("batch_id", "=", batch.id), ("kind", "=", kind)], order="position"
        )

    def _outcomes(self, batch, kind="item"):
        return self._rows(batch, kind).mapped("outcome")

    def _codes(self, row):
        return [reason["code"] for reason in row.reasons or ()]

    def _item(self, **values):
        """Return the one item with these values."""
        item = self.Ci.search([(key, "=", value) for key, value in values.items()])
        self.assertEqual(len(item), 1, values)
        return item
